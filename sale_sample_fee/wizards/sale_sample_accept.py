from odoo import api, fields, models

from odoo.addons.sale_budget.constants import OVERSPEND_GROUP


class SaleSampleAccept(models.TransientModel):
    """R&D also estimates what the requests cost."""

    _inherit = "sale.sample.accept"

    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    estimated_cost = fields.Monetary("Estimated Cost of Each", help="All rounds together, in the company's currency")
    overspend_reason = fields.Text(
        "Reason to Go over Budget", groups=OVERSPEND_GROUP, help="Only where the budget does not suffice"
    )

    @api.depends("request_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.request_ids.company_id[:1] or self.env.company

    def _prepare_acceptance(self):
        reason = self.overspend_reason if self._has_field_access(self._fields["overspend_reason"], "read") else None
        return {**super()._prepare_acceptance(), "estimated_cost": self.estimated_cost, "overspend_reason": reason}
