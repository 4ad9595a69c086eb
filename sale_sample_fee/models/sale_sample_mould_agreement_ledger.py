from collections import defaultdict
from datetime import date
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, float_is_zero

from .sale_sample_mould_agreement import COUNTING_STATES

BOOKER_GROUPS = "sales_team.group_sale_manager,sales_department_base.group_collaborator_finance"


class SaleSampleMouldAgreement(models.Model):
    """How pairs get into the ledger: from deliveries, or by hand, each once."""

    _inherit = "sale.sample.mould.agreement"

    def _lock(self) -> None:
        """Wait for these agreements and hold them until the transaction ends.

        Of two deliveries validated at once, the second waits. When the first commits, PostgreSQL refuses the older
        snapshot of the second, and Odoo repeats it: it finds the pairs and refunds as they are then. The ORM's
        own lock does not wait, and would turn the second away from its delivery.
        """
        self.flush_recordset()
        self.env.execute_query(
            SQL("SELECT id FROM sale_sample_mould_agreement WHERE id = ANY(%s) ORDER BY id FOR UPDATE", list(self.ids))
        )

    @api.model
    def _book(self, rows: list[dict[str, Any]]) -> "models.Model":
        """Add rows to the ledger that are not there yet, and give back what is due; return the rows.

        :param rows: values of `sale.sample.refund.entry`; a row whose `source_key` is known is passed over
        """
        agreements = self.sudo().browse({row["agreement_id"] for row in rows})  # sudo: nobody may write the ledger
        entries = agreements.env["sale.sample.refund.entry"]
        agreements._lock()
        keys = [row["source_key"] for row in rows if row.get("source_key")]
        known = set(entries.search([("source_key", "in", keys)]).mapped("source_key")) if keys else set()
        new = []
        for row in rows:
            key = row.get("source_key")
            if (not key or key not in known) and not float_is_zero(row["pairs"], precision_digits=6):
                known.add(key)
                new.append({**row, "booked_by_id": self.env.uid})
        before = {agreement: agreement.standing for agreement in agreements}
        entries = entries.create(new)
        touched = entries.agreement_id
        touched._grant_due()
        fallen = touched.filtered(lambda one: one.standing == "fallen" and before[one] != "fallen")
        fallen._tell_fallen()
        return entries

    @api.model
    def _find_for_delivery(self, company, partner, product, day: date) -> "models.Model":
        """Return the agreement for which a delivery counts, or none.

        A running one comes first; a finished one goes on counting, so that later returns are judged rightly.

        :param partner: any contact of the customer
        """
        found = self.sudo().search([  # sudo: deliveries count whoever validates them
            ("company_id", "=", company.id),
            ("commercial_partner_id", "=", partner.commercial_partner_id.id),
            ("product_ids", "in", product.ids),
            ("state", "in", COUNTING_STATES),
            ("date_start", "<=", day),
        ])
        return found.sorted(lambda one: (one.state == "running", one.date_start, one.id))[-1:]

    # ------------------------------------------------------------------
    # From the delivered quantities of orders
    # ------------------------------------------------------------------

    def _catch_up(self) -> None:
        """Book what was delivered since the first day and is not in the ledger yet."""
        rows = self._collect_deliveries()
        if rows:
            self._book(rows)
        self._grant_due()

    @api.model
    def _get_counting(self, lines) -> "models.Model":
        """Return the agreements for which deliveries of these order lines count."""
        lines = lines.filtered(lambda line: line.state == "sale" and line.product_id)
        if not lines:
            return self.browse()
        return self.search([
            ("company_id", "in", lines.company_id.ids),
            ("commercial_partner_id", "in", lines.order_partner_id.commercial_partner_id.ids),
            ("product_ids", "in", lines.product_id.ids),
            ("state", "in", COUNTING_STATES),
        ])

    def _get_products_by_orders(self) -> "models.Model":
        """Return the products of one agreement whose deliveries only order lines tell. Extension point.

        Here all of them; where stock is kept, its moves tell more of most.
        """
        self.ensure_one()
        return self.product_ids

    def _collect_deliveries(self) -> list[dict[str, Any]]:
        """Return the ledger rows that these agreements lack. Extension point.

        Without stock, an order line only knows how much was delivered in all: what it has more (or less) than
        the ledger is booked today, for orders since the first day.
        """
        rows = []
        lines_of = self.env["sale.order.line"].sudo()  # sudo: a colleague's orders count, too
        for agreement in self:
            since = agreement.company_id._sales_utc_bounds(agreement.date_start, agreement.date_start)[0]
            domain = [
                ("company_id", "=", agreement.company_id.id),
                ("state", "=", "sale"),
                ("product_id", "in", agreement._get_products_by_orders().ids),
                ("order_partner_id", "child_of", agreement.commercial_partner_id.id),
                ("order_id.date_order", ">=", since),
            ]
            lines = lines_of.search(domain)
            booked, times = agreement._get_booked_lines(lines)
            for line in lines:
                unit = line.product_id.uom_id
                delivered = line.product_uom_id._compute_quantity(line.qty_delivered, unit, round=False)
                pairs = delivered - booked[line.id]
                if not float_is_zero(pairs, precision_digits=6):
                    rows.append({
                        "agreement_id": agreement.id,
                        "date": agreement.company_id._sales_today(),
                        "kind": "order",
                        "product_id": line.product_id.id,
                        "pairs": pairs,
                        "source_model": "sale.order.line",
                        "source_id": line.id,
                        "source_key": f"sale.order.line,{line.id},{times[line.id]}",
                        "source_name": line.order_id.name,
                    })
        return rows

    def _get_booked_lines(self, lines) -> tuple[dict[int, float], dict[int, int]]:
        """Return pairs booked so far for order lines, and how often: line id → figure."""
        groups = (
            self
            .env["sale.sample.refund.entry"]
            .sudo()
            ._read_group(  # sudo: the rows of everybody count
                [("source_model", "=", "sale.order.line"), ("source_id", "in", lines.ids)],
                ["source_id"],
                ["pairs:sum", "__count"],
            )
        )
        pairs, times = defaultdict(float), defaultdict(int)
        for line, sum_, count in groups:
            pairs[line], times[line] = sum_, count
        return pairs, times

    def action_catch_up(self) -> None:
        """Look for deliveries that are not in the ledger yet."""
        self.check_access("write")
        self.filtered(lambda agreement: agreement.state in COUNTING_STATES)._catch_up()

    @api.model
    def _cron_refunds(self) -> None:
        """Every day: book deliveries and returns, end what is past its deadline, remind of deadlines to come."""
        counting = self.search([("state", "in", COUNTING_STATES)])
        self.env["ir.cron"]._commit_progress(remaining=len(counting))
        for agreement in counting:
            agreement = agreement.try_lock_for_update().filtered(lambda one: one.state in COUNTING_STATES)
            if agreement:
                agreement._catch_up()
            if agreement.state == "running":
                agreement._expire()
                agreement._remind_of_deadline()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _expire(self) -> None:
        """End agreements by which nothing can be refunded any more: all their deadlines are past."""
        self.env.add_to_compute(self._fields["standing"], self)
        for agreement in self:
            states = {progress.state for progress in agreement._get_progress().values()}
            if agreement.state == "running" and "missed" in states and states <= {"missed", "granted", "fallen"}:
                agreement._change_state("expired")
                agreement.message_post(
                    body=self.env._(
                        "The deadline has passed: %(pairs)s pairs were delivered.",
                        pairs=agreement._format_pairs(agreement.net_pairs),
                    )
                )

    # ------------------------------------------------------------------
    # By hand
    # ------------------------------------------------------------------

    def _book_by_hand(self, pairs: float, day: date, reason: str) -> "models.Model":
        """Book pairs that no delivery shows, or take some back; return the row.

        :param pairs: negative takes back
        :raises AccessError: the user is neither sales manager nor finance
        :raises UserError: no pairs, no reason, a day to come or before the first, or the agreement does not count
        """
        self.ensure_one()
        if not self.env.su and not self.env.user.has_groups(BOOKER_GROUPS):
            raise AccessError(self.env._("Pairs are booked by hand by finance or a sales manager. Ask one of them."))
        self.check_access("read")
        if self.state not in COUNTING_STATES:
            raise UserError(self.env._("%s does not count pairs: start it first.", self.display_name))
        if not pairs or not (reason or "").strip():
            raise UserError(
                self.env._("%s: enter the pairs, and the reason why they are booked by hand.", self.display_name)
            )
        if not self.date_start <= day <= self.company_id._sales_today():
            raise UserError(
                self.env._(
                    "%(agreement)s: choose a day from %(start)s to today.",
                    agreement=self.display_name,
                    start=fields.Date.to_string(self.date_start),
                )
            )
        return self._book([
            {"agreement_id": self.id, "date": day, "kind": "manual", "pairs": pairs, "reason": reason.strip()}
        ])
