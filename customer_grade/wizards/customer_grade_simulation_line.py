from odoo import api, fields, models


class CustomerGradeSimulationLine(models.TransientModel):
    """A customer whose grade differs between the two sets of rules."""

    _name = "customer.grade.simulation.line"
    _description = "Customer that Moves in a Simulation"
    _inherit = ["sales.department.dialog.mixin"]
    _order = "revenue desc, id"

    simulation_id = fields.Many2one("customer.grade.simulation", required=True, index=True, ondelete="cascade")
    currency_id = fields.Many2one(related="simulation_id.currency_id")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, ondelete="cascade")
    lead_id = fields.Many2one("crm.lead", readonly=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    revenue = fields.Monetary(readonly=True)
    base_score = fields.Float(readonly=True, digits=(16, 1), aggregator="avg")
    base_grade_id = fields.Many2one("customer.grade", readonly=True)
    base_grade_color = fields.Integer("Colour of Base Grade", related="base_grade_id.color")
    score = fields.Float("New Score", readonly=True, digits=(16, 1), aggregator="avg")
    grade_id = fields.Many2one("customer.grade", "New Grade", readonly=True)
    grade_color = fields.Integer("Colour of New Grade", related="grade_id.color")
    movement = fields.Selection(
        [("new", "New"), ("up", "Better"), ("same", "Unchanged"), ("down", "Worse")], readonly=True
    )

    @api.depends("partner_id.display_name", "lead_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.partner_id.display_name or line.lead_id.name
