from odoo import fields, models

ASPECTS = [
    ("style", "Style"),
    ("properties", "Physical Properties"),
    ("function", "Function"),
    ("packing", "Packaging"),
    ("other", "Other"),
]


class SaleSampleVerdictLine(models.Model):
    """What the customer answered on one aspect of a round. Written by the answer only."""

    _name = "sale.sample.verdict.line"
    _description = "Verdict on a Part"
    _inherit = ["sales.department.closed.mixin"]
    _order = "round_id, id"
    _rec_name = "aspect"

    round_id = fields.Many2one("sale.sample.round", required=True, index=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one(related="round_id.company_id", store=True)
    aspect = fields.Selection(ASPECTS, "Part", required=True, readonly=True)
    opinion = fields.Selection([("ok", "OK"), ("change", "Change")], required=True, readonly=True)
    comment = fields.Text(readonly=True)

    _aspect_once = models.UniqueIndex("(round_id, aspect)", "Each part is judged once a round.")
