from odoo import fields, models


class SaleSampleSizeLine(models.Model):
    """Pairs asked for in one size."""

    _name = "sale.sample.size.line"
    _description = "Sample Size"
    _order = "size, id"

    request_id = fields.Many2one("sale.sample.request", required=True, index=True, ondelete="cascade")
    size = fields.Float(digits=(6, 1), required=True, aggregator=None)
    pairs = fields.Integer(required=True, default=1)

    _size_uniq = models.UniqueIndex("(request_id, size)", "This size is already on the request.")
    _pairs_positive = models.Constraint("CHECK(pairs > 0)", "The number of pairs of a size must be above 0.")
