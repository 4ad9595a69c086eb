from odoo import fields, models


class CustomerGradingThreshold(models.Model):
    """The score a grade needs."""

    _name = "customer.grading.threshold"
    _inherit = ["customer.grade.version.rule.mixin"]
    _description = "Grade Threshold"
    _order = "scheme_id, minimum desc, id"

    scheme_id = fields.Many2one("customer.grading.scheme", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="scheme_id.company_id")
    grade_id = fields.Many2one(
        "customer.grade",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('is_unrated', '=', False), ('company_id', 'in', [company_id, False])]",
    )
    minimum = fields.Float(
        "Score from", required=True, digits=(16, 1), help="Lowest score (0 to 100) that earns the grade."
    )

    _minimum_range = models.Constraint("CHECK(minimum >= 0 AND minimum <= 100)", "A threshold lies between 0 and 100.")
    _grade_once = models.Constraint("UNIQUE(scheme_id, grade_id)", "A scheme has one threshold for each grade.")
    _minimum_once = models.Constraint(
        "UNIQUE(scheme_id, minimum) DEFERRABLE", "Two grades of one scheme begin at the same score."
    )
