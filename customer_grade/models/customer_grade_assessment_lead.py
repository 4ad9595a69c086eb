from odoo import api, fields, models
from odoo.tools import SQL


class CustomerGradeAssessment(models.Model):
    """Grades of leads: applying them, and handing them on to the partner of a lead."""

    _inherit = "customer.grade.assessment"

    @api.model
    def _apply_leads(self, company, condition: SQL) -> list[tuple[int, int | None, int | None]]:
        """Make proposed assessments the valid grades of their leads, set-based.

        The assessments themselves are marked as applied by :meth:`_apply`, which follows.

        :param company: whose grades these are
        :param condition: as in :meth:`_apply`
        :return: ``(lead id, grade id before, grade id after)`` of each lead whose grade changed
        """
        self.env.flush_all()
        proposed = SQL(
            "a.lead_id IS NOT NULL AND a.company_id = %s AND a.state = 'proposed' AND %s", company.id, condition
        )
        [[any_lead]] = self.env.execute_query(
            SQL("SELECT EXISTS (SELECT FROM customer_grade_assessment a WHERE %s)", proposed)
        )
        if not any_lead:
            return []
        rows = self.env.execute_query(
            SQL(
                """
                SELECT a.lead_id, l.customer_grade_id, a.grade_id
                  FROM customer_grade_assessment a JOIN crm_lead l ON l.id = a.lead_id
                 WHERE %s AND l.customer_grade_id IS DISTINCT FROM a.grade_id
                """,
                proposed,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_lead l
                   SET customer_grade_id = a.grade_id,
                       customer_grade_score = CASE WHEN a.grade_id IS NOT NULL THEN a.score END,
                       customer_grade_since = CASE WHEN a.grade_id IS NULL THEN NULL
                           WHEN l.customer_grade_id = a.grade_id THEN l.customer_grade_since ELSE a.date END,
                       write_uid = %(uid)s, write_date = %(now)s
                  FROM customer_grade_assessment a
                 WHERE %(proposed)s AND l.id = a.lead_id
                """,
                proposed=proposed,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE customer_grade_assessment h SET is_current = FALSE
                  FROM customer_grade_assessment a
                 WHERE %s AND h.lead_id = a.lead_id AND h.is_current IS TRUE
                """,
                proposed,
            )
        )
        self.env["crm.lead"].invalidate_model(["customer_grade_id", "customer_grade_score", "customer_grade_since"])
        self.env["crm.lead"].browse(row[0] for row in rows).modified([
            "customer_grade_id",
            "customer_grade_score",
            "customer_grade_since",
        ])
        return rows

    @api.model
    def _hand_on_to_partners(self, leads) -> None:
        """Give the grade of leads to their partners that have none yet.

        The grade goes to the commercial partner, in the company that graded the lead.
        Of several leads of one partner the best grade counts. A partner that has a grade
        of its own keeps it.

        :param leads: leads that are linked to a partner
        """
        graded = leads.filtered(lambda lead: lead.customer_grade_id and lead.partner_id)
        current = self.search([("lead_id", "in", graded.ids), ("is_current", "=", True)])
        for company, group in current.grouped("company_id").items():
            best: dict = {}
            for assessment in group.sorted(lambda assessment: assessment._get_grade_place()):
                best.setdefault(assessment.lead_id.partner_id.commercial_partner_id, assessment)
            values = [
                assessment._prepare_handed_on(partner.with_company(company))
                for partner, assessment in best.items()
                if not partner.with_company(company).customer_grade_id
            ]
            if values:
                handed_on = self.create(values)
                self._apply_and_log(
                    company, SQL("a.id = ANY(%s)", handed_on.ids), self.env._("Grade taken over from the lead")
                )

    def _get_grade_place(self) -> tuple:
        """Return the place of the grade, best first; unrated comes last."""
        grade = self.grade_id
        return (not grade, grade.is_unrated, grade.sequence, grade.id)

    def _prepare_handed_on(self, partner) -> dict:
        """Return the values of the assessment that gives a partner the grade of this lead."""
        self.ensure_one()
        return {
            "kind": "prospect",
            "origin": "lead",
            "company_id": self.company_id.id,
            "scheme_id": self.scheme_id.id,
            "partner_id": partner.id,
            "user_id": partner.user_id.id or self.lead_id.user_id.id,
            "date": self.company_id._sales_today(),
            "revenue": self.revenue,
            "score": self.score,
            "figures": self.figures,
            "points": self.points,
            "reasons": self.reasons,
            "by_score_grade_id": self.by_score_grade_id.id,
            "proposed_grade_id": self.proposed_grade_id.id,
            "grade_id": self.grade_id.id,
            "decision": "accepted",
            "reason": self.env._("Lead: %s", self.lead_id.name),
            "decided_by_id": self.env.uid,
            "decided_on": fields.Datetime.now(),
        }
