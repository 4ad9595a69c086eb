from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.sale_budget.models.sale_budget_commitment_mixin import BudgetValues
from odoo.addons.sale_sample.constants import CLOSED_STATES
from odoo.addons.sales_department_base.records import refuse
from odoo.addons.sales_department_base.tools.actions import dialog

from ..constants import (
    ACTIVITY_APPROVE,
    ACTIVITY_COLLECT,
    COST_GROUPS,
    DECIDED_STATES,
    FEE_GROUPS,
    HANDED_OVER_STATES,
    LIVE_STATES,
    TESTER_GROUPS,
)
from .sale_sample_fee_policy import FeeProposal

#: What the fee is decided by.
FEE_BASIS = frozenset({"partner_id", "lead_id", "type_id", "company_id"})


class SaleSampleRequest(models.Model):
    """What a sample costs, and who pays for it.

    The fee is worked out at the hand-over, decided by the salesperson, approved where it leaves the rule. R&D's
    estimate is reserved in the budget for samples, or for moulds; rounds spend it; the end releases the rest. A
    request that no budget covers goes on, and says so.
    """

    _name = "sale.sample.request"
    _inherit = ["sale.sample.request", "sale.budget.commitment.mixin"]

    _closed_fields = frozenset({"estimated_cost", "fee_decision_id"})
    _settled_fields = frozenset({"fee_cost"})

    currency_id = fields.Many2one(related="company_id.currency_id")
    estimated_cost = fields.Monetary(
        readonly=True, copy=False, groups=COST_GROUPS, tracking=True, help="R&D's estimate of all rounds"
    )
    # The customer on the portal has no business with our budgets, R&D none with what is left in those of sales.
    budget_currency_id = fields.Many2one(groups="base.group_user")
    budget_line_id = fields.Many2one(groups=COST_GROUPS)
    budget_committed_amount = fields.Monetary(groups=COST_GROUPS)
    budget_actual_amount = fields.Monetary(groups=COST_GROUPS)
    budget_expected_line_id = fields.Many2one(groups=FEE_GROUPS)
    budget_available_amount = fields.Monetary(groups=FEE_GROUPS)
    budget_shortfall_amount = fields.Monetary(groups=FEE_GROUPS)
    # The fee
    needs_fee_decision = fields.Boolean(related="type_id.needs_fee_decision", groups="base.group_user")
    fee_cost = fields.Monetary(
        "Expected Cost",
        compute="_compute_fee_cost",
        store=True,
        readonly=False,
        copy=True,
        tracking=True,
        groups=FEE_GROUPS,
        help="Of the mould or sample, which the fee is worked out from",
    )
    fee_decision_ids = fields.One2many(
        "sale.sample.fee.decision", "request_id", "Fee Decisions", readonly=True, groups=FEE_GROUPS
    )
    fee_decision_id = fields.Many2one(
        "sale.sample.fee.decision", readonly=True, copy=False, index="btree_not_null", groups=FEE_GROUPS
    )
    fee_decision_state = fields.Selection(related="fee_decision_id.state", string="Decision", groups=FEE_GROUPS)
    fee_charge = fields.Selection(related="fee_decision_id.charge", string="Fee Is", groups=FEE_GROUPS)
    fee_amount = fields.Monetary(related="fee_decision_id.fee_amount", groups=FEE_GROUPS)
    fee_company_amount = fields.Monetary(related="fee_decision_id.company_amount", groups=FEE_GROUPS)
    fee_collected_amount = fields.Monetary(related="fee_decision_id.collected_amount", groups=FEE_GROUPS)
    fee_due_on = fields.Date(related="fee_decision_id.due_on", groups=FEE_GROUPS)
    fee_explanation = fields.Text(related="fee_decision_id.explanation", string="Why", groups=FEE_GROUPS)
    fee_can_approve = fields.Boolean(related="fee_decision_id.can_approve", groups=FEE_GROUPS)
    fee_state = fields.Selection(
        [
            ("undecided", "To Decide"),
            ("to_approve", "To Approve"),
            ("free", "Free"),
            ("to_order", "Not Charged Yet"),
            ("unpaid", "Unpaid"),
            ("partial", "Partly Paid"),
            ("paid", "Paid"),
        ],
        "Fee Status",
        compute="_compute_fee_state",
        store=True,
        index="btree_not_null",
        groups=FEE_GROUPS,
    )

    _estimate_not_negative = models.Constraint("CHECK(estimated_cost >= 0)", "The estimated cost cannot be negative.")
    _fee_cost_not_negative = models.Constraint("CHECK(fee_cost >= 0)", "The expected cost cannot be negative.")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("mould_ids.full_cost", "mould_ids.state")
    def _compute_fee_cost(self):
        for request in self:
            moulds = request.mould_ids.filtered(lambda mould: mould.state != "cancelled")
            if moulds and request.fee_decision_id.state not in DECIDED_STATES:
                request.fee_cost = sum(moulds.mapped("full_cost"))
            else:
                request.fee_cost = request.fee_cost

    @api.depends("fee_decision_id.state", "fee_decision_id.payment_state")
    def _compute_fee_state(self):
        names = {"proposed": "undecided", "to_approve": "to_approve"}
        for request in self:
            decision = request.fee_decision_id
            if not decision or decision.state == "cancelled":
                request.fee_state = False
            else:
                paid = "free" if decision.payment_state == "none" else decision.payment_state
                request.fee_state = names.get(decision.state, paid)

    # ------------------------------------------------------------------
    # CRUD and guards
    # ------------------------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        if vals.get("partner_id"):
            # a fee decided for an opportunity promises its refund to whoever becomes the customer
            decisions = self.sudo().fee_decision_id  # sudo: whoever names the customer, the promise holds
            decisions.filtered(lambda decision: decision.state == "approved")._make_agreements()
        return result

    def _check_writable(self, names):
        result = super()._check_writable(names)
        if self.env.su or not {*FEE_BASIS, "fee_cost"} & set(names):
            return result
        decided = self.sudo().filtered(  # sudo: whoever writes, the decision counts
            lambda request: request.fee_decision_state in DECIDED_STATES
        )
        if FEE_BASIS & set(names):
            refuse(
                decided,
                self.env._(
                    "%(names)s: who pays has been decided for this customer and type of sample. Cancel the request and "
                    "make another one."
                ),
            )
        if "fee_cost" in names:
            refuse(
                decided,
                self.env._("%(names)s: the fee has been decided on the cost expected then, which stays as it is."),
            )
        return result

    def _get_missing_items(self):
        items = super()._get_missing_items()
        request = self.sudo()  # sudo: the cost is needed, whoever asks
        if request.needs_fee_decision and request.fee_cost <= 0:
            items.append(self.env._("fee: the expected cost of the mould or sample"))
        return items

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_work_out_fee(self) -> None:
        """Work the fee out anew, with the figures of today.

        :raises UserError: the fee has been decided, or the request has not been handed over
        """
        self._check_sellers()
        for request in self:
            if request.state not in HANDED_OVER_STATES or not request.needs_fee_decision:
                raise UserError(
                    self.env._(
                        "%s: the fee is worked out for requests in R&D's hands whose type asks for it.",
                        request.display_name,
                    )
                )
            if request.fee_decision_state in DECIDED_STATES:
                raise UserError(self.env._("%s: the fee is decided, or waits for approval.", request.display_name))
        requests = self.sudo()  # sudo: decisions are closed to users
        requests.filtered(lambda request: not request._is_proposal_fresh())._propose_fee()

    def action_confirm_fee(self) -> None:
        """Decide the fee as the rule proposes."""
        self._get_worked_out_fees().action_confirm()

    def action_approve_fee(self) -> None:
        """Approve the exception that waits."""
        self._get_worked_out_fees().action_approve()

    def action_refuse_fee(self) -> None:
        """Refuse the exception that waits."""
        self._get_worked_out_fees().action_refuse()

    def action_charge_fee(self) -> dict:
        """Put the fee on a quotation and open it."""
        return self._get_worked_out_fees().action_charge()

    def action_open_fee_orders(self) -> dict:
        """Open the orders that charge the fee."""
        return self._get_worked_out_fees().action_open_orders()

    def action_open_fee_exception(self) -> dict:
        """Open the dialog that asks for another fee than the rule's."""
        self.ensure_one()
        self._check_sellers()
        self._get_worked_out_fees()
        return dialog(self.env._("Ask for an Exception"), "sale.sample.fee.exception", request_id=self.id)

    def _get_worked_out_fees(self) -> "models.Model":
        """Return the fee decisions of these requests.

        :raises UserError: one of them has none
        """
        refuse(
            self.filtered(lambda request: not request.fee_decision_id),
            self.env._("%(names)s: the fee has not been worked out. It is when the request is handed over to R&D."),
        )
        return self.fee_decision_id

    # ------------------------------------------------------------------
    # What the turns of a request set off
    # ------------------------------------------------------------------

    def _after_submit(self):
        result = super()._after_submit()
        undecided = self.filtered(
            lambda request: request.needs_fee_decision and request.fee_decision_state not in DECIDED_STATES
        )
        undecided.sudo()._propose_fee()  # sudo: decisions are closed to users
        return result

    def _accept(self, promised_on, rnd_user=None, note="", *, overspend_reason: str | None = None, **values):
        """Accept requests on behalf of R&D, and reserve what they are estimated to cost.

        :param overspend_reason: why to go over the budget; it needs the right to do so
        :param values: also `estimated_cost` of each request, in company currency; without it stays as it is
        :raises UserError: also when the budget is closed or exhausted
        """
        if values.get("estimated_cost", 0.0) < 0:
            raise UserError(self.env._("The estimated cost cannot be negative."))
        result = super()._accept(promised_on, rnd_user, note, **values)
        self._reserve_budget(overspend_reason)
        return result

    def _change_state(self, target, **values):
        if target == "cancelled":
            self.sudo()._cancel_fees()  # sudo: the fee belongs to the request that the user may cancel
        return super()._change_state(target, **values)

    def _after_change_state(self, target):
        if target in CLOSED_STATES:
            self._budget_release()  # what rounds under way have cost is spent from what is available
        result = super()._after_change_state(target)
        if target in ("approved", "rejected"):
            self.sudo().fee_decision_id._settle_budget()  # sudo: R&D or the customer may end it, who see no fees
        return result

    # ------------------------------------------------------------------
    # Budget
    # ------------------------------------------------------------------

    def _get_budget_values(self):
        return {
            request.id: request._prepare_budget_values(request._get_budget_purpose(), request.estimated_cost)
            for request in self
        }

    def _compute_budget_expected(self):
        told = self.filtered(lambda request: request._is_budget_told())
        result = super(SaleSampleRequest, told)._compute_budget_expected()
        (self - told).update({
            "budget_expected_line_id": False,
            "budget_available_amount": 0.0,
            "budget_shortfall_amount": 0.0,
        })
        return result

    def _is_budget_told(self) -> bool:
        """Tell whether the user may know what is left in the budget that would pay for this one request.

        A form that names a colleague asks for the colleague's budget before anything is saved.
        """
        self.ensure_one()
        user = self.env.user
        return user.has_groups(TESTER_GROUPS) or user in (self.user_id, self.team_id.user_id)

    def _prepare_budget_values(self, purpose, estimate: float) -> BudgetValues:
        """Return what a budget needs to know to pay something for this one request today.

        :param purpose: `sale.budget.purpose`
        :param estimate: in company currency
        """
        company = self.company_id or self.env.company
        return BudgetValues(
            company=company,
            date=company._sales_today(),
            purpose=purpose,
            team=self._get_own_team(),
            user=self.user_id,
            partner=self.partner_id,
            estimate=estimate,
        )

    def _get_own_team(self) -> "models.Model":
        """Return the team of this one request if its salesperson leads it or belongs to it, else none.

        Anybody may name a team on a request; its budget, its rules and its leader are for those who belong to it.
        """
        self.ensure_one()
        team = self.team_id.sudo()  # sudo: who belongs to a team is no secret
        if not self.user_id and not self._origin:
            return team  # a case that is only tried, for any salesperson of the team
        return team.filtered(lambda one: self.user_id and self.user_id <= one.member_ids | one.user_id)

    def _get_budget_purpose(self) -> "models.Model":
        """Return what the money of one request is spent on. Extension point.

        A mould is paid through the fee decision: once it is approved, the rounds are samples.
        """
        decision = self.sudo().fee_decision_id  # sudo: R&D, who estimates, does not see fees
        return (decision.state == "approved" and self._find_budget_purpose("sample")) or self._get_fee_purpose()

    def _get_fee_purpose(self) -> "models.Model":
        """Return what the company's part of the fee is spent on. Extension point."""
        return self._find_budget_purpose("mould" if self.type_id.needs_mould else "sample")

    @api.model
    def _find_budget_purpose(self, name: str) -> "models.Model":
        """Return the purpose of samples or moulds; an empty one when it was deleted."""
        purpose = self.env.ref(f"sale_budget.purpose_{name}", raise_if_not_found=False)
        return purpose or self.env["sale.budget.purpose"]

    def _reserve_budget(self, overspend_reason: str | None = None) -> None:
        """Reserve R&D's estimates where a budget covers them.

        They take the place of what the fee decision had reserved for the same sample.

        :param overspend_reason: why to go over the budget; it needs the right to do so
        :raises UserError: the budget that would pay is closed, or does not suffice
        """
        for request in self.sudo():  # sudo: R&D does not see fees
            decision = request.fee_decision_id
            if not request.type_id.needs_mould and decision.state == "approved":
                decision._budget_release()
        values = self.filtered(lambda request: request.estimated_cost > 0)._get_budget_values()
        lines = self._budget_find_line(values)
        covered = self.filtered(lambda request: lines.get(request.id))
        rest = self.filtered(lambda request: request.id in values and not lines[request.id])
        closed = self._budget_lines_in({request.id: values[request.id] for request in rest}, "closed")
        for line in closed.values():
            line._check_open()
        if rest:
            note = self.env._("No approved budget covers this sample: nothing was reserved.")
            rest._message_log_batch({request.id: note for request in rest})
        covered._budget_commit(reason=(overspend_reason or "").strip() or None)

    # ------------------------------------------------------------------
    # The fee
    # ------------------------------------------------------------------

    def _propose_fee(self) -> None:
        """Add a proposal by the rules to each request; one that is not decided yet is replaced."""
        for request in self:
            request._add_fee_decision(request._prepare_fee_decision(request._evaluate_fee()))

    def _is_proposal_fresh(self) -> bool:
        """Tell whether the open proposal of this one request says already what the rules give today."""
        self.ensure_one()
        decision = self.fee_decision_id
        if decision.state != "proposed":
            return False

        def kept(name: str, value):
            return decision._fields[name].convert_to_cache(value, decision)

        found = self._prepare_fee_decision(self._evaluate_fee())
        return all(kept(name, value) == kept(name, decision[name]) for name, value in found.items())

    def _evaluate_fee(self) -> FeeProposal:
        """Return what the fee policy gives for this one request today.

        :raises UserError: no rule holds, or several are equally specific
        """
        self.ensure_one()
        proposal = self.env["sale.sample.fee.policy"]._evaluate(self)
        if not proposal:
            raise UserError(
                self.env._(
                    "%s: no rule of the fee policy holds for this customer and type of sample. Ask the administrator of the "
                    "policy to add one.",
                    self.display_name,
                )
            )
        return proposal

    def _prepare_fee_decision(self, proposal: FeeProposal) -> dict:
        """Return the values of the decision that is proposed. Extension point."""
        policy, outcome = proposal.policy, proposal.outcome
        return {
            **self._prepare_fee_terms(proposal),
            "request_id": self.id,
            "state": "proposed",
            "policy_id": policy.id,
            "grade_id": proposal.grade.id,
            "charge": outcome.charge,
            "fee_amount": outcome.fee,
            "quota_year": proposal.quota_year,
            "evidence": proposal.evidence,
            "needs_budget": policy.needs_budget,
            "pay_before_shipping": policy.pay_before_shipping,
            "refund_terms": policy._get_refund_terms(),
            "mould_ids": [Command.set(self.mould_ids.ids)],
        }

    def _prepare_fee_terms(self, proposal: FeeProposal) -> dict:
        """Return what an evaluation must still give when the proposal is decided, by field."""
        outcome = proposal.outcome
        return {
            "customer_kind": proposal.kind,
            "cost": self.currency_id.round(self.fee_cost),
            "proposed_charge": outcome.charge,
            "proposed_fee": outcome.fee,
            "company_amount": outcome.company_part,
            "quota_key": proposal.quota_key,
            "quota_number": proposal.quota_number,
        }

    def _add_fee_decision(self, values: dict):
        """Replace the open decision of this one request by a new one, and return it.

        :raises UserError: the fee has been approved in the meantime
        """
        self._lock()
        live = self.fee_decision_ids.filtered(lambda decision: decision.state in LIVE_STATES)
        if live:
            live._change_state("replaced")
            live.flush_recordset(["state"])
        decision = self.env["sale.sample.fee.decision"].create(values)
        self.fee_decision_id = decision
        return decision

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
            if decision._get_standing_invoices(decision.order_line_ids):
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
