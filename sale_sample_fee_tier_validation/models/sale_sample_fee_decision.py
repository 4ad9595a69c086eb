from odoo import models
from odoo.exceptions import AccessError


class SaleSampleFeeDecision(models.Model):
    """Where tiers are defined for a decision, they approve it instead of the approval levels."""

    _name = "sale.sample.fee.decision"
    _inherit = ["sale.sample.fee.decision", "tier.validation"]
    _tier_validation_manual_config = False

    _state_from = ["to_approve"]
    _state_to = ["approved"]
    _cancel_state = "cancelled"

    def _has_tiers(self) -> bool:
        """Tell whether tiers approve this one decision."""
        self.ensure_one()
        decision = self.sudo()  # sudo: definitions are for administrators to read
        return bool(decision.review_ids) or decision.need_validation

    def _ask_approver(self):
        tiered = self.filtered(lambda decision: decision._has_tiers())
        tiered.sudo().request_validation()  # sudo: the asker may not write decisions
        return super(SaleSampleFeeDecision, self - tiered)._ask_approver()

    def _get_approval_refusal(self):
        if not self._has_tiers():
            return super()._get_approval_refusal()
        return self.env._("%s is approved by its reviews, tier by tier.", self.display_name)

    def _check_allow_write_under_validation(self, vals):
        # Users write no field of a decision anyway; what the server writes, such as
        # its replacement or refusal, has been checked there.
        return True

    def _validate_tier(self, tiers=False):
        """Approve the decision, and reserve the budget, with the last review.

        :raises AccessError: the reviewer asked for the exception
        """
        if self.env.user == self.sudo().requested_by_id:  # sudo: a reviewer need not see the decision's fields
            raise AccessError(
                self.env._("%s: somebody else has to approve an exception you asked for.", self.display_name)
            )
        result = super()._validate_tier(tiers)
        decision = self.sudo()  # sudo: reviews and decisions are closed to reviewers
        decision.invalidate_recordset(["review_ids", "validation_status"])
        if decision.state == "to_approve" and decision.review_ids and decision.validation_status == "validated":
            self._approve()
        return result

    def _rejected_tier(self, tiers=False):
        """Refuse the decision with the first rejection."""
        result = super()._rejected_tier(tiers)
        decision = self.sudo()  # sudo: reviews and decisions are closed to reviewers
        decision.invalidate_recordset(["review_ids", "validation_status"])
        if decision.state == "to_approve" and "rejected" in decision.review_ids.mapped("status"):
            self._refuse()
        return result
