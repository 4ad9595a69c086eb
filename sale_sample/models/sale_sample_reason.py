from odoo import fields, models


class SaleSampleReason(models.Model):
    """Why a request was rejected or cancelled."""

    _name = "sale.sample.reason"
    _description = "Reason to End a Sample Request"
    _inherit = ["sales.department.closed.mixin"]
    _order = "kind, sequence, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection([("rejected", "Rejected"), ("cancelled", "Cancelled")], required=True, default="rejected")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.UniqueIndex("(kind, name) WHERE active IS TRUE", "This reason already exists.")
