from typing import Any, NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_amount, format_date

from ..models.grading_run import GradingRun
from ..tools.assessment import Assessment, History, movement, partner_and_lead
from ..tools.migration import Migration, Move

NUMBERS = ("window_months", "hysteresis_margin", "hysteresis_reviews", "minimum_months", "minimum_orders")
"""Numbers of a scheme that a simulation changes, apart from criteria and thresholds."""

OF_DRAFT = {"compute": "_compute_numbers", "readonly": False}

NO_RESULT = {"matrix": False, "totals": False, "customer_count": 0, "moved_count": 0}

LISTED_AT_MOST = 1000
"""Customers that move shown one by one, those with the most revenue; the counts hold for all."""


class Graded(NamedTuple):
    """What is compared of one customer; whole assessments of 100,000 twice would fill the memory."""

    user: int | None
    revenue: float
    score: float
    grade: int | None

    @classmethod
    def of(cls, assessment: Assessment) -> "Graded":
        return cls(assessment.user_id, assessment.revenue, assessment.score, assessment.grade_id)


NOTHING = Graded(None, 0.0, 0.0, None)


class CustomerGradeSimulation(models.TransientModel):
    """What if: the grades of today by other rules, before anything is saved.

    The rules that are tried out are those of a hidden draft, a copy of the base scheme that nobody else sees; it is
    kept as a version when asked, else dropped. The customers are graded twice, by the base scheme and by the draft
    (or by a second scheme), and compared. Other schemes, reviews, grades and history stay as they are; what is shown
    is gone with this document.
    """

    _name = "customer.grade.simulation"
    _description = "Grading Simulation"
    _inherit = ["sales.department.dialog.mixin"]
    _check_company_auto = True
    _fixed_fields = frozenset({"base_scheme_id"})  # the draft is a copy of it

    base_scheme_id = fields.Many2one("customer.grading.scheme", required=True, ondelete="cascade")
    draft_id = fields.Many2one("customer.grading.scheme", readonly=True, copy=False, index=True, ondelete="cascade")
    saved_version_id = fields.Many2one("customer.grading.scheme", readonly=True, copy=False, ondelete="set null")
    company_id = fields.Many2one(related="base_scheme_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(related="base_scheme_id.kind")
    mode = fields.Selection(
        [("rules", "Changed Rules"), ("scheme", "Another Scheme")], "Compare with", required=True, default="rules"
    )
    other_scheme_id = fields.Many2one(
        "customer.grading.scheme",
        check_company=True,
        ondelete="cascade",
        domain="[('id', '!=', base_scheme_id), ('company_id', '=', company_id)]",
        help="Any version, also a draft. Both schemes grade the same day.",
    )
    date = fields.Date(
        "As of",
        compute="_compute_date",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="Last day whose orders and payments count.",
    )

    # The rules tried out, those of the draft. Lines are written with the user's own rights, see the record rules.
    window_months = fields.Integer("Window (months)", **OF_DRAFT)
    hysteresis_margin = fields.Float("Margin (points)", digits=(16, 1), **OF_DRAFT)
    hysteresis_reviews = fields.Integer("Reviews in a Row", **OF_DRAFT)
    minimum_months = fields.Integer("Months since First Order", **OF_DRAFT)
    minimum_orders = fields.Integer("Orders Placed", **OF_DRAFT)
    criterion_ids = fields.One2many("customer.grading.criterion", compute="_compute_rules", readonly=False)
    threshold_ids = fields.One2many("customer.grading.threshold", compute="_compute_rules", readonly=False)
    base_criterion_ids = fields.One2many(related="base_scheme_id.criterion_ids", string="Criteria Now")
    base_threshold_ids = fields.One2many(related="base_scheme_id.threshold_ids", string="Thresholds Now")

    matrix = fields.Json("Migration", readonly=True)
    totals = fields.Json(readonly=True)
    comparison = fields.Html(compute="_compute_comparison", sanitize=False)
    customer_count = fields.Integer("Customers", readonly=True)
    moved_count = fields.Integer("Customers that Move", readonly=True)
    line_ids = fields.One2many("customer.grade.simulation.line", "simulation_id", readonly=True)
    unlisted_count = fields.Integer("Moving Customers not Listed", compute="_compute_unlisted_count")
    summary = fields.Char(compute="_compute_summary")
    unlisted_note = fields.Char(compute="_compute_summary")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("base_scheme_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for simulation in self:
            simulation.display_name = self.env._("Simulation: %s", simulation.base_scheme_id.display_name)

    @api.depends("base_scheme_id")
    def _compute_date(self):
        for simulation in self:
            simulation.date = (simulation.company_id or self.env.company)._sales_today()

    @api.depends("draft_id.criterion_ids", "draft_id.threshold_ids")
    def _compute_rules(self):
        for simulation in self:
            simulation.criterion_ids = simulation.draft_id.criterion_ids
            simulation.threshold_ids = simulation.draft_id.threshold_ids

    @api.depends(*(f"draft_id.{name}" for name in NUMBERS))
    def _compute_numbers(self):
        for simulation in self:
            for name in NUMBERS:
                simulation[name] = simulation.draft_id[name]

    @api.depends("totals")
    @api.depends_context("lang")
    def _compute_comparison(self):
        for simulation in self:
            simulation.comparison = bool(simulation.totals) and self.env["ir.qweb"]._render(
                "customer_grade.simulation_comparison", simulation._get_comparison_values()
            )

    @api.depends("line_ids", "moved_count")
    def _compute_unlisted_count(self):
        for simulation in self:
            simulation.unlisted_count = simulation.moved_count - len(simulation.line_ids)

    @api.depends("customer_count", "moved_count", "unlisted_count")
    @api.depends_context("lang")
    def _compute_summary(self):
        for simulation in self:
            values = {"moved": simulation.moved_count, "customers": simulation.customer_count}
            if simulation.kind == "prospect":
                simulation.summary = self.env._("%(moved)s of %(customers)s prospects would move.", **values)
            else:
                simulation.summary = self.env._("%(moved)s of %(customers)s customers would move.", **values)
            simulation.unlisted_note = self.env._(
                "Listed are the customers with the most revenue; %s more are counted above but not listed.",
                simulation.unlisted_count,
            )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # Numbers go to the draft, which has to be there first.
        numbers = [{name: vals.pop(name) for name in NUMBERS if name in vals} for vals in vals_list]
        simulations = super().create(vals_list)
        for simulation, own in zip(simulations, numbers, strict=True):
            simulation._begin_draft(simulation.base_scheme_id)
            simulation.write(own)
        return simulations

    def write(self, vals):
        numbers = {name: vals[name] for name in NUMBERS if name in vals}
        result = super().write({name: value for name, value in vals.items() if name not in numbers})
        if numbers:
            self.check_access("write")
            self.draft_id.sudo().write(numbers)  # sudo: who simulates may have no right to schemes, but to this draft
        if vals.keys() - {*NO_RESULT, "line_ids", "draft_id", "saved_version_id", "is_used"}:
            # The result no longer belongs to the numbers that are shown beside it.
            self.sudo().write({**NO_RESULT, "line_ids": [Command.clear()]})  # sudo: closed to clients
        return result

    def _begin_draft(self, scheme) -> None:
        """Try out a hidden copy of ``scheme`` from now on."""
        self.sudo().draft_id = scheme._new_hidden_draft()  # sudo: closed to clients

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_simulate(self) -> bool:
        """Grade by both sets of rules and show what would change.

        :raise UserError: rules that cannot grade, nobody to grade, or an empty window
        """
        for simulation in self:
            simulation._check_can_read_schemes()
            simulation._simulate()
        return True

    def action_save_version(self) -> dict:
        """Keep the changed rules as a new draft version of the base scheme, and open it.

        :raise AccessError: the user may not change schemes
        :raise UserError: nothing is changed, or the rules cannot grade
        """
        self.ensure_one()
        version = self._save_version()
        return version._get_records_action(name=version.display_name)

    # ------------------------------------------------------------------
    # Grading twice
    # ------------------------------------------------------------------

    def _check_can_read_schemes(self) -> None:
        """:raise AccessError, UserError: a scheme of another company, or none to compare with"""
        self.base_scheme_id.check_access("read")
        self.other_scheme_id.check_access("read")
        if self.mode == "scheme" and not self.other_scheme_id:
            raise UserError(self.env._("Choose the scheme to compare with %s.", self.base_scheme_id.display_name))
        if self.mode == "scheme" and self.other_scheme_id.kind != self.base_scheme_id.kind:
            raise UserError(
                self.env._(
                    "%(base)s and %(other)s grade different kinds of subjects and cannot be compared.",
                    base=self.base_scheme_id.display_name,
                    other=self.other_scheme_id.display_name,
                )
            )

    def _simulate(self) -> None:
        """Grade by both sets of rules and keep what differs.

        :raise UserError: see :meth:`action_simulate`
        """
        self.ensure_one()
        base, other = self.base_scheme_id, self.other_scheme_id if self.mode == "scheme" else self.draft_id
        (base | other)._check_ready()
        before, after = self._grade_both(base, other)
        rank = self.env["customer.grade"]._get_ranks()
        migration, moved = Migration(), []
        for customer in before.keys() | after.keys():
            left, right = before.get(customer, NOTHING), after.get(customer, NOTHING)
            revenue = left.revenue if customer in before else right.revenue
            migration.add(Move(left.grade, right.grade, revenue), right.revenue)
            if left.grade != right.grade:
                moved.append((customer, revenue, left, right))
        moved.sort(key=lambda move: (-move[1], move[0]))
        owned = self.sudo()  # sudo: the result is closed to clients
        owned.write({
            "matrix": self._get_matrix(migration),
            "totals": {
                str(grade): [total.count_before, total.revenue_before, total.count_after, total.revenue_after]
                for grade, total in migration.totals.items()
            },
            "customer_count": migration.count,
            "moved_count": migration.moved,
            "line_ids": [
                Command.clear(),
                *(
                    Command.create(self._prepare_line(*move, movement(move[2].grade, move[3].grade, rank)))
                    for move in moved[:LISTED_AT_MOST]
                ),
            ],
        })

    def _prepare_line(self, key: int, revenue: float, left: Graded, right: Graded, direction: str) -> dict[str, Any]:
        """Return the values of the line of one customer that moves."""
        partner, lead = partner_and_lead(key)
        return {
            "partner_id": partner,
            "lead_id": lead,
            "user_id": left.user or right.user,
            "revenue": revenue,
            "base_score": left.score,
            "base_grade_id": left.grade,
            "score": right.score,
            "grade_id": right.grade,
            "movement": direction,
        }

    def _grade_both(self, base, other) -> tuple[dict[int, Graded], dict[int, Graded]]:
        """Grade everyone by both schemes; figures are read once when both look at the same window.

        Reviews grade by the same means, so that a simulation promises nothing a review would not do.
        """
        runs = [GradingRun(scheme, self.date) for scheme in (base.sudo(), other.sudo())]  # sudo: as in a review
        if runs[0].window == runs[1].window:
            fetched = [runs[0].fetch(runs[0].metric_keys | runs[1].metric_keys)] * 2
        else:
            fetched = [run.fetch(run.metric_keys) for run in runs]
        graded = []
        for run, (figures, history) in zip(runs, fetched, strict=True):
            self._check_window_not_empty(run, history)
            assessments, _ladders = run.grade(figures, history)
            graded.append({assessment.key: Graded.of(assessment) for assessment in assessments})
        return graded[0], graded[1]

    def _check_window_not_empty(self, run: GradingRun, history: dict[int, History]) -> None:
        """Refuse to judge everyone on nothing: the matrix would only show the day was wrong.

        :raise UserError: names the window
        """
        if self.kind == "customer" and not any(known.order_count or known.revenue for known in history.values()):
            raise UserError(
                self.env._(
                    "Nobody ordered in %(company)s from %(start)s to %(stop)s: there is nothing to judge by. Choose a "
                    "later day or a longer window.",
                    company=run.company.name,
                    start=format_date(self.env, run.window.start),
                    stop=format_date(self.env, self.date),
                )
            )

    # ------------------------------------------------------------------
    # Keeping the draft
    # ------------------------------------------------------------------

    def _save_version(self):
        """Make the hidden draft a version that all may see, and go on with a copy of it.

        :raise AccessError, UserError: see :meth:`action_save_version`
        """
        version = self.draft_id
        same = self.base_scheme_id
        if self.mode == "rules":
            known = self.saved_version_id | same
            same = known.filtered(lambda one: one._get_rules() == version._get_rules())[:1]
        if same:
            raise UserError(
                self.env._(
                    "There is nothing to save: the simulation uses the rules of %s as they are. Change a number first.",
                    same.display_name,
                )
            )
        version._check_ready()
        version._keep_hidden_draft(self.base_scheme_id)
        version.message_post(
            body=self.env._(
                "Saved from a simulation as of %(day)s: %(moved)s of %(customers)s customers would move.",
                day=format_date(self.env, self.date),
                moved=self.moved_count,
                customers=self.customer_count,
            )
            if self.totals
            else self.env._("Saved from a simulation.")
        )
        self._begin_draft(version)
        self.sudo().saved_version_id = version  # sudo: closed to clients
        return version

    # ------------------------------------------------------------------
    # Showing
    # ------------------------------------------------------------------

    def _get_matrix(self, migration: Migration) -> dict[str, Any]:
        """Return the matrix; its cells open the customers that move."""
        return self.env["customer.grade"]._get_migration_matrix(migration.cells, self.company_id) | {
            "opens": {
                "model": "customer.grade.simulation.line",
                "link": "simulation_id",
                "before": "base_grade_id",
                "after": "grade_id",
                "moved_only": True,
            }
        }

    def _get_side_names(self) -> tuple[str, str]:
        """Return the names of the two sets of rules."""
        if self.mode == "scheme":
            return self.base_scheme_id.display_name, self.other_scheme_id.display_name
        return self.base_scheme_id.display_name, self.env._("Changed rules")

    def _get_comparison_values(self) -> dict[str, Any]:
        """Return the values of the template with the totals per grade."""
        totals = self.totals
        names = {grade["id"]: grade["name"] for grade in self.matrix["grades"]}
        rows = [
            {
                "name": names.get(grade, self.env._("No grade")),
                "counts": (count_before, count_after),
                "revenues": tuple(
                    format_amount(self.env, amount, self.currency_id, trailing_zeroes=False)
                    for amount in (round(revenue_before), round(revenue_after))
                ),
                "difference": count_after - count_before,
            }
            for grade in (*names, 0)
            if str(grade) in totals
            for count_before, revenue_before, count_after, revenue_after in [totals[str(grade)]]
        ]
        return {"rows": rows, "sides": self._get_side_names()}
