from odoo import fields, models


class SaleSamplePoint(models.Model):
    """A point the customer wants changed, open until a round solves it."""

    _name = "sale.sample.point"
    _description = "Open Point of a Sample"
    _order = "request_id, id"

    request_id = fields.Many2one("sale.sample.request", required=True, index=True, ondelete="cascade")
    name = fields.Char("Point", required=True)
