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

    def test_net_of_credits(self):
        """A pair costs 80: an allowance lowers the margin by its amount, a return by the margin of the pairs."""
        currency = self.company.currency_id
        self.env["account.chart.template"].try_loading("generic_coa", company=self.company, install_demo=False)
        self.company.currency_id = currency
        self.product.invoice_policy = "order"
        self._cost(80.0)
        lines = self.env["sale.order.line"].search([("product_id", "=", self.product.id)], order="id")
        lines.tax_ids = False
        for line, values, margin in ((lines[0], {"price_unit": 10.0}, 200.0), (lines[1], {"quantity": 2.0}, 160.0)):
            invoice = line.order_id.sudo()._create_invoices()
            invoice.invoice_date = "2026-06-10"
            invoice.action_post()
            note = invoice._reverse_moves([{"invoice_date": "2026-06-20", "date": "2026-06-20"}])
            note.invoice_line_ids.write(values)
            note.action_post()
            self.env.flush_all()
            self.assertAlmostEqual(self._figures("earned:sum")[0], margin)

    def test_who_sees_margins(self):
        report = self.env["sale.sample.statistics"]
        self.assertTrue(report.with_user(self.manager)._read_group([], [], ["earned:sum"]))
        with self.assertRaises(AccessError):
            report.with_user(self.rnd)._read_group([], [], ["earned:sum"])
