from odoo import models
from odoo.tools import SQL


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _action_confirm(self):
        result = super()._action_confirm()
        # Customers with an open file, nearly all of them, cost nothing: their state was read with the order.
        first = self.filtered(
            lambda order: (
                order.partner_id.commercial_partner_id
                .with_company(order.company_id)
                .sudo()  # sudo: customers sign on the portal, too
                .customer_file_state
                != "open"
            )
        )
        if first:
            register = self.env["customer.register.entry"]
            register._open_by_orders(
                first.company_id.sudo(), SQL("o.id = ANY(%s)", first.ids), "order"
            )  # sudo: time zone
        return result
