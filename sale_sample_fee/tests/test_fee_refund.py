from odoo.tests import freeze_time, tagged

from odoo.addons.sale_sample.tests.common import MONDAY_9

from .common_fees import FeeCase


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestFeeRefund(FeeCase):
    """From the decision to the refund: a shared mould fee is charged, paid, and comes back after deliveries."""

    def test_decided_paid_refunded(self):
        agreement = self._paid()
        self.assertEqual((agreement.state, agreement.fee_amount, agreement.partner_id), ("draft", 4000, self.customer))
        self._refund(agreement)
        invoice = agreement.decision_id.order_line_ids.invoice_lines.move_id
        note = agreement.refund_ids.move_id
        self.assertEqual((note.reversed_entry_id, note.amount_untaxed, note.state), (invoice, 2000, "draft"))
        self.assertEqual(note.invoice_line_ids.product_id, invoice.invoice_line_ids.product_id)
        self.assertNotIn("not paid yet", agreement.activity_ids.note)
