from odoo import fields, models


class SaleSampleLocation(models.Model):
    """Where samples are kept: room, shelf, box."""

    _name = "sale.sample.location"
    _description = "Sample Location"
    _order = "name, id"

    name = fields.Char(required=True)
    company_id = fields.Many2one("res.company", index=True, default=lambda self: self.env.company)
