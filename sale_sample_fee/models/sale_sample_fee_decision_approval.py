from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount

ACTIVITY_APPROVE = "sale_sample.mail_activity_type_fee_approve"
ACTIVITY_COLLECT = "sale_sample.mail_activity_type_fee_collect"


class SaleSampleFeeDecision(models.Model):
    """From the proposal to the approval, with the company's part reserved in the same transaction."""

    _inherit = "sale.sample.fee.decision"

    can_approve = fields.Boolean(compute="_compute_can_approve")

    def _compute_can_approve(self):
        for decision in self:
            decision.can_approve = decision.state == "to_approve" and not decision._get_approval_refusal()

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_confirm(self) -> None:
        """Decide as the rule proposes; nobody else has to agree.

        :raises UserError: the figures have changed since, or the budget does not suffice any more
        """
        self.request_id._check_sellers()
        for decision in self:
            if decision.state != "proposed":
                raise UserError(self.env._("%s is not a proposal any more. Reload the page.", decision.display_name))
            decision._check_still_true()
        self._approve()

    def action_approve(self) -> None:
        """Approve exceptions.

        :raises UserError: one does not wait for approval, or the budget does not suffice
        :raises AccessError: the user may not approve one of them
        """
        for decision in self:
            refusal = decision._get_approval_refusal()
            if refusal:
                raise AccessError(refusal)
            if decision.state != "to_approve":
                raise UserError(self.env._("%s does not wait for approval.", decision.display_name))
        self._approve()

    def action_refuse(self) -> None:
        """Refuse exceptions; the rule's proposal is made anew.

        :raises AccessError: the user may not decide one of them
        """
        for decision in self:
            refusal = decision._get_approval_refusal()
            if refusal:
                raise AccessError(refusal)
        self._refuse()

    def _refuse(self) -> None:
        """Refuse exceptions and go back to the rule; whoever calls has checked the right."""
        decisions = self.sudo()  # sudo: rows are closed to users, the right was checked by the button
        decisions._change_state("refused", decided_by_id=self.env.uid, decided_at=fields.Datetime.now())
        decisions.activity_unlink([ACTIVITY_APPROVE])
        for decision in decisions:
            decision._message_log(body=self.env._("The exception from the fee policy was refused."))
        requests = self.request_id.sudo()  # sudo: the approver need not be the salesperson
        self.env.add_to_compute(requests._fields["fee_cost"], requests)  # moulds may have changed meanwhile
        requests._propose_fee()

    # ------------------------------------------------------------------
    # Who approves
    # ------------------------------------------------------------------

    def _get_approval_refusal(self) -> str | None:
        """Return why the current user may not decide this one exception, None when he may. Extension point."""
        self.ensure_one()
        if self.env.user == self.requested_by_id:
            return self.env._("%s: somebody else has to approve an exception you asked for.", self.display_name)
        if self.env.user not in self._get_approvers():
            return self.env._(
                "%(decision)s: you may not approve exceptions of %(amount)s.",
                decision=self.display_name,
                amount=format_amount(self.env, self.waived_amount, self.currency_id),
            )
        return None

    def _get_approvers(self):
        """Return the users who may approve this one exception."""
        self.ensure_one()
        levels = self.env["sale.sample.fee.level"]
        return levels._get_approvers(self.company_id, self.team_id.sudo(), self.waived_amount)  # sudo: its leader only

    def _ask_approver(self) -> None:
        """Ask the first approver by an activity.

        :raises UserError: nobody may approve so much
        """
        for decision in self:
            approvers = decision._get_approvers() - decision.requested_by_id
            if not approvers:
                raise UserError(
                    self.env._(
                        "%(decision)s: nobody else may approve an exception of %(amount)s. Ask the administrator of the fee "
                        "policy for an approval level.",
                        decision=decision.display_name,
                        amount=format_amount(self.env, decision.waived_amount, decision.currency_id),
                    )
                )
            words = self.with_context(lang=approvers[0].lang).env
            decision.sudo().activity_schedule(  # sudo: the asker may not write decisions
                ACTIVITY_APPROVE,
                user_id=approvers[0].id,
                summary=words._("Approve or refuse the exception from the fee policy"),
                note=decision.exception_reason,
            )

    # ------------------------------------------------------------------
    # The step itself
    # ------------------------------------------------------------------

    def _check_still_true(self) -> None:
        """Refuse a proposal whose figures have changed.

        :raises UserError: what the rule gives today differs
        """
        self.ensure_one()
        request = self.request_id.sudo()  # sudo: quota and budget of others count
        found = request._evaluate_fee()
        decided = self.sudo()  # sudo: compare only
        same = found["policy"] == decided.policy_id and all(
            decided[name] == value for name, value in request._prepare_fee_terms(found).items()
        )
        if not same:
            raise UserError(
                self.env._(
                    "%s: cost, budget, free samples or rules have changed since the fee was worked out. Work it out again.",
                    self.request_id.display_name,
                )
            )

    def _approve(self) -> None:
        """Freeze the decisions and reserve the company's part: both or neither.

        :raises UserError: the budget does not suffice
        """
        decisions = self.sudo()  # sudo: rows are closed to users, the right was checked by the button
        for decision in decisions:
            decision.mould_ids = decision.request_id.mould_ids
        decisions._change_state("approved", decided_by_id=self.env.uid, decided_at=fields.Datetime.now())
        decisions.activity_unlink([ACTIVITY_APPROVE])
        for decision in decisions:
            due = decision.company_id._sales_today()
            decision.agreed_due_on = fields.Date.add(due, days=decision.policy_id.payment_days)
            decision._reserve_company_part(self.env.user)
            decision.message_post(  # not on the request, where R&D would read it
                body=self.env._("Fee decided: %s", decision.with_env(self.env).explanation),
                subtype_xmlid="mail.mt_note",
                author_id=self.env.user.partner_id.id,
            )
        decisions._after_approve()

    def _after_approve(self) -> None:
        """Hook: the decisions are approved."""
