from odoo import fields, models

from ..constants import COST_GROUP


class ProductProduct(models.Model):
    _inherit = "product.product"

    standard_price = fields.Float(groups=COST_GROUP)
