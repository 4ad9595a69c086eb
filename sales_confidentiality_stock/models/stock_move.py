from odoo import fields, models

from odoo.addons.sales_confidentiality.constants import COST_GROUP


class StockMove(models.Model):
    _inherit = "stock.move"

    value = fields.Monetary(groups=COST_GROUP)
    value_manual = fields.Monetary(groups=COST_GROUP)
    value_justification = fields.Text(groups=COST_GROUP)
    value_computed_justification = fields.Text(groups=COST_GROUP)
    remaining_value = fields.Monetary(groups=COST_GROUP)
    price_unit = fields.Float(groups=COST_GROUP)
