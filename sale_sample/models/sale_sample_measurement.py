from odoo import fields, models


class SaleSampleMeasurement(models.Model):
    """A value measured on a round, against what was asked for."""

    _name = "sale.sample.measurement"
    _description = "Sample Measurement"
    _order = "round_id, id"

    round_id = fields.Many2one("sale.sample.round", required=True, index=True, ondelete="cascade")
    property_line_id = fields.Many2one("sale.sample.property.line", required=True, index=True, ondelete="restrict")
