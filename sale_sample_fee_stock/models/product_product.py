from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _is_moved_as_parts(self) -> bool:
        """Tell whether transfers show the components of this one product instead of itself, as for kits of mrp."""
        self.ensure_one()
        return "is_kits" in self._fields and self.is_kits
