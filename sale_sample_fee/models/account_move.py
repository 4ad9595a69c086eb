from odoo import models

#: Values that decide whether a credit note still gives a mould fee back.
WATCHED = frozenset({"state", "move_type", "partner_id"})


class AccountMove(models.Model):
    """The credit notes of mould fee refunds: what becomes of them, their agreements follow."""

    _inherit = "account.move"

    def write(self, vals):
        result = super().write(vals)
        if WATCHED & vals.keys():
            self._get_sample_refunds()._after_credit_notes()
        return result

    def unlink(self):
        refunds = self._get_sample_refunds()
        live = refunds.filtered(lambda refund: not refund.taken_back_on)
        result = super().unlink()
        for refund in live:
            refund.write({"taken_back_on": refund.company_id._sales_today(), "taken_back_reason": "deleted"})
            refund.agreement_id._tell_withdrawn(refund)
        refunds.agreement_id._settle()
        return result

    def _get_sample_refunds(self) -> "models.Model":
        """Return the refunds of mould fees that these are the credit notes of, or take back, as superuser."""
        refunds = self.env["sale.sample.refund"].sudo()  # sudo: whoever keeps the books need not see agreements
        papers = self.filtered(lambda move: move.is_sale_document())
        papers |= papers.reversed_entry_id
        return refunds.search([("move_id", "in", papers.ids)]) if papers else refunds
