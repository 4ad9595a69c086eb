from math import inf

from odoo import fields, models

from ..tools.scoring import Rung


class CustomerGradingBand(models.Model):
    """Figures from one bound up to another earn so many points."""

    _name = "customer.grading.band"
    _inherit = ["customer.grade.version.rule.mixin"]
    _description = "Band of a Grading Criterion"
    _order = "criterion_id, open_below desc, lower, id"

    criterion_id = fields.Many2one("customer.grading.criterion", required=True, index=True, ondelete="cascade")
    open_below = fields.Boolean("No Lower Limit")
    lower = fields.Float("From", digits=(16, 2), help="Figures from this one on belong to the band.")
    open_above = fields.Boolean("No Upper Limit")
    upper = fields.Float("Below", digits=(16, 2), help="This figure already belongs to the next band.")
    points = fields.Float(required=True, digits=(16, 1), help="0 to 100")

    _points_range = models.Constraint(
        "CHECK(points >= 0 AND points <= 100)", "The points of a band lie between 0 and 100."
    )
    _not_empty = models.Constraint(
        "CHECK(open_below IS TRUE OR open_above IS TRUE OR lower < upper)", "A band must begin below its end."
    )

    def _get_version(self):
        return self.criterion_id.scheme_id

    def _as_rung(self) -> Rung:
        """Return the band as the plain value the arithmetic works on."""
        self.ensure_one()
        return Rung(self.points, -inf if self.open_below else self.lower, inf if self.open_above else self.upper)
