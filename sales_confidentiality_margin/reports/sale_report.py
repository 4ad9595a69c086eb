from odoo import fields, models

from odoo.addons.sales_confidentiality.constants import COST_GROUP


class SaleReport(models.Model):
    _inherit = "sale.report"

    margin = fields.Float(groups=COST_GROUP)
