from odoo import fields, models


class SaleSampleMouldPart(models.Model):
    """What one part of a mould costs, once or for each size."""

    _name = "sale.sample.mould.part"
    _description = "Mould Part"
    _inherit = ["sales.department.closed.mixin"]
    _order = "mould_id, sequence, id"

    mould_id = fields.Many2one("sale.sample.mould", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="mould_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("last", "Last"),
            ("sole", "Sole"),
            ("midsole", "Midsole"),
            ("logo", "Logo"),
            ("insert", "Insert"),
            ("other", "Other"),
        ],
        required=True,
        default="sole",
    )
    name = fields.Char("Remark")
    cost = fields.Monetary(required=True)
    per_size = fields.Boolean("For Each Size", help="The cost arises with each size that is opened; else once")

    _cost_not_negative = models.Constraint("CHECK(cost >= 0)", "The cost of a part cannot be negative.")
