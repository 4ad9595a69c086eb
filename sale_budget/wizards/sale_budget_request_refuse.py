from odoo import fields, models


class SaleBudgetRequestRefuse(models.TransientModel):
    """Asks why requests are refused."""

    _name = "sale.budget.request.refuse"
    _description = "Refuse Spending Requests"
    _inherit = ["sales.department.dialog.mixin"]

    request_ids = fields.Many2many("sale.budget.request", "sale_budget_refuse_request_rel", required=True)
    reason = fields.Char(required=True)

    def action_confirm(self) -> None:
        """Refuse the requests with the reason."""
        self._use_once()
        self.request_ids._refuse(self.reason)
