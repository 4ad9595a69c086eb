from odoo import api, fields, models
from odoo.exceptions import UserError

from .sale_sample_fee_decision import LIVE_STATES
from .sale_sample_fee_decision_approval import ACTIVITY_APPROVE, ACTIVITY_COLLECT

#: Who sees fees. R&D does not.
FEE_GROUPS = (
    "sales_team.group_sale_salesman,sales_department_base.group_collaborator_finance,"
    "sales_department_base.group_policy_admin"
)

#: What the fee was decided by.
FEE_BASIS = frozenset({"partner_id", "lead_id", "type_id", "company_id"})


class SaleSampleRequest(models.Model):
    """R&D's estimate is reserved in the budget for samples, or for moulds; rounds spend it; the end releases the rest.

    A request that no budget covers goes on, and says so.
    """

    _name = "sale.sample.request"
    _inherit = ["sale.sample.request", "sale.budget.commitment.mixin"]

    # The customer on the portal has no business with our budgets.
    budget_currency_id = fields.Many2one(groups="base.group_user")
    budget_line_id = fields.Many2one(groups="base.group_user")
    budget_committed_amount = fields.Monetary(groups="base.group_user")
    budget_actual_amount = fields.Monetary(groups="base.group_user")
    budget_expected_line_id = fields.Many2one(groups="base.group_user")
    budget_available_amount = fields.Monetary(groups="base.group_user")
    budget_shortfall_amount = fields.Monetary(groups="base.group_user")
    # Who pays: worked out at the hand-over, decided by the salesperson, approved where it leaves the rule
    mould_ids = fields.One2many(
        "sale.sample.mould", "request_id", "Moulds", groups="base.group_user", context={"active_test": False}
    )
    mould_count = fields.Integer("Number of Moulds", compute="_compute_mould_count", groups="base.group_user")
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

    _fee_cost_not_negative = models.Constraint("CHECK(fee_cost >= 0)", "The expected cost cannot be negative.")

    def _get_budget_values(self):
        values = {}
        for request in self:
            company = request.company_id or self.env.company
            values[request.id] = {
                "company": company,
                "date": company._sales_today(),
                "purpose": request._get_budget_purpose(),
                "team": request.team_id,
                "user": request.user_id,
                "partner": request.partner_id,
                "estimate": request.estimated_cost,
            }
        return values

    def _get_budget_purpose(self) -> "models.Model":
        """Return what the money of one request is spent on. Extension point."""
        name = "mould" if self.type_id.needs_mould else "sample"
        purpose = self.env.ref(f"sale_budget.purpose_{name}", raise_if_not_found=False)
        return purpose or self.env["sale.budget.purpose"]

    def _reserve_budget(self, overspend_reason: str | None = None) -> None:
        """Reserve R&D's estimates where a budget covers them.

        :param overspend_reason: why to go over the budget; it needs the right to do so
        :raises UserError: the budget that would pay is closed, or does not suffice
        """
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

    def _after_change_state(self, target):
        result = super()._after_change_state(target)
        if target in ("approved", "rejected", "cancelled"):
            self._budget_release()
        return result

    @api.model
    def _get_booked_round_states(self) -> tuple[str, ...]:
        """Return the states of a round in which its cost has been spent."""
        return ("made", "sent", "answered", "cancelled")

    # ------------------------------------------------------------------
    # Who pays: worked out at the hand-over, decided by the salesperson, approved where it leaves the rule
    # ------------------------------------------------------------------

    @api.depends("mould_ids.full_cost", "mould_ids.state")
    def _compute_fee_cost(self):
        for request in self:
            moulds = request.mould_ids.filtered(lambda mould: mould.state != "cancelled")
            decided = request.fee_decision_id.state in ("to_approve", "approved")
            if moulds and not decided:
                request.fee_cost = sum(moulds.mapped("full_cost"))
            else:
                request.fee_cost = request.fee_cost

    @api.depends("mould_ids")
    def _compute_mould_count(self):
        moulds = self.env["sale.sample.mould"]
        counts = dict(moulds._read_group([("request_id", "in", self.ids)], ["request_id"], ["__count"]))
        for request in self:
            request.mould_count = counts.get(request._origin, 0)

    @api.depends("fee_decision_id.state", "fee_decision_id.payment_state")
    def _compute_fee_state(self):
        for request in self:
            decision = request.fee_decision_id
            if not decision or decision.state == "cancelled":
                request.fee_state = False
            elif decision.state == "proposed":
                request.fee_state = "undecided"
            elif decision.state == "to_approve":
                request.fee_state = "to_approve"
            else:
                request.fee_state = "free" if decision.payment_state == "none" else decision.payment_state

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    def _has_field_access(self, field, operation):
        if operation == "write" and not self.env.su and field.name == "fee_decision_id":
            return False
        return super()._has_field_access(field, operation)

    def _check_writable(self, names):
        result = super()._check_writable(names)
        if FEE_BASIS & set(names) and not self.env.su:
            decided = self.sudo().filtered(  # sudo: whoever writes, the decision counts
                lambda request: request.fee_decision_state in ("to_approve", "approved")
            )
            if decided:
                raise UserError(
                    self.env._(
                        "%s: who pays has been decided for this customer and type of sample. Cancel the request and make "
                        "another one.",
                        ", ".join(decided.mapped("display_name")),
                    )
                )
        if "fee_cost" in names and not self.env.su:
            decided = self.filtered(lambda request: request.fee_decision_state in ("to_approve", "approved"))
            if decided:
                raise UserError(
                    self.env._(
                        "%s: the fee has been decided on the cost expected then, which stays as it is.",
                        ", ".join(decided.mapped("display_name")),
                    )
                )
        return result

    def _get_missing_items(self):
        items = super()._get_missing_items()
        request = self.sudo()  # sudo: the cost is needed, whoever asks
        if request.needs_fee_decision and request.fee_cost <= 0:
            items.append(self.env._("fee: the expected cost of the mould or sample"))
        return items

    # ------------------------------------------------------------------
    # Working the fee out
    # ------------------------------------------------------------------

    def action_work_out_fee(self) -> None:
        """Work the fee out anew, with the figures of today.

        :raises UserError: the fee has been decided, or the request has not been handed over
        """
        self._check_sellers()
        for request in self:
            if request.state not in ("submitted", "returned", "accepted") or not request.needs_fee_decision:
                raise UserError(
                    self.env._(
                        "%s: the fee is worked out for requests in R&D's hands whose type asks for it.",
                        request.display_name,
                    )
                )
            if request.fee_decision_state in ("to_approve", "approved"):
                raise UserError(self.env._("%s: the fee is decided, or waits for approval.", request.display_name))
        self.sudo()._propose_fee()  # sudo: decisions are closed to users

    def action_confirm_fee(self) -> None:
        """Decide the fee as the rule proposes."""
        self.fee_decision_id.action_confirm()

    def action_approve_fee(self) -> None:
        """Approve the exception that waits."""
        self.fee_decision_id.action_approve()

    def action_refuse_fee(self) -> None:
        """Refuse the exception that waits."""
        self.fee_decision_id.action_refuse()

    def action_charge_fee(self) -> dict:
        """Put the fee on a quotation and open it."""
        return self.fee_decision_id.action_charge()

    def action_open_fee_orders(self) -> dict:
        """Open the orders that charge the fee."""
        return self.fee_decision_id.action_open_orders()

    def action_open_fee_exception(self) -> dict:
        """Open the dialog that asks for another fee than the rule's."""
        self.ensure_one()
        self._check_sellers()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask for an Exception"),
            "res_model": "sale.sample.fee.exception",
            "view_mode": "form",
            "target": "new",
            "context": {"default_request_id": self.id},
        }

    def action_open_moulds(self) -> dict:
        """Open the moulds of this request."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sale_sample.sale_sample_mould_action")
        return {**action, "domain": [("request_id", "=", self.id)], "context": {"default_request_id": self.id}}

    def _after_submit(self):
        result = super()._after_submit()
        undecided = self.filtered(
            lambda request: request.needs_fee_decision and request.fee_decision_state not in ("to_approve", "approved")
        )
        undecided.sudo()._propose_fee()  # sudo: decisions are closed to users
        return result

    def _evaluate_fee(self) -> dict:
        """Return what the fee policy gives for this one request today.

        :raises UserError: no rule holds, or several are equally specific
        """
        self.ensure_one()
        found = self.env["sale.sample.fee.policy"]._evaluate({
            "company": self.company_id,
            "partner": self.partner_id,
            "lead": self.lead_id,
            "type": self.type_id,
            "team": self.team_id,
            "user": self.user_id,
            "purpose": self._get_fee_purpose(),
            "cost": self.fee_cost,
            "request": self,
        })
        if not found["policy"]:
            raise UserError(
                self.env._(
                    "%s: no rule of the fee policy holds for this customer and type of sample. Ask the administrator of the "
                    "policy to add one.",
                    self.display_name,
                )
            )
        return found

    def _get_fee_purpose(self):
        """Return what the company's part is spent on. Extension point."""
        name = "mould" if self.type_id.needs_mould else "sample"
        purpose = self.env.ref(f"sale_budget.purpose_{name}", raise_if_not_found=False)
        return purpose or self.env["sale.budget.purpose"]

    def _get_budget_purpose(self):
        # The mould is paid through the fee decision: the rounds of such a request are samples.
        if self.sudo().fee_decision_id.state == "approved":  # sudo: R&D, who estimates, does not see fees
            purpose = self.env.ref("sale_budget.purpose_sample", raise_if_not_found=False)
            return purpose or super()._get_budget_purpose()
        return super()._get_budget_purpose()

    def _propose_fee(self) -> None:
        """Add a proposal by the rules to each request; one that is not decided yet is replaced."""
        for request in self:
            found = request._evaluate_fee()
            request._add_fee_decision(request._prepare_fee_decision(found))

    def _prepare_fee_decision(self, found: dict) -> dict:
        """Return the values of the proposal that an evaluation leads to."""
        outcome, policy = found["outcome"], found["policy"]
        return {
            **self._prepare_fee_terms(found),
            "request_id": self.id,
            "state": "proposed",
            "policy_id": policy.id,
            "grade_id": found["grade"].id,
            "charge": outcome.charge,
            "fee_amount": outcome.fee,
            "quota_year": found["quota_year"],
            "evidence": found["evidence"],
            "needs_budget": policy.needs_budget,
            "pay_before_shipping": policy.pay_before_shipping,
            "refund_terms": policy._get_refund_terms(),
            "mould_ids": [fields.Command.set(self.mould_ids.ids)],
        }

    def _prepare_fee_terms(self, found: dict) -> dict:
        """Return what an evaluation must still give when the proposal is decided, by field."""
        outcome = found["outcome"]
        return {
            "customer_kind": found["kind"],
            "cost": self.currency_id.round(self.fee_cost),
            "proposed_charge": outcome.charge,
            "proposed_fee": outcome.fee,
            "company_amount": outcome.company_part,
            "quota_key": found["quota_key"],
            "quota_number": found["quota_number"],
        }

    def _add_fee_decision(self, values: dict):
        """Replace the open decision of this one request by a new one, and return it.

        :raises UserError: the fee has been approved in the meantime
        """
        self._lock_for_transition()
        live = self.fee_decision_ids.filtered(lambda decision: decision.state in LIVE_STATES)
        if live:
            live._change_state("replaced")
            live.flush_recordset(["state"])
        decision = self.env["sale.sample.fee.decision"].create(values)
        self.fee_decision_id = decision
        return decision

    # ------------------------------------------------------------------
    # Exceptions from the fee policy
    # ------------------------------------------------------------------

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

    # ------------------------------------------------------------------
    # A cancelled request owes no fee, and one that is paid is not cancelled
    # ------------------------------------------------------------------

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

    # ------------------------------------------------------------------
    # A fee decided for an opportunity promises its refund to whoever becomes the customer
    # ------------------------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        if vals.get("partner_id"):
            decisions = self.sudo().fee_decision_id  # sudo: whoever names the customer, the promise holds
            decisions.filtered(lambda decision: decision.state == "approved")._make_agreements()
        return result
