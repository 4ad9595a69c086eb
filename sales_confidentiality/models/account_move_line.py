from odoo import models

from ..constants import CUSTOMER_MOVES


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _are_of_customers(self) -> bool:
        lines = self.sudo()  # sudo: whether they are of customers only
        return any(
            line.partner_id and (line.move_type in CUSTOMER_MOVES or line.account_type == "asset_receivable")
            for line in lines
        )
