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
        dated = self._get_sale_budget_of_day() if "date" in vals else {}
        result = super().write(vals)
        if dated:
            kept = [expense.id for expense, line in dated.items() if expense.sale_budget_line_id == line]
            self.browse(kept)._follow_sale_budget_day_of_expense()
        if WATCHED & vals.keys():
            self._sync_sale_budget()
        return result

    def copy(self, default=None):
        """A copy names the budget of its own day; a part of an expense that is split, the request of the whole."""
        expenses = super().copy(default)
        if self.env.context.get("from_split_wizard"):  # the key of the expense app
            for whole, part in zip(self.sudo(), expenses.sudo(), strict=True):  # sudo: what pays is decided
                part.sale_budget_request_id = whole.sale_budget_request_id
        else:
            expenses._follow_sale_budget_day_of_expense()
        return expenses

    def _follow_sale_budget_day_of_expense(self) -> None:
        """Let the expenses name the budget of their day, with a note where there is none."""
        for expense, line in self._follow_sale_budget_day().items():
            expense._message_log(
                body=self.env._(
                    "No approved budget holds the day of this expense for what %(line)s paid before. Choose a budget, or leave "
                    "it without.",
                    line=line.display_name,
                )
            )

    def unlink(self):
        sources = [
            expense._get_sale_budget_source(0.0, expense._get_sale_budget_document())
            for expense in self.sudo()  # sudo: who deletes an expense need not see budgets
        ]
        result = super().unlink()
        self.env["sale.budget.entry"]._sync_sources(sources)
        return result

    def _get_sale_budget_amount(self):
        """What an approved expense costs, without the tax that is recovered, in company currency, as on bills."""
        self.ensure_one()
        if self.approval_state != "approved":
            return 0.0
        return self.company_currency_id.round(self.total_amount - self._get_recovered_tax())

    def _get_recovered_tax(self) -> float:
        """Return the part of the tax of this one expense that is recovered, in company currency: what goes to accounts of
        its own, other than those of cost.
        """
        taxes = self.env["account.tax"]
        base_line = self._prepare_base_line_for_taxes_computation(
            price_unit=self.total_amount,
            quantity=1.0,
            currency_id=self.company_currency_id,
            rate=1.0,
            account_id=self.account_id,
        )
        taxes._add_tax_details_in_base_line(base_line, self.company_id)
        taxes._round_base_lines_tax_details([base_line], self.company_id)
        taxes._add_accounting_data_to_base_line_tax_details(base_line, self.company_id)
        return sum(
            part["tax_amount"]
            for tax in base_line["tax_details"]["taxes_data"]
            for part in tax["tax_reps_data"]
            if (account := part["tax_rep"].account_id) and account.internal_group != "expense"
        )

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
