from odoo import fields, models


class SaleOrderLine(models.Model):
    """A line may sell what an approved sample showed."""

    _inherit = "sale.order.line"

    sample_request_id = fields.Many2one(
        "sale.sample.request",
        index="btree_not_null",
        copy=False,
        readonly=True,
        help="The approved sample whose product this line sells.",
    )
