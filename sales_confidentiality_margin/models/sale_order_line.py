from odoo import fields, models

from odoo.addons.sales_confidentiality.constants import COST_GROUP


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    purchase_price = fields.Float(groups=COST_GROUP)
    margin = fields.Float(groups=COST_GROUP)
    margin_percent = fields.Float(groups=COST_GROUP)
