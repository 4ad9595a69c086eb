from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.revenue import (
    Billed,
    OrderLine,
    is_correction,
    is_return,
    made_up_for,
    net_of_credits,
    share_returned,
    smaller_of_same_sign,
    taken_off,
)
from .properties import reproducible

FIRST, SECOND, THIRD = (datetime(2026, 6, day) for day in (1, 2, 3))


@tagged("at_install")
class TestToolsRevenue(BaseCase):
    """What credit notes leave of an order line."""

    def test_taken_off(self):
        for case, ordered, invoiced, credited, expected in [
            ("nothing credited", 1000, 1000, 0, 0),
            ("an allowance", 1000, 1000, 100, 100),
            ("all of it", 1000, 1000, 1000, 1000),
            ("credited and invoiced again", 1000, 2000, 1000, 0),
            ("invoiced again for less", 1000, 1900, 1000, 100),
            ("invoiced in part", 1000, 400, 100, 100),
            ("invoiced beyond the order, and credited", 1000, 1200, 200, 0),
            ("and some more", 1000, 1200, 300, 100),
            ("credited without an invoice", 1000, 0, 100, 100),
            ("credited beyond the order", 1000, 0, 1100, 1100),
            ("a free line, credited", 0, 0, 50, 50),
            ("a free line, invoiced and credited", 0, 50, 50, 0),
            ("a return order, invoiced as a credit note", -500, 0, 500, 0),
            ("a discount", -100, -100, 0, 0),
            ("a discount taken back", -100, -100, -100, -100),
            ("and invoiced again", -100, -200, -100, 0),
            ("taken back in part", -100, -100, -40, -40),
            ("a further discount, by credit note", -100, -100, 50, 50),
            ("charged by credit note", 1000, 1000, -100, -100),
        ]:
            with self.subTest(case):
                self.assertEqual(taken_off(ordered, invoiced, credited), expected)

    def test_goods_or_allowance(self):
        for case, credited, line, expected in [
            ("ten at the full price", Billed(1000, 10), OrderLine(1000, 10), True),
            ("three at the full price", Billed(300, 3), OrderLine(1000, 10), True),
            ("less a fee", Billed(900, 10), OrderLine(1000, 10), True),
            ("just above half", Billed(501, 10), OrderLine(1000, 10), True),
            ("half", Billed(500, 10), OrderLine(1000, 10), False),
            ("a tenth", Billed(100, 10), OrderLine(1000, 10), False),
            ("no product", Billed(1000, 10, False), OrderLine(1000, 10), False),
            ("no quantity", Billed(1000, 0), OrderLine(1000, 10), False),
            ("nothing ordered", Billed(1000, 10), OrderLine(0, 0), False),
            ("a free line", Billed(50, 1), OrderLine(0, 1), False),
            ("a piece of one", Billed(1, 1), OrderLine(1, 1), True),
            ("an amount alone", Billed(100), OrderLine(1000, 10), False),
            ("a discount taken back", Billed(-100, 1), OrderLine(-100, 1), True),
            ("a further discount", Billed(100, 1), OrderLine(-100, 1), False),
            ("a negative quantity", Billed(-1000, -10), OrderLine(1000, 10), True),
        ]:
            with self.subTest(case):
                self.assertIs(is_return(credited, line), expected)

    def test_margin(self):
        """Ten pieces for 1,000 that cost 600."""
        line, invoice = OrderLine(1000, 10, 400), Billed(1000, 10)
        for case, invoices, credits_, revenue, margin in [
            ("nothing", [invoice], [], 0, 0),
            ("an allowance", [invoice], [Billed(100, 10)], 100, 100),
            ("a line without product", [invoice], [Billed(600, 1, False)], 600, 600),
            ("half returned", [invoice], [Billed(500, 5)], 500, 200),
            ("all returned", [invoice], [Billed(1000, 10)], 1000, 400),
            ("returned in two parts", [invoice], [Billed(500, 5), Billed(500, 5)], 1000, 400),
            ("returned after an allowance", [invoice], [Billed(100, 10), Billed(900, 10)], 1000, 400),
            ("returned less a fee", [invoice], [Billed(900, 10)], 900, 300),
            ("corrected", [invoice, invoice], [Billed(1000, 10)], 0, 0),
            ("corrected at a lower price", [invoice, Billed(900, 10)], [Billed(1000, 10)], 100, 100),
            ("corrected by a lump sum", [invoice, Billed(1000, 1)], [Billed(1000, 10)], 0, 0),
            ("corrected by less", [invoice, Billed(950, 1)], [Billed(1000, 10)], 50, 20),
            ("beyond the order", [Billed(1200, 12)], [Billed(200, 2)], 0, 0),
            ("invoiced at a higher price", [Billed(1100, 10)], [Billed(1100, 10)], 1000, 400),
            ("invoiced in part", [Billed(400, 4)], [Billed(100, 1)], 100, 40),
            ("a part of what was invoiced at a higher price", [Billed(1100, 10)], [Billed(550, 5)], 450, 180),
            ("credited and charged again at another price", [invoice], [Billed(600, 6), Billed(-600, -10)], 0, 0),
        ]:
            with self.subTest(case):
                found = net_of_credits(line, invoices, credits_)
                self.assertAlmostEqual(found.revenue, revenue)
                self.assertAlmostEqual(found.margin, margin)

    def test_corrections(self):
        """Five of ten pieces are invoiced for 500; cost 60 each."""
        line, invoice = OrderLine(1000, 10, 400), Billed(500, 5, True, 1, FIRST)
        credited = Billed(500, 5, True, 2, SECOND)
        for case, invoices, credits_, revenue, margin in [
            ("corrected", [Billed(500, 5, True, 3, SECOND)], [credited], 0, 0),
            ("at a lower price", [Billed(450, 5, True, 3, SECOND)], [credited], 50, 50),
            ("at a higher price", [Billed(550, 5, True, 3, SECOND)], [credited], 0, 0),
            ("of more pieces", [Billed(1000, 10, True, 3, SECOND)], [credited], 0, 0),
            ("of more pieces at a lower price", [Billed(540, 6, True, 3, SECOND)], [credited], 50, 50),
            ("of less pieces", [Billed(400, 4, True, 3, SECOND)], [credited], 100, 40),
            ("by a lump sum", [Billed(450, 1, False, 3, SECOND)], [credited], 50, 20),
            ("by an amount alone", [Billed(500, 0, False, 3, SECOND)], [credited], 0, 0),
            ("not yet", [], [credited], 500, 200),
            ("the rest, later", [Billed(500, 5, True, 3, THIRD)], [credited], 500, 200),
            ("made before", [Billed(500, 5, True, 1, SECOND)], [credited], 500, 200),
            ("made with a note that reverses nothing", [Billed(500, 5, True, 3)], [Billed(500, 5, True, 2)], 500, 200),
            (
                "corrected, and two returned",
                [Billed(500, 5, True, 3, SECOND)],
                [credited, Billed(200, 2, True, 4, THIRD)],
                200,
                80,
            ),
            (
                "two in a row",
                [Billed(450, 5, True, 3, SECOND), Billed(500, 5, True, 5, THIRD)],
                [credited, Billed(450, 5, True, 4, THIRD)],
                0,
                0,
            ),
            (
                "the second for less",
                [Billed(500, 5, True, 3, SECOND), Billed(450, 5, True, 5, THIRD)],
                [credited, Billed(500, 5, True, 4, THIRD)],
                50,
                50,
            ),
            (
                "the second not yet",
                [Billed(450, 5, True, 3, SECOND)],
                [credited, Billed(450, 5, True, 4, THIRD)],
                500,
                200,
            ),
        ]:
            with self.subTest(case):
                found = net_of_credits(line, [invoice, *invoices], credits_)
                self.assertAlmostEqual(found.revenue, revenue)
                self.assertAlmostEqual(found.margin, margin)

    def test_made_up_for(self):
        """A discount is corrected as a charge is."""
        line, credited = OrderLine(-100, 2), Billed(-50, 1, True, 2, SECOND)
        self.assertEqual(made_up_for(line, [Billed(-80, 2, True, 3, SECOND)], [credited]), (-40, 1))
        self.assertEqual(made_up_for(line, [Billed(80, 2, True, 3, SECOND)], [credited]), (0, 1))
        self.assertEqual(made_up_for(line, [Billed(-80, 2, True, 3, FIRST)], [credited]), (0, 0))
        allowance = Billed(40, 10, True, 2, SECOND)
        self.assertEqual(
            made_up_for(OrderLine(1000, 10), [Billed(30, 20, True, 3, SECOND)], [allowance]), (30, 0), "no goods"
        )

    def test_is_correction(self):
        credited = Billed(500, 5, True, 2, SECOND)
        self.assertIs(is_correction(Billed(1, 1, True, 3, SECOND), credited), True)
        self.assertIs(is_correction(Billed(1, 1, True, 2, SECOND), credited), False)
        self.assertIs(is_correction(Billed(1, 1, True, 3, THIRD), credited), False)
        self.assertIs(is_correction(Billed(1, 1, True, 3), Billed(500, 5, True, 2)), False)
        self.assertEqual((Billed(1).document, Billed(1).made), (0, None))

    def test_smaller_of_same_sign(self):
        for one, other, expected in [
            (5, 3, 3),
            (3, 5, 3),
            (-5, -3, -3),
            (-5, 3, 0),
            (5, -3, 0),
            (0, 3, 0),
            (0.5, 3, 0.5),
        ]:
            with self.subTest(one=one, other=other):
                self.assertEqual(smaller_of_same_sign(one, other), expected)

    def test_margin_of_other_lines(self):
        discount = net_of_credits(OrderLine(-100, 1, -100), [Billed(-100, 1)], [Billed(-100, 1)])
        self.assertEqual((discount.revenue, discount.margin), (-100, -100))
        free = net_of_credits(OrderLine(0, 2, -120), [Billed(0, 2)], [Billed(0, 2)])
        self.assertEqual((free.revenue, free.margin), (0, 0))
        self.assertEqual(share_returned(OrderLine(0, 0), [], [Billed(5, 1)]), 0)
        self.assertEqual((OrderLine(5, 1).margin, Billed(5).quantity), (0, 0), "nothing is known of them")
        self.assertEqual(share_returned(OrderLine(1000, 10), [Billed(1000, 10)], [Billed(300, 3)]), 0.3)
        # a return, and a charge by credit note: not more comes back than was taken off
        line, charged = OrderLine(1000, 10), [Billed(300, 3), Billed(-400, 1, False)]
        self.assertEqual(share_returned(line, [Billed(1000, 10)], charged), 0)


AMOUNTS = st.integers(-2000, 2000)


@tagged("at_install")
class TestRandomCredits(BaseCase):
    """What holds whatever was ordered, invoiced and credited."""

    @settings(reproducible, max_examples=300)
    @given(AMOUNTS, AMOUNTS, AMOUNTS)
    def test_never_more_than_credited(self, ordered, invoiced, credited):
        off = taken_off(ordered, invoiced, credited)
        self.assertLessEqual(min(credited, 0), off)
        self.assertLessEqual(off, max(credited, 0))
        # the same for negative lines, with every sign the other one
        self.assertEqual(taken_off(-ordered, -invoiced, -credited), -off)
        # an invoice over what was credited makes up for it
        if invoiced == ordered:
            self.assertEqual(off, credited)
            self.assertEqual(taken_off(ordered, invoiced + credited, credited), 0)

    @settings(reproducible, max_examples=300)
    @given(
        st.integers(1, 20), st.integers(1, 100), st.integers(0, 100), st.lists(st.integers(1, 20)), st.integers(0, 20)
    )
    def test_goods_and_allowances(self, quantity, price, cost, returned, allowance):
        """Revenue less margin is the cost of the goods that the customer kept."""
        line = OrderLine(price * quantity, quantity, (price - cost) * quantity)
        back = [piece for number, piece in enumerate(returned) if sum(returned[: number + 1]) <= quantity]
        credits_ = [Billed(piece * price, piece) for piece in back] + [Billed(allowance, 1, False)]
        off = net_of_credits(line, [Billed(line.ordered, quantity)], credits_)
        kept = quantity - sum(back)
        self.assertAlmostEqual(line.ordered - off.revenue, kept * price - allowance)
        self.assertAlmostEqual(line.ordered - off.revenue - (line.margin - off.margin), kept * cost)
