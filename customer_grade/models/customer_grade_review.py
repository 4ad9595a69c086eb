from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date


class CustomerGradeReview(models.Model):
    """One periodic run: proposed grades, the evidence for them, the decisions."""

    _name = "customer.grade.review"
    _description = "Customer Grade Review"
    _inherit = ["sales.department.transition.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _TRANSITIONS = {
        "draft": {"computed", "cancelled"},
        "computed": {"computed", "decided", "cancelled"},
        "decided": {"computed", "applied", "cancelled"},
        "cancelled": {"draft"},
    }

    name = fields.Char(compute="_compute_name", store=True, readonly=False, required=True, precompute=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("computed", "Computed"),
            ("decided", "Decided"),
            ("applied", "Applied"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        tracking=True,
        copy=False,
    )
    scheme_id = fields.Many2one(
        "customer.grading.scheme",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        default=lambda self: self._default_scheme(),
        domain="[('state', '=', 'active'), ('company_id', 'in', allowed_company_ids)]",
        tracking=True,
    )
    kind = fields.Selection(related="scheme_id.kind", store=True)
    company_id = fields.Many2one(related="scheme_id.company_id", store=True, index=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        "As of",
        required=True,
        default=lambda self: self.env.company._sales_today(),
        tracking=True,
        help="Last day whose orders and payments count.",
    )
    window_start = fields.Date("From", compute="_compute_window_start")
    user_id = fields.Many2one(
        "res.users", "Reviewer", compute="_compute_user_id", store=True, readonly=False, precompute=True, tracking=True
    )
    assessment_ids = fields.One2many("customer.grade.assessment", "review_id", readonly=True)
    ladders = fields.Json(readonly=True, copy=False)
    applied_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    applied_on = fields.Datetime(readonly=True, copy=False)

    # ------------------------------------------------------------------
    # Defaults and computes
    # ------------------------------------------------------------------

    @api.model
    def _default_scheme(self):
        return self.env["customer.grading.scheme"].search(
            [("company_id", "=", self.env.company.id), ("state", "=", "active"), ("kind", "=", "customer")], limit=1
        )

    @api.depends("scheme_id", "date")
    def _compute_name(self):
        for review in self:
            if review.scheme_id and review.date:
                review.name = self.env._(
                    "%(scheme)s, %(day)s", scheme=review.scheme_id.name, day=format_date(self.env, review.date)
                )

    @api.depends("scheme_id")
    def _compute_user_id(self):
        for review in self:
            review.user_id = review.scheme_id.user_id or self.env.user

    @api.depends("date", "scheme_id.window_months")
    def _compute_window_start(self):
        for review in self:
            complete = review.date and review.scheme_id
            review.window_start = review._get_window().start if complete else False

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    def _check_may_decide(self) -> None:
        """:raise AccessError: the user is neither sales manager nor approver"""
        if not self.env.su and not self.has_access("write"):
            raise AccessError(self.env._("Only sales managers and grade approvers may decide customer grades."))

    def _lock_for_decisions(self) -> None:
        """Make sure that this user may decide now, and that nobody closes the review meanwhile.

        :raise AccessError: the user may not decide
        :raise UserError: a review is not open for decisions, or is being processed
        """
        self._check_may_decide()
        self._lock_for_transition()
        self.invalidate_recordset(["state"])
        closed = self.filtered(lambda review: review.state != "computed")
        if closed:
            raise UserError(
                self.env._(
                    "Review %s is not open for decisions. Reopen it first, or compute a new one.",
                    ", ".join(closed.mapped("display_name")),
                )
            )

    @api.model
    def _check_may_apply(self) -> None:
        """:raise AccessError: the user lacks the right to apply grades"""
        if not self.env.su and not self.env.user.has_group("customer_grade.group_grade_approver"):
            raise AccessError(
                self.env._("You may not apply customer grades. Ask a user with the right “Apply Customer Grades”.")
            )

    def _has_field_access(self, field, operation):
        # Evidence: written by the computation and by applying, never by a client.
        if operation == "write" and not self.env.su and field.name in ("ladders", "applied_by_id", "applied_on"):
            return False
        return super()._has_field_access(field, operation)

    def write(self, vals):
        if {"scheme_id", "date"} & vals.keys():
            fixed = self.filtered(lambda review: review.state != "draft")
            if fixed:
                raise UserError(
                    self.env._(
                        "Scheme and day of %s are fixed, because grades were computed with them. Create another "
                        "review.",
                        ", ".join(fixed.mapped("display_name")),
                    )
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_applied(self):
        applied = self.filtered(lambda review: review.state == "applied")
        if applied:
            raise UserError(
                self.env._(
                    "%s is part of the grade history and cannot be deleted.", ", ".join(applied.mapped("display_name"))
                )
            )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_compute(self) -> bool:
        """Compute the proposals, anew where there are some already.

        :raise UserError: the scheme is retired or not complete, or nobody is to be graded
        """
        for review in self:
            if review.scheme_id.state != "active":
                raise UserError(
                    self.env._("%s is not in force: reviews use the scheme in force.", review.scheme_id.display_name)
                )
            review._change_state("computed")
            review.sudo()._assess_customers()  # sudo: figures of the whole company; _change_state checked the right
        return True

    def action_accept_all(self) -> bool:
        """Accept every proposal that is still to decide; customers without one stay to decide."""
        self._lock_for_decisions()
        self.env["customer.grade.assessment"]._accept_pending(self)
        return True

    def action_decide(self) -> bool:
        """Close the decisions.

        :raise AccessError: the user may not decide
        :raise UserError: some customers are still to decide
        """
        self._check_may_decide()
        for review in self:
            pending = self.env["customer.grade.assessment"].search_count(review._pending_domain())
            if pending:
                raise UserError(
                    self.env._(
                        "%(count)s proposals of %(review)s are still to decide. Decide them one by one, or use “Accept "
                        "All Proposals”.",
                        count=pending,
                        review=review.display_name,
                    )
                )
        self._change_state("decided")
        return True

    def action_reopen(self) -> bool:
        """Open the decisions again."""
        self._change_state("computed")
        return True

    def action_apply(self) -> bool:
        """Make the decided grades the valid ones.

        :raise AccessError: the user may not apply grades
        :raise UserError: the review is not decided, is being applied by someone else, or is
            overtaken by a later one or by grades that changed since
        """
        self._check_may_apply()
        for review in self:
            review._change_state("applied", applied_by_id=self.env.uid, applied_on=fields.Datetime.now())
            review._check_not_overtaken()
            assessments = self.env["customer.grade.assessment"].sudo()  # sudo: nobody may write them directly
            assessments._apply_and_log(review.company_id, SQL("a.review_id = %s", review.id), review._get_log_note())
        return True

    def action_cancel(self) -> bool:
        """Give the review up; its proposals are kept until it is deleted."""
        self._change_state("cancelled")
        return True

    def action_draft(self) -> bool:
        """Take a cancelled review up again."""
        self._change_state("draft")
        return True

    def action_view_assessments(self) -> dict:
        """Open the customers of these reviews, those to decide first."""
        action = self.env["ir.actions.actions"]._for_xml_id("customer_grade.customer_grade_assessment_action_review")
        context = {"search_default_pending": 1} if sum(self.mapped("pending_count")) else {}
        return dict(action, domain=[("review_id", "in", self.ids)], context=context)

    def action_view_incomplete(self) -> dict:
        """Open the customers whose figures are incomplete."""
        action = self.env["ir.actions.actions"]._for_xml_id("customer_grade.customer_grade_assessment_action_review")
        return dict(action, domain=[("review_id", "in", self.ids), ("is_incomplete", "=", True)])

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def _pending_domain(self) -> Domain:
        return Domain("review_id", "in", self.ids) & Domain("decision", "=", "pending")

    def _get_log_note(self) -> str:
        """Return what the chatter of each changed customer says about the change."""
        return self.env._("Grade review %s", self.display_name)

    def _run_scheduled(self) -> None:
        """Compute a scheduled review; apply it where the scheme says so, else ask its owner."""
        self.ensure_one()
        self.action_compute()
        if self.scheme_id.auto_apply:
            self.action_accept_all()
            incomplete = self.env["customer.grade.assessment"].search(self._pending_domain())
            if incomplete:
                incomplete.action_keep()
            self.action_decide()
            self.action_apply()
            return
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Decide customer grades"),
            note=self.env._(
                "%(graded)s were graded, %(pending)s are to decide.",
                graded=self.assessment_count,
                pending=self.pending_count,
            ),
            user_id=self.user_id.id,
        )
