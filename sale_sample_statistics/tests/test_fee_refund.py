from odoo.tests import freeze_time, tagged

from odoo.addons.sale_sample.tests.common import MONDAY_9
from odoo.addons.sale_sample_fee.tests.common_fees import FeeCase


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestFeeRefundFigures(FeeCase):
    """A shared mould fee that is charged, paid, and comes back after deliveries, in the statistics."""

    def test_decided_paid_refunded(self):
        agreement = self._paid()
        self._refund(agreement)
        agreement.refund_ids.move_id.action_post()
        self.env.flush_all()
        figures = self.env["sale.sample.statistics"]._read_group(
            [("request_id", "=", agreement.request_id.id)], ["event"], ["charged:sum", "collected:sum", "refunded:sum"]
        )
        money = {event: amounts for event, *amounts in figures}
        self.assertEqual(money["charged"], [4000, 0, 0])
        self.assertEqual(money["collected"], [0, 4000, 0])
        self.assertEqual(money["refunded"], [0, 0, 2000])
