from typing import ClassVar

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools import format_amount

from odoo.addons.sale_budget.constants import OVERSPEND_GROUP
from odoo.addons.sales_department_base.tools.collection import InvoicedPart, collection

from ..constants import (
    ACTIVITY_APPROVE,
    ACTIVITY_COLLECT,
    CHARGES,
    CUSTOMER_KINDS,
    FEE_GROUPS,
    HANDED_OVER_STATES,
    UNPAID_STATES,
)
from ..tools.staging import by_hand_change, company_cost


class SaleSampleFeeDecision(models.Model):
    """Who pays for one sample, why, and on which figures it was decided. Decisions are added, not overwritten.

    With the approval the company's part is reserved in the budget, in the same transaction; it is spent as moulds are
    opened, else given back. What the customer is charged is ordered, invoiced and paid like any other sale. A fee that
    may come back begins a mould agreement.
    """

    _name = "sale.sample.fee.decision"
    _description = "Sample Fee Decision"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "sales.department.transition.mixin",
        "sale.budget.commitment.mixin",
    ]
    _order = "id desc"
    _mail_post_access = "read"
    _rec_names_search = ["request_id.name", "partner_id.name"]
    _check_company_auto = True
    _TRANSITIONS: ClassVar = {
        "proposed": {"to_approve", "approved", "replaced", "cancelled"},
        "to_approve": {"approved", "refused", "replaced", "cancelled"},
        "approved": {"cancelled"},
    }

    request_id = fields.Many2one(
        "sale.sample.request", "Sample Request", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True, index=True, required=False, default=None)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(related="request_id.partner_id", store=True, index="btree_not_null")
    type_id = fields.Many2one(related="request_id.type_id", store=True, string="Sample Type")
    user_id = fields.Many2one(related="request_id.user_id", store=True, string="Salesperson", index="btree_not_null")
    team_id = fields.Many2one(related="request_id.team_id", store=True, string="Sales Team")
    state = fields.Selection([
        ("proposed", "Proposed"),
        ("to_approve", "To Approve"),
        ("approved", "Decided"),
        ("refused", "Refused"),
        ("replaced", "Replaced"),
        ("cancelled", "Cancelled"),
    ])
    mould_ids = fields.Many2many(
        "sale.sample.mould",
        "sale_sample_fee_decision_mould_rel",
        "decision_id",
        "mould_id",
        "Moulds",
        readonly=True,
        context={"active_test": False},
    )
    policy_id = fields.Many2one(
        "sale.sample.fee.policy", "Rule", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    # The figures of the moment, frozen with the decision
    grade_id = fields.Many2one("customer.grade", "Customer Grade", readonly=True, ondelete="restrict")
    customer_kind = fields.Selection(CUSTOMER_KINDS, readonly=True)
    cost = fields.Monetary(readonly=True, groups=FEE_GROUPS, help="What mould or sample is expected to cost")
    charge = fields.Selection(CHARGES, required=True, readonly=True, tracking=True, groups=FEE_GROUPS)
    proposed_charge = fields.Selection(CHARGES, readonly=True, groups=FEE_GROUPS)
    proposed_fee = fields.Monetary("Fee by the Rule", readonly=True, groups=FEE_GROUPS)
    fee_amount = fields.Monetary(
        "Fee", readonly=True, tracking=True, groups=FEE_GROUPS, help="What the customer is charged, without taxes"
    )
    company_amount = fields.Monetary(
        "Company's Part", readonly=True, groups=FEE_GROUPS, help="Reserved in the budget by the approval"
    )
    waived_amount = fields.Monetary(
        "Waived", readonly=True, groups=FEE_GROUPS, help="Fee by the rule less the fee decided"
    )
    evidence = fields.Json(readonly=True, copy=False, groups=FEE_GROUPS)
    explanation = fields.Text("Why", compute="_compute_explanation", groups=FEE_GROUPS)
    quota_year = fields.Integer("Year of the Free Sample", readonly=True, copy=False, aggregator=None)
    quota_key = fields.Char(readonly=True, copy=False, help="Year, customer and type whose free samples are counted")
    quota_number = fields.Integer("Free Sample No.", readonly=True, copy=False, aggregator=None)
    is_exception = fields.Boolean("Exception", readonly=True, copy=False)
    needs_budget = fields.Boolean(readonly=True, copy=False)
    exception_reason = fields.Text(readonly=True, copy=False)
    requested_by_id = fields.Many2one("res.users", "Asked by", readonly=True, copy=False)
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True, copy=False)
    decided_at = fields.Datetime("Decided on", readonly=True, copy=False)
    can_approve = fields.Boolean(compute="_compute_can_approve")
    pay_before_shipping = fields.Boolean("Payment before Shipping", readonly=True)
    refund_terms = fields.Json(readonly=True, copy=False, groups=FEE_GROUPS)
    budget_line_id = fields.Many2one(groups=FEE_GROUPS)
    budget_committed_amount = fields.Monetary(groups=FEE_GROUPS)
    budget_actual_amount = fields.Monetary(groups=FEE_GROUPS)
    budget_expected_line_id = fields.Many2one(groups=FEE_GROUPS)
    budget_available_amount = fields.Monetary(groups=FEE_GROUPS)
    budget_shortfall_amount = fields.Monetary(groups=FEE_GROUPS)
    # Collection
    order_line_ids = fields.One2many("sale.order.line", "sample_fee_decision_id", "Order Lines", readonly=True)
    payment_state = fields.Selection(
        [
            ("none", "Nothing to Pay"),
            ("to_order", "Not Charged Yet"),
            ("unpaid", "Unpaid"),
            ("partial", "Partly Paid"),
            ("paid", "Paid"),
        ],
        compute="_compute_collection",
        store=True,
        index=True,
        groups=FEE_GROUPS,
    )
    collected_amount = fields.Monetary(
        "Collected",
        compute="_compute_collection",
        store=True,
        groups=FEE_GROUPS,
        help="Paid by the customer, without taxes",
    )
    due_on = fields.Date("Fee Due on", compute="_compute_collection", store=True, groups=FEE_GROUPS)
    agreed_due_on = fields.Date(readonly=True, copy=False, help="By the fee policy, until an invoice says otherwise")
    reminded_on = fields.Date(readonly=True, copy=False)
    is_overdue = fields.Boolean("Overdue", compute="_compute_is_overdue", search="_search_is_overdue")
    # sudo: who decides on fees need not see orders; the form only asks whether there are any
    order_ids = fields.Many2many("sale.order", string="Orders", compute="_compute_order_ids", compute_sudo=True)
    agreement_ids = fields.One2many("sale.sample.mould.agreement", "decision_id", "Mould Fee Agreements")

    _one_live = models.UniqueIndex(
        "(request_id) WHERE state IN ('proposed', 'to_approve', 'approved')",
        "This sample request has a fee decision already. Reload the page.",
    )
    _quota_once = models.UniqueIndex(
        "(company_id, quota_key, quota_number) WHERE state = 'approved' AND quota_number > 0",
        "Another sample of this customer has just used the last free one. Work the fee out again.",
    )
    _adds_up = models.Constraint("CHECK(fee_amount >= 0 AND cost >= 0)", "Cost and fee cannot be negative.")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("request_id.name", "charge")
    def _compute_display_name(self):
        labels = dict(self._fields["charge"]._description_selection(self.env))
        for decision in self:
            decision.display_name = f"{decision.request_id.name or ''} · {labels.get(decision.charge, '')}"

    @api.depends("evidence", "fee_amount")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for decision in self:
            decision.explanation = "\n".join(decision._explain())

    def _compute_can_approve(self):
        for decision in self:
            decision.can_approve = decision.state == "to_approve" and not decision._get_approval_refusal()

    @api.depends("order_line_ids.order_id")
    def _compute_order_ids(self):
        for decision in self:
            decision.order_ids = decision.order_line_ids.order_id

    @api.depends(
        "state",
        "fee_amount",
        "agreed_due_on",
        "order_line_ids.order_id.state",
        "order_line_ids.order_id.currency_rate",
        "order_line_ids.order_id.order_line.price_subtotal",
        "order_line_ids.order_id.order_line.invoice_lines.parent_state",
        "order_line_ids.order_id.order_line.invoice_lines.balance",
        "order_line_ids.order_id.order_line.invoice_lines.quantity",
        "order_line_ids.order_id.order_line.invoice_lines.price_total",
        "order_line_ids.order_id.order_line.invoice_lines.move_id.payment_state",
        "order_line_ids.order_id.order_line.invoice_lines.move_id.amount_residual",
        "order_line_ids.order_id.order_line.invoice_lines.move_id.amount_total",
        "order_line_ids.order_id.order_line.invoice_lines.move_id.invoice_date_due",
        "order_line_ids.order_id.order_line.invoice_lines.move_id.matched_payment_ids.state",
        "order_line_ids.order_id.order_line.invoice_lines.move_id.reversal_move_ids.state",
        "order_line_ids.order_id.order_line.invoice_lines.move_id.reversal_move_ids.amount_total",
        "order_line_ids.order_id.order_line.invoice_lines.move_id.reversal_move_ids.amount_residual",
        "agreement_ids.refund_ids.move_id",
    )
    def _compute_collection(self):
        """What was paid of the fee, in company currency and without taxes, as the invoices stand today.

        Each order line charges the fee once: what was paid of its invoices, at their own rates, is the share of the fee
        that was collected. The invoices of a cancelled order count as long as they stand.
        """
        for decision in self:
            charged = decision.state == "approved" and decision.fee_amount > 0
            lines = decision._get_charging_lines() if charged else decision.order_line_ids.browse()
            invoices = decision._get_invoiced_fees(lines)
            found = collection(invoices.values(), len(lines))
            decision.collected_amount = decision.currency_id.round(decision.fee_amount * found.share)
            if not charged:
                decision.payment_state = "none"
            elif not lines:
                decision.payment_state = "to_order"
            else:
                share = found.settled
                decision.payment_state = "paid" if share >= 1 else "partial" if share > 0 else "unpaid"
            dues = [move.invoice_date_due for move, invoice in invoices.items() if invoice.is_owed]
            dues = [day for day in dues if day]
            is_open = decision.payment_state in UNPAID_STATES
            decision.due_on = min(dues, default=decision.agreed_due_on) if is_open else False

    @api.depends("due_on", "payment_state")
    def _compute_is_overdue(self):
        for decision in self:
            today = (decision.company_id or self.env.company)._sales_today()
            late = bool(decision.due_on and decision.due_on < today)
            decision.is_overdue = late and decision.payment_state in UNPAID_STATES

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain.OR(
            Domain("company_id", "=", company.id) & Domain("due_on", "<", company._sales_today())
            for company in self.env.companies
        )
        return domain & Domain("payment_state", "in", UNPAID_STATES)

    # ------------------------------------------------------------------
    # Added, not overwritten
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("Fees are decided on the sample request."))
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Fee decisions stay on record: %s.", ", ".join(self.mapped("display_name"))))

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
            decision._check_may_decide()
            if decision.state != "to_approve":
                raise UserError(self.env._("%s does not wait for approval.", decision.display_name))
        self._approve()

    def action_refuse(self) -> None:
        """Refuse exceptions; the rule's proposal is made anew.

        :raises AccessError: the user may not decide one of them
        """
        self._check_may_decide()
        self._refuse()

    def action_charge(self) -> dict:
        """Put the fee on a quotation of its own and open it.

        :raises UserError: there is nothing to charge, or it is charged already
        """
        self.ensure_one()
        self.request_id._check_sellers()
        return self.request_id._open_orders(self._charge())

    def action_open_orders(self) -> dict:
        """Open the orders that charge the fee."""
        self.ensure_one()
        return self.request_id._open_orders(self.order_line_ids.order_id)

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

    def _check_may_decide(self) -> None:
        """:raises AccessError: the user may not decide one of the exceptions"""
        self.check_access("read")  # a refusal names the request and the amount
        for decision in self:
            refusal = decision._get_approval_refusal()
            if refusal:
                raise AccessError(refusal)

    def _get_approvers(self):
        """Return the users who may approve this one exception."""
        self.ensure_one()
        levels = self.env["sale.sample.fee.level"]
        team = self.request_id.sudo()._get_own_team()  # sudo: its leader only
        return levels._get_approvers(self.company_id, team, self.waived_amount)

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
            self.env["mail.activity"]._sales_ask(
                ACTIVITY_APPROVE,
                {decision: approvers[0]},
                lambda one: one.env._("Approve or refuse the exception from the fee policy"),
                note=lambda one: one.exception_reason,
                notify=True,
            )

    # ------------------------------------------------------------------
    # From the proposal to the approval
    # ------------------------------------------------------------------

    def _check_still_true(self) -> None:
        """Refuse a proposal whose figures have changed.

        :raises UserError: what the rule gives today differs
        """
        self.ensure_one()
        request = self.request_id.sudo()  # sudo: quota and budget of others count
        proposal, decided = request._evaluate_fee(), self.sudo()  # sudo: compare only
        terms = request._prepare_fee_terms(proposal)
        if proposal.policy != decided.policy_id or any(decided[name] != value for name, value in terms.items()):
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
        """What the approval sets off at its end. Extension point."""
        self._settle_budget()

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

    def _after_change_state(self, target):
        result = super()._after_change_state(target)
        if target == "approved":
            self._make_agreements()
        elif target == "cancelled":
            self._cancel_agreements()
        return result

    # ------------------------------------------------------------------
    # The company's part in the budget
    # ------------------------------------------------------------------

    def _get_budget_values(self):
        return {
            decision.id: decision.request_id._prepare_budget_values(
                decision.request_id._get_fee_purpose(), decision.company_amount
            )
            for decision in self
        }

    def _reserve_company_part(self, user) -> None:
        """Reserve the company's part of this one decision.

        An exception may go over the budget when its approver has that right; its reason
        is kept. Where the rule needs no budget, only what is there is reserved. What R&D has estimated for a
        sample without a mould is reserved by the request itself.

        :param user: who decides
        :raises UserError: the budget does not suffice, or there is none
        """
        self.ensure_one()
        if self.currency_id.compare_amounts(self.company_amount, 0) <= 0 or self._is_paid_by_request():
            return
        if not self._has_money_for(self.company_amount):
            self._message_log(body=self.env._("The rule needs no budget: nothing was reserved."))
            return
        may_overspend = self.is_exception and user.has_group(OVERSPEND_GROUP)
        self._budget_commit(reason=self.exception_reason if may_overspend else None)

    def _has_money_for(self, amount: float) -> bool:
        """Tell whether to turn to the budget at all: where the rule needs none, only if one has the money.

        :param amount: in company currency
        """
        self.ensure_one()
        if self.needs_budget:
            return True
        line = self._budget_find_line()[self.id]
        return bool(line) and self.currency_id.compare_amounts(line.available_amount, amount) >= 0

    def _is_paid_by_request(self) -> bool:
        """Tell whether the request of one decision has reserved what the sample costs, as R&D estimates it."""
        self.ensure_one()
        request = self.request_id
        return not request.type_id.needs_mould and request.state == "accepted" and bool(request.budget_line_id)

    def _get_company_share(self, amount: float) -> float:
        """Return the company's share of what a mould maker bills, by the split that was decided.

        :param amount: of a bill line in company currency; negative for a credit note
        """
        self.ensure_one()
        return self.currency_id.round(amount * self.company_amount / self.cost) if self.cost else amount

    def _budget_cost_changed(self, reasons):
        result = super()._budget_cost_changed(reasons)
        self._settle_budget()  # a bill was posted, corrected or taken back: what is expected beside it follows
        return result

    def _settle_budget(self, owed: bool = True) -> None:
        """Make the budget say what the opened moulds of decisions cost the company, and give back what is not needed.

        Nothing happens while a mould is on its way: quoted, opened or on trial. From then on the moulds cost what was
        expected of them, or what their makers have billed where that is more: of what no bill proves yet, the difference
        is entered by hand, or taken back, so that it never matters when a bill came or was corrected. Sizes that wait for
        orders are not reserved: what waiting saves is free for other things, and opening them later asks the budget again.

        :param owed: the cost has arisen already, so it is recorded over the budget, too, rather than refused
        :raises UserError: it is not owed yet, and the budget does not cover it
        """
        for decision in self.filtered(lambda decision: decision.state == "approved"):
            if owed:
                decision._count_bills()
            moulds = decision.request_id.mould_ids.filtered(lambda mould: mould.state != "cancelled")
            if any(not mould.released_on and mould.state != "scrapped" for mould in moulds):
                continue
            if not moulds and decision.request_id.state in HANDED_OVER_STATES:
                continue  # moulds may still be registered, or the sample has none
            opened = sum(moulds.mapped("opened_cost"))
            expected = company_cost(opened, decision.cost, decision.company_amount) if moulds else 0.0
            entered = sum(decision._budget_entered_by_hand().values())
            actual = decision.budget_actual_amount
            missing = by_hand_change(expected, decision._get_billed_amount(), actual, entered)
            missing = decision.currency_id.round(missing)
            if missing > 0:
                decision._spend_company_part(missing, owed)
                decision._count_bills()  # a budget may have been found only now
            elif missing < 0:
                decision._budget_record(missing, reason=self.env._("The bills prove it."))
            if decision.budget_committed_amount > 0:
                decision._budget_release()

    def _count_bills(self) -> None:
        """Let the budget of one decision count bills that were posted before there was one."""
        self.ensure_one()
        if not self.budget_line_id:
            return
        bills = self.env["account.move.line"].sudo()  # sudo: whoever decides, what was billed counts
        forgotten = bills.search([
            ("sale_sample_mould_id", "in", self.request_id.mould_ids.ids),
            ("sale_budget_line_id", "=", False),
            ("parent_state", "=", "posted"),
        ])
        if forgotten:
            forgotten.sale_budget_line_id = self.budget_line_id

    def _get_billed_amount(self) -> float:
        """Return what the ledger has of bills for one decision, in company currency: the company's share, net of credit."""
        self.ensure_one()
        entries = self.env["sale.budget.entry"].sudo()  # sudo: the rows of everybody count
        domain = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        domain += [("kind", "=", "actual"), ("origin", "=", "source")]
        [[billed]] = entries._read_group(domain, [], ["amount:sum"])
        return billed or 0.0

    def _spend_company_part(self, amount: float, owed: bool) -> None:
        """Spend from the budget of one decision: what was reserved first, then what is available.

        Later cost is paid by the budget of the day.

        :param amount: in company currency
        :param owed: see :meth:`_settle_budget`
        :raises UserError: it is not owed yet, and the budget does not cover it
        """
        self.ensure_one()
        if self.budget_committed_amount <= 0:
            line = self._budget_find_line()[self.id]
            lacking = self.currency_id.compare_amounts(line.available_amount, amount) < 0
            if not owed and lacking and not self.needs_budget:
                self._message_log(
                    body=self.env._(
                        "%s for opened moulds: no approved budget pays for it, nothing was booked.",
                        self._budget_format(amount),
                    )
                )
                return
            if line or not owed:
                self.budget_line_id = line
        if owed:
            self._budget_record(amount, reason=self.env._("The moulds are made, so the cost has arisen."))
            line = self.budget_line_id
            line.invalidate_recordset(["available_amount"])
            if self.currency_id.compare_amounts(line.available_amount, 0) < 0:
                self._message_log(
                    body=self.env._(
                        "%(budget)s is %(amount)s over budget.",
                        budget=line.display_name,
                        amount=self._budget_format(-line.available_amount),
                    )
                )
        else:
            self._budget_spend(amount)
        self.invalidate_recordset(self._budget_figures)

    # ------------------------------------------------------------------
    # The customer's part: charged and collected
    # ------------------------------------------------------------------

    def _charge(self):
        """Return a new quotation with the fee, in the currency of the customer's pricelist.

        :raises UserError: there is nothing to charge, it is charged already, there is no customer
            yet, no fee product, or no rate of the currency
        """
        self.ensure_one()
        request = self.request_id
        if self.state != "approved" or self.fee_amount <= 0:
            raise UserError(self.env._("%s: there is no fee to charge.", self.display_name))
        self.sudo()._lock()  # sudo: of two users who click at once only one may charge
        self.sudo().invalidate_recordset(["order_line_ids"])  # sudo: as above
        charged = self.sudo()._get_charging_lines()  # sudo: the order of a colleague charges it, too
        if charged.filtered(lambda line: line.order_id.state != "cancel"):
            raise UserError(self.env._("%s: the fee is charged already. Open its order.", self.display_name))
        if charged:
            standing = self.sudo()._get_standing_invoices(charged)  # sudo: as above
            raise UserError(
                self.env._(
                    "%(decision)s: the order was cancelled, but its invoice %(invoices)s stands. Take it back by a credit "
                    "note first, then charge the fee anew.",
                    decision=self.display_name,
                    invoices=", ".join(move.name for move in standing),
                )
            )
        if not request.partner_id:
            raise UserError(
                self.env._("%s: the opportunity has no customer yet who could be charged.", request.display_name)
            )
        product = self.company_id.sudo().sample_fee_product_id  # sudo: a setting
        product = product or self.env.ref("sale_sample_fee.product_sample_fee", raise_if_not_found=False)
        if not product:
            raise UserError(self.env._("Choose the product for sample fees in the settings of Sales first."))
        order = self.env["sale.order"].create(request._prepare_quotation())
        fee = self._to_currency(order.currency_id)
        line = {
            "product_id": product.id,
            "product_uom_qty": 1,
            "name": self._get_order_text(product),
            "price_unit": fee,
            "discount": 0.0,  # a discount of the pricelist is one on the product's list price
        }
        others = order.order_line
        order.write({"order_line": [Command.create(line)]})
        charging = order.order_line - others
        charging._charge_untaxed({charging: fee})
        charging.sudo().sample_fee_decision_id = self  # sudo: the link is closed to users
        self.message_post(body=self.env._("Fee charged on %s.", order._get_html_link()), subtype_xmlid="mail.mt_note")
        return order

    def _get_order_text(self, product) -> str:
        """Return the text of the order line, in the customer's language."""
        request = self.request_id
        request = request.with_context(lang=request.partner_id.lang or self.env.lang)
        name = product.with_context(lang=request.env.lang).display_name
        return f"{name}: {request.display_name}"

    def _to_currency(self, currency) -> float:
        """Return the fee in another currency, at the rate of today.

        :raises UserError: the currency has no rate: Odoo would take it for 1
        """
        self.ensure_one()
        today = self.company_id._sales_today()
        self._budget_convert(self.fee_amount, currency, self.company_id, today)  # raises without a rate
        return self.currency_id._convert(self.fee_amount, currency, self.company_id, today)

    def _get_charging_lines(self) -> "models.Model":
        """Return the order lines that charge the fee of this one decision.

        Of a cancelled order only those with an invoice that was not taken back: whatever the order says, it stands.
        """
        self.ensure_one()
        return self.order_line_ids.filtered(
            lambda line: line.order_id.state != "cancel" or self._get_standing_invoices(line)
        )

    def _get_standing_invoices(self, lines) -> "models.Model":
        """Return the posted invoices that charge the fee of this one decision and were not taken back.

        :param lines: order lines that charge it
        """
        found = [move for move, invoice in self._get_invoiced_fees(lines).items() if invoice.counts]
        return self.env["account.move"].union(*found)

    def _get_invoiced_fees(self, lines) -> dict[models.Model, InvoicedPart]:
        """Return what each posted invoice says about the fee of this one decision, down payments too: move → figures.

        :param lines: order lines that charge it
        """
        self.ensure_one()
        refunds = self.sudo().agreement_ids.refund_ids.move_id  # sudo: whoever pays, what was refunded counts
        return lines._get_invoiced_parts(refunds, self.fee_amount)

    @api.model
    def _cron_overdue(self) -> None:
        """Ask salespeople once to collect each fee that is overdue, and close what has been paid since."""
        settled = self.search([("reminded_on", "!=", False), ("payment_state", "in", ("paid", "none"))])
        settled.activity_unlink([ACTIVITY_COLLECT])
        settled.reminded_on = False
        waiting = self.search([
            ("payment_state", "in", UNPAID_STATES),
            ("due_on", "!=", False),
            ("reminded_on", "=", False),
            ("user_id", "!=", False),
        ])
        overdue = waiting.filtered("is_overdue")
        self.env["mail.activity"]._sales_ask(
            ACTIVITY_COLLECT,
            {decision: decision.user_id for decision in overdue},
            lambda one: one.env._("Collect the overdue sample fee"),
            notify=True,
        )
        for decision in overdue:
            decision.reminded_on = decision.company_id._sales_today()

    # ------------------------------------------------------------------
    # The promise to give it back
    # ------------------------------------------------------------------

    def _make_agreements(self) -> "models.Model":
        """Draft the agreement of each decision that promises something back; return them.

        They begin once the products are known that are made with the mould.
        """
        agreements = self.env["sale.sample.mould.agreement"].sudo()  # sudo: the approver need not be a salesperson
        return agreements.create([
            decision._prepare_agreement()
            for decision in self
            if decision.refund_terms
            and decision.fee_amount > 0
            and decision.partner_id
            and not decision.sudo().agreement_ids.filtered(lambda one: one.state != "cancelled")  # sudo: of anybody
        ])

    def _prepare_agreement(self) -> dict:
        """Return the values of the agreement of one decision: its terms as they were decided."""
        self.ensure_one()
        products = self.mould_ids.product_ids | self.request_id.product_id
        return {
            "decision_id": self.id,
            "request_id": self.request_id.id,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "user_id": self.user_id.id,
            "team_id": self.team_id.id,
            "currency_id": self.currency_id.id,
            "fee_amount": self.fee_amount,
            "mould_ids": [Command.set(self.mould_ids.ids)],
            "product_ids": [Command.set(products.ids)],
            "date_start": self.company_id._sales_today(),
            "step_ids": [
                Command.create({
                    "threshold_pairs": term["pairs"],
                    "percent": term["percent"],
                    "months": term.get("months") or 0,
                })
                for term in self.refund_terms
            ],
        }

    def _cancel_agreements(self) -> None:
        """Cancel the promises of decisions that are cancelled, as far as nothing was refunded yet."""
        agreements = self.sudo().agreement_ids  # sudo: follows from the decision
        promised = agreements.filtered(lambda one: one.state in ("draft", "running") and not one.refund_ids)
        promised.action_cancel()

    # ------------------------------------------------------------------
    # The figures in words
    # ------------------------------------------------------------------

    def _explain(self) -> list[str]:
        """Return sentences on why this one sample is charged as it is."""
        self.ensure_one()
        lines = self._explain_evidence(self.evidence or {}, self.company_id.currency_id)
        if self.is_exception:
            lines.append(
                self.env._(
                    "Exception: the customer pays %(fee)s instead of %(proposed)s. %(reason)s",
                    fee=format_amount(self.env, self.fee_amount, self.currency_id),
                    proposed=format_amount(self.env, self.proposed_fee, self.currency_id),
                    reason=self.exception_reason or "",
                )
            )
        return lines

    @api.model
    def _explain_evidence(self, evidence: dict, currency) -> list[str]:
        """Return the evidence of a decision in words.

        :param evidence: as frozen by `sale.sample.fee.policy._propose`
        """
        if not evidence:
            return []
        return [
            *self._explain_who(evidence),
            *self._explain_quota(evidence),
            *self._explain_budget(evidence, currency),
            self._explain_result(evidence, currency),
        ]

    def _explain_who(self, evidence: dict) -> list[str]:
        kinds = dict(self._fields["customer_kind"]._description_selection(self.env))
        who = kinds[evidence["kind"]]
        if evidence["grade"]:
            who = self.env._("%(kind)s of grade %(grade)s", kind=who, grade=evidence["grade"])
        return [self.env._("%(who)s: rule “%(rule)s”.", who=who, rule=evidence["rule"])]

    def _explain_quota(self, evidence: dict) -> list[str]:
        lines = []
        if evidence["rule_free_quota"]:
            lines.append(
                self.env._(
                    "%(used)d of %(total)d free samples of %(year)d used.",
                    used=evidence["quota_used"],
                    total=evidence["rule_free_quota"],
                    year=evidence["year"],
                )
            )
        if "record" in evidence["reasons"]:
            lines.append(
                self.env._(
                    "Samples of the last 24 months without an order: %(unsold)d. From %(limit)d on, none is free.",
                    unsold=evidence["unsold"],
                    limit=evidence["rule_record_limit"],
                )
            )
        elif evidence["unsold"]:
            lines.append(self.env._("Samples of the last 24 months without an order: %d.", evidence["unsold"]))
        return lines

    def _explain_budget(self, evidence: dict, currency) -> list[str]:
        if evidence["available"] is None:
            return [self.env._("No approved budget pays for it.")]
        line = self.env._(
            "%(left)s of %(planned)s left in %(budget)s.",
            left=format_amount(self.env, evidence["available"], currency),
            planned=format_amount(self.env, evidence["planned"], currency),
            budget=evidence["budget"],
        )
        return [line]

    def _explain_result(self, evidence: dict, currency) -> str:
        values = {
            "cost": format_amount(self.env, evidence["cost"], currency),
            "fee": format_amount(self.env, evidence["fee"], currency),
        }
        short = {"budget_short", "no_budget"} & set(evidence["reasons"])
        if evidence["charge"] == "free":
            return self.env._("Free: the company pays %(cost)s.", **values)
        if evidence["charge"] == "full" and short and evidence["rule_charge"] != "full":
            return self.env._(
                "The budget does not cover the company's part: the customer pays %(fee)s in full.", **values
            )
        if evidence["charge"] == "full":
            return self.env._("In full: the customer pays %(fee)s.", **values)
        if evidence["rule_cap"] is not None:
            return self.env._("Shared: the customer pays up to %(fee)s of %(cost)s.", **values)
        return self.env._(
            "Shared: the customer pays %(percent)g %%, %(fee)s of %(cost)s.", percent=evidence["rule_percent"], **values
        )
