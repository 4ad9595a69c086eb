from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from odoo.addons.sale_sample_statistics.tests.common_statistics import StatisticsCase


@tagged("post_install", "-at_install")
@freeze_time("2027-06-01 01:00:00")
class TestMargin(StatisticsCase):
    """Sample A cost 100. Its orders of 1,000 and 500 within a year earn what the soles leave."""

    def _figures(self, *names):
        report = self.env["sale.sample.statistics"]
        [values] = report._read_group([("request_id", "=", self.request_a.id)], [], names)
        return values

    def _cost(self, per_pair):
        """Let a pair cost so much in all orders, at a price of 100."""
        lines = self.env["sale.order.line"].search([("product_id", "=", self.product.id)])
        lines.purchase_price = per_pair
        self.env.flush_all()

    def test_margin_and_payback(self):
        table = [
            # cost of a pair → margin within 12 months, days until 100 were earned
            (0.0, 1500.0, 30.0),
            (80.0, 300.0, 30.0),
            (92.0, 120.0, 91.0),
            (99.0, 15.0, False),
        ]
        for per_pair, margin, days in table:
            self._cost(per_pair)
            with self.subTest(per_pair=per_pair):
                earned, revenue, payback = self._figures("earned:sum", "revenue:sum", "payback_days:avg")
                self.assertAlmostEqual(earned, margin)
                self.assertEqual(revenue, 1500.0)
                self.assertEqual(payback and round(payback), days)

    def test_who_sees_margins(self):
        report = self.env["sale.sample.statistics"]
        self.assertTrue(report.with_user(self.manager)._read_group([], [], ["earned:sum"]))
        with self.assertRaises(AccessError):
            report.with_user(self.rnd)._read_group([], [], ["earned:sum"])
