from odoo import fields, models
from odoo.fields import Command


class SaleSampleFeeDecision(models.Model):
    """A fee that may come back begins a mould agreement when the decision is approved."""

    _inherit = "sale.sample.fee.decision"

    agreement_ids = fields.One2many("sale.sample.mould.agreement", "decision_id", "Mould Fee Agreements")

    def _after_change_state(self, target):
        result = super()._after_change_state(target)
        if target == "approved":
            self._make_agreements()
        elif target == "cancelled":
            agreements = self.sudo().agreement_ids  # sudo: follows from the decision
            promised = agreements.filtered(lambda one: one.state in ("draft", "running") and not one.refund_ids)
            promised.action_cancel()
        return result

    def _make_agreements(self) -> "models.Model":
        """Draft the agreement of each decision that promises something back; return them.

        They begin once the products are known that are made with the mould.
        """
        agreements = self.env["sale.sample.mould.agreement"].sudo()  # sudo: the approver need not be a salesperson
        return agreements.create([
            decision._prepare_agreement()
            for decision in self
            if decision.refund_terms
            and decision.fee_amount > 0
            and decision.partner_id
            and not decision.sudo().agreement_ids.filtered(lambda one: one.state != "cancelled")  # sudo: of anybody
        ])

    def _prepare_agreement(self) -> dict:
        """Return the values of the agreement of one decision: its terms as they were decided."""
        self.ensure_one()
        products = self.mould_ids.product_ids | self.request_id.product_id
        return {
            "decision_id": self.id,
            "request_id": self.request_id.id,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "user_id": self.user_id.id,
            "team_id": self.team_id.id,
            "currency_id": self.currency_id.id,
            "fee_amount": self.fee_amount,
            "mould_ids": [Command.set(self.mould_ids.ids)],
            "product_ids": [Command.set(products.ids)],
            "date_start": self.company_id._sales_today(),
            "step_ids": [
                Command.create({
                    "threshold_pairs": term["pairs"],
                    "percent": term["percent"],
                    "months": term.get("months") or 0,
                })
                for term in self.refund_terms
            ],
        }
