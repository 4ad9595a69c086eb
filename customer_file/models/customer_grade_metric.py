from odoo import api, models
from odoo.tools import SQL

from odoo.addons.customer_grade.tools.metric import GradingWindow, Metric


class CustomerGradeMetric(models.AbstractModel):
    """Completeness of the customer file as a metric of schemes."""

    _inherit = "customer.grade.metric"

    @api.model
    def _get_metrics(self):
        return super()._get_metrics() | {
            "file_completeness": Metric(
                "file_completeness",
                self.env._("File Completeness"),
                "percent",
                "_source_customer_file",
                help=self.env._(
                    "Share of the fields of the customer file that are filled in and confirmed in time. As of "
                    "the computation of the review, whatever its day"
                ),
                kinds=frozenset({"customer", "prospect"}),
            )
        }

    @api.model
    def _source_customer_file(self, window: GradingWindow) -> SQL:
        """Column: file_completeness, of the customers that have a file some fields are asked for."""
        return SQL(
            """
            SELECT p.id AS partner_id, (p.customer_file_percent->>%(company)s)::float AS file_completeness
              FROM res_partner p
             WHERE p.customer_file_percent->>%(company)s IS NOT NULL
            """,
            company=str(window.company_id),
        )
