from odoo import models
from odoo.exceptions import UserError


class SaleSampleRequest(models.Model):
    """Exceptions from the fee policy."""

    _inherit = "sale.sample.request"

    def _ask_fee_exception(self, fee: float, reason: str) -> None:
        """Replace the rule's proposal by an exception that waits for approval.

        :param fee: that the customer shall pay, in company currency, without taxes
        :param reason: kept with the decision
        :raises UserError: no proposal, no reason, or a fee that is none
        """
        self.ensure_one()
        self._check_sellers()
        decision = self.sudo().fee_decision_id  # sudo: decisions are closed to users, the right was checked above
        currency = self.currency_id
        reason = (reason or "").strip()
        fee = currency.round(fee)
        if decision.state != "proposed":
            raise UserError(self.env._("%s: there is no proposal of a fee to deviate from.", self.display_name))
        if not reason:
            raise UserError(self.env._("%s: write why the customer shall pay another fee.", self.display_name))
        if fee < 0 or currency.compare_amounts(fee, decision.cost) > 0:
            raise UserError(self.env._("%s: a fee lies between nothing and the whole cost.", self.display_name))
        if not currency.compare_amounts(fee, decision.proposed_fee):
            raise UserError(self.env._("%s: this is the fee by the rule. Confirm it instead.", self.display_name))
        decision.with_env(self.env)._check_still_true()
        charge = "free" if not fee else "full" if not currency.compare_amounts(fee, decision.cost) else "shared"
        values = decision.copy_data({
            "request_id": self.id,
            "state": "to_approve",
            "is_exception": True,
            "exception_reason": reason,
            "requested_by_id": self.env.uid,
            "fee_amount": fee,
            "charge": charge,
            "evidence": decision.evidence,
            "refund_terms": decision.refund_terms,
            "company_amount": currency.round(decision.cost - fee),
            "waived_amount": currency.round(decision.proposed_fee - fee),
            "needs_budget": decision.needs_budget,
        })[0]
        exception = self.sudo()._add_fee_decision(values)  # sudo: as above
        exception.with_env(self.env)._ask_approver()
