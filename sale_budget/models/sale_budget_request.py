from datetime import date as Date

from markupsafe import escape

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.sales_department_base.constants import SALES_MANAGER_GROUP
from odoo.addons.sales_department_base.records import refuse
from odoo.addons.sales_department_base.tools.actions import dialog

from ..constants import OVERSPEND_GROUP
from .sale_budget_commitment_mixin import BudgetValues

#: A budget pays, or has paid, for the request.
APPROVED_STATES = ("approved", "done")
#: Somebody decides about the request, or has decided: what was asked for stays as it is.
ON_RECORD = ("submitted", "approved", "done", "refused")
#: What not even the server changes then: the money depends on it.
FIXED = frozenset({"company_id", "purpose_id", "partner_id", "user_id", "team_id", "date", "estimate", "currency_id"})


class SaleBudgetRequest(models.Model):
    """Somebody asks for money: for a trip, an exhibition, a gift, a mould."""

    _name = "sale.budget.request"
    _description = "Spending Request"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "sales.department.transition.mixin",
        "sales.department.number.mixin",
        "sales.department.document.mixin",
        "sale.budget.commitment.mixin",
    ]
    _order = "date desc, id desc"
    _rec_names_search = ["name", "subject"]
    _budget_figures = ("budget_committed_amount", "budget_actual_amount", "excess_amount")
    _mail_post_access = "read"  # whoever decides, or sees to the bills, may ask
    _TRANSITIONS = {
        "draft": {"submitted", "cancelled"},
        "submitted": {"approved", "refused", "draft", "cancelled"},
        "approved": {"done", "cancelled"},
        "refused": {"draft"},
        "cancelled": {"draft"},
    }

    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/", index="trigram")
    subject = fields.Char(required=True, help="What the money is for, in a few words")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "Submitted"),
            ("approved", "Approved"),
            ("done", "Done"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        group_expand=True,
    )
    purpose_id = fields.Many2one("sale.budget.purpose", required=True, index=True, ondelete="restrict", tracking=True)
    partner_id = fields.Many2one("res.partner", "Customer", index="btree_not_null", check_company=True)
    lead_id = fields.Many2one(
        "crm.lead", "Lead or Opportunity", index="btree_not_null", check_company=True, ondelete="set null"
    )
    user_id = fields.Many2one(required=True, tracking=True)
    team_id = fields.Many2one(index="btree_not_null", ondelete="set null")
    date = fields.Date(
        "Needed on",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self.env.company._sales_today(),
        help="Decides which budget period pays",
    )
    currency_id = fields.Many2one("res.currency", required=True, default=lambda self: self.env.company.currency_id)
    estimate = fields.Monetary(required=True, tracking=True)
    estimate_company = fields.Monetary(
        "Estimate in Company Currency",
        compute="_compute_estimate_company",
        store=True,
        currency_field="budget_currency_id",
    )
    description = fields.Html()
    approver_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Owner of the budget that pays; decided when the request is submitted",
    )
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_on = fields.Datetime(readonly=True, copy=False)
    excess_amount = fields.Monetary(
        "Above What Was Approved",
        compute="_compute_excess_amount",
        compute_sudo=True,
        currency_field="budget_currency_id",
        help="Cost beyond the amount that was approved",
    )
    told_cost_amount = fields.Monetary(
        "Cost Told of",
        readonly=True,
        copy=False,
        currency_field="budget_currency_id",
        help="Highest notice given so far",
    )
    refuse_reason = fields.Char(readonly=True, copy=False, tracking=True)
    can_approve = fields.Boolean(compute="_compute_can_approve")
    can_change = fields.Boolean(compute="_compute_can_change")
    color = fields.Integer(related="purpose_id.color")

    _estimate_positive = models.Constraint("CHECK(estimate >= 0)", "An estimate must not be negative.")

    # ------------------------------------------------------------------
    # Computed fields
    # ------------------------------------------------------------------

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for request in self:
            request.display_name = f"{request.name} {request.subject or ''}".strip()

    @api.model
    def _get_sales_team_sources(self):
        return ["lead_id"]

    def _get_sales_team(self):
        """Return the team of one request whose money it may spend: one that its salesperson belongs to."""
        if self.state in ON_RECORD:
            return self.team_id
        for team in self.lead_id.team_id, super()._get_sales_team():
            if self._is_team_of_salesperson(team):
                return team
        domain = [("company_id", "in", [self.company_id.id, False])]
        team = self.env["crm.team"]._get_default_team_id(user_id=self.user_id.id, domain=domain)
        return team.filtered(self._is_team_of_salesperson).filtered_domain(domain)

    def _is_team_of_salesperson(self, team) -> bool:
        return bool(team) and self._budget_counts_for(team, self.user_id)

    @api.depends("estimate", "currency_id", "company_id", "date")
    def _compute_estimate_company(self):
        for request in self:
            request.estimate_company = self._budget_convert(
                request.estimate, request.currency_id, request.company_id, request.date
            )

    @api.depends("budget_committed_amount", "purpose_id", "date", "user_id", "team_id", "estimate_company")
    def _compute_budget_expected(self):
        return super()._compute_budget_expected()

    @api.depends("state", "approver_id", "budget_expected_line_id")
    @api.depends_context("uid")
    def _compute_can_approve(self):
        for request in self:
            request.can_approve = request.state == "submitted" and request._may_approve()

    @api.depends("state", "estimate_company", "budget_actual_amount")
    def _compute_excess_amount(self):
        for request in self:
            request.excess_amount = request._budget_excess()

    @api.depends("user_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can_change(self):
        changeable = self._filtered_access("write")
        for request in self:
            request.can_change = request in changeable

    @api.onchange("lead_id")
    def _onchange_lead_id(self):
        if self.lead_id.partner_id:
            self.partner_id = self.lead_id.partner_id

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    @api.constrains("team_id", "user_id")
    def _check_team(self):
        refuse(
            self.filtered(lambda request: request.team_id and not request._is_team_of_salesperson(request.team_id)),
            self.env._(
                "%(names)s: the salesperson does not belong to the sales team, and cannot spend its money. Choose a team "
                "of the salesperson, or none."
            ),
            ValidationError,
        )

    def _get_settled(self):
        """What was asked for is what is decided about; a note belongs in the chatter."""
        return self.filtered(lambda request: request.state in ON_RECORD)

    def _settled_refusal(self):
        return self.env._(
            "%(names)s: what was asked for stays as it is. Take it back to draft as long as nobody has approved it, or "
            "write a note."
        )

    def write(self, vals):
        if FIXED & vals.keys():
            refuse(
                self.filtered(lambda request: request.state == "submitted"),
                self.env._("%(names)s: somebody decides about what was submitted. Take it back to draft to change it."),
            )
            refuse(
                self.filtered(lambda request: request.state in APPROVED_STATES),
                self.env._(
                    "%(names)s: what was approved is fixed. Ask for more money with another request, or cancel this "
                    "one and ask again."
                ),
            )
        result = super().write(vals)
        if not self.env.su and {"user_id", "company_id"} & vals.keys():
            self.check_access("write")  # nobody asks in the name of somebody whom they may not ask for
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        refuse(
            self.filtered(lambda request: request.state not in ("draft", "cancelled")),
            self.env._("%(names)s: only drafts and cancelled requests can be deleted."),
        )

    def _get_budget_values(self):
        return {
            request.id: BudgetValues(
                company=request.company_id,
                date=request.date,
                purpose=request.purpose_id,
                team=request.team_id,
                user=request.user_id,
                partner=request.partner_id,
                estimate=request.estimate_company,
            )
            for request in self
        }

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def action_submit(self) -> bool:
        """Ask the owners of the budgets that pay.

        :raise UserError: a request asks for nothing, or no approved budget would pay
        """
        nothing = self.filtered(lambda request: request.estimate <= 0)
        refuse(nothing, self.env._("%(names)s: enter an estimate above zero first."))
        lines = self._budget_require_lines(self._get_budget_values())
        self._change_state("submitted", refuse_reason=False)
        self._ask_owners(lines)
        return True

    def _ask_owners(self, lines: dict) -> None:
        """Ask the owner of the budget that pays for each request.

        :param lines: by request id, the line that pays
        """
        for owner, requests in self.grouped(lambda request: lines[request.id].owner_id).items():
            requests.sudo().approver_id = owner  # sudo: the field is closed to users
            requests.sudo().activity_schedule(  # sudo: the approver may be someone the user cannot assign
                "sale_budget.mail_activity_type_approval", user_id=owner.id
            )

    @api.model
    def _follow_owners(self, lines) -> None:
        """Ask whoever owns the budget now, where what waits was sent to somebody else.

        :param lines: of the budgets whose owner, or whether they pay, has just changed
        """
        self._follow_payers([("company_id", "in", lines.company_id.ids), ("purpose_id", "in", lines.purpose_id.ids)])

    @api.model
    def _follow_members(self, users) -> None:
        """Ask whoever owns the budget that pays now, where salespeople have joined or left a team, or come and gone.

        :param users: the salespeople
        """
        if users:
            self._follow_payers([("user_id", "in", users.ids)])

    @api.model
    def _follow_payers(self, domain: list) -> None:
        """Ask whoever owns the budget that pays now for what waits, where somebody else was asked.

        :param domain: which requests may be concerned
        """
        waiting = self.sudo().search([  # sudo: those of everybody; the owner decides, whoever changed what pays
            ("state", "=", "submitted"),
            *domain,
        ])
        if not waiting:
            return
        waiting.invalidate_recordset(["budget_expected_line_id"])
        paying = waiting._budget_find_line()
        moved = waiting.filtered(lambda one: paying[one.id] and paying[one.id].owner_id != one.approver_id)
        moved._close_approval_activities()
        moved._ask_owners(paying)

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
        requests = self.sudo()  # sudo: who decides need not be allowed to change the request; checked above
        requests._change_state(
            "approved", approved_by_id=self.env.uid, approved_on=fields.Datetime.now(), told_cost_amount=0.0
        )
        self._budget_commit(reason=reason)
        self._close_approval_activities()

    def _budget_approve_over(self, reason):
        self._approve(reason=reason)

    def action_approve_over(self) -> dict:
        """Open the form that asks why the budget may be exceeded."""
        self._check_may_approve()
        ids = ",".join(map(str, self.ids))
        return dialog(self.env._("Approve over Budget"), "sale.budget.overspend", res_model=self._name, res_ids=ids)

    def action_refuse_wizard(self) -> dict:
        """Open the form that asks why the requests are refused."""
        return dialog(self.env._("Refuse"), "sale.budget.request.refuse", request_ids=self.ids)

    def _refuse(self, reason: str) -> None:
        """Refuse the requests.

        :raise AccessError: the user may not decide about one of them
        """
        self._check_may_approve()
        requests = self.sudo()  # sudo: who decides need not be allowed to change the request; checked above
        requests._change_state("refused", refuse_reason=reason)
        self._close_approval_activities()

    def _may_approve(self) -> bool:
        """Tell whether this user decides about this one request: owner of the budget, manager, overspend right.

        The owner of the budget that would pay now: it may be another one than when the request was submitted.
        """
        self.ensure_one()
        user = self.env.user
        if self.env.su or user.has_groups(f"{SALES_MANAGER_GROUP},{OVERSPEND_GROUP}"):
            return True
        line = self.sudo().budget_expected_line_id  # sudo: only whose it is
        return self.approver_id == user and line.owner_id in (user, user.browse())

    def _check_may_approve(self) -> None:
        """:raise AccessError: the user decides about the budget of none of these requests"""
        self.check_access("read")
        refuse(
            self.filtered(lambda request: not request._may_approve()),
            self.env._("%(names)s: only the owner of the budget or a sales manager decides about them."),
            AccessError,
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
        return dialog(self.env._("Record Cost"), "sale.budget.request.spend", request_ids=self.ids)

    def _record_cost(
        self,
        amount: float,
        is_final: bool,
        date: Date,
        note: str | None = None,
        reason: str | None = None,
        bill_follows: bool | None = None,
    ) -> None:
        """Record what an approved request has cost; close it when it is the last.

        The money is spent: what goes over the budget, and what is counted in a closed one, is told to its owner. A negative
        amount takes back what was entered by mistake, also once the request is done.

        :param amount: in company currency, to add to what was spent before
        :param reason: why it is more than was approved, or was wrong
        :param bill_follows: whether a bill or expense follows that replaces it; None where nobody said
        :raise UserError: the request is not approved, or costs more than was approved without a reason
        """
        self.ensure_one()
        self.check_access("read")
        request = self.sudo()  # sudo: whether the user may record cost is asked right below
        request._lock()
        self.invalidate_recordset(["state", *self._budget_figures])
        if not self.has_access("write") and not request._needs_overspend(amount, reason):
            raise AccessError(
                self.env._(
                    "%(request)s: its salesperson records what it has cost. You may only let through what goes over the "
                    "budget, with a reason.",
                    request=self.display_name,
                )
            )
        if self.state != "approved" and (amount >= 0 or self.state != "done"):
            raise UserError(self.env._("%(request)s: only approved requests can be spent.", request=self.display_name))
        reason = (reason or "").strip() or None
        if not amount:
            raise UserError(self.env._("%(document)s: enter a cost above zero.", document=self.display_name))
        if amount < 0 and not reason:
            raise UserError(
                self.env._("%(request)s: say under “Reason” why cost is taken back.", request=self.display_name)
            )
        if amount > 0 and request._budget_excess(amount) and not reason:
            raise UserError(
                self.env._(
                    "%(request)s: %(approved)s were approved, and it would have cost %(cost)s. Say why under “Reason”; the "
                    "owner of the budget is told.",
                    request=self.display_name,
                    approved=request._budget_format(request._get_approved_amount()),
                    cost=request._budget_format(request.budget_actual_amount + amount),
                )
            )
        is_final = is_final and amount > 0
        self._budget_record(
            amount, release_rest=is_final, date=date, note=note, reason=reason, bill_follows=bill_follows
        )
        if is_final:
            request._change_state("done")

    def _get_approved_amount(self) -> float:
        """Return what this one request may cost, in company currency; 0 where nothing is approved."""
        return self.estimate_company if self.state in APPROVED_STATES else 0.0

    def _budget_excess(self, more=0.0):
        self.ensure_one()
        cost, currency = self.budget_actual_amount + more, self.budget_currency_id or self.env.company.currency_id
        excess = currency.round(cost - self._get_approved_amount())
        return max(excess, 0.0)

    def _budget_cost_changed(self, reasons):
        """Tell whoever pays that a request has cost more than was approved, again whenever it costs still more.

        The money is spent and counted; what is left to do is to look into it.
        """
        exceeding = self.sudo().filtered(  # sudo: whoever posts the bill need not see the request
            lambda one: (
                one._budget_excess()
                and one.budget_currency_id.compare_amounts(one.budget_actual_amount, one.told_cost_amount) > 0
            )
        )
        if not exceeding:
            return
        for request in exceeding:
            request.told_cost_amount = request.budget_actual_amount
        whom = {request: request._get_payer() for request in exceeding}
        self.env["mail.activity"]._sales_ask(
            "sale_budget.mail_activity_type_excess",
            whom,
            lambda one: one.env._("%s cost more than was approved", one.name),
            note=lambda one: escape(one._get_excess_note(reasons.get(one.id))),
            notify=True,
        )
        exceeding._budget_log({one.id: one._get_excess_note(reasons.get(one.id)) for one in exceeding})

    def _get_payer(self):
        """Return who is told about the money of one request: the owner of the budget that pays, else who approved."""
        people = (self.budget_line_id.owner_id, self.approver_id, self.approved_by_id)
        return next((user for user in people if user.active), people[0])

    def _get_excess_note(self, reason: str | None) -> str:
        """Return what one request has cost and might have, in words."""
        values = {
            "request": self.display_name,
            "approved": self._budget_format(self._get_approved_amount()),
            "cost": self._budget_format(self.budget_actual_amount),
            "excess": self._budget_format(self._budget_excess()),
            "reason": reason,
        }
        if reason:
            return self.env._(
                "%(request)s: %(approved)s were approved, it has cost %(cost)s so far, %(excess)s more. Reason: %(reason)s",
                **values,
            )
        return self.env._(
            "%(request)s: %(approved)s were approved, it has cost %(cost)s so far, %(excess)s more.", **values
        )

    def _needs_overspend(self, amount: float, reason: str | None) -> bool:
        """Tell whether a cost takes somebody who may let it through over budget, and the user is one who says why."""
        self.ensure_one()
        covered = max(self.budget_committed_amount, 0.0) + max(self.budget_available_amount, 0.0)
        over = self.budget_currency_id.compare_amounts(amount, covered) > 0
        return over and bool((reason or "").strip()) and self.env.user.has_group(OVERSPEND_GROUP)

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
        refuse(free, self.env._("%(names)s: nothing was spent so far. Record the cost, or cancel."))
        self._change_state("done")
        self._budget_release()
        return True

    def action_view_entries(self) -> dict:
        """Open what the ledger says about these requests."""
        action = self.env["ir.actions.actions"]._for_xml_id("sale_budget.sale_budget_entry_action")
        return dict(action, domain=[("res_model", "=", self._name), ("res_id", "in", self.ids)], context={})
