from odoo import api, fields, models

from odoo.addons.sales_department_base.records import refuse, used_by

LIMIT_KINDS = [
    ("range", "Target with Tolerance"),
    ("at_least", "At Least"),
    ("at_most", "At Most"),
    ("text", "In Words"),
]


class SaleSampleProperty(models.Model):
    """A physical property in the catalogue, with its unit and usual test standard."""

    _name = "sale.sample.property"
    _description = "Physical Property"
    _inherit = ["sales.department.closed.mixin"]
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    uom_name = fields.Char("Unit")
    standard = fields.Char("Test Standard", help="Such as GB/T 528, ISO 37")
    limit_kind = fields.Selection(LIMIT_KINDS, "Limit", required=True, default="range")
    condition = fields.Char("Test Condition", translate=True)

    _code_uniq = models.UniqueIndex("(code)", "This code is already used by another property.")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        lines = self.env["sale.sample.property.line"].sudo()  # sudo: requests of all salespeople count
        refuse(
            used_by(self, lines, "property_id"),
            self.env._(
                "These properties are asked for by sample requests and stay in the catalogue: %(names)s. Archive them "
                "instead."
            ),
        )
