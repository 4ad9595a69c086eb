from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .sale_sample_mould_agreement_ledger import BOOKER_GROUPS

TERMS = frozenset({"partner_id", "company_id", "currency_id", "fee_amount", "product_ids", "date_start", "step_ids"})
"""What was agreed: closed once the agreement runs."""
DECIDED_TERMS = TERMS - {"product_ids"}
"""What a fee decision has settled: closed from the first. The products are known later."""
GUARDED = frozenset({"mould_ids", "invoice_id", "request_id"})
"""What refunds are checked against: once the agreement runs, for finance and sales managers."""


class SaleSampleMouldAgreement(models.Model):
    """Who may say what about the terms of an agreement, and until when."""

    _inherit = "sale.sample.mould.agreement"

    may_start = fields.Boolean(compute="_compute_may_act")
    may_cancel = fields.Boolean(compute="_compute_may_act")
    may_correct = fields.Boolean(compute="_compute_may_act")

    @api.depends("decision_id", "state")
    @api.depends_context("uid")
    def _compute_may_act(self):
        """Finance and sales managers may do all; salespeople what a fee decision has settled, and drafts."""
        booker = self.env.su or self.env.user.has_groups(BOOKER_GROUPS)
        for agreement in self:
            agreement.may_start = booker or bool(agreement.decision_id)
            agreement.may_correct = booker or agreement.state == "draft"
            agreement.may_cancel = booker or (agreement.state == "draft" and not agreement.decision_id)

    # ------------------------------------------------------------------
    # Sensible terms
    # ------------------------------------------------------------------

    @api.constrains("invoice_id", "partner_id")
    def _check_invoice(self):
        for agreement in self:
            invoice = agreement.invoice_id
            if invoice and (
                invoice.move_type != "out_invoice" or invoice.commercial_partner_id != agreement.commercial_partner_id
            ):
                raise ValidationError(
                    self.env._(
                        "%(agreement)s: %(invoice)s is not an invoice to %(customer)s. Choose the one that charged the fee.",
                        agreement=agreement.display_name,
                        invoice=invoice.display_name,
                        customer=agreement.commercial_partner_id.display_name,
                    )
                )

    # ------------------------------------------------------------------
    # Closed terms
    # ------------------------------------------------------------------

    def _has_field_access(self, field, operation):
        if operation == "write" and field.name == "decision_id" and not self.env.su:
            return False
        return super()._has_field_access(field, operation)

    def write(self, vals):
        if TERMS & vals.keys():
            self._check_terms_open(vals.keys())
        if GUARDED & vals.keys():
            self._check_guarded()
        return super().write(vals)

    def _check_terms_open(self, names=DECIDED_TERMS) -> None:
        """Refuse to change what was agreed or decided.

        :param names: of the terms to be changed; the steps when not given
        :raises UserError: naming the agreements that are no drafts any more, or follow a fee decision
        """
        closed = self.filtered(lambda agreement: agreement.state != "draft")
        if closed:
            raise UserError(
                self.env._(
                    "The terms of these agreements are closed, they have begun: %s. Cancel the agreement and make another.",
                    ", ".join(closed.mapped("display_name")),
                )
            )
        decided = self.sudo().filtered("decision_id")  # sudo: whoever writes, the decision counts
        if decided and DECIDED_TERMS & set(names) and not self.env.su:
            raise UserError(
                self.env._(
                    "The terms of these agreements follow the fee decision: %s. Only the products are chosen here.",
                    ", ".join(decided.mapped("display_name")),
                )
            )

    def _check_guarded(self) -> None:
        """:raises AccessError: one of the agreements has begun, and the user is neither finance nor sales manager"""
        begun = self.filtered(lambda agreement: not agreement.may_correct)
        if begun:
            raise AccessError(
                self.env._(
                    "%s: moulds and invoice of an agreement that has begun are changed by finance or a sales manager. Ask one "
                    "of them.",
                    ", ".join(begun.mapped("display_name")),
                )
            )

    def _check_may_start(self) -> None:
        """:raises AccessError: no fee decision stands behind one, and the user is neither finance nor sales manager"""
        by_hand = self.filtered(lambda one: not one.may_start)
        if by_hand:
            raise AccessError(
                self.env._(
                    "%s: no fee decision stands behind it, so finance or a sales manager starts it. Ask one of them.",
                    ", ".join(by_hand.mapped("display_name")),
                )
            )

    def _check_may_cancel(self) -> None:
        """:raises AccessError: a promise would be broken, and the user is neither finance nor sales manager"""
        promised = self.filtered(lambda one: not one.may_cancel)
        if promised:
            raise AccessError(
                self.env._(
                    "%s: the refund was promised to the customer, so finance or a sales manager cancels it. Ask one of them.",
                    ", ".join(promised.mapped("display_name")),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        kept = self.filtered(lambda agreement: agreement.state != "draft")
        if not self.env.su:
            kept |= self.sudo().filtered("decision_id").with_env(self.env)  # sudo: as above
        if kept:
            raise UserError(
                self.env._(
                    "These agreements have begun or follow a fee decision, and stay on record: %s. Cancel them instead.",
                    ", ".join(kept.mapped("display_name")),
                )
            )
