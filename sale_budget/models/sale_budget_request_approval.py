from datetime import date as Date

from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class SaleBudgetRequest(models.Model):
    """The life of a spending request, from asking to spending."""

    _inherit = "sale.budget.request"

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def action_submit(self) -> bool:
        """Ask the owners of the budgets that pay.

        :raise UserError: a request asks for nothing, or no approved budget would pay
        """
        nothing = self.filtered(lambda request: request.estimate <= 0)
        if nothing:
            raise UserError(
                self.env._(
                    "%(requests)s: enter an estimate above zero first.",
                    requests=", ".join(nothing.mapped("display_name")),
                )
            )
        lines = self._budget_require_lines(self._get_budget_values())
        self._change_state("submitted", refuse_reason=False)
        for owner, requests in self.grouped(lambda request: lines[request.id].owner_id).items():
            requests.sudo().approver_id = owner  # sudo: the field is closed to users
            requests.sudo().activity_schedule(  # sudo: the approver may be someone the user cannot assign
                "sale_budget.mail_activity_type_approval", user_id=owner.id
            )
        return True

    def action_draft(self) -> bool:
        """Take requests back to change them."""
        self._change_state("draft", approver_id=False, refuse_reason=False)
        self._close_approval_activities()
        return True

    def action_cancel(self) -> bool:
        """Give requests up; what they reserve is released.

        :raise UserError: a request has cost something already, or is done
        """
        self._budget_check_cancel()
        self._change_state("cancelled")
        self._close_approval_activities()
        self._budget_release()
        return True

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------

    def action_approve(self) -> bool:
        """Approve the requests and reserve their money.

        :raise AccessError: the user is neither owner of the budget nor sales manager
        :raise UserError: a budget is closed, or none pays
        :raise UserError: a budget does not suffice; nothing is approved then
        """
        self._approve()
        return True

    def _approve(self, reason: str | None = None) -> None:
        """Approve and reserve; with a reason also over budget, see ``_budget_commit``."""
        self._check_may_approve()
        self._change_state("approved", approved_by_id=self.env.uid, approved_on=fields.Datetime.now())
        self._budget_commit(reason=reason)
        self._close_approval_activities()

    def _budget_approve_over(self, reason):
        self._approve(reason=reason)

    def action_approve_over(self) -> dict:
        """Open the form that asks why the budget may be exceeded."""
        self._check_may_approve()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Approve over Budget"),
            "res_model": "sale.budget.overspend",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_res_model": self._name, "default_res_ids": ",".join(map(str, self.ids))},
        }

    def action_refuse_wizard(self) -> dict:
        """Open the form that asks why the requests are refused."""
        return self._get_wizard_action("sale.budget.request.refuse", self.env._("Refuse"))

    def _refuse(self, reason: str) -> None:
        """Refuse the requests.

        :raise AccessError: the user may not decide about one of them
        """
        self._check_may_approve()
        self._change_state("refused", refuse_reason=reason)
        self._close_approval_activities()

    def _check_may_approve(self) -> None:
        """:raise AccessError: the user decides about the budget of none of these requests"""
        self.check_access("write")
        others = self.filtered(lambda request: not request._may_approve())
        if others:
            raise AccessError(
                self.env._(
                    "%(requests)s: only the owner of the budget or a sales manager decides about them.",
                    requests=", ".join(others.mapped("display_name")),
                )
            )

    def _close_approval_activities(self) -> None:
        self.sudo().activity_unlink(  # sudo: the activity of another user
            ["sale_budget.mail_activity_type_approval"]
        )

    # ------------------------------------------------------------------
    # Spending
    # ------------------------------------------------------------------

    def action_spend_wizard(self) -> dict:
        """Open the form to enter what was spent."""
        return self._get_wizard_action("sale.budget.request.spend", self.env._("Record Cost"))

    def _record_cost(
        self, amount: float, is_final: bool, date: Date, note: str | None = None, reason: str | None = None
    ) -> None:
        """Record cost of an approved request; close it when it is the last.

        :param amount: in company currency, to add to what was spent before
        :raise UserError: the request is not approved
        """
        self.ensure_one()
        self.check_access("write")
        self._lock_for_transition()
        self.invalidate_recordset(["state"])
        if self.state != "approved":
            raise UserError(self.env._("%(request)s: only approved requests can be spent.", request=self.display_name))
        self._budget_spend(amount, release_rest=is_final, date=date, note=note, reason=reason)
        if is_final:
            self._change_state("done")

    def action_done(self) -> bool:
        """Close requests whose bills or expenses are all there; the rest is released.

        :raise UserError: a request has cost nothing so far
        """
        free = self.filtered(
            lambda request: (
                request.state == "approved"
                and request.budget_currency_id.compare_amounts(request.budget_actual_amount, 0.0) <= 0
            )
        )
        if free:
            raise UserError(
                self.env._(
                    "%(requests)s: nothing was spent so far. Record the cost, or cancel.",
                    requests=", ".join(free.mapped("display_name")),
                )
            )
        self._change_state("done")
        self._budget_release()
        return True

    def action_view_entries(self) -> dict:
        """Open what the ledger says about these requests."""
        action = self.env["ir.actions.actions"]._for_xml_id("sale_budget.sale_budget_entry_action")
        return dict(action, domain=[("res_model", "=", self._name), ("res_id", "in", self.ids)], context={})

    def _get_wizard_action(self, model: str, name: str) -> dict:
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_request_ids": self.ids},
        }
