from odoo import api, models
from odoo.fields import Domain


class SaleSampleMouldAgreement(models.Model):
    """Where stock is kept, its moves tell what was delivered, not the orders."""

    _inherit = "sale.sample.mould.agreement"

    def _get_products_by_orders(self):
        """Return the products without moves of their own: services, and kits, whose components move."""
        products = super()._get_products_by_orders()
        return products.filtered(lambda product: product.type == "service" or product._is_moved_as_parts())

    def _collect_deliveries(self):
        """Return rows for the moves of the past, and for what orders alone tell: no product counts in both ways."""
        rows = super()._collect_deliveries()
        moves = self.env["stock.move"].sudo()  # sudo: who agrees on a fee need not see the warehouse
        found = moves.browse()
        for agreement in self:
            since = agreement.company_id._sales_utc_bounds(agreement.date_start, agreement.date_start)[0]
            domain = Domain(moves._get_refund_source_domain()) & Domain([
                ("company_id", "=", agreement.company_id.id),
                ("product_id", "in", (agreement.product_ids - agreement._get_products_by_orders()).ids),
                ("date", ">=", since),
            ])
            found |= moves.search(domain, order="date, id")
        booked = self.sudo().entry_ids.filtered(lambda row: row.source_model == "stock.move")  # sudo: as above
        found |= moves.browse(booked.mapped("source_id")).exists()
        return rows + found._prepare_refund_rows()

    @api.model
    def _follow_orders(self, orders):
        result = super()._follow_orders(orders)
        orders.sudo().order_line.move_ids._follow_sample_refunds()  # sudo: who sells need not see the warehouse
        return result

    def _get_last_order_bookings(self) -> dict:
        """Return when pairs were last booked from orders: (agreement, product) → time; without a product for all."""
        entries = self.env["sale.sample.refund.entry"].sudo()  # sudo: the rows of everybody count
        groups = entries._read_group(
            [("agreement_id", "in", self.ids), ("kind", "=", "order")],
            ["agreement_id", "product_id"],
            ["create_date:max"],
        )
        return {(agreement.id, product.id): last for agreement, product, last in groups}
