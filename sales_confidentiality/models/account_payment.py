from odoo import models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _are_of_customers(self) -> bool:
        payments = self.sudo()  # sudo: whether they are of customers only
        return any(payment.partner_type == "customer" and payment.partner_id for payment in payments)
