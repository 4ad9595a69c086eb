from odoo import fields, models


class SaleOrderLine(models.Model):
    """A line may charge the fee of a sample."""

    _inherit = "sale.order.line"

    sample_fee_decision_id = fields.Many2one(
        "sale.sample.fee.decision", "Fee Decision", index="btree_not_null", copy=False, readonly=True, ondelete="restrict"
    )
