from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ..tools.assessment import Present


class CustomerGradeReview(models.Model):
    """Reviews of prospects: who they are, and what is said of them."""

    _inherit = "customer.grade.review"

    subject_label = fields.Char("Graded", compute="_compute_subject_label")

    @api.depends_context("lang")
    @api.depends("kind")
    def _compute_subject_label(self):
        labels = dict(self.env["customer.grading.scheme"]._fields["kind"]._description_selection(self.env))
        for review in self:
            review.subject_label = labels.get(review.kind)

    @api.depends_context("lang")
    @api.depends("kind")
    def _compute_matrix(self):
        result = super()._compute_matrix()
        for review in self.filtered(lambda review: review.kind == "prospect"):
            review.matrix = {
                **review.matrix,
                "opens": {
                    "model": "customer.grade.assessment",
                    "link": "review_id",
                    "before": "previous_grade_id",
                    "after": "grade_id",
                    "context": {"grading_prospects": True},
                    "title": self.env._("All prospects"),
                },
            }
        return result

    def action_view_assessments(self):
        return self._with_prospect_columns(super().action_view_assessments())

    def action_view_incomplete(self):
        return self._with_prospect_columns(super().action_view_incomplete())

    def _with_prospect_columns(self, action: dict) -> dict:
        """Let a list of assessments show leads and expected revenue where all are prospects."""
        if set(self.mapped("kind")) != {"prospect"}:
            return action
        context = action.get("context")
        context = context if isinstance(context, dict) else {}
        name = self.env._("Prospects in Review")
        return dict(action, name=name, display_name=name, context={**context, "grading_prospects": True})

    def _nobody_to_grade(self) -> str:
        if self.scheme_id.kind != "prospect":
            return super()._nobody_to_grade()
        return self.env._(
            "There is nobody to grade: on %(day)s %(company)s had no open lead and no contact without orders that the "
            "scheme chooses. Choose a later day, or change who is graded.",
            day=format_date(self.env, self.date),
            company=self.company_id.name,
        )

    def _fetch_population(self, history):
        """Return the prospects: open leads and partners that never ordered.

        A lead counts when it was there on the day of the review and is neither won nor lost
        now. A partner counts when it was there on that day, is the commercial one, has no
        confirmed order in the company and no grade given to it as a customer, is no mere
        supplier and none of our own companies or users.
        """
        if self.scheme_id.kind != "prospect":
            return super()._fetch_population(history)
        rows = self.env.execute_query(
            SQL("%s UNION ALL %s", self._query_lead_population(), self._query_partner_population())
        )
        return {row[0]: Present(*row[1:]) for row in rows}

    def _query_lead_population(self) -> SQL:
        leads = self.env["crm.lead"].sudo()  # sudo: the scheme grades the whole company, not my leads
        domain = self.scheme_id._get_lead_domain()
        return SQL(
            """
            SELECT -l.id, l.user_id, l.customer_grade_id, COALESCE(a.streak, 0),
                   CASE WHEN a.decision = 'overridden' AND a.override_until >= %(day)s THEN a.override_until END,
                   a.reason, TRUE
              FROM crm_lead l
         LEFT JOIN customer_grade_assessment a ON a.lead_id = l.id AND a.is_current IS TRUE
             WHERE l.active IS TRUE AND l.won_status = 'pending' AND l.create_date < %(stop)s
               AND (l.company_id IS NULL OR l.company_id = %(company)s) AND %(chosen)s
            """,
            day=self.date,
            stop=self._get_window().stop_utc,
            company=self.company_id.id,
            chosen=SQL("l.id IN %s", leads._search(domain).subselect()) if domain else SQL("TRUE"),
        )

    def _query_partner_population(self) -> SQL:
        partners = self.env["res.partner"].sudo()  # sudo: the scheme grades the whole company, not my contacts
        domain = self.scheme_id._get_population_domain()
        return SQL(
            """
            SELECT p.id, p.user_id, (p.customer_grade_id->>%(key)s)::int, COALESCE(a.streak, 0),
                   CASE WHEN a.decision = 'overridden' AND a.override_until >= %(day)s THEN a.override_until END,
                   a.reason, TRUE
              FROM res_partner p
         LEFT JOIN customer_grade_assessment a
                ON a.partner_id = p.id AND a.company_id = %(company)s AND a.is_current IS TRUE
             WHERE p.commercial_partner_id = p.id AND p.active IS TRUE AND p.create_date < %(stop)s
               AND (p.company_id IS NULL OR p.company_id = %(company)s)
               AND p.partner_share IS TRUE
               AND NOT (COALESCE(p.supplier_rank, 0) > 0 AND COALESCE(p.customer_rank, 0) = 0)
               AND (a.kind = 'prospect' OR p.customer_grade_id->>%(key)s IS NULL)
               AND NOT EXISTS (SELECT FROM res_company own WHERE own.partner_id = p.id)
               AND NOT EXISTS (SELECT FROM sale_order o JOIN res_partner b ON b.id = o.partner_id
                                WHERE b.commercial_partner_id = p.id AND o.company_id = %(company)s
                                  AND o.state = 'sale')
               AND %(chosen)s
            """,
            key=str(self.company_id.id),
            day=self.date,
            stop=self._get_window().stop_utc,
            company=self.company_id.id,
            chosen=SQL("p.id IN %s", partners._search(domain).subselect()) if domain else SQL("TRUE"),
        )
