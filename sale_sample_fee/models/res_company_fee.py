from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    sample_fee_product_id = fields.Many2one(
        "product.product",
        "Product for Sample Fees",
        ondelete="restrict",
        check_company=True,
        domain="[('sale_ok', '=', True)]",
        help="Empty: the one delivered with the application",
    )
