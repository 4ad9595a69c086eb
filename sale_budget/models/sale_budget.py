from collections.abc import Callable
from datetime import timedelta

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_amount

from odoo.addons.sales_department_base.constants import FINANCE_GROUP, SALES_MANAGER_GROUP
from odoo.addons.sales_department_base.records import refuse
from odoo.addons.sales_department_base.tools.actions import dialog
from odoo.addons.sales_department_base.tools.periods import MONTHS, PERIODS, Period

from ..tools.money import Balance

#: What an approved budget no longer lets change: documents were approved on these terms.
FIXED = frozenset({"company_id", "period_kind", "date_from", "date_to", "team_id", "user_id"})

#: The last year of which a period may begin: the one after it is asked for, too.
LAST_YEAR = 9000


class SaleBudget(models.Model):
    """Money for a period, of the company, a team or a salesperson, by purpose.

    The plan is fixed by approval; later changes are amendments. What is reserved and spent stands in the ledger
    (``sale.budget.entry``).
    """

    _name = "sale.budget"
    _description = "Budget"
    _inherit = ["mail.thread", "mail.activity.mixin", "sales.department.transition.mixin"]
    _order = "date_from desc, id desc"
    _check_company_auto = True
    _TRANSITIONS = {"draft": {"approved"}, "approved": {"closed", "draft"}, "closed": {"approved"}}

    name = fields.Char(required=True, tracking=True, index="trigram")
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection([("draft", "Draft"), ("approved", "Approved"), ("closed", "Closed")])
    period_kind = fields.Selection([*PERIODS, ("free", "Other Dates")], "Period", required=True, default="year")
    date_from = fields.Date("First Day", required=True, index=True, default=lambda self: self._default_date_from())
    date_to = fields.Date(
        "Last Day", required=True, compute="_compute_date_to", store=True, readonly=False, precompute=True
    )
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        check_company=True,
        index="btree_not_null",
        tracking=True,
        help="Only for this team; empty for all teams",
    )
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        check_company=True,
        index="btree_not_null",
        tracking=True,
        domain=[("share", "=", False)],
        help="Only for this salesperson; empty for all of them",
    )
    owner_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        help="Approves spending requests, and is told when the money runs low",
    )
    line_ids = fields.One2many("sale.budget.line", "budget_id", "Lines", copy=True)
    amendment_ids = fields.One2many("sale.budget.amendment", "budget_id", "Amendments")
    threshold_ids = fields.Many2many(
        "sale.budget.threshold",
        string="Notices",
        default=lambda self: self._default_thresholds(),
        help="The owner is told when a line reaches one of these shares",
    )
    note = fields.Html()
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_on = fields.Datetime(readonly=True, copy=False)
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    closed_on = fields.Datetime(readonly=True, copy=False)

    amount = fields.Monetary("Planned", compute="_compute_totals")
    amendment_amount = fields.Monetary("Amended", compute="_compute_totals")
    committed_amount = fields.Monetary("Committed", compute="_compute_totals")
    actual_amount = fields.Monetary("Actual", compute="_compute_totals")
    available_amount = fields.Monetary("Available", compute="_compute_totals")
    share_used = fields.Float("Used", compute="_compute_totals")

    _dates_in_order = models.Constraint(
        "CHECK(date_from <= date_to)", "The last day of a budget must not be before its first day."
    )

    # ------------------------------------------------------------------
    # Defaults and figures
    # ------------------------------------------------------------------

    @api.model
    def _default_date_from(self):
        return Period.of("year", self.env.company._sales_today()).start

    @api.model
    def _default_thresholds(self):
        return self.env["sale.budget.threshold"].search([("is_default", "=", True)])

    @api.depends("period_kind", "date_from")
    def _compute_date_to(self):
        for budget in self:
            if budget.period_kind in MONTHS and budget.date_from:
                budget.date_to = budget._get_period().last_day
            elif not budget.date_to:
                budget.date_to = budget.date_from

    def _get_period(self) -> Period:
        """Return the calendar period that holds the first day of one budget.

        :raise UserError: too far in the future
        """
        self.ensure_one()
        if self.date_from.year > LAST_YEAR:
            raise UserError(self._get_calendar_refusal())
        return Period.of(self.period_kind, self.date_from)

    def _get_calendar_refusal(self) -> str:
        return self.env._(
            "%(budget)s: the calendar ends there. Choose days before the year %(year)s.",
            budget=self.name or self.env._("Budget"),
            year=LAST_YEAR,
        )

    def _compute_totals(self):
        names = ("amount", "amendment_amount", "committed_amount", "actual_amount")
        groups = self.env["sale.budget.line"]._read_group(
            [("budget_id", "in", self.ids)], ["budget_id"], [f"{name}:sum" for name in names]
        )
        sums = {budget.id: figures for budget, *figures in groups}
        for budget in self:
            figures = sums.get(budget._origin.id, [0.0] * len(names))
            for name, figure in zip(names, figures, strict=True):
                budget[name] = figure
            balance = Balance(*figures)
            budget.available_amount = balance.available
            budget.share_used = balance.share_used

    @api.onchange("period_kind", "date_from")
    def _onchange_period(self):
        if self.period_kind in MONTHS and self.date_from:
            self.date_from = self._get_period().start

    # ------------------------------------------------------------------
    # Periods, and no two budgets that pay for the same
    # ------------------------------------------------------------------

    @api.constrains("period_kind", "date_from", "date_to")
    def _check_period(self):
        for budget in self.filtered(lambda budget: budget.period_kind in MONTHS):
            period = budget._get_period()
            if (budget.date_from, budget.date_to) != (period.start, period.last_day):
                raise ValidationError(
                    self.env._(
                        "%(budget)s: the period must run from %(start)s to %(end)s. Choose “Other Dates” for any "
                        "other.",
                        budget=budget.display_name,
                        start=period.start,
                        end=period.last_day,
                    )
                )

    @api.constrains("company_id", "team_id", "user_id", "date_from", "date_to")
    def _check_overlap(self):
        self.line_ids._check_overlap()

    # ------------------------------------------------------------------
    # The plan is fixed by approval
    # ------------------------------------------------------------------

    def copy_data(self, default=None):
        """A copy is the budget of the following period: two for the same are not allowed."""
        default = dict(default or {})
        vals_list = super().copy_data(default=default)
        for budget, vals in zip(self, vals_list, strict=True):
            if {"date_from", "date_to", "period_kind"} & default.keys():
                continue
            if budget.period_kind in MONTHS:
                period = budget._get_period().next()
                vals.update(date_from=period.start, date_to=period.last_day)
            else:
                try:
                    start = budget.date_to + timedelta(days=1)
                    vals.update(date_from=start, date_to=start + (budget.date_to - budget.date_from))
                except OverflowError as error:
                    raise UserError(budget._get_calendar_refusal()) from error
            if "name" not in default:
                vals["name"] = self.env._("%(budget)s (next period)", budget=budget.name)
        return vals_list

    def write(self, vals):
        if FIXED & vals.keys():
            refuse(
                self.filtered(lambda budget: budget.state != "draft"),
                self.env._(
                    "%(names)s: company, period, team and salesperson are fixed since the approval. Create another "
                    "budget, and move the money with amendments."
                ),
            )
        result = super().write(vals)
        if "owner_id" in vals:
            self.env["sale.budget.request"]._follow_owners(self.line_ids)
        return result

    def _after_change_state(self, target):
        result = super()._after_change_state(target)
        self.env["sale.budget.request"]._follow_owners(self.line_ids)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        refuse(
            self.filtered(lambda budget: budget.state != "draft"),
            self.env._("%(names)s: only drafts can be deleted. Close a budget that is no longer needed."),
        )
        self.line_ids._refuse_removal()

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_approve(self) -> bool:
        """Put the plan in force; from now on documents may reserve its money.

        :raise AccessError: the user is no sales manager
        :raise UserError: a budget has no line, or is not a draft
        """
        self.check_access("write")
        refuse(
            self.filtered(lambda budget: not budget.line_ids),
            self.env._("%(names)s: add at least one purpose with its amount first."),
        )
        self._check_coming_from("draft")
        self.line_ids._lock_purposes()
        self.line_ids._check_overlap()
        self._change_state("approved", approved_by_id=self.env.uid, approved_on=fields.Datetime.now())
        return True

    def action_close(self) -> bool:
        """End the budget: nothing can be reserved or spent any more.

        :raise AccessError: the user is neither sales manager nor finance collaborator
        :raise UserError: documents still hold money of a budget
        """
        if not self.env.su and not self.env.user.has_groups(f"{SALES_MANAGER_GROUP},{FINANCE_GROUP}"):
            raise AccessError(self.env._("Only sales managers and finance collaborators may close budgets."))
        self.check_access("read")
        budgets = self.sudo()  # sudo: finance closes without a right to change plans; both checked above
        budgets._lock()
        budgets.invalidate_recordset(["state"])
        held = budgets.line_ids._documents_holding_money()
        if held:
            raise UserError(
                self.env._(
                    "%(budgets)s: these documents still hold reserved money: %(documents)s. Record their cost or "
                    "cancel them first.",
                    budgets=", ".join(budgets.mapped("display_name")),
                    documents=", ".join(held),
                )
            )
        budgets._change_state("closed", closed_by_id=self.env.uid, closed_on=fields.Datetime.now())
        return True

    def action_draft(self) -> bool:
        """Take back the approval of a plan, to correct it, as long as no document holds money of the budget.

        Amendments stay, and count again. What was reserved and released again stays in the ledger, with its purpose. What
        waits for approval goes to the owner of another budget that pays, or waits.

        :raise AccessError: the user is no sales manager
        :raise UserError: something is reserved or spent in a budget
        """
        self.check_access("write")
        self._lock()
        self.invalidate_recordset(["state"])
        booked = self.line_ids._documents_with_money()
        if booked:
            raise UserError(
                self.env._(
                    "%(budgets)s: money is reserved or spent there: %(documents)s. Change the plan with an amendment, or "
                    "cancel what is not spent yet first.",
                    budgets=", ".join(self.mapped("display_name")),
                    documents=", ".join(booked),
                )
            )
        self._change_state("draft", approved_by_id=False, approved_on=False)
        self.line_ids.sudo().notified_share = 0.0  # sudo: the field is closed to users
        return True

    def action_reopen(self) -> bool:
        """Take a closed budget into use again.

        :raise UserError: another budget has come to pay for the same meanwhile
        """
        self.check_access("write")
        self._check_coming_from("closed")
        self.line_ids._lock_purposes()
        for line, other in self.line_ids._find_overlaps():
            raise UserError(
                self.env._(
                    "%(budget)s cannot be reopened: %(other)s pays for “%(purpose)s” of the same company, team and "
                    "salesperson at the same time. Close that one first, or amend it.",
                    budget=line.budget_id.display_name,
                    other=other.budget_id.display_name,
                    purpose=line.purpose_id.display_name,
                )
            )
        self._change_state("approved", closed_by_id=False, closed_on=False)
        return True

    def _check_coming_from(self, state: str) -> None:
        """:raise UserError: a budget is not in the state from which this way leads to “Approved”"""
        others = self.filtered(lambda budget: budget.state != state)
        if others:
            raise UserError(others._transition_refusal("approved"))

    def action_amend(self) -> dict:
        """Open the form for an amendment of this budget."""
        self.ensure_one()
        self.check_access("read")
        title = self.env._("Amend %(budget)s", budget=self.display_name)
        return dialog(title, "sale.budget.amendment", line_id=self.line_ids[:1].id)

    def action_view_entries(self) -> dict:
        """Open the ledger of these budgets."""
        action = self.env["ir.actions.actions"]._for_xml_id("sale_budget.sale_budget_entry_action")
        return dict(action, domain=[("budget_id", "in", self.ids)], context={})

    def action_view_requests(self) -> dict:
        """Open the spending requests of these budgets."""
        action = self.env["ir.actions.actions"]._for_xml_id("sale_budget.sale_budget_request_action")
        return dict(action, domain=[("budget_line_id.budget_id", "in", self.ids)], context={})

    def action_view_report(self) -> dict:
        """Open the analysis of these budgets."""
        action = self.env["ir.actions.actions"]._for_xml_id("sale_budget.sale_budget_report_action")
        return dict(action, domain=[("budget_id", "in", self.ids)], context={})

    # ------------------------------------------------------------------
    # What the owner is told
    # ------------------------------------------------------------------

    def _get_responsible(self) -> "models.Model":
        """Return who sees to this one budget: its owner, else who approved or planned it, whoever is still there."""
        self.ensure_one()
        people = (self.owner_id, self.approved_by_id, self.create_uid)
        return next((user for user in people if user.active), people[0])

    def _describe_costs(self, line, costs) -> Markup:
        """Return what was counted in a line of this one budget, and how it stands there, in words.

        :param costs: rows of the ledger
        """
        names = [entry.document_name or entry.source_name or "" for entry in costs]
        sources = [entry.source_name for entry in costs if entry.source_name]
        values = {
            "documents": ", ".join(dict.fromkeys(names + sources)),
            "amount": format_amount(self.env, sum(costs.mapped("amount")), line.currency_id),
            "purpose": line.with_context(lang=self.env.lang).purpose_id.display_name,
            "available": format_amount(self.env, line.available_amount, line.currency_id),
        }
        if self.state == "approved":
            text = self.env._("%(documents)s: %(amount)s for %(purpose)s. Available: %(available)s.", **values)
        elif self.state == "closed":
            text = self.env._(
                "%(documents)s: %(amount)s for %(purpose)s, counted although the budget is closed. Available: %(available)s.",
                **values,
            )
        else:
            text = self.env._(
                "%(documents)s: %(amount)s for %(purpose)s, counted although the budget is a draft. Available: %(available)s.",
                **values,
            )
        reasons = dict.fromkeys(entry.reason for entry in costs if entry.reason)
        if reasons:
            text = self.env._("%(text)s Reason: %(reason)s", text=text, reason="; ".join(reasons))
        return escape(text)

    def _tell_of_corrections(self, entries) -> None:
        """Tell the owner of this one budget what was taken back of the cost: the money is free again.

        :param entries: rows of the ledger
        """
        self.ensure_one()
        budget = self.sudo()  # sudo: whoever corrects a cost need not see the budget
        owner = budget._get_responsible()
        read = budget.with_context(lang=owner.lang or self.env.lang)
        lines = [
            escape(
                read.env._(
                    "%(document)s: %(amount)s taken back from what was entered as cost. %(reason)s",
                    document=entry.document_name or "",
                    amount=format_amount(read.env, -entry.amount, entry.currency_id),
                    reason=entry.reason or "",
                )
            )
            for entry in entries
        ]
        body = Markup("<br/>").join(lines)
        budget._message_log(body=body)
        if owner != self.env.user:
            budget.message_notify(
                subject=read.env._("Cost taken back: %s", read.display_name),
                body=body,
                partner_ids=owner.partner_id.ids,
            )

    def _tell_owner(self, describe: Callable[["models.Model"], list[Markup]]) -> None:
        """Tell the owner of this one budget what was counted in it though nobody had agreed to it.

        A task, and a note. An open task of this kind gets longer: a bad day does not fill a page.

        :param describe: takes the budget in the language of its reader, returns paragraphs
        """
        self.ensure_one()
        budget = self.sudo()  # sudo: whoever posts a bill need not see the budget
        kind = "sale_budget.mail_activity_type_uncovered"
        owner = budget._get_responsible()
        activity_type = self.env.ref(kind, raise_if_not_found=False)
        task = budget.activity_ids.filtered(
            lambda one: one.activity_type_id == activity_type and one.user_id == owner and one.automated
        )[:1]
        text = Markup("<br/>").join(describe(budget.with_context(lang=owner.lang)))
        if task:
            task.note = Markup("<br/>").join([Markup(task.note or ""), text])
        else:
            self.env["mail.activity"]._sales_ask(
                kind,
                {budget: owner},
                lambda one: one.env._("Cost that the budget does not cover"),
                note=lambda one: text,
            )
        budget._message_log(body=text)
