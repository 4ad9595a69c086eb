from odoo import models

from ..constants import CUSTOMER_MOVES


class AccountMove(models.Model):
    _inherit = "account.move"

    def _are_of_customers(self) -> bool:
        invoices = self.sudo()  # sudo: whether they are of customers only
        return any(move.move_type in CUSTOMER_MOVES and move.partner_id for move in invoices)
