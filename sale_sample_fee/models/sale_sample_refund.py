from odoo import api, fields, models
from odoo.tools import float_is_zero, format_amount

from ..constants import LIVE_REFUND_STATES, REFUND_GROUPS, REFUND_STATES


class SaleSampleRefund(models.Model):
    """A part of a mould fee that was granted, once for each step at a time. What became of it, its credit note tells.

    A refund that was taken back stays on record, with the reason; its step can then be refunded by another one.
    """

    _name = "sale.sample.refund"
    _description = "Refund of a Mould Fee"
    _inherit = ["sales.department.append.only.mixin", "sales.department.closed.mixin"]
    _order = "granted_on desc, id desc"
    _rec_name = "step_id"
    #: the credit note may be made later; a refund that is withdrawn says so; stored values follow their records
    _append_only_except = frozenset({
        "move_id",
        "company_id",
        "currency_id",
        "document_amount",
        "document_currency_id",
        "real_amount",
        "state",
        "taken_back_on",
        "taken_back_reason",
    })

    agreement_id = fields.Many2one("sale.sample.mould.agreement", required=True, index=True, ondelete="restrict")
    step_id = fields.Many2one("sale.sample.mould.agreement.step", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="agreement_id.company_id", store=True, precompute=True, index=True)
    currency_id = fields.Many2one(related="agreement_id.currency_id", store=True, precompute=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    amount = fields.Monetary(
        "Granted", required=True, groups=REFUND_GROUPS, help="Without taxes, in the currency of the agreement"
    )
    company_amount = fields.Monetary(
        "Amount in Company Currency",
        currency_field="company_currency_id",
        groups=REFUND_GROUPS,
        help="At the rate of the day",
    )
    document_currency_id = fields.Many2one("res.currency", "Currency of the Credit Note", readonly=True)
    document_amount = fields.Monetary(
        "Amount of the Credit Note",
        currency_field="document_currency_id",
        readonly=True,
        groups=REFUND_GROUPS,
        help="Without taxes, as it was drafted, in the currency in which the fee was invoiced",
    )
    real_amount = fields.Monetary(
        "Amount",
        compute="_compute_real_amount",
        store=True,
        groups=REFUND_GROUPS,
        help="What the credit note says, without taxes, in the currency of the agreement; nothing once taken back",
    )
    granted_on = fields.Date(required=True)
    granted_by_id = fields.Many2one("res.users", required=True)
    pairs = fields.Float(digits="Product Unit", help="Net pairs on the day of the refund")
    move_id = fields.Many2one("account.move", "Credit Note", index="btree_not_null", ondelete="set null")
    move_state = fields.Selection(related="move_id.state")
    state = fields.Selection(REFUND_STATES, compute="_compute_state", store=True)
    taken_back_on = fields.Date(readonly=True)
    taken_back_reason = fields.Selection(
        [
            ("pairs", "Deliveries Corrected"),
            ("paid", "More than Was Paid"),
            ("cancelled", "Credit Note Cancelled"),
            ("deleted", "Credit Note Deleted"),
        ],
        "Why Taken Back",
        readonly=True,
    )

    _once = models.UniqueIndex(
        "(agreement_id, step_id) WHERE taken_back_on IS NULL", "This part of the fee has been refunded already."
    )
    _amount_positive = models.Constraint("CHECK(amount >= 0)", "A refund cannot be negative.")

    @api.depends(
        "agreement_id.commercial_partner_id",
        "move_id.state",
        "move_id.move_type",
        "move_id.commercial_partner_id",
        "move_id.amount_untaxed",
        "move_id.reversal_move_ids.state",
        "move_id.reversal_move_ids.amount_untaxed",
        "taken_back_on",
    )
    def _compute_state(self):
        """The credit note as it stands; one that was taken back and then reset and posted counts all the same.

        What is no credit note to the customer any more, or was reversed, gives nothing back: as if it were cancelled.
        """
        states = {"draft": "drafted", "posted": "posted", "cancel": "cancelled"}
        for refund in self:
            note = refund.move_id
            state = states.get(note.state, "to_make")
            is_his = note.commercial_partner_id == refund.agreement_id.commercial_partner_id
            is_credit = note.move_type == "out_refund" and is_his
            is_reversed = state == "posted" and note.currency_id.compare_amounts(refund._get_note_amount(), 0.0) <= 0
            if note and (not is_credit or is_reversed):
                state = "cancelled"
            withdrawn = refund.taken_back_on and state in ("to_make", "cancelled")
            refund.state = "taken_back" if withdrawn else state

    def _get_note_amount(self) -> float:
        """Return what the credit note of this one refund gives back, without taxes, in its currency, less what posted
        invoices took back of it.
        """
        self.ensure_one()
        note = self.move_id
        back = note.reversal_move_ids.filtered(lambda move: move.move_type == "out_invoice" and move.state == "posted")
        return note.amount_untaxed - sum(
            move.amount_untaxed
            if move.currency_id == note.currency_id
            else move.currency_id._convert(move.amount_untaxed, note.currency_id, move.company_id, move.invoice_date)
            for move in back
        )

    @api.depends(
        "state",
        "amount",
        "document_amount",
        "move_id.amount_untaxed",
        "move_id.currency_id",
        "move_id.reversal_move_ids.state",
        "move_id.reversal_move_ids.amount_untaxed",
    )
    def _compute_real_amount(self):
        for refund in self:
            note = refund.move_id
            if refund.state not in LIVE_REFUND_STATES:
                refund.real_amount = 0.0
            elif not note:
                refund.real_amount = refund.amount
            elif note.currency_id == refund.currency_id:
                refund.real_amount = refund._get_note_amount()
            elif note.currency_id == refund.document_currency_id and refund.document_amount:
                refund.real_amount = refund.amount * refund._get_note_amount() / refund.document_amount
            else:
                refund.real_amount = note.currency_id._convert(
                    refund._get_note_amount(),
                    refund.currency_id,
                    refund.company_id,
                    note.invoice_date or refund.granted_on,
                )

    def _append_only_refusal(self):
        return self.env._("A refund that was granted is never changed or deleted. Correct its credit note instead.")

    def _is_live(self) -> bool:
        """Tell whether this one refund counts: its credit note is to be made, drafted or posted."""
        self.ensure_one()
        return self.state in LIVE_REFUND_STATES

    def _is_withdrawn_by_hand(self) -> bool:
        """Tell whether people have cancelled or deleted the credit note of this one refund."""
        self.ensure_one()
        return not self._is_live() and self.taken_back_reason not in ("pairs", "paid")

    def _get_document_amount(self, currency) -> float:
        """Return what the credit note of this one live refund says, without taxes, in another currency.

        :param currency: in which the fee was invoiced
        """
        self.ensure_one()
        note = self.move_id
        if note.currency_id == currency:
            return self._get_note_amount()
        if self.document_currency_id == currency and float_is_zero(self.real_amount - self.amount, precision_digits=2):
            return self.document_amount
        day = note.invoice_date or self.granted_on
        return self.currency_id._convert(self.real_amount, currency, self.company_id, day)

    def _get_granted_amount(self, currency) -> float:
        """Return the same, but not what people have raised in the draft: that is theirs to judge."""
        amount = self._get_document_amount(currency)
        return min(amount, self.document_amount) if self.document_currency_id == currency else amount

    def _format_document_amount(self) -> str:
        """Return what the credit note of this one refund gives back, as the reader writes it."""
        self.ensure_one()
        if self.move_id:
            return format_amount(self.env, self.move_id.amount_untaxed, self.move_id.currency_id)
        currency = self.document_currency_id or self.currency_id
        return format_amount(self.env, self.document_amount or self.amount, currency)

    def _take_back(self, reason: str) -> None:
        """Withdraw drafts: the credit note is cancelled, the refund stays on record.

        :param reason: of `taken_back_reason`
        """
        today = {company: company._sales_today() for company in self.company_id}
        for refund in self:
            refund.write({"taken_back_on": today[refund.company_id], "taken_back_reason": reason})
        self.move_id.filtered(lambda note: note.state == "draft").button_cancel()

    def _after_credit_notes(self) -> None:
        """Follow the credit notes of refunds that were posted, reset, cancelled or deleted; tell of those withdrawn."""
        for refund in self.filtered(lambda one: one._is_withdrawn_by_hand() and not one.taken_back_on):
            refund.agreement_id._tell_withdrawn(refund)
        agreements = self.filtered(lambda one: one.state != "taken_back").agreement_id
        agreements._settle()
        agreements._tell_of_too_much()
