from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.assessment import movement


class CustomerGradeAssessment(models.Model):
    """One customer's grade at one date: figures, proposal, decision.

    While the review runs it is a proposal; applied, it is the history of the customer.
    Nobody writes it directly, whatever the role: access rights give reading only, and
    the methods below check who acts and then write as superuser.
    """

    _name = "customer.grade.assessment"
    _description = "Customer Grade Assessment"
    _order = "date desc, revenue desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["partner_id", "lead_id"]

    review_id = fields.Many2one("customer.grade.review", readonly=True, index=True, ondelete="cascade")
    kind = fields.Selection(
        [("customer", "Customer"), ("prospect", "Prospect")], required=True, readonly=True, default="customer"
    )
    origin = fields.Selection(
        [
            ("review", "Review"),
            ("manual", "Set or Imported"),
            ("expiry", "Override Expired"),
            ("lead", "Taken over from the Lead"),
        ],
        required=True,
        readonly=True,
        default="review",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    scheme_id = fields.Many2one("customer.grading.scheme", readonly=True, index="btree_not_null", ondelete="restrict")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, index=True, ondelete="cascade")
    lead_id = fields.Many2one(
        "crm.lead",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Lead or opportunity graded as a prospect",
    )
    merged_from = fields.Char(
        readonly=True, help="The grade was given to this contact or lead, which was merged into the present one"
    )
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True, help="At the time of the assessment")
    date = fields.Date(required=True, readonly=True)
    state = fields.Selection(
        [("proposed", "Proposed"), ("applied", "Applied")], required=True, readonly=True, default="proposed"
    )
    is_current = fields.Boolean("Valid Now", readonly=True)

    revenue = fields.Monetary(readonly=True)
    order_count = fields.Integer("Orders", readonly=True)
    score = fields.Float(readonly=True, digits=(16, 1), aggregator="avg")
    figures = fields.Json(readonly=True)
    points = fields.Json(readonly=True)
    reasons = fields.Json(readonly=True)
    streak = fields.Integer(
        readonly=True, help="Reviews in a row whose score asked for a better (+) or worse (−) grade"
    )
    is_incomplete = fields.Boolean("Incomplete Figures", readonly=True)

    # Not indexed: among a handful of grades an index finds nothing faster, and every review would fill it.
    previous_grade_id = fields.Many2one("customer.grade", "Grade Before", readonly=True, ondelete="restrict")
    by_score_grade_id = fields.Many2one("customer.grade", "Grade by Score", readonly=True, ondelete="restrict")
    proposed_grade_id = fields.Many2one("customer.grade", readonly=True, ondelete="restrict")
    grade_id = fields.Many2one("customer.grade", readonly=True, ondelete="restrict")
    previous_grade_color = fields.Integer("Colour of Grade Before", related="previous_grade_id.color")
    proposed_grade_color = fields.Integer("Colour of Proposed Grade", related="proposed_grade_id.color")
    grade_color = fields.Integer("Colour of Grade", related="grade_id.color")
    movement = fields.Selection(
        [("new", "New"), ("up", "Better"), ("same", "Unchanged"), ("down", "Worse")],
        compute="_compute_movement",
        store=True,
    )
    decision = fields.Selection(
        [("pending", "To Decide"), ("accepted", "Accepted"), ("kept", "Kept"), ("overridden", "Overridden")],
        required=True,
        readonly=True,
        default="pending",
    )
    reason = fields.Char(readonly=True)
    override_until = fields.Date(
        readonly=True, help="Last day of the overridden grade; afterwards the computed grade returns"
    )
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_on = fields.Datetime(readonly=True)

    _partner_or_lead = models.Constraint(
        "CHECK((partner_id IS NULL) <> (lead_id IS NULL))", "A grade belongs either to a customer or to a lead."
    )
    _one_current = models.UniqueIndex(
        "(partner_id, company_id) WHERE is_current IS TRUE", "A customer has one grade at a time."
    )
    _one_current_lead = models.UniqueIndex(
        "(lead_id) WHERE is_current IS TRUE AND lead_id IS NOT NULL", "A lead has one grade at a time."
    )
    _once_a_review = models.UniqueIndex(
        "(review_id, partner_id) WHERE review_id IS NOT NULL AND merged_from IS NULL",
        "A review assesses each customer once.",
    )
    _lead_once_a_review = models.UniqueIndex(
        "(review_id, lead_id) WHERE review_id IS NOT NULL AND lead_id IS NOT NULL AND merged_from IS NULL",
        "A review assesses each lead once.",
    )

    @api.depends("partner_id.display_name", "lead_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for assessment in self:
            assessment.display_name = assessment.partner_id.display_name or assessment.lead_id.name

    @api.depends("previous_grade_id", "grade_id")
    def _compute_movement(self):
        grades = self.env["customer.grade"].with_context(active_test=False).search([("is_unrated", "=", False)])
        rank = {grade.id: place for place, grade in enumerate(grades)}
        for assessment in self:
            before, after = assessment.previous_grade_id.id or None, assessment.grade_id.id or None
            assessment.movement = movement(before, after, rank)

    # ------------------------------------------------------------------
    # Decisions
    # ------------------------------------------------------------------

    def action_accept(self) -> bool:
        """Take the proposed grade.

        :raise UserError: no grade could be proposed, or the review is not open for decisions
        """
        assessments = self._open_for_decision()
        blocked = assessments.filtered(lambda assessment: not assessment.proposed_grade_id)
        if blocked:
            raise UserError(
                self.env._(
                    "No grade could be proposed for %s: keep or override it.",
                    ", ".join(blocked[:10].mapped("display_name")),
                )
            )
        for grade, group in assessments.grouped("proposed_grade_id").items():
            group._decide("accepted", grade)
        return True

    def action_keep(self) -> bool:
        """Let the customers keep the grade they have."""
        for grade, group in self._open_for_decision().grouped("previous_grade_id").items():
            group._decide("kept", grade)
        return True

    def action_override_wizard(self) -> dict:
        """Open the dialog that asks for another grade and its reason."""
        action = self.env["ir.actions.actions"]._for_xml_id("customer_grade.customer_grade_override_action")
        return dict(action, context={"default_assessment_ids": self.ids, "default_company_id": self.company_id[:1].id})

    def _override(self, grade, reason: str, until=None) -> None:
        """Give another grade than proposed.

        :param grade: the grade to give
        :param reason: why, required
        :param until: last day of the overridden grade, or None
        :raise UserError: reason missing, date passed, or grade of another company
        """
        assessments = self._open_for_decision()
        if not (reason or "").strip():
            raise UserError(self.env._("An override needs a reason."))
        if grade.company_id and grade.company_id != assessments.company_id:
            raise UserError(
                self.env._("Grade %(grade)s belongs to %(company)s.", grade=grade.name, company=grade.company_id.name)
            )
        if until and until < max(assessments.mapped("date")):
            raise UserError(self.env._("The override ends before the day of the review. Choose a later day or none."))
        assessments._decide("overridden", grade, reason=reason.strip(), override_until=until or False)

    def _decide(self, decision: str, grade, reason=False, override_until=False) -> None:
        """Write one decision for all of self, who and when included."""
        self.sudo().write({  # sudo: nobody has write access, _open_for_decision checked the right
            "decision": decision,
            "grade_id": grade.id,
            "reason": reason,
            "override_until": override_until,
            "decided_by_id": self.env.uid,
            "decided_on": fields.Datetime.now(),
        })

    def _open_for_decision(self):
        """Return self when this user may decide these assessments now.

        :raise AccessError: the user may not decide
        :raise UserError: nothing is chosen, or a review is not open for decisions
        """
        if not self:
            raise UserError(self.env._("Choose at least one customer."))
        self.check_access("read")
        self.review_id._lock_for_decisions()
        if any(not assessment.review_id for assessment in self):
            raise UserError(self.env._("Grades that were set or imported are history: decide in a review."))
        return self
