from odoo import fields, models


class SaleSampleMouldEvent(models.Model):
    """What happened to a mould, and when. Rows are added by its buttons; access rights give reading only."""

    _name = "sale.sample.mould.event"
    _description = "Event of a Mould"
    _inherit = ["sales.department.closed.mixin"]
    _order = "mould_id, id"
    _rec_name = "kind"

    mould_id = fields.Many2one("sale.sample.mould", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    kind = fields.Selection(
        [
            ("quoted", "Quoted"),
            ("opened", "Opened"),
            ("trial", "Trial"),
            ("sizes", "Sizes Opened"),
            ("released", "Released"),
            ("stored", "Put in Store"),
            ("scrapped", "Scrapped"),
            ("cancelled", "Not Opened"),
        ],
        "Event",
        required=True,
        readonly=True,
    )
    trial_number = fields.Integer(readonly=True, aggregator=None)
    date = fields.Date(required=True, readonly=True)
    user_id = fields.Many2one("res.users", "By", required=True, readonly=True)
    sizes = fields.Char(readonly=True)
    note = fields.Char("Remark", readonly=True)
