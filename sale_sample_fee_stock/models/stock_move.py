from datetime import date
from typing import Any

import pytz

from odoo import api, models
from odoo.exceptions import AccessError

from odoo.addons.sale_sample_fee.tools.refund import Posting

#: What a correction of a done move may change for the ledger; its quantity follows from its lines.
REFUND_FIELDS = frozenset({
    "company_id",
    "date",
    "location_dest_id",
    "location_id",
    "origin_returned_move_id",
    "partner_id",
    "picking_id",
    "product_id",
    "product_uom",
    "sale_line_id",
})


class StockMove(models.Model):
    """What leaves for a customer, or comes back, counts for the mould fee."""

    _inherit = "stock.move"

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        moves._check_refund_corrector()
        return moves

    def write(self, vals):
        undone = self.browse()
        if REFUND_FIELDS & vals.keys() or "state" in vals:
            done = self.filtered(lambda move: move.state == "done")
            done._check_refund_corrector()
            if vals.get("state", "done") != "done":
                undone = done
        result = super().write(vals)
        if REFUND_FIELDS & vals.keys() and "state" not in vals:
            self._follow_sample_refunds()
        elif undone:
            undone.sudo()._book_sample_refunds()  # sudo: who works in the warehouse knows nothing of fees
        return result

    def _check_refund_corrector(self) -> None:
        """Refuse corrections of what counts for a mould fee to those who do not work in the warehouse.

        Odoo lets salespeople write the moves of orders, done ones, too: a fee would come back by a figure typed in.

        :raises AccessError: naming the transfers
        """
        if self.env.su or self.env.user.has_group("stock.group_stock_user"):
            return
        done = self.filtered(lambda move: move.state == "done" and move._get_refund_sign())
        if done and done.env["sale.sample.mould.agreement"]._get_concerned(done.product_id, "stock.move", done.ids):
            raise AccessError(
                self.env._(
                    "%s counts for a mould fee: only the warehouse corrects what was delivered. Ask a colleague there.",
                    ", ".join(filter(None, done.mapped(lambda move: move.picking_id.name or move.reference))),
                )
            )

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        moves.exists().sudo()._book_sample_refunds()  # sudo: who works in the warehouse knows nothing of fees
        return moves

    def _follow_sample_refunds(self) -> None:
        """Book what follows from the correction of those of these moves that are done."""
        done = self.filtered(lambda move: move.state == "done")
        if done:
            done.sudo()._book_sample_refunds()  # sudo: who works in the warehouse knows nothing of fees

    def _book_sample_refunds(self) -> None:
        """Book what the refund ledger says otherwise than these moves, as far as they count for a mould agreement."""
        agreements = self.env["sale.sample.mould.agreement"]
        rows = self._prepare_refund_rows()
        if rows:
            agreements._book(rows)
        # of kits the order line tells how much was delivered, which its parts have just changed
        kits = self.sale_line_id.filtered(lambda line: line.product_id not in self.product_id)
        if kits:
            agreements._get_counting(kits)._catch_up()

    def _prepare_refund_rows(self) -> list[dict[str, Any]]:
        """Return the rows that the ledger lacks to say of these moves to and from customers what they say now.

        A return counts for the agreement for which the goods had counted, also when it is returned again; one whose
        delivery is not known, for the agreement that the product counts for. So what is corrected on a delivery is
        followed by its returns. What had left before the agreement began does not count when it comes back.
        """
        agreements = self.env["sale.sample.mould.agreement"]
        agreements = agreements._get_concerned(self.product_id, "stock.move", self.ids)
        if not agreements:
            return []
        moves = self._get_refund_family()
        booked = agreements._get_booked_rows("stock.move", moves.ids)
        rows_of = booked.grouped("source_id")
        before_stock = agreements._get_last_order_bookings()
        found: dict = {}
        wanted = []
        for move in moves.sorted(lambda one: (one.date, one.id)):
            sign = move._get_refund_sign() if move.state == "done" else 0
            if not sign or move.product_id not in agreements.product_ids:
                continue
            root = move._get_refund_root()
            if root not in found:
                found[root] = root._find_refund_agreement(
                    rows_of.get(root.id, booked.browse()), agreements, before_stock
                )
            agreement, unit = found[root], move.product_id.uom_id
            if agreement:
                pairs = sign * move.product_uom._compute_quantity(move.quantity, unit, round=False)
                wanted.append(Posting(move.id, agreement.id, move.product_id.id, move._get_refund_day(), pairs))
        moves_by_id = moves.grouped("id")

        def describe(move: int) -> dict[str, Any]:
            one = moves_by_id[move]
            return {
                "kind": "delivery" if one._get_refund_sign() > 0 else "return",
                "source_name": one.picking_id.name or one.reference,
                "contact_id": one._get_refund_customer().id,
            }

        own = booked.filtered(lambda row: row.source_id in moves_by_id)
        return agreements._get_missing_rows("stock.move", own, wanted, describe)

    def _get_refund_family(self):
        """Return these moves, the deliveries that they return, and all returns of those."""
        family = self | self.browse(root.id for root in map(type(self)._get_refund_root, self))
        following = family
        while following:
            following = following.returned_move_ids - family
            family |= following
        return family

    def _get_refund_root(self):
        """Return the first delivery of this one move: what it returns, or what that returns, and so on."""
        self.ensure_one()
        seen = root = self
        while root.origin_returned_move_id and root.origin_returned_move_id not in seen:
            root = root.origin_returned_move_id
            seen |= root
        return root

    def _find_refund_agreement(self, booked, agreements, before_stock):
        """Return the agreement for which this one delivery counts, with all that is returned of it, or none.

        :param booked: rows of the ledger that come from it
        :param agreements: to choose from
        :param before_stock: until when orders told of (agreement, product); they have counted it already
        """
        self.ensure_one()
        if self.state != "done" or not self._get_refund_sign():
            return agreements.browse()
        agreement = agreements._get_agreement_of(
            booked, self.company_id, self._get_refund_customer(), self.product_id, self._get_refund_day(), agreements
        )
        lasts = [before_stock.get((agreement.id, product)) for product in (self.product_id.id, False)]
        if agreement not in booked.agreement_id and any(last and self.date <= last for last in lasts):
            return agreements.browse()
        return agreement

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
