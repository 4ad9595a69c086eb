from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import MONDAY_9
from .common_fees import FeeCase


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestFeeRefund(FeeCase):
    """From the decision to the refund: a shared mould fee is charged, paid, and comes back after deliveries."""

    def test_decided_paid_refunded(self):
        self._ledger()
        self._budget()
        self._policy(
            refund_step_ids=[
                Command.create({"threshold_pairs": 2000, "percent": 50.0, "within_months": 12}),
                Command.create({"threshold_pairs": 5000, "percent": 50.0}),
            ]
        )
        request = self._decided()
        agreement = request.fee_decision_id.sudo().agreement_ids
        self.assertEqual((agreement.state, agreement.fee_amount, agreement.partner_id), ("draft", 4000, self.customer))
        request.action_charge_fee()
        invoice = self._invoice(request.fee_decision_id.order_line_ids.order_id)
        self._pay(invoice, invoice.amount_total)

        sole = self.env["product.product"].create({"name": "Sole of the Mould", "type": "consu"})
        agreement.with_user(self.finance).product_ids = sole
        agreement.with_user(self.finance).action_start()
        agreement.with_user(self.finance)._book_by_hand(2100, agreement.date_start, "Delivery note 4711")
        note = agreement.refund_ids.move_id
        self.assertEqual((note.reversed_entry_id, note.amount_untaxed, note.state), (invoice, 2000, "draft"))
        self.assertEqual(note.invoice_line_ids.product_id, invoice.invoice_line_ids.product_id)
        self.assertNotIn("not paid yet", agreement.activity_ids.note)

        note.action_post()
        self.env.flush_all()
        figures = self.env["sale.sample.statistics"]._read_group(
            [("request_id", "=", request.id)], ["event"], ["charged:sum", "collected:sum", "refunded:sum"]
        )
        money = {event: amounts for event, *amounts in figures}
        self.assertEqual(money["charged"], [4000, 0, 0])
        self.assertEqual(money["collected"], [0, 4000, 0])
        self.assertEqual(money["refunded"], [0, 0, 2000])
