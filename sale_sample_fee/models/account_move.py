from odoo import models


class AccountMove(models.Model):
    """The credit notes of mould fee refunds: what becomes of them, their agreements follow."""

    _inherit = "account.move"

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
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
        """Return the refunds of mould fees that these are the credit notes of, as superuser."""
        refunds = self.env["sale.sample.refund"].sudo()  # sudo: whoever keeps the books need not see agreements
        credits = self.filtered(lambda move: move.move_type == "out_refund")
        return refunds.search([("move_id", "in", credits.ids)]) if credits else refunds
