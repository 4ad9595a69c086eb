from odoo.tests import HttpCase, tagged

from .common_refund import RefundCase


@tagged("post_install", "-at_install", "is_tour")
class TestStatisticsTours(RefundCase, HttpCase):
    """What finance and the sales manager do in the browser."""

    def test_refund(self):
        """Finance starts an agreement and books what a paper note says; half of the fee comes back."""
        agreement = self._agreement(started=False, steps=((1000, 50, 0), (2000, 50, 0)))
        self.start_tour(f"/odoo/mould-agreements/{agreement.id}", "sale_sample_refund", login=self.finance.login)
        self.assertEqual((agreement.net_pairs, agreement.refund_ids.amount), (1000, 500))

    def test_statistics(self):
        """The manager goes from the figures to the request behind them."""
        request = self._request(accepted=False)
        request.sudo()._change_state("submitted", submitted_at="2026-01-05 01:00:00")
        self.start_tour("/odoo/sample-statistics", "sale_sample_statistics", login=self.manager.login)
