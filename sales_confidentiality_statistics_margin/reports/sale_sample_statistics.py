from odoo import models

from odoo.addons.sales_confidentiality.constants import COST_GROUP


class SaleSampleStatistics(models.Model):
    _inherit = "sale.sample.statistics"

    def _has_field_access(self, field, operation):
        """Ask for the right to see margins, too, besides that to the money of samples."""
        if field.name == "earned" and not self.env.su and not self.env.user.has_group(COST_GROUP):
            return False
        return super()._has_field_access(field, operation)
