from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .tier_review import DECIDED

#: The reviewer has not spoken yet.
OPEN = ("waiting", "pending")


class SaleSampleFeeDecision(models.Model):
    """Where tiers are defined for a decision, they approve it instead of the approval levels."""

    _name = "sale.sample.fee.decision"
    _inherit = ["sale.sample.fee.decision", "tier.validation"]
    _tier_validation_manual_config = False
    _closed_fields = frozenset({"review_ids", "validation_status"})

    _state_from = ["to_approve"]
    _state_to = ["approved"]
    _cancel_state = "cancelled"

    # ------------------------------------------------------------------
    # Tiers instead of levels
    # ------------------------------------------------------------------

    def _has_tiers(self) -> bool:
        """Tell whether tiers approve this one decision."""
        self.ensure_one()
        decision = self.sudo()  # sudo: definitions are for administrators to read
        return bool(decision.review_ids) or decision.need_validation

    def _ask_approver(self):
        tiered = self.filtered(lambda decision: decision._has_tiers())
        tiered.request_validation()
        return super(SaleSampleFeeDecision, self - tiered)._ask_approver()

    def _get_approval_refusal(self):
        if not self._has_tiers():
            return super()._get_approval_refusal()
        return self.env._("%s is approved by its reviews, tier by tier.", self.display_name)

    def _check_allow_write_under_validation(self, vals):
        # Users write no field of a decision anyway; what the server writes, such as
        # its replacement or refusal, has been checked there.
        return True

    def _check_state_from_condition(self):
        return self.state in self._state_from  # whatever a client's context says

    def _allow_to_remove_reviews(self, values):
        return False  # who has said what stays on record, also of what is cancelled

    def _after_change_state(self, target):
        result = super()._after_change_state(target)
        if target not in self._state_from:
            reviews = self.sudo().review_ids  # sudo: reviews are closed to users
            reviews.filtered(lambda review: review.status in OPEN).status = "cancel"  # nobody is asked any more
        return result

    # ------------------------------------------------------------------
    # Reviews are made by definitions, and decided by their reviewers
    # ------------------------------------------------------------------

    def request_validation(self):
        """Ask the reviewers whom the definitions name, once.

        :raises AccessError: the user may not see one of the decisions
        """
        self.check_access("read")
        decisions = self.sudo()  # sudo: decisions and reviews are closed to users; what is asked follows from rules
        decisions._lock()
        decisions.invalidate_recordset(["state", "review_ids"])
        return super(SaleSampleFeeDecision, decisions).request_validation().sudo(False)

    def _prepare_tier_review_vals(self, definition, sequence):
        """Whoever asked for the exception is the one who must not decide it, not who pressed the button."""
        vals = super()._prepare_tier_review_vals(definition, sequence)
        return {**vals, "requested_by": self.requested_by_id.id or self.env.uid}

    def restart_validation(self):
        """Reviews stay: what has been said is not taken back.

        :raises UserError: always, except by the server
        """
        if self.env.su:
            return super().restart_validation()
        raise UserError(
            self.env._(
                "%s: reviews stay on record and are not started again. Have the exception rejected, and ask for another "
                "one.",
                ", ".join(self.mapped("display_name")) or self.env["ir.model"]._get(self._name).name,
            )
        )

    def _check_may_review(self, reviews=False):
        """Return the reviews that the user decides now: it is the turn of each, and the user is one of its reviewers.

        :param reviews: which of them are meant; all by default
        :raises UserError: the decision waits for nobody
        :raises AccessError: the user has asked for the exception, or is not the reviewer whose turn it is
        """
        self.ensure_one()
        self.check_access("read")
        decision = self.sudo()  # sudo: a reviewer need not see the fields of the decision, and reviews are closed
        decision._lock()
        decision.invalidate_recordset(["state", "review_ids"])
        decision.review_ids.invalidate_recordset(["status", "done_by"])
        if decision.state != "to_approve":
            raise UserError(self.env._("%s does not wait for approval.", decision.display_name))
        if self.env.user == decision.requested_by_id:
            raise AccessError(
                self.env._("%s: somebody else has to approve an exception you asked for.", decision.display_name)
            )
        in_turn = decision._get_reviews_in_turn(self.env.user)
        wanted = reviews.sudo() if reviews else in_turn  # sudo: as above
        if not in_turn or wanted - in_turn:
            waiting = decision.review_ids.filtered(lambda review: review.status in OPEN)[:1]
            raise AccessError(
                self.env._(
                    "%(decision)s: it is not your turn to decide. Next: %(reviewers)s.",
                    decision=decision.display_name,
                    reviewers=waiting.todo_by or waiting.name or "—",
                )
            )
        return wanted

    def _get_reviews_in_turn(self, user):
        """Return the open reviews of one decision that this user decides next, by their order."""
        self.ensure_one()
        waiting = self.review_ids.filtered(lambda review: review.status in OPEN).sorted("sequence")
        sequences = self._get_sequences_to_approve(user)
        found = waiting.filtered(lambda review: user in review.reviewer_ids and review.sequence in sequences)
        last = found[-1:].sequence
        for review in found and waiting.filtered(lambda review: review.sequence > last):
            if not (review.approve_sequence_bypass and user in review.reviewer_ids):
                break
            found |= review  # decided together with the tier before, as its definition says
        return found

    def _check_decided_by_reviewers(self) -> None:
        """:raises AccessError: a review of this one decision was not decided by one of its reviewers"""
        self.ensure_one()
        for review in self.review_ids.filtered(lambda review: review.status in DECIDED):
            if review.done_by not in review.reviewer_ids or review.done_by == self.requested_by_id:
                raise AccessError(
                    self.env._(
                        "%(decision)s: the review “%(review)s” was not decided by one of its reviewers, so it does not "
                        "count. Have the exception rejected, and ask for another one.",
                        decision=self.display_name,
                        review=review.name or review.display_name,
                    )
                )

    def _validate_tier(self, tiers=False):
        """Approve the decision, and reserve the budget, with the last review.

        :raises UserError: the decision waits for nobody
        :raises AccessError: the user asked for the exception, or is not the reviewer whose turn it is
        """
        reviews = self._check_may_review(tiers)
        decision = self.sudo()  # sudo: reviews and decisions are closed to reviewers, the right was checked above
        result = super(SaleSampleFeeDecision, decision)._validate_tier(reviews)
        decision.invalidate_recordset(["review_ids", "validation_status"])
        if decision.validation_status == "validated":
            decision._check_decided_by_reviewers()
            self._approve()
        return result

    def _rejected_tier(self, tiers=False):
        """Refuse the decision with the first rejection.

        :raises UserError: the decision waits for nobody
        :raises AccessError: the user asked for the exception, or is not the reviewer whose turn it is
        """
        reviews = self._check_may_review(tiers)
        decision = self.sudo()  # sudo: reviews and decisions are closed to reviewers, the right was checked above
        result = super(SaleSampleFeeDecision, decision)._rejected_tier(reviews)
        decision.invalidate_recordset(["review_ids", "validation_status"])
        self._refuse()
        return result

    @api.private
    def evaluate_tier(self, tier):
        """Tell whether a definition concerns this one decision; not for clients, who have no definition to pass."""
        return super().evaluate_tier(tier)

    def _add_tier_validation_buttons(self, node, params):
        buttons = super()._add_tier_validation_buttons(node, params)
        for restart in buttons.xpath("//button[@name='restart_validation']"):
            restart.getparent().remove(restart)
        return buttons
