from odoo import api, models
from odoo.fields import Domain

from odoo.addons.sale_sample_fee.constants import COUNTING_STATES


class SaleSampleMouldAgreement(models.Model):
    """Where stock is kept, its moves tell what was delivered, not the orders."""

    _inherit = "sale.sample.mould.agreement"

    @api.model
    def _get_counted_products(self, products) -> "models.Model":
        """Return those products that count for any agreement."""
        everything = self.sudo()  # sudo: deliveries count whoever validates them
        found = everything.search([("product_ids", "in", products.ids), ("state", "in", COUNTING_STATES)])
        return found.product_ids & products

    def _get_products_by_orders(self):
        """Return the products without moves of their own: services, and kits, whose components move."""
        products = super()._get_products_by_orders()
        return products.filtered(lambda product: product.type == "service" or product._is_moved_as_parts())

    def _collect_deliveries(self):
        """Return rows for the moves of the past, and for what orders alone tell: no product counts in both ways."""
        rows = super()._collect_deliveries()
        for agreement in self:
            moves = self.env["stock.move"].sudo()  # sudo: who agrees on a fee need not see the warehouse
            since = agreement.company_id._sales_utc_bounds(agreement.date_start, agreement.date_start)[0]
            domain = Domain(moves._get_refund_source_domain()) & Domain([
                ("company_id", "=", agreement.company_id.id),
                ("product_id", "in", (agreement.product_ids - agreement._get_products_by_orders()).ids),
                ("date", ">=", since),
                # what the orders told, before stock was kept, is in the ledger already
                ("date", ">", agreement._get_last_order_booking() or since),
            ])
            found = moves.search(domain, order="date, id")
            known = found._get_booked_agreements()
            new = found.filtered(lambda move, known=known: move.id not in known)
            rows += [row for row in new._prepare_refund_rows() if row["agreement_id"] == agreement.id]
        return rows

    def _get_last_order_booking(self):
        """Return when pairs were last booked from the orders of one agreement, or False."""
        entries = self.env["sale.sample.refund.entry"].sudo()  # sudo: the rows of everybody count
        last = entries.search([("agreement_id", "=", self.id), ("kind", "=", "order")], order="id desc", limit=1)
        return last.create_date
