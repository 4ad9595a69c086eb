from odoo import models
from odoo.exceptions import UserError

from .sale_sample_fee_decision import LIVE_STATES
from .sale_sample_fee_decision_approval import ACTIVITY_APPROVE, ACTIVITY_COLLECT


class SaleSampleRequest(models.Model):
    """A cancelled request owes no fee, and one that is paid is not cancelled."""

    _inherit = "sale.sample.request"

    def _change_state(self, target, **values):
        if target == "cancelled":
            self.sudo()._cancel_fees()  # sudo: the fee belongs to the request that the user may cancel
        return super()._change_state(target, **values)

    def _after_change_state(self, target):
        result = super()._after_change_state(target)
        if target in ("approved", "rejected"):
            self.sudo().fee_decision_id._settle_budget()  # sudo: R&D or the customer may end it, who see no fees
        return result

    def _reserve_budget(self, overspend_reason=None):
        # R&D's estimate takes the place of what the fee decision had reserved for the same sample
        for request in self.sudo():  # sudo: R&D does not see fees
            decision = request.fee_decision_id
            if not request.type_id.needs_mould and decision.state == "approved":
                decision._budget_release()
        return super()._reserve_budget(overspend_reason)

    def _cancel_fees(self) -> None:
        """Cancel the fee decisions of requests that are cancelled, and give the budget back.

        :raises UserError: the customer has paid, or has been invoiced
        """
        decisions = self.fee_decision_ids.filtered(lambda decision: decision.state in LIVE_STATES)
        for decision in decisions:
            lines = decision.order_line_ids.filtered(lambda line: line.order_id.state != "cancel")
            if decision.collected_amount > 0:
                raise UserError(
                    self.env._(
                        "%s: the customer has paid the fee. Pay it back by a credit note first, or reject the sample instead.",
                        decision.request_id.display_name,
                    )
                )
            if any(not invoice.is_reversed for invoice in decision._get_invoiced_fees(lines).values()):
                raise UserError(
                    self.env._("%s: the fee is invoiced. Reverse the invoice first.", decision.request_id.display_name)
                )
            if lines.filtered(lambda line: line.order_id.state == "sale"):
                raise UserError(
                    self.env._(
                        "%(request)s: the fee is on the confirmed order %(orders)s. Cancel that order first.",
                        request=decision.request_id.display_name,
                        orders=", ".join(lines.order_id.mapped("name")),
                    )
                )
            lines.order_id.filtered(lambda order, mine=lines: order.order_line == mine)._action_cancel()
        decisions._change_state("cancelled")
        decisions._budget_release()
        decisions.activity_unlink([ACTIVITY_APPROVE, ACTIVITY_COLLECT])
