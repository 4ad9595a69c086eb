from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.sale_sample_statistics.reports.sale_sample_statistics import MONEY_GROUPS


class SaleSampleStatistics(models.Model):
    """A sample has paid back when the margin of its orders, not their revenue, reached what it cost."""

    _inherit = "sale.sample.statistics"
    _depends = {"sale.order.line": ["margin"]}

    earned = fields.Monetary(
        "Margin within 12 Months",
        readonly=True,
        groups=MONEY_GROUPS,
        help="Margin of the confirmed orders that the sample won, in the 12 months from its approval, less what was "
        "credited",
    )

    def _earned_sql(self) -> SQL:
        return SQL("line.margin")  # net of credits, as revenue is
