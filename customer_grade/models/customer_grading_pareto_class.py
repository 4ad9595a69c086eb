from odoo import fields, models


class CustomerGradingParetoClass(models.Model):
    """Customers who together make the first so many per cent earn so many points."""

    _name = "customer.grading.pareto.class"
    _inherit = ["customer.grade.version.rule.mixin"]
    _description = "Pareto Class of a Grading Criterion"
    _order = "criterion_id, share, id"

    criterion_id = fields.Many2one("customer.grading.criterion", required=True, index=True, ondelete="cascade")
    share = fields.Float("First … % of the Total", required=True, digits=(16, 1))
    points = fields.Float(required=True, digits=(16, 1), help="0 to 100")

    _share_range = models.Constraint(
        "CHECK(share > 0 AND share <= 100)", "The share of a Pareto class lies between 0 and 100 %."
    )
    _points_range = models.Constraint(
        "CHECK(points >= 0 AND points <= 100)", "The points of a Pareto class lie between 0 and 100."
    )
    _share_once = models.Constraint(
        "UNIQUE(criterion_id, share) DEFERRABLE", "Two Pareto classes of one criterion end at the same share."
    )

    def _get_version(self):
        return self.criterion_id.scheme_id
