import logging
from ast import literal_eval

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

from odoo.addons.sales_department_base.records import fill_count, refuse
from odoo.addons.sales_department_base.tools.periods import Period

from ..tools import decision

_logger = logging.getLogger(__name__)

FILTERS = {"population_domain": "res.partner", "lead_domain": "crm.lead"}
"""The fields that choose who is graded, and the models they choose from."""


class CustomerGradingScheme(models.Model):
    """One version of a company's rules for grading."""

    _name = "customer.grading.scheme"
    _description = "Grading Scheme"
    _inherit = ["customer.grade.version.mixin"]
    _order = "company_id, kind, state, version desc, id desc"
    _check_company_auto = True
    _rule_fields = frozenset({
        "kind",
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
    })

    kind = fields.Selection([("customer", "Customers"), ("prospect", "Prospects")], required=True, default="customer")
    previous_version_id = fields.Many2one("customer.grading.scheme", readonly=True, copy=False, index="btree_not_null")
    active = fields.Boolean(
        default=True, readonly=True, copy=False, help="Off: the draft that a simulation tries out, until it is kept."
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(help="Receives the reviews to decide and the reminder to discuss the scheme.")
    note = fields.Html("Why These Rules")
    window_months = fields.Integer(
        "Window (months)", default=12, required=True, help="How far back orders and invoices count."
    )
    population_domain = fields.Char(
        "Customers Graded",
        default="[]",
        help="Which customers are graded. Empty: every customer who ever ordered, or who has a grade.",
    )
    lead_domain = fields.Char(
        "Leads Graded",
        default="[]",
        help="Which leads and opportunities are graded. Empty: every one that is neither won nor lost.",
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
        default=lambda self: self.env.company._sales_today() + relativedelta(months=6),
        help="On this day the owner is asked to discuss and adjust the scheme; half a year later again.",
    )
    review_ids = fields.One2many("customer.grade.review", "scheme_id")
    review_count = fields.Integer(compute="_compute_review_count")

    _active_once = models.UniqueIndex(
        "(company_id, kind) WHERE state = 'active'",
        "A company has one grading scheme in force for each kind: retire the other one first.",
    )
    _window_positive = models.Constraint(
        "CHECK(window_months > 0 AND window_months <= 1200)", "The window lasts at least one month, and at most 1,200."
    )
    _rules_not_negative = models.Constraint(
        "CHECK(hysteresis_margin >= 0 AND hysteresis_reviews >= 0 AND minimum_months >= 0 AND minimum_orders >= 0)",
        "Margin, reviews in a row and minimum history cannot be negative.",
    )

    # ------------------------------------------------------------------
    # Defaults: rules to start from
    # ------------------------------------------------------------------

    @api.model
    def _default_criteria(self):
        """Propose the rules of the kind of scheme that is begun."""
        if self.env.context.get("default_kind") == "prospect":
            return self._get_prospect_criteria()
        return self._get_customer_criteria()

    @api.model
    def _get_customer_criteria(self) -> list:
        """Propose revenue, rhythm and payment behaviour; the user changes them freely."""
        classes = [
            Command.create({"share": share, "points": points}) for share, points in ((80, 100), (95, 60), (100, 25))
        ]
        return [
            Command.create({
                "sequence": 10,
                "metric": "revenue",
                "weight": 50,
                "method": "pareto",
                "pareto_ids": classes,
            }),
            Command.create({"sequence": 20, "metric": "order_count", "weight": 20, "method": "percentile"}),
            Command.create({
                "sequence": 30,
                "metric": "days_overdue",
                "weight": 30,
                "method": "bands",
                "missing_points": 100,
                "band_ids": self._prepare_starter_bands((None, 100), (10, 60), (30, 0)),
            }),
        ]

    @api.model
    def _get_prospect_criteria(self) -> list:
        """Propose expected revenue and engagement; the user changes them freely. Extension point of other addons."""
        return [
            Command.create({"sequence": 20, "metric": "expected_revenue", "weight": 30, "method": "percentile"}),
            Command.create({
                "sequence": 30,
                "metric": "engagement",
                "weight": 20,
                "method": "bands",
                "band_ids": self._prepare_starter_bands((None, 0), (1, 40), (3, 70), (8, 100)),
            }),
        ]

    @api.model
    def _prepare_starter_bands(self, *steps: tuple[float | None, float]) -> list:
        """Return commands for bands without a gap: ``(lower limit, points)`` in rising order, the first one open."""
        ends = [*(lower for lower, _points in steps[1:]), None]
        return [
            Command.create({
                "open_below": lower is None,
                "lower": lower or 0,
                "open_above": upper is None,
                "upper": upper or 0,
                "points": points,
            })
            for (lower, points), upper in zip(steps, ends, strict=True)
        ]

    @api.model
    def _default_thresholds(self):
        """Propose even steps for the company's own grades, else for the shared ones."""
        grades = self.env["customer.grade"].search([
            ("is_unrated", "=", False),
            ("company_id", "in", [self.env.company.id, False]),
        ])
        grades = grades.filtered("company_id") or grades
        steps = {1: [0], 2: [50, 0], 3: [70, 40, 0], 4: [80, 60, 35, 0]}.get(len(grades))
        steps = steps or [round(90 * (1 - place / (len(grades) - 1))) for place in range(len(grades))]
        return [
            Command.create({"grade_id": grade.id, "minimum": minimum})
            for grade, minimum in zip(grades, steps, strict=True)
        ]

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("review_period", "state")
    def _compute_next_review_on(self):
        for scheme in self:
            if not scheme.review_period or scheme.state != "active":
                scheme.next_review_on = False
            else:
                scheme.next_review_on = Period.of(scheme.review_period, scheme.company_id._sales_today()).stop

    def _compute_review_count(self):
        fill_count(self, "review_count", self.env["customer.grade.review"], "scheme_id")

    # ------------------------------------------------------------------
    # Constrains and onchange
    # ------------------------------------------------------------------

    @api.constrains("criterion_ids", "threshold_ids")
    def _check_rules(self):
        for scheme in self:
            problem = scheme._weights_problem() or scheme._thresholds_problem()
            if problem:
                raise ValidationError(problem)

    @api.constrains("kind", "criterion_ids", "veto_ids", "minimum_orders")
    def _check_kind(self):
        for scheme in self:
            scheme.criterion_ids._check_kind()
            scheme.veto_ids._check_kind()
        refuse(
            self.filtered(lambda scheme: scheme.kind == "prospect" and scheme.minimum_orders),
            self.env._("Scheme “%(names)s” grades prospects, who have no orders yet: set the orders needed to 0."),
            ValidationError,
        )

    @api.constrains("population_domain")
    def _check_population_domain(self):
        refuse(
            self.filtered(lambda scheme: not scheme._is_filter("population_domain", "res.partner")),
            self.env._(
                "The choice of customers of scheme “%(names)s” is not a valid filter. Choose the customers anew."
            ),
            ValidationError,
        )

    @api.constrains("lead_domain")
    def _check_lead_domain(self):
        refuse(
            self.filtered(lambda scheme: not scheme._is_filter("lead_domain", "crm.lead")),
            self.env._("The choice of leads of scheme “%(names)s” is not a valid filter. Choose the leads anew."),
            ValidationError,
        )

    def _is_filter(self, name: str, model: str) -> bool:
        """Tell whether a field of this scheme holds a valid filter of a model."""
        try:
            Domain(self._get_domain(name)).validate(self.env[model])
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            return False
        return True

    def _check_filters_of_author(self) -> None:
        """Refuse filters by what the user may not read: reviews apply them as superuser, and who is graded would tell.

        :raise AccessError: names the field, or the model
        """
        for scheme in self:
            for name, model in FILTERS.items():
                self._check_filter_access(Domain(scheme._get_domain(name)), self.env[model])

    def _check_filter_access(self, domain: Domain, model: models.Model) -> None:
        """:raise AccessError: the user may not read what the filter of this model asks"""
        for condition in domain.iter_conditions():
            at = model
            for name in condition.field_expr.split("."):
                if name not in at._fields:  # a part of a date, or of properties
                    break
                field = at._fields[name]
                at._check_field_access(field, "read")
                if field.relational:
                    at = self.env[field.comodel_name]
                    at.check_access("read")
            if condition.operator in ("any", "not any"):
                self._check_filter_access(Domain(condition.value), at)

    @api.onchange("kind")
    def _onchange_kind(self):
        if self._origin or any(self.kind in criterion._get_kinds() for criterion in self.criterion_ids):
            return
        criteria = self._get_prospect_criteria() if self.kind == "prospect" else self._default_criteria()
        self.criterion_ids = [Command.clear(), *criteria]
        self.veto_ids = [Command.clear()]
        self.minimum_orders = 0

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("kind") == "prospect" and "criterion_ids" not in vals:
                vals["criterion_ids"] = self._get_prospect_criteria()
        schemes = super().create(vals_list)
        # Looked at afterwards, because a client may send the value as a default, too.
        if not self.env.su:
            if any(schemes.mapped("auto_apply")):
                self.env["customer.grade.review"]._check_may_apply()
            schemes._check_filters_of_author()
        return schemes

    def write(self, vals):
        if not self.env.su and "auto_apply" in vals and vals["auto_apply"]:
            self.env["customer.grade.review"]._check_may_apply()
        result = super().write(vals)
        if not self.env.su and FILTERS.keys() & vals.keys():
            self._check_filters_of_author()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        refuse(
            self.filtered(lambda scheme: scheme.state != "draft" or scheme.review_ids),
            self.env._("Grades rest on %(names)s: it cannot be deleted. Retire it instead."),
        )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_new_review(self) -> dict:
        """Open a new review of the scheme in force, or the one of today that is begun."""
        self.ensure_one()
        reviews = self.env["customer.grade.review"]
        reviews.check_access("create")
        today = self.env.company._sales_today()
        # Of two clicks, one makes it.
        begun = reviews.search([("scheme_id", "=", self.id), ("state", "=", "draft"), ("date", "=", today)], limit=1)
        review = begun or reviews.create({"scheme_id": self.id})
        return review._get_records_action(name=review.display_name)

    def action_view_reviews(self) -> dict:
        """Open the reviews of these schemes."""
        action = self.env["ir.actions.actions"]._for_xml_id("customer_grade.customer_grade_review_action")
        return dict(action, domain=[("scheme_id", "in", self.ids)], context={"default_scheme_id": self[:1].id})

    def action_simulate(self) -> dict:
        """Open a simulation that starts from these rules."""
        self.ensure_one()
        simulation = self.env["customer.grade.simulation"].create({"base_scheme_id": self.id})
        return simulation._get_records_action(name=simulation.display_name)

    # ------------------------------------------------------------------
    # Whether the rules are sound
    # ------------------------------------------------------------------

    def _check_ready(self) -> None:
        """Refuse a scheme that could not grade.

        :raise UserError: names the first thing that is missing
        """
        # A filter may have become invalid since, with the addon that brought its field.
        self._check_population_domain()
        for scheme in self:
            problem = scheme._readiness_problem()
            if problem:
                raise UserError(problem)

    def _readiness_problem(self) -> str | None:
        """Say in words what keeps the scheme from grading. Extension point for glue addons."""
        self.ensure_one()
        if not self.criterion_ids:
            return self.env._("Scheme “%s” has no criteria: add at least one.", self.display_name)
        if not self.threshold_ids:
            return self.env._("Scheme “%s” has no thresholds: add one for each grade.", self.display_name)
        for criterion in self.criterion_ids:
            problem = criterion._method_problem()
            if problem:
                return problem
        ranked = self.threshold_ids.grade_id
        for veto in self.veto_ids:
            if veto.grade_id not in ranked:
                return self.env._(
                    "A veto of scheme “%(scheme)s” names grade %(grade)s, which has no threshold in the scheme.",
                    scheme=self.display_name,
                    grade=veto.grade_id.name,
                )
        asks_history = self.minimum_months or self.minimum_orders
        if asks_history and not self.env["customer.grade"]._get_unrated(self.company_id):
            return self.env._(
                "Scheme “%s” asks for a minimum history, but there is no grade marked “unrated” to give to new "
                "customers.",
                self.display_name,
            )
        return self._weights_problem() or self._thresholds_problem()

    def _weights_problem(self) -> str | None:
        if self.criterion_ids and sum(self.criterion_ids.mapped("weight")) <= 0:
            return self.env._(
                "The weights of scheme “%s” sum to zero: give at least one criterion a weight.", self.display_name
            )
        return None

    def _thresholds_problem(self) -> str | None:
        """Thresholds fall in the order of the grades, and the last one begins at zero."""
        ordered = self.threshold_ids.sorted(lambda threshold: -threshold.minimum)
        if not ordered:
            return None
        unrated = ordered.grade_id.filtered("is_unrated")
        if unrated:
            return self.env._(
                "“%s” has no place in the ranking: customers get it when their history is too short. Remove its "
                "threshold.",
                unrated[0].name,
            )
        if list(ordered.grade_id) != list(ordered.grade_id.sorted(lambda grade: (grade.sequence, grade.id))):
            return self.env._(
                "In scheme “%s” a worse grade asks for a higher score than a better one: let the thresholds fall "
                "in the order of the grades.",
                self.display_name,
            )
        if ordered[-1].minimum:
            return self.env._(
                "In scheme “%(scheme)s” customers below %(minimum)g points would get no grade: set the threshold of "
                "the last grade (%(grade)s) to 0.",
                scheme=self.display_name,
                minimum=ordered[-1].minimum,
                grade=ordered[-1].grade_id.name,
            )
        return None

    def _get_rival_domain(self) -> list:
        return [*super()._get_rival_domain(), ("kind", "=", self.kind)]

    # ------------------------------------------------------------------
    # The rules as plain values
    # ------------------------------------------------------------------

    def _get_domain(self, name: str) -> list:
        """Return the scheme's own restriction of who is graded; empty for everyone.

        :param name: ``population_domain`` (partners) or ``lead_domain``
        :raise ValueError, SyntaxError: the text is not a literal list
        """
        self.ensure_one()
        return literal_eval(self[name] or "[]")

    def _get_thresholds(self) -> tuple[decision.Threshold, ...]:
        """Return the thresholds as plain values, best grade first."""
        return tuple(
            decision.Threshold(threshold.grade_id.id, threshold.minimum)
            for threshold in self.threshold_ids.sorted(lambda threshold: -threshold.minimum)
        )

    def _get_policy(self) -> decision.Policy:
        """Return the rules from score to grade as the plain value the arithmetic works on."""
        self.ensure_one()
        return decision.Policy(
            thresholds=self._get_thresholds(),
            unrated=self.env["customer.grade"]._get_unrated(self.company_id).id or None,
            vetoes=tuple(
                decision.Veto(veto.metric, veto.operator, veto.limit, veto.grade_id.id) for veto in self.veto_ids
            ),
            margin=self.hysteresis_margin,
            reviews_in_a_row=self.hysteresis_reviews,
            minimum_months=self.minimum_months,
            minimum_orders=self.minimum_orders,
        )

    def _get_rules(self) -> tuple:
        """Return all rules as one plain value: schemes with the same value grade alike."""
        self.ensure_one()
        criteria = self.criterion_ids.sorted(lambda criterion: (criterion.sequence, criterion.metric))
        return (
            self.window_months,
            self._get_policy(),
            self._get_domain("population_domain"),
            self._get_domain("lead_domain"),
            [criterion._get_rules() for criterion in criteria],
        )

    # ------------------------------------------------------------------
    # Hidden drafts of simulations
    # ------------------------------------------------------------------

    def _new_hidden_draft(self):
        """Return a draft with these rules for a simulation of this user.

        It is a scheme like any other, but not active: searches and the choice of schemes leave it out, and the rules
        of access hide it from everyone else. It is kept by :meth:`_keep_hidden_draft`, or dropped with its simulation.
        """
        self.ensure_one()
        self.check_access("read")
        draft = self.sudo().copy(  # sudo: who simulates may have no right to create schemes
            {"name": self.name, "active": False, "user_id": self.env.uid}
        )
        return draft.sudo(False)

    def _keep_hidden_draft(self, base) -> None:
        """Make this hidden draft a version for everyone, which follows ``base``.

        :raise AccessError: the user may not change schemes
        """
        base.check_access("write")
        self.sudo().write({"active": True, "user_id": base.user_id.id})  # sudo: closed to clients
        self._become_version_after(base)

    @api.autovacuum
    def _gc_hidden_drafts(self) -> None:
        """Drop the hidden drafts whose simulation is gone."""
        running = self.env["customer.grade.simulation"].search([("draft_id", "!=", False)]).draft_id
        self.with_context(active_test=False).search([("active", "=", False), ("id", "not in", running.ids)]).unlink()

    # ------------------------------------------------------------------
    # What a scheme starts by itself: the periodic review, the half-yearly discussion
    # ------------------------------------------------------------------

    @api.model
    def _cron_run(self) -> None:
        """Prepare the reviews that are due and remind owners to discuss their schemes.

        One scheme that cannot be reviewed does not hold up the others, whatever the reason: what it
        did is undone, and its owner is told.
        """
        progress = self.env["ir.cron"]._commit_progress
        active = self.search([("state", "=", "active")])
        progress(remaining=len(active))
        for scheme in active:
            scheme = scheme.with_company(scheme.company_id).try_lock_for_update()
            if scheme:
                scheme._run_due_or_tell()
            if not progress(1):
                break

    def _run_due_or_tell(self) -> None:
        """Do what is due today, or undo it and tell the owner why it failed."""
        try:
            with self.env.cr.savepoint():
                self._run_due(self.company_id._sales_today())
            return
        except UserError as error:
            problem = str(error)
        except Exception as error:
            # A metric of another addon may fail in ways nobody here can foresee.
            _logger.exception("The scheduled review of %s failed", self.display_name)
            problem = self.env._(
                "%(error)s. This is an error of the program: the log of the server tells more. The review is tried again "
                "on the next day.",
                error=f"{type(error).__name__}: {error}",
            )
        self._tell_owner(self.env._("The scheduled review could not be prepared"), problem)

    def _run_due(self, day) -> None:
        """Do what is due on ``day``: the scheduled review, the half-yearly discussion."""
        self.ensure_one()
        if self.next_review_on and self.next_review_on <= day:
            self._run_scheduled_review()
        if self.discuss_on and self.discuss_on <= day:
            self._tell_owner(
                self.env._("Discuss the grading scheme"),
                self.env._("Half a year is over: do criteria, weights and thresholds still fit the market?"),
            )
            self.discuss_on = day + relativedelta(months=6)

    def _run_scheduled_review(self) -> None:
        """Review the period that is over, and move on to the next one."""
        self.ensure_one()
        period = Period.of(self.review_period, self.next_review_on).previous()
        review = self.env["customer.grade.review"].create({"scheme_id": self.id, "date": period.last_day})
        self.next_review_on = period.next(2).start
        review._run_scheduled()
