from odoo import fields, models

from odoo.addons.sales_confidentiality.constants import COST_GROUP


class StockLot(models.Model):
    _inherit = "stock.lot"

    avg_cost = fields.Monetary(groups=COST_GROUP)
    total_value = fields.Monetary(groups=COST_GROUP)
    standard_price = fields.Float(groups=COST_GROUP)
