from odoo import models

from ..tools.collection import InvoicedPart

#: Payment states in which the customer owes nothing more.
PAID_STATES = ("paid", "in_payment", "reversed")


class AccountMove(models.Model):
    """What one invoice says about the collection of something that it charges."""

    _inherit = "account.move"

    def _get_invoiced_part(self, part: float, refunds: "models.Model") -> InvoicedPart:
        """Return the figures of this one invoice for a charge on it, in its currency, taxes included.

        :param part: the charge on it, such as a fee, less what down payments deduct from it
        :param refunds: credit notes that give the charge back as promised, which are no correction
        """
        self.ensure_one()
        reconciled: dict = {}
        for partial in self.line_ids.matched_credit_ids:
            credit = partial.credit_move_id.move_id
            if credit.move_type == "out_refund":
                reconciled[credit] = reconciled.get(credit, 0.0) + partial.debit_amount_currency
        reversals = self.reversal_move_ids.filtered(lambda credit: credit.state == "posted")
        corrected = sum(
            credit.amount_total if credit.reversed_entry_id == self else reconciled[credit]
            for credit in reversals.union(*reconciled) - refunds
        )
        return InvoicedPart(
            part=part,
            total=self.amount_total,
            due=0.0 if self.payment_state in PAID_STATES else self.amount_residual,
            corrected=min(corrected, self.amount_total),
            refunded=sum(amount for credit, amount in reconciled.items() if credit in refunds),
        )
