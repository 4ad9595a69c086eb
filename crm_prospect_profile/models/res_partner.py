from odoo import fields, models

from odoo.addons.sales_department_base.constants import SALES_GROUP


class ResPartner(models.Model):
    """Prospect data of a partner."""

    _name = "res.partner"
    _inherit = ["res.partner", "crm.prospect.mixin", "sales.department.closed.mixin"]

    prospect_answer_ids = fields.One2many("crm.prospect.answer", "partner_id", string="Answers", groups=SALES_GROUP)

    def _get_prospect_fields(self):
        return [*super()._get_prospect_fields(), "industry_id"]

    def action_view_prospect(self) -> dict:
        """Open the answers of this partner and its fit to the profile."""
        return self._get_prospect_action()
