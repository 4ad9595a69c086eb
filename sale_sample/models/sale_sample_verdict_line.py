from odoo import fields, models


class SaleSampleVerdictLine(models.Model):
    """What the customer said about one part of a round."""

    _name = "sale.sample.verdict.line"
    _description = "Verdict on a Part of a Sample"
    _order = "round_id, id"

    round_id = fields.Many2one("sale.sample.round", required=True, index=True, ondelete="cascade")
