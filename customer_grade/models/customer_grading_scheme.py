from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sales_department_base.tools.periods import Period

# Rules of a version; they stay as they are once the version is in force.
RULE_FIELDS = {
    "kind",
    "company_id",
    "version",
    "previous_version_id",
    "window_months",
    "criterion_ids",
    "threshold_ids",
    "veto_ids",
    "hysteresis_margin",
    "hysteresis_reviews",
    "minimum_months",
    "minimum_orders",
    "population_domain",
    "lead_domain",
}


class CustomerGradingScheme(models.Model):
    """One version of a company's rules for grading."""

    _name = "customer.grading.scheme"
    _description = "Grading Scheme"
    _inherit = [
        "customer.grade.version.mixin",
        "sales.department.transition.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "company_id, kind, state, version desc, id desc"
    _check_company_auto = True
    _TRANSITIONS = {"draft": {"active"}, "active": {"retired"}}

    name = fields.Char(required=True, tracking=True)
    kind = fields.Selection([("customer", "Customers"), ("prospect", "Prospects")], required=True, default="customer")
    version = fields.Integer(default=1, readonly=True, copy=False)
    previous_version_id = fields.Many2one("customer.grading.scheme", readonly=True, copy=False, index="btree_not_null")
    state = fields.Selection(
        [("draft", "Draft"), ("active", "In Force"), ("retired", "Retired")],
        required=True,
        default="draft",
        readonly=True,
        tracking=True,
        copy=False,
    )
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        required=True,
        default=lambda self: self.env.user,
        tracking=True,
        help="Receives the reviews to decide and the reminder to discuss the scheme.",
    )
    note = fields.Html("Why These Rules")
    window_months = fields.Integer(
        "Window (months)", default=12, required=True, help="How far back orders and invoices count."
    )
    population_domain = fields.Char(
        "Customers Graded",
        default="[]",
        help="Which customers are graded. Empty: every customer who ever ordered, or who has a grade.",
    )
    criterion_ids = fields.One2many(
        "customer.grading.criterion", "scheme_id", copy=True, default=lambda self: self._default_criteria()
    )
    threshold_ids = fields.One2many(
        "customer.grading.threshold", "scheme_id", copy=True, default=lambda self: self._default_thresholds()
    )
    veto_ids = fields.One2many("customer.grading.veto", "scheme_id", copy=True)
    hysteresis_margin = fields.Float(
        "Margin (points)",
        digits=(16, 1),
        help="A customer keeps the grade until the score is past a threshold by this many points. 0: no margin.",
    )
    hysteresis_reviews = fields.Integer(
        "Reviews in a Row",
        help="After this many reviews in a row that ask for a better (or worse) grade, the grade "
        "changes even within the margin. 0: the margin alone decides.",
    )
    minimum_months = fields.Integer(
        "Months since First Order", help="Customers who first ordered later than this are unrated."
    )
    minimum_orders = fields.Integer("Orders Placed", help="Customers with fewer orders ever are unrated.")
    review_period = fields.Selection(
        [("month", "Every Month"), ("quarter", "Every Quarter"), ("half_year", "Every Half Year")],
        "Grade Review",
        help="A review of the past period is prepared by itself when the period is over. Empty: by hand only.",
    )
    next_review_on = fields.Date(
        compute="_compute_next_review_on",
        store=True,
        readonly=False,
        copy=False,
        help="The review is prepared on this day.",
    )
    auto_apply = fields.Boolean(
        "Apply without a Person",
        copy=False,
        tracking=True,
        help="Scheduled reviews accept each proposal and apply it at once, except for customers whose figures "
        "are incomplete: they keep their grade. Otherwise a person decides.",
    )
    discuss_on = fields.Date(
        "Discuss Scheme on",
        copy=False,
        tracking=True,
        default=lambda self: fields.Date.context_today(self) + relativedelta(months=6),
        help="On this day the owner is asked to discuss and adjust the scheme; half a year later again.",
    )
    review_ids = fields.One2many("customer.grade.review", "scheme_id")
    review_count = fields.Integer(compute="_compute_review_count")

    _active_once = models.UniqueIndex(
        "(company_id, kind) WHERE state = 'active'",
        "A company has one grading scheme in force for each kind: retire the other one first.",
    )
    _window_positive = models.Constraint("CHECK(window_months > 0)", "The window lasts at least one month.")
    _rules_not_negative = models.Constraint(
        "CHECK(hysteresis_margin >= 0 AND hysteresis_reviews >= 0 AND minimum_months >= 0 AND minimum_orders >= 0)",
        "Margin, reviews in a row and minimum history cannot be negative.",
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends_context("lang")
    @api.depends("name", "version")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for scheme in self:
            scheme.display_name = self.env._("%(name)s v%(version)s", name=scheme.name or "", version=scheme.version)

    @api.depends("review_period", "state")
    def _compute_next_review_on(self):
        for scheme in self:
            if not scheme.review_period or scheme.state != "active":
                scheme.next_review_on = False
            else:
                scheme.next_review_on = Period.of(scheme.review_period, scheme.company_id._sales_today()).stop

    def _compute_review_count(self):
        counts = dict(
            self.env["customer.grade.review"]._read_group([("scheme_id", "in", self.ids)], ["scheme_id"], ["__count"])
        )
        for scheme in self:
            scheme.review_count = counts.get(scheme, 0)

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    def write(self, vals):
        if RULE_FIELDS & vals.keys():
            self._check_is_draft()
        if not self.env.su and "auto_apply" in vals and vals["auto_apply"]:
            self.env["customer.grade.review"]._check_may_apply()
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        schemes = super().create(vals_list)
        # Looked at afterwards, because a client may send the value as a default, too.
        if not self.env.su and any(schemes.mapped("auto_apply")):
            self.env["customer.grade.review"]._check_may_apply()
        return schemes

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.filtered(lambda scheme: scheme.state != "draft" or scheme.review_ids)
        if used:
            raise UserError(
                self.env._(
                    "Grades rest on %s: it cannot be deleted. Retire it instead.",
                    ", ".join(used.mapped("display_name")),
                )
            )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_new_review(self) -> dict:
        """Open a new review of the scheme in force."""
        self.ensure_one()
        review = self.env["customer.grade.review"].create({"scheme_id": self.id})
        return review._get_records_action(name=review.display_name)

    def action_view_reviews(self) -> dict:
        """Open the reviews of these schemes."""
        action = self.env["ir.actions.actions"]._for_xml_id("customer_grade.customer_grade_review_action")
        return dict(action, domain=[("scheme_id", "in", self.ids)], context={"default_scheme_id": self[:1].id})

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def _get_rival_domain(self) -> list:
        return [*super()._get_rival_domain(), ("kind", "=", self.kind)]
