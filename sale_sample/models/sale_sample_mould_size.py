from odoo import fields, models


class SaleSampleMouldSize(models.Model):
    """One size of a mould: the first is opened with the mould, the others on order evidence."""

    _name = "sale.sample.mould.size"
    _description = "Mould Size"
    _order = "mould_id, size, id"
    _rec_name = "size"

    mould_id = fields.Many2one("sale.sample.mould", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="mould_id.company_id", store=True, index=True)
    size = fields.Float(required=True, digits=(6, 1), aggregator=None)
    is_first = fields.Boolean("Opened First")
    state = fields.Selection(
        [("planned", "Planned"), ("opened", "Opened")], required=True, default="planned", readonly=True, copy=False
    )
    opened_on = fields.Date(readonly=True, copy=False)
    evidence = fields.Char(readonly=True, copy=False, help="Why the size could be opened")

    _size_uniq = models.UniqueIndex("(mould_id, size)", "Each size of a mould is listed once.")
