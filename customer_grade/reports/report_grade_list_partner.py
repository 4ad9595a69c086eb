from typing import Any

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date


class ReportGradeListPartner(models.AbstractModel):
    """The grade list of chosen customers: the grade today, and the one before the last review."""

    _name = "report.customer_grade.report_grade_list_partner"
    _inherit = ["customer.grade.list"]
    _description = "Printed Grade List of Customers"

    @api.model
    def _get_report_values(self, docids: list[int], data: dict | None = None) -> dict[str, Any]:
        """Return the values of the template: one list of the customers behind the chosen contacts.

        :raise UserError: nobody is chosen
        """
        rows = self._query_rows(self._get_query(docids))
        if not rows:
            raise UserError(self.env._("Choose at least one customer."))
        today = format_date(self.env, self.env.company._sales_today())
        return {
            "doc_ids": docids,
            "doc_model": "res.partner",
            "lists": [
                {
                    **self._get_list(rows, self.env.company),
                    "title": self.env._("Customer Grades"),
                    "subtitle": self.env._("As of %s", today),
                    "facts": [(self.env._("Migration"), self.env._("Since the last review of each customer"))],
                }
            ],
        }

    def _get_query(self, partner_ids: list[int]) -> SQL:
        """Return the customers behind contacts, with their grade in the current company.

        The grade before is the one with which the customer went into the last review that
        was applied. A grade that was only imported has no review: then the one before it.
        """
        company = self.env.company
        chosen = self.env["res.partner"].with_context(active_test=False)._search([("id", "in", partner_ids)])
        allowed = self.env["customer.grade.assessment"]._search([
            ("company_id", "=", company.id),
            ("state", "=", "applied"),
            ("partner_id", "!=", False),
        ])
        return SQL(
            """
            WITH own AS MATERIALIZED (
                SELECT DISTINCT commercial_partner_id AS id FROM res_partner WHERE id IN %(chosen)s
            ),
            history AS MATERIALIZED (
                SELECT a.* FROM customer_grade_assessment a
                  JOIN own ON own.id = a.partner_id WHERE a.id IN %(allowed)s
            ),
            reviewed AS (
                SELECT DISTINCT ON (partner_id) partner_id, previous_grade_id, revenue
                  FROM history WHERE origin = 'review' ORDER BY partner_id, date DESC, id DESC
            )
            SELECT COALESCE(p.complete_name, p.name) AS name, p.city, s.name AS salesperson,
                   r.revenue, NULLIF((p.customer_grade_score->>%(key)s)::float, 0) AS score,
                   CASE WHEN r.partner_id IS NULL THEN c.previous_grade_id ELSE r.previous_grade_id END AS before,
                   (p.customer_grade_id->>%(key)s)::int AS after, c.decision, c.reason, c.reasons
              FROM own
              JOIN res_partner p ON p.id = own.id
         LEFT JOIN history c ON c.partner_id = p.id AND c.is_current IS TRUE
         LEFT JOIN reviewed r ON r.partner_id = p.id
         LEFT JOIN res_users u ON u.id = p.user_id
         LEFT JOIN res_partner s ON s.id = u.partner_id
            """,
            chosen=chosen.subselect(),
            allowed=allowed.subselect(),
            key=str(company.id),
        )
