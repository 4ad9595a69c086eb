from odoo import fields, models

from odoo.addons.sales_confidentiality.constants import COST_GROUP


class SaleOrder(models.Model):
    _inherit = "sale.order"

    margin = fields.Monetary(groups=COST_GROUP)
    margin_percent = fields.Float(groups=COST_GROUP)
