from datetime import timedelta

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import format_amount, format_date, formatLang

from .sale_sample_mould_agreement_ledger import BOOKER_GROUPS

ACTIVITY_REFUND = "sale_sample.mail_activity_type_refund"


class SaleSampleMouldAgreement(models.Model):
    """How a fee comes back: a draft credit note and a task when a threshold is reached, never twice."""

    _inherit = "sale.sample.mould.agreement"

    def action_grant(self) -> None:
        """Refund by hand what is due, for instance after an obstacle has gone.

        :raises AccessError: the user is neither sales manager nor finance
        :raises UserError: nothing is due, or something is in the way
        """
        if not self.env.su and not self.env.user.has_groups(BOOKER_GROUPS):
            raise AccessError(self.env._("Mould fees are refunded by finance or a sales manager. Ask one of them."))
        self.check_access("write")
        agreements = self.sudo()  # sudo: refunds are closed to hands; the group was checked above
        agreements._lock()
        for agreement in agreements:
            due = agreement._get_due_steps()
            lacking = agreement.refund_ids.filtered(lambda refund: not refund.move_id)
            refusal = agreement._get_refund_refusal()
            if refusal:
                raise UserError(refusal)
            if not due and not lacking:
                raise UserError(
                    self.env._("%s: no threshold is reached that has not been refunded.", agreement.display_name)
                )
            agreement._make_credit_notes(lacking)
        agreements._grant_due()

    def _get_due_steps(self) -> "models.Model":
        """Return the steps of one agreement whose threshold is reached and that were not refunded."""
        self.ensure_one()
        if self.state not in ("running", "expired"):
            return self.step_ids.browse()
        progress = self._get_progress()
        return self.step_ids.filtered(lambda step: progress[step].state == "reached").sorted("threshold_pairs")

    def _get_refund_refusal(self) -> str | None:
        """Return in words why one agreement must not be refunded now, or None. Extension point."""
        self.ensure_one()
        unpaid = self._get_unpaid_note()
        if unpaid:
            return unpaid
        scrapped = self.mould_ids.filtered(lambda mould: mould.state == "scrapped")
        if scrapped:
            return self.env._(
                "%(agreement)s: the mould was scrapped: %(moulds)s. Agree with the customer first; then take the mould "
                "out of the agreement and refund, or cancel the agreement.",
                agreement=self.display_name,
                moulds=", ".join(scrapped.mapped("display_name")),
            )
        return None

    def _get_unpaid_note(self) -> str | None:
        """Return that the fee of one agreement was not paid, in words; None when it was, or nobody can tell.

        What was not paid does not come back. Of a fee that an agreement made by hand names no invoice of, the books
        know nothing.
        """
        self.ensure_one()
        decision, invoice = self.decision_id, self._get_fee_invoice()
        if decision and decision.state != "approved":
            return self.env._("%s: the fee decision was cancelled, so there is nothing to refund.", self.display_name)
        if decision:
            paid = decision.payment_state == "paid"
        else:
            paid = not self.invoice_id or invoice.payment_state in ("paid", "in_payment")
        if paid:
            return None
        return self.env._(
            "%(agreement)s: the customer has not paid the fee yet (%(invoice)s). The refund follows the payment.",
            agreement=self.display_name,
            invoice=invoice.display_name or self.env._("no invoice"),
        )

    def _grant_due(self) -> None:
        """Refund the steps that are due; call it under the lock of the agreements.

        What is in the way of a refund becomes a task and does not disturb the delivery that reached the threshold.
        """
        refunds = self.env["sale.sample.refund"].sudo()  # sudo: refunds follow from deliveries, nobody writes them
        for agreement in self.sudo():  # sudo: whoever validates the delivery needs no right on fees
            due = agreement._get_due_steps()
            if not due:
                continue
            refusal = agreement._get_refund_refusal()
            if refusal:
                agreement._ask_to_refund(refusal)
                continue
            today = agreement.company_id._sales_today()
            granted = refunds.create([
                {
                    "agreement_id": agreement.id,
                    "step_id": step.id,
                    "amount": step.amount,
                    "company_amount": agreement.currency_id._convert(
                        step.amount, agreement.company_id.currency_id, agreement.company_id, today
                    ),
                    "granted_on": today,
                    "granted_by_id": self.env.uid,
                    "pairs": step.pairs,
                }
                for step in due
            ])
            agreement._make_credit_notes(granted)
            for refund in granted:
                agreement._tell_granted(refund)
            if len(agreement.refund_ids) == len(agreement.step_ids):
                agreement._change_state("done")

    # ------------------------------------------------------------------
    # Credit notes
    # ------------------------------------------------------------------

    def _get_fee_invoice(self):
        """Return the invoice of the fee: the one chosen, else the last that charged the fee decision."""
        self.ensure_one()
        charged = self.decision_id.order_line_ids.invoice_lines.move_id
        posted = charged.filtered(
            lambda move: move.move_type == "out_invoice" and move.state == "posted" and move.payment_state != "reversed"
        )
        return self.invoice_id or posted.sorted("invoice_date")[-1:]

    def _make_credit_notes(self, refunds) -> None:
        """Draft a credit note for each refund of one agreement, where the company keeps a sales journal."""
        self.ensure_one()
        journals = self.env["account.journal"]
        domain = [*journals._check_company_domain(self.company_id), ("type", "=", "sale")]
        journal = self._get_fee_invoice().journal_id or journals.search(domain, limit=1)
        if journal:
            moves = self.env["account.move"].with_company(self.company_id)
            for refund in refunds:
                refund.move_id = moves.create(self._prepare_credit_note(refund, journal))

    def _prepare_credit_note(self, refund, journal) -> dict:
        """Return the values of a draft credit note, in the currency in which the fee was invoiced. Extension point."""
        invoice = self._get_fee_invoice()
        lines = invoice.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        fee = (lines & self.decision_id.order_line_ids.invoice_lines or lines)[:1]
        currency, amount = self.currency_id, refund.amount
        if fee and invoice.currency_id != currency:
            # the same part of what the customer really paid, whatever the rate is today
            currency = invoice.currency_id
            amount = currency.round(fee.price_subtotal * refund.amount / self.fee_amount)
        line = {
            "name": self.env._(
                "Mould fee, %(agreement)s: refund of %(percent)s %% after %(pairs)s pairs",
                agreement=self.name,
                percent=f"{refund.step_id.percent:g}",
                pairs=self._format_pairs(refund.step_id.threshold_pairs),
            ),
            "quantity": 1.0,
            "price_unit": amount,
            "tax_ids": [Command.set(fee.tax_ids.ids)],
        }
        if fee:
            line |= {"product_id": fee.product_id.id, "account_id": fee.account_id.id}
        return {
            "move_type": "out_refund",
            "partner_id": (invoice.partner_id or self.partner_id).id,
            "currency_id": currency.id,
            "journal_id": journal.id,
            "company_id": self.company_id.id,
            "invoice_origin": self.name,
            "reversed_entry_id": invoice.id,
            "invoice_user_id": self.user_id.id,
            "invoice_line_ids": [Command.create(line)],
        }

    # ------------------------------------------------------------------
    # Telling people
    # ------------------------------------------------------------------

    def _format_pairs(self, pairs: float) -> str:
        """Return pairs as the reader writes them, with decimals only where there are some."""
        return formatLang(self.env, pairs, digits=0 if float(pairs).is_integer() else 2)

    def _get_refund_handler(self):
        """Return who checks the refunds of one agreement."""
        return self.company_id.sample_refund_user_id or self.user_id

    def _ask_to_refund(self, note: str, summary: str | None = None, user=None) -> None:
        """Give somebody a task about one agreement, unless the same task is open.

        :param summary: by default, that something is in the way of a refund
        :param user: by default whoever checks refunds
        """
        user = user or self._get_refund_handler()
        if not user:
            return
        agreement = self.with_context(lang=user.lang)
        summary = summary or agreement.env._("A refund is due, and something is in the way")
        if not self.activity_ids.filtered(lambda one: one.summary == summary and one.user_id == user):
            agreement.activity_schedule(
                ACTIVITY_REFUND,
                date_deadline=self.company_id._sales_today(),
                summary=summary,
                note=note,
                user_id=user.id,
            )

    def _tell_granted(self, refund) -> None:
        """Ask whoever checks refunds to post the credit note."""
        agreement = self.with_context(lang=self._get_refund_handler().lang or self.env.lang)
        amount = format_amount(agreement.env, refund.amount, refund.currency_id)
        notes = [
            agreement.env._(
                "%(customer)s has bought %(pairs)s pairs: %(amount)s of the mould fee comes back.",
                customer=self.partner_id.display_name,
                pairs=agreement._format_pairs(refund.pairs),
                amount=amount,
            )
        ]
        if not refund.move_id:
            notes.append(
                agreement.env._("There is no sales journal for the credit note: add one, then press “Refund”.")
            )
        note = " ".join(notes)
        self.message_post(body=note)
        self._ask_to_refund(note, summary=agreement.env._("Check and post the refund of %s", amount))

    def _tell_fallen(self) -> None:
        """Say that goods came back after a refund: the refund stays, people decide what to do."""
        for agreement in self:
            user = agreement._get_refund_handler()
            agreement = agreement.with_context(lang=user.lang or self.env.lang)
            note = agreement.env._(
                "Goods came back after the refund: %(pairs)s net pairs are left. The refund stays as it is.",
                pairs=agreement._format_pairs(agreement.net_pairs),
            )
            agreement.message_post(body=note)
            agreement._ask_to_refund(note, summary=agreement.env._("Returned after the refund of the mould fee"))

    def _remind_of_deadline(self) -> None:
        """Remind the salesperson once of each deadline that comes near with pairs missing."""
        for agreement in self:
            deadline = agreement.next_deadline
            notice = timedelta(days=agreement.company_id.sample_refund_notice_days)
            today = agreement.company_id._sales_today()
            if not deadline or agreement.notified_deadline == deadline or deadline - notice > today:
                continue
            agreement.notified_deadline = deadline
            user = agreement.user_id or agreement._get_refund_handler()
            words = agreement.with_context(lang=user.lang or self.env.lang).env
            agreement._ask_to_refund(
                words._(
                    "%(customer)s lacks %(pairs)s pairs until %(day)s; then the mould fee is not refunded.",
                    customer=agreement.partner_id.display_name,
                    pairs=agreement._format_pairs(agreement.missing_pairs),
                    day=format_date(agreement.env, deadline, lang_code=user.lang),
                ),
                summary=words._("Mould fee: the deadline of the refund comes near"),
                user=user,
            )
