from odoo import models


class ProductProduct(models.Model):
    """A product shows the samples asked for it."""

    _name = "product.product"
    _inherit = ["product.product", "sale.sample.request.count.mixin", "sales.department.closed.mixin"]
    _sample_link = "product_id"
