from odoo import api, fields, models

from odoo.addons.sales_department_base.constants import SALES_GROUP


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "sales.department.closed.mixin"]

    sale_budget_request_count = fields.Integer(
        "Spending Requests", compute="_compute_sale_budget_request_count", groups=SALES_GROUP
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_sale_budget_request_count(self):
        requests = self.env["sale.budget.request"]
        groups = requests._read_group([("partner_id", "child_of", self.ids)], ["partner_id"], ["__count"])
        self.sale_budget_request_count = 0
        for partner, count in groups:
            holder = partner
            while holder:
                if holder.id in self._ids:
                    self.browse(holder.id).sale_budget_request_count += count
                holder = holder.parent_id

    def action_view_sale_budget_requests(self) -> dict:
        """Open the spending requests for these customers and their contacts."""
        context = {"default_partner_id": self.id} if len(self) == 1 else {}
        action = self.env["ir.actions.actions"]._for_xml_id("sale_budget.sale_budget_request_action")
        return dict(action, domain=[("partner_id", "child_of", self.ids)], context=context)
