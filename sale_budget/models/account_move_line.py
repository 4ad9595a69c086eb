from odoo import fields, models

from odoo.addons.sales_department_base.constants import BILLING_GROUP, BILLS_READER_GROUP, FINANCE_GROUP, SALES_GROUP

#: Who meets budgets on bills.
GROUPS = f"{BILLING_GROUP},{BILLS_READER_GROUP},{SALES_GROUP},{FINANCE_GROUP}"


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "sale.budget.source.mixin", "sales.department.closed.mixin"]

    sale_budget_request_id = fields.Many2one(groups=GROUPS)
    sale_budget_line_id = fields.Many2one(groups=GROUPS)

    sale_budget_cost = fields.Monetary(
        "Cost for Budgets",
        compute="_compute_sale_budget_cost",
        compute_sudo=True,
        currency_field="company_currency_id",
        groups=GROUPS,
        help="Balance, with the tax that is not recovered",
    )

    def write(self, vals):
        result = super().write(vals)
        if {"sale_budget_line_id", *self._get_sale_budget_document_fields()} & vals.keys():
            self._sync_sale_budget()
        return result

    def _copy_data_extend_business_fields(self, values):
        """A credit note takes back from the request of its bill; the bill made instead is for the same request."""
        result = super()._copy_data_extend_business_fields(values)
        line = self.sudo()  # sudo: a reversal keeps what the bill names
        values.update({name: line[name].id for name in self._get_sale_budget_document_fields()})
        return result

    def _follow_sale_budget_day_of_bill(self) -> None:
        """Let the lines name the budgets of the day of their bill, and tell somebody where there is none."""
        lost = self._follow_sale_budget_day()
        of_bill: dict = {}
        for line, budget_line in lost.items():
            of_bill[line.move_id] = of_bill.get(line.move_id, budget_line) | budget_line
        for bill, budget_lines in of_bill.items():
            bill._tell_no_budget(budget_lines)

    def _is_sale_budget_cost(self) -> bool:
        """Tell whether this line costs a sales budget now. Extension point for glue addons."""
        self.ensure_one()
        return self.parent_state == "posted" and not self.move_id.is_sale_document(include_receipts=True)

    def _compute_sale_budget_cost(self):
        """What each line costs: its balance and its part of the tax that is not recovered, in company currency.

        At the rate of the entry, on its invoice date, else its accounting date; negative for a credit note; 0 where it costs
        no sales budget. Nothing tells Odoo when to work it out again: :meth:`_sync_sale_budget` does.
        """
        counting = self.filtered(lambda line: line._is_sale_budget_cost())
        lost = {id_: tax for move in counting.move_id for id_, tax in move._share_out_lost_tax().items()}
        for line in self:
            cost = line.balance + lost.get(line.id, 0.0) if line in counting else 0.0
            line.sale_budget_cost = line.company_currency_id.round(cost) if line.company_currency_id else cost

    def _may_be_lost_tax(self) -> bool:
        """Tell whether this one tax line may be of tax that is not recovered, before it is known where it comes from."""
        return not self.tax_repartition_line_id.account_id or self.account_id.internal_group == "expense"

    def _is_lost_tax(self, accounts) -> bool:
        """Tell whether this one tax line is of tax that is not recovered: it stands where cost stands.

        :param accounts: of the lines that it was worked out from. A part of a tax without an account of its own is booked
            there, or waits for the payment (cash basis)
        """
        transition = self.tax_repartition_line_id.tax_id.cash_basis_transition_account_id
        if self.account_id.internal_group == "expense":
            return True
        return not self.tax_repartition_line_id.account_id and self.account_id in [*accounts, transition]

    def _sync_sale_budget(self):
        self.invalidate_recordset(["sale_budget_cost"], flush=False)
        return super()._sync_sale_budget()

    def _get_sale_budget_amount(self):
        """The line's balance and its tax that is not recovered, in company currency; 0 unless posted."""
        return self.sale_budget_cost

    def _get_sale_budget_name(self):
        return self.move_id.display_name

    def _prepare_sale_budget_entry(self):
        move, budget = self.move_id, self.sale_budget_line_id.budget_id
        return {
            "date": move.invoice_date or self.date or self.company_id._sales_today(),
            "source_name": move.name or move.display_name,
            "source_paper": f"{move._name},{move.id}",
            "source_bill": f"{move._name},{(move.reversed_entry_id or move).id}",
            "user_id": budget.user_id.id,
            "team_id": budget.team_id.id,
            "note": self.name and self.name.split("\n")[0],
        }
