from odoo import fields, models

from ..constants import COST_GROUP


class ProductSupplierinfo(models.Model):
    _inherit = "product.supplierinfo"

    price = fields.Float(groups=COST_GROUP)
    price_discounted = fields.Float(groups=COST_GROUP)
    discount = fields.Float(groups=COST_GROUP)
