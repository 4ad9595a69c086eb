from datetime import date
from typing import Any

import pytz

from odoo import api, models


class StockMove(models.Model):
    """What leaves for a customer, or comes back, counts for the mould fee."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        moves.exists().sudo()._book_sample_refunds()  # sudo: who works in the warehouse knows nothing of fees
        return moves

    def _book_sample_refunds(self) -> None:
        """Add these moves to the refund ledger, as far as they count for a mould agreement."""
        rows = self._prepare_refund_rows()
        if rows:
            self.env["sale.sample.mould.agreement"]._book(rows)

    def _prepare_refund_rows(self) -> list[dict[str, Any]]:
        """Return the ledger rows of done moves to and from customers.

        A return counts for the agreement for which the goods had counted; one whose delivery is not known, for
        the agreement that the product counts for.
        """
        moves = self.filtered(lambda move: move.state == "done" and move._get_refund_sign())
        if not moves:
            return []
        products = self.env["sale.sample.mould.agreement"]._get_counted_products(moves.product_id)
        moves = moves.filtered(lambda move: move.product_id in products)
        booked = moves.origin_returned_move_id._get_booked_agreements()
        rows = []
        for move in moves.sorted("date"):
            day = move._get_refund_day()
            origin = move.origin_returned_move_id
            agreement = booked.get(origin.id)
            agreement = agreement or self.env["sale.sample.mould.agreement"]._find_for_delivery(
                # what had left before the agreement began does not count when it comes back
                move.company_id,
                move._get_refund_customer(),
                move.product_id,
                origin._get_refund_day() if origin else day,
            )
            if agreement:
                sign, unit = move._get_refund_sign(), move.product_id.uom_id
                rows.append({
                    "agreement_id": agreement.id,
                    "date": day,
                    "kind": "delivery" if sign > 0 else "return",
                    "product_id": move.product_id.id,
                    "pairs": sign * move.product_uom._compute_quantity(move.quantity, unit, round=False),
                    "source_model": "stock.move",
                    "source_id": move.id,
                    "source_key": f"stock.move,{move.id}",
                    "source_name": move.picking_id.name or move.reference,
                })
        return rows

    def _get_refund_day(self) -> date:
        """Return the day of this one move by the company's clock."""
        self.ensure_one()
        return pytz.utc.localize(self.date).astimezone(pytz.timezone(self.company_id._sales_timezone())).date()

    def _get_refund_sign(self) -> int:
        """Return 1 for what reaches a customer, -1 for what comes back, 0 for anything else."""
        self.ensure_one()
        return (self.location_dest_id.usage == "customer") - (self.location_id.usage == "customer")

    def _get_refund_customer(self):
        """Return the contact who gets or returns the goods: the one who ordered, else the one of the transfer."""
        self.ensure_one()
        return self.sale_line_id.order_id.partner_id or self.picking_id.partner_id or self.partner_id

    @api.model
    def _get_refund_source_domain(self) -> list:
        """Return the domain of moves that may count."""
        return [
            ("state", "=", "done"),
            "|",
            ("location_dest_id.usage", "=", "customer"),
            ("location_id.usage", "=", "customer"),
        ]

    def _get_booked_agreements(self) -> dict:
        """Return the agreements for which these moves count: move id → agreement."""
        entries = self.env["sale.sample.refund.entry"].search([
            ("source_model", "=", "stock.move"),
            ("source_id", "in", self.ids),
        ])
        return {entry.source_id: entry.agreement_id for entry in entries}
