from odoo import api, fields, models
from odoo.fields import Command

RESULT = ("matrix", "totals", "customer_count", "moved_count", "line_ids")

CHANGEABLE = ("window_months", "hysteresis_margin", "hysteresis_reviews", "minimum_months", "minimum_orders")
"""Numbers of a scheme that a simulation changes, apart from weights and thresholds."""


class CustomerGradeSimulation(models.TransientModel):
    """What if: the grades of today by other rules, before anything is saved.

    The customers are graded twice, by the base scheme and by the changed rules (or by a
    second scheme), and compared. Schemes, reviews, grades and history stay as they are;
    what is shown is gone with this document.
    """

    _name = "customer.grade.simulation"
    _description = "Grading Simulation"
    _check_company_auto = True

    base_scheme_id = fields.Many2one("customer.grading.scheme", required=True, ondelete="cascade")
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
    window_months = fields.Integer(
        "Window (months)", compute="_compute_rules", store=True, readonly=False, precompute=True
    )
    hysteresis_margin = fields.Float(
        "Margin (points)", digits=(16, 1), compute="_compute_rules", store=True, readonly=False, precompute=True
    )
    hysteresis_reviews = fields.Integer(
        "Reviews in a Row", compute="_compute_rules", store=True, readonly=False, precompute=True
    )
    minimum_months = fields.Integer(
        "Months since First Order", compute="_compute_rules", store=True, readonly=False, precompute=True
    )
    minimum_orders = fields.Integer(
        "Orders Placed", compute="_compute_rules", store=True, readonly=False, precompute=True
    )
    criterion_ids = fields.One2many(
        "customer.grade.simulation.criterion",
        "simulation_id",
        "Weights",
        compute="_compute_lines",
        store=True,
        readonly=False,
    )
    threshold_ids = fields.One2many(
        "customer.grade.simulation.threshold",
        "simulation_id",
        "Thresholds",
        compute="_compute_lines",
        store=True,
        readonly=False,
    )
    step_ids = fields.One2many(
        "customer.grade.simulation.step",
        "simulation_id",
        "Bands and Pareto Classes",
        compute="_compute_lines",
        store=True,
        readonly=False,
    )

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

    @api.depends_context("lang")
    @api.depends("base_scheme_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for simulation in self:
            simulation.display_name = self.env._("Simulation: %s", simulation.base_scheme_id.display_name)

    @api.depends("base_scheme_id")
    def _compute_date(self):
        for simulation in self:
            simulation.date = (simulation.company_id or self.env.company)._sales_today()

    @api.depends("base_scheme_id")
    def _compute_rules(self):
        """Start from the numbers of the base scheme."""
        for simulation in self:
            simulation.update({name: simulation.base_scheme_id[name] for name in CHANGEABLE})

    @api.depends("base_scheme_id")
    def _compute_lines(self):
        """Start from the weights, steps and thresholds of the base scheme."""
        Step = self.env["customer.grade.simulation.step"]
        for simulation in self:
            scheme = simulation.base_scheme_id
            simulation.update({
                "criterion_ids": [
                    Command.clear(),
                    *(
                        Command.create({"criterion_id": criterion.id, "weight": criterion.weight})
                        for criterion in scheme.criterion_ids
                    ),
                ],
                "threshold_ids": [
                    Command.clear(),
                    *(
                        Command.create({"threshold_id": threshold.id, "minimum": threshold.minimum})
                        for threshold in scheme.threshold_ids
                    ),
                ],
                "step_ids": [
                    Command.clear(),
                    *(
                        Command.create(values)
                        for criterion in scheme.criterion_ids
                        for values in Step._prepare_steps(criterion)
                    ),
                ],
            })

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

    def write(self, vals):
        if vals.keys() - set(RESULT):
            # The result no longer belongs to the numbers that are shown beside it.
            vals = {
                "matrix": False,
                "totals": False,
                "customer_count": 0,
                "moved_count": 0,
                "line_ids": [Command.clear()],
                **vals,
            }
        return super().write(vals)

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
        """Take the changed numbers into a new draft version of the base scheme, and open it.

        :raise AccessError: the user may not change schemes
        :raise UserError: nothing is changed, or the rules cannot grade
        """
        self.ensure_one()
        version = self._save_version()
        return version._get_records_action(name=version.display_name)
