from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sale_budget.models.sale_budget_entry_source import Source

#: Values that change what an expense costs, or whether it counts.
WATCHED = frozenset({
    "approval_state", "sale_budget_line_id", "sale_budget_request_id", "total_amount", "total_amount_currency",
    "tax_amount", "tax_ids", "currency_id", "quantity", "price_unit", "date",
})  # fmt: skip
GROUPS = (
    "sales_team.group_sale_salesman,sales_department_base.group_collaborator_finance,"
    "hr_expense.group_hr_expense_team_approver,account.group_account_invoice"
)


class HrExpense(models.Model):
    """An approved expense is actual cost of the budget it names.

    It counts from the approval on, whichever way it is posted and paid; the journal
    entry made from it does not count again.
    """

    _inherit = "hr.expense"

    sale_budget_request_id = fields.Many2one(
        "sale.budget.request", "Spending Request", check_company=True, index="btree_not_null", copy=False,
        domain=[("state", "in", ("approved", "done"))], groups=GROUPS,
        help="The cost uses up what is reserved for this request",
    )  # fmt: skip
    sale_budget_line_id = fields.Many2one(
        "sale.budget.line", "Sales Budget", check_company=True, index="btree_not_null", groups=GROUPS,
        compute="_compute_sale_budget_line_id", store=True, readonly=False,
        domain=[("budget_id.state", "=", "approved")],
        help="Sales budget that pays this expense",
    )  # fmt: skip

    @api.depends("sale_budget_request_id")
    def _compute_sale_budget_line_id(self):
        for expense in self:
            request = expense.sale_budget_request_id
            expense.sale_budget_line_id = request.budget_line_id if request else expense.sale_budget_line_id

    @api.model_create_multi
    def create(self, vals_list):
        expenses = super().create(vals_list)
        expenses._sync_sale_budget()
        return expenses

    def write(self, vals):
        result = super().write(vals)
        if WATCHED & vals.keys():
            self._sync_sale_budget()
        return result

    def unlink(self):
        sources = [expense._get_sale_budget_source(0.0) for expense in self.sudo()]  # sudo: see _sync_sale_budget
        result = super().unlink()
        self.env["sale.budget.entry"]._sync_sources(sources)
        return result

    def _sync_sale_budget(self) -> None:
        """Make the budget ledger say what these expenses cost: approved ones their net amount.

        :raise UserError: an approved expense names a request that no budget pays
        """
        entries = self.env["sale.budget.entry"].sudo()  # sudo: approvers have no right to the ledger
        known = set(
            entries.search([("source_model", "=", self._name), ("source_id", "in", self.ids)]).mapped("source_id")
        )
        sources = []
        for expense in self.sudo():  # sudo: who approves an expense need not see budgets
            if not (expense.sale_budget_request_id or expense.sale_budget_line_id or expense.id in known):
                continue
            amount = expense._get_sale_budget_amount() if expense.approval_state == "approved" else 0.0
            if amount and not expense.sale_budget_line_id:
                if expense.sale_budget_request_id:
                    raise UserError(
                        self.env._(
                            "%(request)s is not approved yet, so no budget pays “%(expense)s”. Have it approved first, "
                            "or take it off the expense.",
                            request=expense.sale_budget_request_id.display_name,
                            expense=expense.display_name,
                        )
                    )
                amount = 0.0
            sources.append(expense._get_sale_budget_source(amount))
        entries._sync_sources(sources)

    def _get_sale_budget_amount(self) -> float:
        """Return what this expense costs, in company currency before recoverable tax, as on bills."""
        self.ensure_one()
        return self.company_currency_id.round(self.total_amount - self.tax_amount)

    def _get_sale_budget_source(self, amount: float) -> Source:
        """Return this expense as a source of the ledger."""
        self.ensure_one()
        request = self.sale_budget_request_id
        values = request._get_budget_values()[request.id] if request else None
        user = values["user"] if values else self.employee_id.user_id
        return Source(
            record=self,
            amount=amount,
            line=self.sale_budget_line_id,
            date=self.date or self.company_id._sales_today(),
            name=self.name,
            document=request or None,
            reserved_on=values["date"] if values else None,
            values={
                "partner_id": values["partner"].commercial_partner_id.id if values else False,
                "user_id": user.id,
                "team_id": (values["team"] if values else user.sale_team_id).id,
                "note": self.employee_id.name,
            },
        )
