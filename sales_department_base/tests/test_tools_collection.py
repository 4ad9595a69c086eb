from odoo.tests import BaseCase, tagged

from ..tools.collection import InvoicedPart, collection


@tagged("at_install")
class TestToolsCollection(BaseCase):
    """What was really paid, out of invoices, payments and credit notes."""

    def test_collection(self):
        for case, invoices, charged, expected in [
            ("nothing invoiced", [], 100, (0, 0)),
            ("unpaid", [(100, 100, 100)], 100, (0, 0)),
            ("part of a larger invoice", [(100, 200, 50)], 100, (0.75, 0.75)),
            ("one of two invoices", [(60, 60, 0), (40, 40, 40)], 100, (0.6, 0.6)),
            ("paid", [(100, 100, 0)], 100, (1, 1)),
            ("all by down payment", [(100, 100, 0), (0, 0, 0)], 100, (1, 1)),
            ("down payment of 30", [(30, 30, 0), (70, 70, 70)], 100, (0.3, 0.3)),
            ("nothing ordered", [(1, 1, 0)], 0, (0, 0)),
            ("a discount line", [(100, 1, 0)], 100, (0.01, 0.01)),
            ("corrected, not paid", [(100, 100, 50, 50)], 100, (0, 0)),
            ("corrected, the rest paid", [(100, 100, 0, 50)], 100, (0.5, 1)),
            ("paid, repaid by half", [(100, 100, 0, 50)], 100, (0.5, 1)),
            ("taken back", [(100, 100, 0, 100)], 100, (0, 0)),
            ("taken back, invoiced again", [(100, 100, 0, 100), (100, 100, 0)], 100, (1, 1)),
            ("a refund settles half of an unpaid fee", [(100, 100, 50, 0, 50)], 100, (0, 0.5)),
            ("a refund settles all of it", [(100, 100, 0, 0, 100)], 100, (0, 1)),
        ]:
            with self.subTest(case):
                found = collection([InvoicedPart(*invoice) for invoice in invoices], charged)
                self.assertEqual((found.share, found.settled), expected)
