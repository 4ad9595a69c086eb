from odoo import fields, models

from ..constants import COST_GROUP


class ProductTemplate(models.Model):
    _inherit = "product.template"

    standard_price = fields.Float(groups=COST_GROUP)
