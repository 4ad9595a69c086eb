from odoo import fields, models

from odoo.addons.sales_confidentiality.constants import COST_GROUP


class ProductProduct(models.Model):
    _inherit = "product.product"

    avg_cost = fields.Monetary(groups=COST_GROUP)
    total_value = fields.Monetary(groups=COST_GROUP)
