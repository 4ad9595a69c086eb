from odoo import models
from odoo.fields import Domain

from ..constants import LIVE_REFUND_STATES

#: Values that decide whether a credit note still gives a mould fee back.
WATCHED = frozenset({"state", "move_type", "partner_id"})


class AccountMove(models.Model):
    """The credit notes of mould fee refunds: what becomes of them, their agreements follow."""

    _inherit = "account.move"

    def write(self, vals):
        result = super().write(vals)
        if WATCHED & vals.keys():
            refunds = self._get_sample_refunds()
            refunds._after_credit_notes()
            (self - refunds.move_id)._get_refunded_agreements()._after_fee_invoices()
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

    def _get_refunded_agreements(self) -> "models.Model":
        """Return the agreements that give back what these invoices charged, or credit notes took back, as superuser."""
        agreements = self.env["sale.sample.mould.agreement"].sudo()  # sudo: as below
        papers = self.filtered(lambda move: move.is_sale_document())
        papers |= papers.reversed_entry_id
        if not papers:
            return agreements
        charged = Domain("invoice_id", "in", papers.ids)
        charged |= Domain("decision_id.order_line_ids.invoice_lines.move_id", "in", papers.ids)
        return agreements.search(Domain("refund_ids.state", "in", LIVE_REFUND_STATES) & charged)

    def _get_sample_refunds(self) -> "models.Model":
        """Return the refunds of mould fees that these are the credit notes of, or take back, as superuser."""
        refunds = self.env["sale.sample.refund"].sudo()  # sudo: whoever keeps the books need not see agreements
        papers = self.filtered(lambda move: move.is_sale_document())
        papers |= papers.reversed_entry_id
        return refunds.search([("move_id", "in", papers.ids)]) if papers else refunds
