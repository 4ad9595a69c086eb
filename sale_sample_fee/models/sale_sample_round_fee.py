from odoo import models
from odoo.exceptions import UserError


class SaleSampleRound(models.Model):
    """Where the policy says so, nothing is sent before the customer has paid."""

    _inherit = "sale.sample.round"

    def _check_ready_to_send(self):
        result = super()._check_ready_to_send()
        for record in self:
            refusal = record._shipping_refusal()
            if refusal:
                raise UserError(refusal)
        return result

    def _shipping_refusal(self) -> str | None:
        """Return why this one round must not be sent, None when it may. Extension point."""
        self.ensure_one()
        request = self.request_id.sudo()  # sudo: R&D, who sends, does not see fees
        decision = request.fee_decision_id
        if not request.needs_fee_decision or not decision:
            return None
        if decision.state != "approved":
            return self.env._(
                "%(round)s cannot be sent yet: sales has not decided on the fee. Ask %(salesperson)s.",
                round=self.display_name,
                salesperson=request.user_id.name,
            )
        if decision.pay_before_shipping and decision.payment_state not in ("none", "paid"):
            return self.env._(
                "%(round)s cannot be sent before the customer has paid. Ask %(salesperson)s.",
                round=self.display_name,
                salesperson=request.user_id.name,
            )
        return None
