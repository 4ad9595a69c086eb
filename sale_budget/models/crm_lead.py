from odoo import api, fields, models

from odoo.addons.sales_department_base.constants import SALES_GROUP
from odoo.addons.sales_department_base.records import fill_count


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "sales.department.closed.mixin"]

    sale_budget_request_ids = fields.One2many("sale.budget.request", "lead_id", "Spending Requests", groups=SALES_GROUP)
    sale_budget_request_count = fields.Integer(
        "Number of Spending Requests", compute="_compute_sale_budget_request_count", groups=SALES_GROUP
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_sale_budget_request_count(self):
        fill_count(self, "sale_budget_request_count", self.env["sale.budget.request"], "lead_id")

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        requests = self.env["sale.budget.request"].sudo()  # sudo: requests of others move along, too
        requests.search([("lead_id", "in", opportunities.ids)]).lead_id = self
        return result

    def action_view_sale_budget_requests(self) -> dict:
        """Open the spending requests of this lead."""
        self._ensure_chosen()
        context = {
            "default_lead_id": self.id,
            "default_partner_id": self.partner_id.id,
            "default_company_id": (self.company_id or self.env.company).id,
        }
        action = self.env["ir.actions.actions"]._for_xml_id("sale_budget.sale_budget_request_action")
        return dict(action, domain=[("lead_id", "=", self.id)], context=context)
