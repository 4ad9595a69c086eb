"""Documents of deliveries change after the fact: without stock, what order lines say."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common_refund import RefundCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 04:00:00")
class TestRefundCorrections(RefundCase):
    """A service, of which only the order line tells how much was delivered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_customer = cls.env["res.partner"].create({"name": "City Shoes", "is_company": True})
        cls.service = cls.env["product.product"].create({"name": "Made outside", "type": "service"})

    def _counting(self, **values):
        return self._agreement(product_ids=[Command.set(self.service.ids)], **values)

    def _delivered(self, pairs, **values):
        order = self.env["sale.order"].create({
            "partner_id": self.contact.id,
            "order_line": [Command.create({"product_id": self.service.id, "product_uom_qty": pairs, **values})],
        })
        order.action_confirm()
        order.order_line.qty_delivered = pairs
        return order

    def _summaries(self, agreement):
        return " ".join(agreement.activity_ids.mapped("summary"))

    def test_lowered_while_a_draft(self):
        agreement = self._counting()
        order = self._delivered(1000)
        first = agreement.refund_ids
        self.assertEqual((first.state, agreement.standing), ("drafted", "open"))
        order.order_line.qty_delivered = 100
        self.assertEqual((agreement.net_pairs, agreement.standing), (100, "open"))
        self.assertEqual((first.state, first.move_id.state, first.taken_back_reason), ("taken_back", "cancel", "pairs"))
        self.assertIn("taken back", self._summaries(agreement))
        self.assertNotIn("Check and post", self._summaries(agreement))
        order.order_line.qty_delivered = 1000
        self.assertEqual((agreement.refund_ids - first).mapped("state"), ["drafted"])
        self.assertEqual(agreement.net_pairs, 1000)

    def test_lowered_after_the_last_refund(self):
        """An agreement that was done runs again."""
        agreement = self._counting(steps=((1000, 100, 0),))
        order = self._delivered(1000)
        self.assertEqual(agreement.state, "done")
        order.order_line.qty_delivered = 100
        self.assertEqual((agreement.state, agreement.standing), ("running", "open"))

    def test_lowered_after_the_last_deadline(self):
        agreement = self._counting(steps=((1000, 100, 3),))
        with freeze_time("2026-03-02 04:00:00"):
            order = self._delivered(1000)
        with freeze_time("2026-04-10 04:00:00"):
            order._action_cancel()
            self.assertEqual((agreement.state, agreement.net_pairs), ("expired", 0))

    def test_lowered_when_posted(self):
        agreement = self._counting()
        order = self._delivered(1000)
        agreement.refund_ids.move_id.action_post()
        order.order_line.qty_delivered = 100
        self.assertEqual((agreement.net_pairs, agreement.standing), (100, "fallen"))
        self.assertEqual((agreement.refund_ids.state, agreement.refunded_amount), ("posted", 500))
        self.assertIn("Deliveries were corrected", " ".join(agreement.activity_ids.mapped("note")))

    def test_cancelled_and_confirmed_again(self):
        agreement = self._counting()
        order = self._delivered(1000)
        order._action_cancel()
        self.assertEqual((agreement.net_pairs, agreement.refund_ids.state), (0, "taken_back"))
        order.action_draft()
        order.action_confirm()
        self.assertEqual((agreement.net_pairs, len(agreement.refund_ids)), (1000, 2))

    def test_order_of_another_customer(self):
        """The pairs move with the order, on their days."""
        agreement = self._counting()
        order = self._delivered(600)
        other = self._counting(partner_id=self.other_customer.id)
        with freeze_time("2026-03-09 04:00:00"):
            order.partner_id = self.other_customer
        self.assertEqual((agreement.net_pairs, other.net_pairs), (0, 600))
        self.assertEqual(set((agreement | other).entry_ids.mapped("date")), {self._day("2026-03-02")})
        order.partner_id = self.env["res.partner"].create({"name": "Stranger"})
        self.assertEqual((agreement.net_pairs, other.net_pairs), (0, 0))

    def test_contact_who_changes_the_company(self):
        """What he ordered then was ordered by his company then."""
        agreement = self._counting()
        self._delivered(600)
        self.contact.parent_id = self.other_customer
        self._every_day()
        self.assertEqual(agreement.net_pairs, 600)

    def test_unit_of_the_line(self):
        agreement = self._counting()
        order = self._delivered(10, product_uom_id=self.env.ref("uom.product_uom_dozen").id)
        self.assertEqual(agreement.net_pairs, 120)
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_unit")
        self._every_day()
        self.assertEqual(agreement.net_pairs, order.order_line.qty_delivered)

    def test_price_allowance(self):
        """A credit note of money takes no pairs back."""
        agreement = self._counting()
        self.service.invoice_policy = "delivery"
        order = self._delivered(1000)
        order.order_line.price_unit = 10
        order.order_line.tax_ids = False
        invoice = order._create_invoices()
        invoice.action_post()
        note = invoice._reverse_moves([{"invoice_date": "2026-03-02"}])
        note.invoice_line_ids.price_unit = 1
        note.action_post()
        self._every_day()
        self.assertEqual((agreement.net_pairs, agreement.refund_ids.state), (1000, "drafted"))

    def test_terms_of_a_running_agreement(self):
        """Products neither leave nor join it, not even by server code; its successor takes the pairs over."""
        agreement = self._counting()
        self._delivered(600)
        for products in (self.sole | self.service, self.sole):
            with self.subTest(products), self.assertRaises(UserError):
                agreement.product_ids = products
        agreement.action_cancel()
        self.assertEqual(agreement.net_pairs, 600)
        successor = self._counting()
        self.assertEqual((agreement.net_pairs, successor.net_pairs), (0, 600))

    def test_successor_of_one_that_has_refunded(self):
        """Pairs for which something came back are not counted again."""
        agreement = self._counting()
        self._delivered(1000)
        agreement.refund_ids.move_id.action_post()
        agreement.action_cancel()
        successor = self._counting()
        self.assertEqual((agreement.net_pairs, successor.net_pairs), (1000, 0))

    def test_corrected_after_it_was_cancelled(self):
        agreement = self._counting()
        order = self._delivered(1000)
        agreement.action_cancel()
        order.order_line.qty_delivered = 100
        self.assertEqual(
            (agreement.net_pairs, agreement.refund_ids.state, agreement.state), (100, "taken_back", "cancelled")
        )

    # ---- nothing stops the delivery, nor the others ----

    def test_draft_that_cannot_be_made(self):
        for error in (UserError("The period is closed."), ValueError("a bug")):
            self.service = self.env["product.product"].create({"name": str(error), "type": "service"})
            agreement = self._counting()

            def refuse(self, refund, journal, error=error):
                raise error

            self.patch(type(agreement), "_prepare_credit_note", refuse)
            with self.subTest(error), mute_logger("odoo.addons.sale_sample_fee.models.sale_sample_mould_agreement"):
                order = self._delivered(1000)
                self.assertEqual((order.order_line.qty_delivered, agreement.net_pairs), (1000, 1000))
                self.assertFalse(agreement.refund_ids)
                self.assertIn(str(error), agreement.activity_ids.note)
                with self.assertRaises(type(error)), self.env.cr.savepoint():
                    agreement.with_user(self.finance).action_grant()

    def test_one_that_fails_does_not_stop_the_others(self):
        first = self._counting()
        second = self._agreement()
        self._delivered(10)
        self.env.cr.execute("UPDATE sale_order_line SET qty_delivered = 20 WHERE product_id = %s", [self.service.id])
        self.env.invalidate_all()
        remind, reminded = type(first)._remind_of_deadline, []

        def fail(agreement):
            if agreement == second:
                raise ValueError("a bug")
            reminded.append(agreement)
            return remind(agreement)

        self.patch(type(first), "_remind_of_deadline", fail)
        with mute_logger("odoo.addons.sale_sample_fee.models.sale_sample_mould_agreement"):
            self._every_day()
        self.assertEqual(first.net_pairs, 20)
        self.assertIn(first, reminded)
        self.assertIn("a bug", second.activity_ids.note)

    def test_twice_a_day(self):
        """The daily job books only differences, and asks once."""
        agreement = self._counting()
        self._delivered(1000)
        for _time in range(2):
            self._every_day()
        self.assertEqual((len(agreement.entry_ids), len(agreement.refund_ids), len(agreement.activity_ids)), (1, 1, 1))
