from odoo import fields, models

from odoo.addons.sales_department_base.constants import BILLING_GROUP, BILLS_READER_GROUP, FINANCE_GROUP, SALES_GROUP

#: Who meets budgets on bills.
GROUPS = f"{BILLING_GROUP},{BILLS_READER_GROUP},{SALES_GROUP},{FINANCE_GROUP}"


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "sale.budget.source.mixin", "sales.department.closed.mixin"]

    sale_budget_request_id = fields.Many2one(groups=GROUPS)
    sale_budget_line_id = fields.Many2one(groups=GROUPS)

    def write(self, vals):
        result = super().write(vals)
        if {"sale_budget_line_id", *self._get_sale_budget_document_fields()} & vals.keys():
            self._sync_sale_budget()
        return result

    def _is_sale_budget_cost(self) -> bool:
        """Tell whether this line costs a sales budget now. Extension point for glue addons."""
        self.ensure_one()
        return self.parent_state == "posted" and not self.move_id.is_sale_document(include_receipts=True)

    def _get_sale_budget_amount(self):
        """The line's balance: before recoverable tax, in company currency; 0 unless posted."""
        return self.balance if self._is_sale_budget_cost() else 0.0

    def _get_sale_budget_name(self):
        return self.move_id.display_name

    def _prepare_sale_budget_entry(self):
        move, budget = self.move_id, self.sale_budget_line_id.budget_id
        return {
            "date": move.invoice_date or self.date or self.company_id._sales_today(),
            "source_name": move.name or move.display_name,
            "source_bill": f"{move._name},{(move.reversed_entry_id or move).id}",
            "user_id": budget.user_id.id,
            "team_id": budget.team_id.id,
            "note": self.name and self.name.split("\n")[0],
        }
