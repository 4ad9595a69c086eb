from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _is_sale_budget_cost(self):
        """An entry made from an expense does not count: the expense does."""
        return not self.expense_id and super()._is_sale_budget_cost()
