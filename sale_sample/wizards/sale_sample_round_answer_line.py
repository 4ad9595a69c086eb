from odoo import fields, models

from ..models.sale_sample_verdict_line import ASPECTS


class SaleSampleRoundAnswerLine(models.TransientModel):
    """The customer's opinion on one aspect."""

    _name = "sale.sample.round.answer.line"
    _description = "Customer's Answer on a Part"
    _inherit = ["sales.department.dialog.mixin"]

    wizard_id = fields.Many2one("sale.sample.round.answer", required=True, ondelete="cascade")
    aspect = fields.Selection(ASPECTS, "Part", required=True)
    opinion = fields.Selection([("ok", "OK"), ("change", "Change")], required=True, default="ok")
    comment = fields.Text(string="What to Change", help="Each line becomes a point of the next round.")
