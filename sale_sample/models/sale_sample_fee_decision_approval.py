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
        self.request_id.sudo()._propose_fee()  # sudo: the approver need not be the salesperson

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
                decision=self.display_name, amount=format_amount(self.env, self.waived_amount, self.currency_id),
            )  # fmt: skip
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
                raise UserError(self.env._(
                    "%(decision)s: nobody else may approve an exception of %(amount)s. Ask the administrator of the fee "
                    "policy for an approval level.",
                    decision=decision.display_name,
                    amount=format_amount(self.env, decision.waived_amount, decision.currency_id),
                ))  # fmt: skip
            decision.sudo().activity_schedule(  # sudo: the asker may not write decisions
                ACTIVITY_APPROVE, user_id=approvers[0].id, note=decision.exception_reason
            )

    # ------------------------------------------------------------------
    # The step itself
    # ------------------------------------------------------------------

    def _check_still_true(self) -> None:
        """Refuse a proposal whose figures have changed.

        :raises UserError: what the rule gives today differs
        """
        self.ensure_one()
        found = self.request_id.sudo()._evaluate_fee()  # sudo: quota and budget of others count
        if found["policy"] != self.policy_id.sudo() or found["outcome"].fee != self.fee_amount or (  # sudo: compare only
            found["quota_number"] != self.quota_number
        ):
            raise UserError(self.env._(
                "%s: budget, free samples or rules have changed since the fee was worked out. Work it out again.",
                self.request_id.display_name,
            ))  # fmt: skip

    def _approve(self) -> None:
        """Freeze the decisions and reserve the company's part: both or neither.

        :raises UserError: the budget does not suffice
        """
        decisions = self.sudo()  # sudo: rows are closed to users, the right was checked by the button
        decisions._change_state("approved", decided_by_id=self.env.uid, decided_at=fields.Datetime.now())
        decisions.activity_unlink([ACTIVITY_APPROVE])
        for decision in decisions:
            due = decision.company_id._sales_today()
            decision.agreed_due_on = fields.Date.add(due, days=decision.policy_id.payment_days)
            decision.mould_ids = decision.request_id.mould_ids
            decision._reserve_company_part(self.env.user)
            decision.message_post(  # not on the request, where R&D would read it
                body=self.env._("Fee decided: %s", decision.with_env(self.env).explanation),
                subtype_xmlid="mail.mt_note",
                author_id=self.env.user.partner_id.id,
            )
        decisions._after_approve()

    def _after_approve(self) -> None:
        """Hook: the decisions are approved."""

    def _get_budget_values(self):
        values = {}
        for decision in self:
            company = decision.company_id or self.env.company
            request = decision.request_id
            values[decision.id] = {
                "company": company,
                "date": company._sales_today(),
                "purpose": request._get_fee_purpose(),
                "team": decision.team_id,
                "user": decision.user_id,
                "partner": decision.partner_id,
                "estimate": decision.company_amount,
            }
        return values

    def _reserve_company_part(self, user) -> None:
        """Reserve the company's part of this one decision.

        An exception may go over the budget when its approver has that right; its reason
        is kept. Where the rule needs no budget, only what is there is reserved.

        :param user: who decides
        :raises UserError: the budget does not suffice, or there is none
        """
        self.ensure_one()
        if self.currency_id.compare_amounts(self.company_amount, 0) <= 0:
            return
        if not self.needs_budget:
            line = self._budget_find_line()[self.id]
            if not line or line.available_amount < self.company_amount:
                self._message_log(body=self.env._("The rule needs no budget: nothing was reserved."))
                return
        may_overspend = self.is_exception and user.has_group("sale_budget.group_overspend")
        self._budget_commit(reason=self.exception_reason if may_overspend else None)

    def _spend_moulds(self) -> None:
        """Turn the reservation into actual cost once all moulds of a decision are released."""
        for decision in self.filtered(lambda decision: decision.state == "approved" and decision.budget_line_id):
            moulds = decision.request_id.mould_ids.filtered(lambda mould: mould.state != "cancelled")
            reserved = decision.budget_committed_amount
            if reserved <= 0 or any(not mould.released_on for mould in moulds):
                continue
            spent = sum(moulds.mapped("opened_cost")) - decision.fee_amount
            cost = min(max(spent, 0.0), reserved)
            if cost:
                decision._budget_spend(cost, release_rest=True)
            else:
                decision._budget_release()
