from odoo.tests import HttpCase, tagged

from odoo.addons.sale_sample.tests.common_rounds import RoundCase


@tagged("post_install", "-at_install", "is_tour")
class TestStatisticsTours(RoundCase, HttpCase):
    """What the sales manager does in the browser."""

    def test_statistics(self):
        """The manager goes from the figures to the request behind them."""
        request = self._request(accepted=False)
        request.sudo()._change_state("submitted", submitted_at="2026-01-05 01:00:00")
        self.start_tour("/odoo/sample-statistics", "sale_sample_statistics", login=self.manager.login)
