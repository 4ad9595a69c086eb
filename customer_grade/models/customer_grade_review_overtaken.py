from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CustomerGradeReview(models.Model):
    """A review is applied only while the state of affairs it rests on lasts."""

    _inherit = "customer.grade.review"

    def _check_not_overtaken(self) -> None:
        """Refuse to apply grades that rest on a state of affairs that is gone.

        :raise UserError: a later review was applied, or grades changed since the computation
        """
        self.ensure_one()
        later = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("kind", "=", self.kind),
                ("state", "=", "applied"),
                ("date", ">", self.date),
                ("id", "!=", self.id),
            ],
            limit=1,
        )
        if later:
            raise UserError(
                self.env._(
                    "%(later)s is already applied and looks at a later day than %(review)s. Create a new review.",
                    later=later.display_name,
                    review=self.display_name,
                )
            )
        changed = self._get_changed_since()
        if changed:
            raise UserError(
                self.env._(
                    "Grades changed since %(review)s was computed, for example of %(customers)s. Reopen and compute it "
                    "again.",
                    review=self.display_name,
                    customers=", ".join(changed),
                )
            )

    def _get_changed_since(self) -> list[str]:
        """Return the names of some customers or leads whose grade is no longer the one before."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.name FROM customer_grade_assessment a JOIN res_partner p ON p.id = a.partner_id
                 WHERE a.review_id = %(review)s
                   AND (p.customer_grade_id->>%(key)s)::int IS DISTINCT FROM a.previous_grade_id
             UNION ALL
                SELECT l.name FROM customer_grade_assessment a JOIN crm_lead l ON l.id = a.lead_id
                 WHERE a.review_id = %(review)s AND l.customer_grade_id IS DISTINCT FROM a.previous_grade_id
              ORDER BY name LIMIT 5
                """,
                review=self.id,
                key=str(self.company_id.id),
            )
        )
        return [name for [name] in rows]
