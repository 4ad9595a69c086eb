from typing import Any

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date


class ReportGradeListReview(models.AbstractModel):
    """The grade list of reviews: each customer with the grade before and the one decided."""

    _name = "report.customer_grade.report_grade_list_review"
    _inherit = ["customer.grade.list"]
    _description = "Printed Grade List of a Review"

    @api.model
    def _get_report_values(self, docids: list[int], data: dict | None = None) -> dict[str, Any]:
        """Return the values of the template: one list for each review.

        :raise UserError: a review has no customers (for this reader)
        """
        reviews = self.env["customer.grade.review"].browse(docids)
        reviews.check_access("read")
        lists = []
        for review in reviews:
            rows = self._query_rows(self._get_query(review), printed=sum(document["count"] for document in lists))
            if not rows:
                raise UserError(
                    self.env._(
                        "%s has no customers to print: compute it first. You see your own customers only, unless you may "
                        "see all.",
                        review.display_name,
                    )
                )
            prospects = review.kind == "prospect"
            lists.append({
                **self._get_list(rows, review.company_id, prospects=prospects),
                "title": self.env._("Prospect Grades") if prospects else self.env._("Customer Grades"),
                "subtitle": review.display_name,
                "facts": self._get_facts(review),
            })
        return {"doc_ids": docids, "doc_model": "customer.grade.review", "docs": reviews, "lists": lists}

    def _get_query(self, review) -> SQL:
        """Return the customers of a review that the reader may see."""
        allowed = self.env["customer.grade.assessment"]._search([("review_id", "=", review.id)])
        return SQL(
            """
            SELECT COALESCE(p.complete_name, p.name, l.name) AS name, COALESCE(p.city, l.city) AS city,
                   s.name AS salesperson, a.revenue, a.score, a.previous_grade_id, a.grade_id, a.decision, a.reason,
                   a.reasons
              FROM customer_grade_assessment a
         LEFT JOIN res_partner p ON p.id = a.partner_id
         LEFT JOIN crm_lead l ON l.id = a.lead_id
         LEFT JOIN res_users u ON u.id = a.user_id
         LEFT JOIN res_partner s ON s.id = u.partner_id
             WHERE a.id IN %s
            """,
            allowed.subselect(),
        )

    def _get_facts(self, review) -> list[tuple[str, str]]:
        """Return what is told about the review on the first page."""
        state = dict(review._fields["state"]._description_selection(self.env))[review.state]
        facts = [
            (self.env._("Scheme"), review.scheme_id.display_name),
            (
                self.env._("Period"),
                f"{format_date(self.env, review.window_start)} – {format_date(self.env, review.date)}",
            ),
            (self.env._("Status"), state),
        ]
        if review.applied_by_id:
            facts.append((
                self.env._("Applied by"),
                f"{review.applied_by_id.name}, {format_date(self.env, review.applied_on.date())}",
            ))
        return facts
