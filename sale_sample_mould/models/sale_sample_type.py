from odoo import fields, models


class SaleSampleType(models.Model):
    """Which samples need a mould."""

    _inherit = "sale.sample.type"

    needs_mould = fields.Boolean()
