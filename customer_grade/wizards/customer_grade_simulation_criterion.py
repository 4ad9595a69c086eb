from odoo import fields, models


class CustomerGradeSimulationCriterion(models.TransientModel):
    """The weight of one criterion in a simulation."""

    _name = "customer.grade.simulation.criterion"
    _description = "Simulated Criterion"
    _order = "simulation_id, id"

    simulation_id = fields.Many2one("customer.grade.simulation", required=True, index=True, ondelete="cascade")
    criterion_id = fields.Many2one("customer.grading.criterion", required=True, ondelete="cascade")
    summary = fields.Char(related="criterion_id.summary")
    base_weight = fields.Float("Now", related="criterion_id.weight")
    weight = fields.Float(required=True, digits=(16, 1))

    _weight_not_negative = models.Constraint("CHECK(weight >= 0)", "A weight cannot be negative.")
