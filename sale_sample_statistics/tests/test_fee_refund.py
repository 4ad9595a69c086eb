from odoo.tests import freeze_time, tagged

from odoo.addons.sale_sample.tests.common import MONDAY_9
from odoo.addons.sale_sample_fee.tests.common_fees import FeeCase
from odoo.addons.sale_sample_fee.tests.common_refund import RefundCase


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


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 04:00:00")
class TestRefundFigures(RefundCase):
    """What came back by an agreement made by hand, in the statistics."""

    def test_refund_in_the_statistics(self):
        request = self._request()
        agreement = self._agreement(request_id=request.id)
        self._booked(agreement, "2026-02-02", 1000)
        report = self.env["sale.sample.statistics"]
        domain = [("company_id", "=", self.company.id), ("event", "=", "refunded")]
        self.assertFalse(report._read_group(domain, ["event"], ["refunded:sum"]), "the credit note is a draft")
        agreement.refund_ids.move_id.action_post()
        self.assertEqual(report._read_group(domain, ["event"], ["refunded:sum"]), [("refunded", 500.0)])
