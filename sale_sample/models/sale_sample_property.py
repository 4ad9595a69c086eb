from odoo import fields, models


class SaleSampleProperty(models.Model):
    """A physical property in the catalogue, with its unit and usual test standard."""

    _name = "sale.sample.property"
    _description = "Physical Property"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    uom_name = fields.Char("Unit")
    standard = fields.Char("Test Standard", help="Such as GB/T 528, ISO 37")
    limit_kind = fields.Selection(
        [("range", "Target with Tolerance"), ("at_least", "At Least"), ("at_most", "At Most"), ("text", "In Words")],
        "Limit",
        required=True,
        default="range",
    )
    condition = fields.Char("Test Condition", translate=True)

    _code_uniq = models.UniqueIndex("(code)", "This code is already used by another property.")
