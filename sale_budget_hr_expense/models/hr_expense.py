from odoo import api, fields, models

from odoo.addons.sales_department_base.constants import BILLING_GROUP, FINANCE_GROUP, SALES_GROUP
from odoo.addons.sales_department_base.records import refuse

#: What the employee chooses, as long as the expense is a draft; after that, whoever approves it.
CHOSEN = frozenset({"sale_budget_request_id", "sale_budget_line_id"})
#: Values that change what an expense costs, or whether it counts.
WATCHED = frozenset({
    "approval_state",
    "sale_budget_line_id",
    "sale_budget_request_id",
    "date",
    "currency_id",
    "total_amount",
    "total_amount_currency",
    "tax_amount",
    "tax_ids",
    "quantity",
    "price_unit",
})
GROUPS = f"{SALES_GROUP},{FINANCE_GROUP},hr_expense.group_hr_expense_team_approver,{BILLING_GROUP}"


class HrExpense(models.Model):
    """An approved expense is actual cost of the budget it names.

    It counts from the approval on, whichever way it is posted and paid; the journal entry made from it does not count
    again.
    """

    _name = "hr.expense"
    _inherit = ["hr.expense", "sale.budget.source.mixin", "sales.department.closed.mixin"]

    sale_budget_request_id = fields.Many2one(copy=False, groups=GROUPS)
    sale_budget_line_id = fields.Many2one(groups=GROUPS)

    @api.model_create_multi
    def create(self, vals_list):
        expenses = super().create(vals_list)
        expenses._sync_sale_budget()
        return expenses

    def write(self, vals):
        if not self.env.su and CHOSEN & vals.keys():
            refuse(
                self.filtered(lambda expense: not expense.is_editable),
                self.env._("%(names)s: what pays for it is decided. Ask whoever approves the expense to change it."),
            )
        result = super().write(vals)
        if WATCHED & vals.keys():
            self._sync_sale_budget()
        return result

    def unlink(self):
        sources = [
            expense._get_sale_budget_source(0.0, expense._get_sale_budget_document())
            for expense in self.sudo()  # sudo: who deletes an expense need not see budgets
        ]
        result = super().unlink()
        self.env["sale.budget.entry"]._sync_sources(sources)
        return result

    def _get_sale_budget_amount(self):
        """What an approved expense costs, before recoverable tax, as on bills."""
        self.ensure_one()
        if self.approval_state != "approved":
            return 0.0
        return self.company_currency_id.round(self.total_amount - self.tax_amount)

    def _get_sale_budget_name(self):
        return self.name

    def _prepare_sale_budget_entry(self):
        user = self.employee_id.user_id
        return {
            "date": self.date or self.company_id._sales_today(),
            "source_name": self.name,
            "user_id": user.id,
            "team_id": user.sale_team_id.id,
            "note": self.employee_id.name,
        }
