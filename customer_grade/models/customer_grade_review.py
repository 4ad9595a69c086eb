import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import suppress

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, split_every

from odoo.addons.sales_department_base.records import refuse

from ..tools.assessment import Assessment
from ..tools.metric import GradingWindow
from .grading_run import GradingRun

BATCH = 5000
"""Rows of one INSERT: keeps memory flat; above it the time per row no longer falls."""


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
    _open_parents = frozenset({"scheme_id"})  # who reviews need not be allowed to change the rules, but to read them

    name = fields.Char(compute="_compute_name", store=True, readonly=False, required=True, precompute=True)
    state = fields.Selection([
        ("draft", "Draft"),
        ("computed", "Computed"),
        ("decided", "Decided"),
        ("applied", "Applied"),
        ("cancelled", "Cancelled"),
    ])
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
    matrix = fields.Json("Migration", compute="_compute_matrix")
    assessment_count = fields.Integer("Customers", compute="_compute_counts")
    pending_count = fields.Integer("To Decide", compute="_compute_counts")
    changed_count = fields.Integer("Changes", compute="_compute_counts")
    incomplete_count = fields.Integer("Incomplete Figures", compute="_compute_counts")
    subject_label = fields.Char("Graded", compute="_compute_subject_label")

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
            review.window_start = False
            if review.date and review.scheme_id:
                with suppress(UserError):  # a day out of range, which computing refuses
                    review.window_start = review._get_window().start

    @api.depends_context("lang")
    @api.depends("kind")
    def _compute_subject_label(self):
        labels = dict(self.env["customer.grading.scheme"]._fields["kind"]._description_selection(self.env))
        for review in self:
            review.subject_label = labels.get(review.kind)

    @api.depends("assessment_ids.decision", "assessment_ids.movement")
    def _compute_counts(self):
        counts = defaultdict(Counter)
        for review, decision, movement, incomplete, count in self.env["customer.grade.assessment"]._read_group(
            [("review_id", "in", self.ids)], ["review_id", "decision", "movement", "is_incomplete"], ["__count"]
        ):
            shown = {
                "all": True,
                "pending": decision == "pending",
                "changed": movement != "same",
                "incomplete": incomplete,
            }
            counts[review.id].update({name: count for name, is_counted in shown.items() if is_counted})
        for review in self:
            own = counts[review.id]
            review.assessment_count = own["all"]
            review.pending_count = own["pending"]
            review.changed_count = own["changed"]
            review.incomplete_count = own["incomplete"]

    @api.depends("kind", "assessment_ids.grade_id", "assessment_ids.previous_grade_id")
    @api.depends_context("lang")
    def _compute_matrix(self):
        """Customers and revenue from each grade to each grade, see ``_get_migration_matrix``."""
        cells = defaultdict(dict)
        for review, before, after, count, revenue in self.env["customer.grade.assessment"]._read_group(
            [("review_id", "in", self.ids)], ["review_id", "previous_grade_id", "grade_id"], ["__count", "revenue:sum"]
        ):
            cells[review.id][f"{before.id or 0},{after.id or 0}"] = {"count": count, "revenue": revenue}
        for review in self:
            matrix = self.env["customer.grade"]._get_migration_matrix(cells[review.id], review.company_id)
            if review.kind == "prospect":
                matrix["opens"] = {
                    "model": "customer.grade.assessment",
                    "link": "review_id",
                    "before": "previous_grade_id",
                    "after": "grade_id",
                    "context": {"grading_prospects": True},
                    "title": self.env._("All prospects"),
                }
            review.matrix = matrix

    # ------------------------------------------------------------------
    # Constrains
    # ------------------------------------------------------------------

    @api.constrains("scheme_id")
    def _check_scheme(self):
        """Refuse the hidden draft of a simulation: nobody else could read the review, nor the draft be dropped."""
        for scheme in self.scheme_id.filtered(lambda scheme: not scheme.active):
            raise ValidationError(
                self.env._("%s is not in force: reviews use the scheme in force.", scheme.display_name)
            )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        reviews = super().create(vals_list)
        reviews.scheme_id.check_access("read")
        return reviews

    def _get_settled(self):
        return self.filtered(lambda review: review.state == "applied")

    def _settled_refusal(self):
        return self.env._("%(names)s is applied and part of the grade history: it stays as it is. Create a new review.")

    def write(self, vals):
        if {"scheme_id", "date"} & vals.keys():
            refuse(
                self.filtered(lambda review: review.state != "draft"),
                self.env._(
                    "Scheme and day of %(names)s are fixed, because grades were computed with them. Create another "
                    "review."
                ),
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_applied(self):
        refuse(
            self.filtered(lambda review: review.state == "applied"),
            self.env._("%(names)s is part of the grade history and cannot be deleted."),
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
            superseded by a later one or by grades that changed since
        """
        self._check_may_apply()
        for review in self:
            review._change_state("applied", applied_by_id=self.env.uid, applied_on=fields.Datetime.now())
            review._check_not_superseded()
            assessments = self.env["customer.grade.assessment"].sudo()  # sudo: nobody may write them directly
            assessments._apply(review.company_id, SQL("a.review_id = %s", review.id), review._get_log_note())
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
        return self._action_assessments({"search_default_pending": 1} if sum(self.mapped("pending_count")) else {})

    def action_view_incomplete(self) -> dict:
        """Open the customers whose figures are incomplete."""
        return self._action_assessments({}, ("is_incomplete", "=", True))

    def _action_assessments(self, context: dict, *domain: tuple) -> dict:
        """Return the list of assessments; where all are prospects, it shows leads and expected revenue."""
        action = self.env["ir.actions.actions"]._for_xml_id("customer_grade.customer_grade_assessment_action_review")
        action |= {"domain": [("review_id", "in", self.ids), *domain], "context": context}
        if set(self.mapped("kind")) == {"prospect"}:
            name = self.env._("Prospects in Review")
            action |= {"name": name, "display_name": name, "context": {**context, "grading_prospects": True}}
        return action

    # ------------------------------------------------------------------
    # Computing
    # ------------------------------------------------------------------

    def _get_window(self) -> GradingWindow:
        """Return the time this review looks at."""
        self.ensure_one()
        return GradingRun(self.scheme_id, self.date).window

    def _assess_customers(self) -> None:
        """Replace the assessments of this review by freshly computed ones.

        The work is one transaction. Killed half-way it leaves the review as it was, and
        computing again starts from the beginning.

        :raise UserError: the scheme is not complete, or nobody is there to be graded
        """
        self.ensure_one()
        self.scheme_id._check_ready()
        run = GradingRun(self.scheme_id, self.date)
        assessments, ladders = run.grade(*run.fetch(run.metric_keys))
        self._store(assessments)
        self.ladders = ladders

    def _store(self, assessments: Iterable[Assessment]) -> None:
        """Replace the stored assessments of this review, in bulk."""
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM customer_grade_assessment WHERE review_id = %s", self.id))
        names = [SQL.identifier(name) for name in Assessment._fields]
        stored = self.env["customer.grade.assessment"]._fields
        for rows in split_every(BATCH, assessments, list):
            columns = [
                self._sql_array(stored[name].column_type[0], values)
                for name, values in zip(Assessment._fields, zip(*rows, strict=True), strict=True)
            ]
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO customer_grade_assessment
                           (review_id, kind, origin, company_id, scheme_id, date, state, is_current,
                            create_uid, create_date, write_uid, write_date, %(names)s)
                    SELECT %(review)s, %(kind)s, 'review', %(company)s, %(scheme)s, %(date)s, 'proposed', FALSE,
                           %(uid)s, %(now)s, %(uid)s, %(now)s, batch.*
                      FROM unnest(%(columns)s) AS batch
                    """,
                    names=SQL(", ").join(names),
                    columns=SQL(", ").join(columns),
                    review=self.id,
                    kind=self.scheme_id.kind,
                    company=self.company_id.id,
                    scheme=self.scheme_id.id,
                    date=self.date,
                    uid=self.env.uid,
                    now=self.env.cr.now(),
                )
            )
        self.env["customer.grade.assessment"].invalidate_model()
        self.invalidate_recordset()

    @staticmethod
    def _sql_array(column_type: str, values: Iterable) -> SQL:
        """Return the values of one column, all rows in one parameter."""
        if column_type == "jsonb":
            return SQL("%s::text[]::jsonb[]", [json.dumps(value) for value in values])
        return SQL("%s::%s[]", list(values), SQL(column_type))

    # ------------------------------------------------------------------
    # Deciding and applying
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
        self._lock()
        self.invalidate_recordset(["state"])
        refuse(
            self.filtered(lambda review: review.state != "computed"),
            self.env._("Review %(names)s is not open for decisions. Reopen it first, or compute a new one."),
        )

    @api.model
    def _check_may_apply(self) -> None:
        """:raise AccessError: the user lacks the right to apply grades"""
        if not self.env.su and not self.env.user.has_group("customer_grade.group_grade_approver"):
            raise AccessError(
                self.env._("You may not apply customer grades. Ask a user with the right “Apply Customer Grades”.")
            )

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
        self.env["mail.activity"]._sales_ask(
            "mail.mail_activity_data_todo",
            {self: self.user_id},
            lambda one: one.env._("Decide customer grades"),
            note=lambda one: one.env._(
                "%(graded)s were graded, %(pending)s are to decide.",
                graded=one.assessment_count,
                pending=one.pending_count,
            ),
            notify=True,
        )

    # ------------------------------------------------------------------
    # A review is applied only while the state of affairs it rests on lasts
    # ------------------------------------------------------------------

    def _check_not_superseded(self) -> None:
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
