from odoo import fields, models


class CustomerGradeSimulationThreshold(models.TransientModel):
    """The score a grade needs in a simulation."""

    _name = "customer.grade.simulation.threshold"
    _description = "Simulated Threshold"
    _order = "simulation_id, id"

    simulation_id = fields.Many2one("customer.grade.simulation", required=True, index=True, ondelete="cascade")
    threshold_id = fields.Many2one("customer.grading.threshold", required=True, ondelete="cascade")
    grade_id = fields.Many2one(related="threshold_id.grade_id")
    base_minimum = fields.Float("Now", related="threshold_id.minimum")
    minimum = fields.Float("Score from", required=True, digits=(16, 1))

    _minimum_range = models.Constraint("CHECK(minimum >= 0 AND minimum <= 100)", "A threshold lies between 0 and 100.")
