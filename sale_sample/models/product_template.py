from odoo import models


class ProductTemplate(models.Model):
    """A product shows the samples asked for any of its variants."""

    _name = "product.template"
    _inherit = ["product.template", "sale.sample.request.count.mixin", "sales.department.closed.mixin"]
    _sample_link = "product_id.product_tmpl_id"

    def _get_sample_defaults(self):
        return {"product_id": self.product_variant_id.id}
