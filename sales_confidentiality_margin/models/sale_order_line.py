from odoo import fields, models

from odoo.addons.sales_confidentiality.constants import COST_GROUP


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    # Not computed before the line is made: that is done as the user, who may not read them.
    purchase_price = fields.Float(groups=COST_GROUP, precompute=False)
    margin = fields.Float(groups=COST_GROUP, precompute=False)
    margin_percent = fields.Float(groups=COST_GROUP, precompute=False)
