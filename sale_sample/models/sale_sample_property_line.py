from odoo import fields, models


class SaleSamplePropertyLine(models.Model):
    """A physical property that a request asks for."""

    _name = "sale.sample.property.line"
    _description = "Required Physical Property"
    _order = "sequence, id"
    _rec_name = "property_id"

    request_id = fields.Many2one("sale.sample.request", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    property_id = fields.Many2one("sale.sample.property", required=True, index=True, ondelete="restrict")
    limit_kind = fields.Selection(
        [("range", "Target with Tolerance"), ("at_least", "At Least"), ("at_most", "At Most"), ("text", "In Words")],
        "Limit",
        required=True,
        default="range",
    )
    target = fields.Float(digits=(16, 3), aggregator=None)
    tolerance_minus = fields.Float("Tolerance −", digits=(16, 3), aggregator=None)
    tolerance_plus = fields.Float("Tolerance +", digits=(16, 3), aggregator=None)
    target_text = fields.Char("Requirement in Words")
    uom_name = fields.Char("Unit")
    standard = fields.Char("Test Standard")
    condition = fields.Char("Test Condition")
    required = fields.Boolean(default=True, help="A round that fails it cannot be approved without saying so.")

    _property_uniq = models.UniqueIndex(
        "(request_id, property_id, COALESCE(condition, ''))", "This property is already on the request under the same condition."
    )
    _tolerances_not_negative = models.Constraint(
        "CHECK(tolerance_minus >= 0 AND tolerance_plus >= 0)",
        "Tolerances are distances from the target and cannot be negative.",
    )
