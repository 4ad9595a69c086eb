from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        """Posting counts the lines that a budget pays; any way back takes them out again.

        On `state` itself, because there are many ways from one to another.
        """
        result = super().write(vals)
        if "state" in vals:
            self.line_ids._sync_sale_budget()
        return result
