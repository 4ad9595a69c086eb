from odoo import models
from odoo.tools import SQL


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _action_confirm(self):
        result = super()._action_confirm()
        # Customers with an open file, nearly all of them, cost nothing: their state was read with the order.
        first = self.filtered(lambda order: order._get_file_state() != "open")
        if first:
            companies = first.company_id.sudo()  # sudo: time zone
            self.env["customer.register.entry"]._open_by_orders(companies, SQL("o.id = ANY(%s)", first.ids), "order")
        return result

    def _get_file_state(self) -> str | None:
        """Return the state of the customer's file in the company of this order."""
        customer = self.partner_id.commercial_partner_id.sudo()  # sudo: customers sign on the portal, too
        return customer.with_company(self.company_id).customer_file_state
