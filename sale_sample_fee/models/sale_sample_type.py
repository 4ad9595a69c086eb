from odoo import fields, models


class SaleSampleType(models.Model):
    """Which samples somebody has to decide about who pays."""

    _inherit = "sale.sample.type"

    needs_fee_decision = fields.Boolean(
        help="At the hand-over the fee policy says who pays; sales decides before it is sent"
    )
