from odoo import models

from ..tools.collection import InvoicedPart

#: Payment states in which the customer owes nothing more.
PAID_STATES = ("paid", "in_payment", "reversed")


class AccountMove(models.Model):
    """What one invoice says about the collection of something that it charges."""

    _inherit = "account.move"

    def _get_invoiced_part(
        self, lines: "models.Model", refunds: "models.Model", charge: float | None = None, quantity: float = 0.0
    ) -> InvoicedPart:
        """Return the figures of this one invoice for what order lines charge on it, in its currency, taxes included.

        :param lines: order lines that charge it
        :param refunds: credit notes that give the charge back as promised, which are no correction
        :param charge: what the invoice charges of the lines, each of them being 1
        :param quantity: the same by quantity
        """
        self.ensure_one()
        part = self._sum_charged(self, lines)
        applied = self._get_applied_credit()
        corrected = corrected_part = open_credit = other = 0.0
        reversals = self.reversal_move_ids.filtered(lambda credit: credit.state == "posted")
        for credit in reversals.union(*applied):
            amount = self._in_currency_of(credit, credit.amount_total)
            if credit in refunds or (credit.reversed_entry_id != self and self._is_credit_of_others(credit)):
                other += applied.get(credit, 0.0)
                continue
            counted = amount if credit.reversed_entry_id == self else min(applied[credit], amount)
            if credit.reversed_entry_id == self:
                open_credit += self._in_currency_of(credit, credit.amount_residual)
            corrected += counted
            corrected_part += counted * self._get_credited_share(credit, lines, part)
        return InvoicedPart(
            part=part,
            total=self.amount_total,
            due=self._get_unpaid(),
            corrected=min(corrected, self.amount_total),
            refunded=other,
            corrected_part=corrected_part,
            open_credit=min(open_credit, corrected),
            written_off=self._get_written_off(),
            charge=charge,
            quantity=quantity,
            is_converted=any(line.currency_id != self.currency_id for line in lines),
        )

    # ------------------------------------------------------------------
    # The charge on an invoice or a credit note
    # ------------------------------------------------------------------

    def _sum_charged(self, move: "models.Model", lines: "models.Model") -> float:
        """Return what an invoice or credit note says about order lines, taxes included, less down payments deducted."""
        total = 0.0
        for line in lines:
            for order_line, share in line._get_invoiced_shares().items():
                bills = order_line.invoice_lines.filtered(lambda bill: bill.move_id == move)
                total += share * sum(bills.mapped("price_total"))
        return total

    def _get_credited_share(self, credit: "models.Model", lines: "models.Model", part: float) -> float:
        """Return which share of a credit note takes back what order lines charge on this one invoice.

        A line of the credit note that names an order line, as those made from an invoice do, takes back that one. Else
        its product tells, where it stands on the invoice only once or only for the charge. What nothing is known of
        takes back all of the invoice alike.

        :param credit: posted credit note of the invoice
        :param part: the charge on the invoice
        """
        rows = credit.invoice_line_ids.filtered(lambda row: row.display_type == "product")
        whole = sum(rows.mapped("price_total"))
        if not whole or not self.amount_total:
            return 0.0
        mine = self.invoice_line_ids.filtered(lambda row: row.sale_line_ids & lines).product_id
        others = self.invoice_line_ids.filtered(lambda row: not row.sale_line_ids & lines).product_id
        taken = self._sum_charged(credit, lines)
        for row in rows.filtered(lambda row: not row.sale_line_ids):
            if row.product_id and row.product_id in mine - others:
                taken += row.price_total
            elif not row.product_id or row.product_id not in others - mine:
                taken += row.price_total * part / self.amount_total
        return taken / whole

    def _is_credit_of_others(self, credit: "models.Model") -> bool:
        """Tell whether a credit note that was reconciled with this one invoice takes back something else.

        It names another invoice, or only order lines that are not on this one.
        """
        if credit.reversed_entry_id:
            return credit.reversed_entry_id != self
        named = credit.invoice_line_ids.sale_line_ids
        return bool(named) and not named & self.invoice_line_ids.sale_line_ids

    # ------------------------------------------------------------------
    # What settled an invoice
    # ------------------------------------------------------------------

    def _get_applied_credit(self) -> "dict[models.Model, float]":
        """Return the credit notes reconciled with this one invoice, and how much of them, in its currency."""
        applied: dict = {}
        for partial in self.line_ids.matched_credit_ids:
            credit = partial.credit_move_id.move_id
            if credit.move_type == "out_refund":
                applied[credit] = applied.get(credit, 0.0) + partial.debit_amount_currency
        return applied

    def _get_written_off(self) -> float:
        """Return what of this one invoice was settled without money, in its currency: discounts, rests written off."""
        lost = 0.0
        for partial in self.line_ids.matched_credit_ids:
            entry = partial.credit_move_id.move_id
            if entry.move_type != "out_refund":
                credited = -sum(entry.line_ids.filtered(_is_receivable).mapped("balance"))
                written_off = sum(entry.line_ids.filtered(_is_result).mapped("balance"))
                if credited > 0 and written_off > 0:
                    lost += partial.debit_amount_currency * min(written_off / credited, 1.0)
        return lost

    def _get_unpaid(self) -> float:
        """Return what of this one invoice is still due, in its currency.

        A payment that made no entry of its own counts, as far as it goes: for Odoo the whole invoice is then paid.
        """
        if self.currency_id.is_zero(self.amount_residual):
            return 0.0
        payments = self.matched_payment_ids.filtered(lambda payment: not payment.move_id)
        if not payments:
            return 0.0 if self.payment_state in PAID_STATES else self.amount_residual
        paid = 0.0
        for payment in payments.filtered(lambda payment: payment.state in ("in_process", "paid")):
            invoices = payment.invoice_ids
            whole = sum(abs(invoice.amount_residual_signed) for invoice in invoices)
            share = abs(self.amount_residual_signed) / whole if whole else 0.0
            if payment.currency_id == self.currency_id:
                paid += payment.amount * share
            else:
                paid += self._in_own_currency(abs(payment.amount_company_currency_signed)) * share
        return max(self.amount_residual - paid, 0.0)

    # ------------------------------------------------------------------
    # Currencies: at the rate of the invoice itself
    # ------------------------------------------------------------------

    def _in_own_currency(self, amount: float) -> float:
        """Return an amount of company currency in the currency of this one invoice, at its own rate."""
        return amount * (self.invoice_currency_rate or 1.0)

    def _in_currency_of(self, credit: "models.Model", amount: float) -> float:
        """Return an amount of a credit note in the currency of this one invoice: each at its own rate."""
        if credit.currency_id == self.currency_id:
            return amount
        return self._in_own_currency(amount / (credit.invoice_currency_rate or 1.0))


def _is_receivable(line) -> bool:
    return line.account_id.account_type == "asset_receivable"


def _is_result(line) -> bool:
    """Tell whether a line of an entry is gain or loss, or a tax on it: no money."""
    return line.account_id.internal_group in ("income", "expense") or bool(line.tax_line_id)
