from odoo import models
from odoo.tools import SQL

TRIGGERS = frozenset({"company_id", "partner_id", "state"})


class SaleOrder(models.Model):
    """Confirmed orders open the file of their customer; the register follows them when they change."""

    _inherit = "sale.order"

    def write(self, vals):
        if not TRIGGERS & vals.keys():
            return super().write(vals)
        before = {order.id: order._get_register_traits() for order in self if order.state == "sale"}
        result = super().write(vals)
        if before:
            moved = self.filtered(lambda order: order.id in before and order._get_register_traits() != before[order.id])
            moved._follow_in_register([before[order.id] for order in moved])
        return result

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

    def _get_register_traits(self) -> tuple:
        """Return what decides whose file this order opens: customer, company, confirmed or not."""
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id.sudo()  # sudo: as above
        return customer, self.company_id.sudo(), self.state == "sale"  # sudo: time zone

    def _follow_in_register(self, traits: list[tuple]) -> None:
        """Let the register follow these orders, which are not what they were.

        :param traits: what they were
        """
        register = self.env["customer.register.entry"]
        present = [order._get_register_traits() for order in self]
        for company in {company for _customer, company, _confirmed in traits}:
            customers = {customer.id for customer, of, _confirmed in traits + present if of == company}
            register._follow_orders(company, self.env["res.partner"].browse(customers))
        moved = self.filtered(lambda order: order.state == "sale" and order._get_file_state() is False)
        if moved:
            companies = moved.company_id.sudo()  # sudo: as above
            register._open_by_orders(companies, SQL("o.id = ANY(%s)", moved.ids), "order")
