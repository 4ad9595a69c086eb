from collections.abc import Callable
from datetime import date as Date

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_amount

from odoo.addons.sales_department_base.records import refuse, used_by
from odoo.addons.sales_department_base.tools.actions import dialog

from ..tools.money import Balance, Demand, shortfalls
from ..tools.scope import Scope, overlap
from ..tools.thresholds import newly_reached

#: How many documents an error message names before it only counts them.
NAMED_AT_MOST = 10

#: Figures that follow from the ledger.
LEDGER_FIELDS = frozenset({
    "amendment_amount",
    "committed_amount",
    "actual_amount",
    "available_amount",
    "share_used",
    "notified_share",
})


class SaleBudgetLine(models.Model):
    """The money of one purpose within a budget.

    The row is also the lock of its money: whoever reserves or spends takes it first.
    """

    _name = "sale.budget.line"
    _description = "Budget Line"
    _inherit = ["sales.department.closed.mixin"]
    _order = "budget_id desc, sequence, id"
    _rec_names_search = ["budget_id.name", "purpose_id.name"]

    budget_id = fields.Many2one("sale.budget", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(related="purpose_id.sequence", store=True)
    purpose_id = fields.Many2one("sale.budget.purpose", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="budget_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(related="budget_id.state")
    date_from = fields.Date(related="budget_id.date_from", store=True)
    date_to = fields.Date(related="budget_id.date_to", store=True)
    team_id = fields.Many2one(related="budget_id.team_id", store=True)
    user_id = fields.Many2one(related="budget_id.user_id", store=True)
    owner_id = fields.Many2one(related="budget_id.owner_id")
    amount = fields.Monetary("Planned")
    amendment_ids = fields.One2many("sale.budget.amendment", "line_id", "Amendments")
    entry_ids = fields.One2many("sale.budget.entry", "line_id", "Ledger")
    amendment_amount = fields.Monetary("Amended", compute="_compute_balance", store=True)
    committed_amount = fields.Monetary(
        "Committed", compute="_compute_balance", store=True, help="Reserved by approved documents and not spent yet"
    )
    actual_amount = fields.Monetary("Actual", compute="_compute_balance", store=True)
    available_amount = fields.Monetary(
        "Available", compute="_compute_balance", store=True, help="Planned + amended − committed − actual"
    )
    share_used = fields.Float(
        "Used",
        compute="_compute_balance",
        store=True,
        aggregator=None,
        digits=(16, 4),
        help="Committed and actual, as a share of the plan with its amendments",
    )
    notified_share = fields.Float(readonly=True, copy=False, aggregator=None, help="Highest notice given so far")

    _amount_positive = models.Constraint("CHECK(amount >= 0)", "A planned amount must not be negative.")
    _purpose_once = models.UniqueIndex("(budget_id, purpose_id)", "A budget has one line for each purpose.")

    @api.depends("budget_id.name", "purpose_id.name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.budget_id.name or ''} · {line.purpose_id.name or ''}"

    @api.depends("amount", "amendment_ids.amount", "entry_ids.amount", "entry_ids.kind")
    def _compute_balance(self):
        amended = dict(
            self.env["sale.budget.amendment"]._read_group([("line_id", "in", self.ids)], ["line_id"], ["amount:sum"])
        )
        groups = self.env["sale.budget.entry"]._read_group(
            [("line_id", "in", self.ids)], ["line_id", "kind"], ["amount:sum"]
        )
        spent = {(line.id, kind): amount for line, kind, amount in groups}
        for line in self:
            round_ = (line.currency_id or self.env.company.currency_id).round
            origin = line._origin
            balance = Balance(
                line.amount,
                round_(amended.get(origin, 0.0)),
                round_(spent.get((origin.id, "commitment"), 0.0)),
                round_(spent.get((origin.id, "actual"), 0.0)),
            )
            line.amendment_amount = balance.amended
            line.committed_amount = balance.committed
            line.actual_amount = balance.actual
            line.available_amount = round_(balance.available)
            line.share_used = balance.share_used

    # ------------------------------------------------------------------
    # One budget for one thing
    # ------------------------------------------------------------------

    def _get_scope(self) -> Scope:
        self.ensure_one()
        return Scope(self.id, self.date_from, self.date_to, self.user_id.id or None, self.team_id.id or None)

    @api.constrains("budget_id", "purpose_id")
    def _check_overlap(self):
        for line, other in self.filtered(lambda line: line.budget_id.state != "closed")._find_overlaps():
            raise ValidationError(
                self.env._(
                    "%(budget)s and %(other)s would both pay for “%(purpose)s” of the same company, team and "
                    "salesperson at the same time. Change the period or scope of one of them, or amend the "
                    "existing one.",
                    budget=line.budget_id.display_name,
                    other=other.budget_id.display_name,
                    purpose=line.purpose_id.display_name,
                )
            )

    def _find_overlaps(self) -> list[tuple]:
        """Return each of these lines with one of a budget that is not closed and would pay for the same. One query."""
        lines = self.sudo()  # sudo: a budget the user may not see counts all the same
        if not lines:
            return []
        others = lines.search([
            ("budget_id.state", "!=", "closed"),
            ("company_id", "in", lines.company_id.ids),
            ("purpose_id", "in", lines.purpose_id.ids),
            ("date_from", "<=", max(lines.mapped("date_to"))),
            ("date_to", ">=", min(lines.mapped("date_from"))),
        ])
        others = (others | lines).grouped(lambda line: (line.company_id, line.purpose_id))
        return [
            (line, other)
            for line in lines
            for other in others[line.company_id, line.purpose_id]
            if other != line and overlap(line._get_scope(), other._get_scope())
        ]

    def _find_for_day(self, day: Date) -> "models.Model":
        """Return this one line where its budget is approved and holds the day, else the line of the approved budget that
        does, of the same company, purpose, team and salesperson; an empty one where there is none.
        """
        self.ensure_one()
        if self.budget_id.state == "approved" and self.date_from <= day <= self.date_to:
            return self
        return self.search(
            [
                ("budget_id.state", "=", "approved"),
                ("company_id", "=", self.company_id.id),
                ("purpose_id", "=", self.purpose_id.id),
                ("team_id", "=", self.team_id.id),
                ("user_id", "=", self.user_id.id),
                ("date_from", "<=", day),
                ("date_to", ">=", day),
            ],
            limit=1,
        )

    # ------------------------------------------------------------------
    # The plan is fixed by approval
    # ------------------------------------------------------------------

    def _refuse_change(self) -> None:
        """:raise UserError: the plan of one of the budgets is approved"""
        refuse(
            self.budget_id.filtered(lambda budget: budget.state != "draft"),
            self.env._("The plan of %(names)s is fixed since the approval. Add an amendment instead."),
        )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        late = lines.filtered(lambda line: line.budget_id.state != "draft")
        # A purpose nobody planned may be added to an approved budget, its money by amendment.
        late.filtered(lambda line: line.amount or line.budget_id.state != "approved")._refuse_change()
        return lines

    def write(self, vals):
        if {"amount", "budget_id", "purpose_id"} & vals.keys():
            self._refuse_change()
        if "purpose_id" in vals:
            self.filtered(lambda line: line.purpose_id.id != vals["purpose_id"])._refuse_removal()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        self._refuse_change()
        self._refuse_removal()

    def _refuse_removal(self) -> None:
        """:raise UserError: the ledger or an amendment knows one of the lines from when its budget was in force"""
        lines = self.sudo()  # sudo: the rows of everybody count
        refuse(
            used_by(lines, lines.env["sale.budget.entry"], "line_id")
            | used_by(lines, lines.env["sale.budget.amendment"], "line_id"),
            self.env._(
                "%(names)s: ledger or amendments know it from when the budget was in force, so it stays as it is. Plan 0 "
                "for it, or approve and close the budget."
            ),
        )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_view_entries(self) -> dict:
        """Open the ledger of these lines."""
        action = self.env["ir.actions.actions"]._for_xml_id("sale_budget.sale_budget_entry_action")
        return dict(action, domain=[("line_id", "in", self.ids)], context={})

    def action_amend(self) -> dict:
        """Open the form for an amendment of this line."""
        self.ensure_one()
        self.check_access("read")
        title = self.env._("Amend %(line)s", line=self.display_name)
        return dialog(title, "sale.budget.amendment", line_id=self.id)

    # ------------------------------------------------------------------
    # Locks and checks of the money: for code, not for clients
    # ------------------------------------------------------------------

    def _lock_money(self) -> None:
        """Wait for the lines and hold them until the transaction ends.

        Whoever comes second waits for the first to commit or roll back. When the first committed, PostgreSQL refuses
        the older snapshot of the second (a serialization error), Odoo repeats the second call from the start, and it
        finds the figures as they are then; also where the first changed none of them: the rows are written as they are.
        The budget is locked against being closed meanwhile.

        Hand-written, as is :meth:`_lock_purposes`: the ORM's own lock does not wait, and would turn away every second
        user of a busy budget.
        """
        if not self:
            return
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                """
                WITH held AS (
                    SELECT line.id
                      FROM sale_budget_line line
                      JOIN sale_budget budget ON budget.id = line.budget_id
                     WHERE line.id IN %s
                  ORDER BY line.id
                       FOR NO KEY UPDATE OF line FOR SHARE OF budget
                )
                UPDATE sale_budget_line line
                   SET write_date = line.write_date
                  FROM held
                 WHERE line.id = held.id
             RETURNING line.id
                """,
                tuple(self.ids),
            )
        )
        self.invalidate_recordset(LEDGER_FIELDS)
        self.budget_id.invalidate_recordset(["state"])

    def _lock_purposes(self) -> None:
        """Wait for the purposes of the lines and hold them until the transaction ends: of two budgets for the same
        purpose that are approved or reopened at once, the second is tried again and sees the first.
        """
        if self:
            self.env.execute_query(
                SQL(
                    """
                    WITH held AS (SELECT id FROM sale_budget_purpose WHERE id IN %s ORDER BY id FOR NO KEY UPDATE)
                    UPDATE sale_budget_purpose purpose
                       SET write_date = purpose.write_date
                      FROM held
                     WHERE purpose.id = held.id
                 RETURNING purpose.id
                    """,
                    tuple(self.purpose_id.ids),
                )
            )

    def _check_open(self) -> None:
        """:raise UserError: one of the budgets is not approved, or closed again"""
        for budget in self.budget_id.filtered(lambda budget: budget.state != "approved"):
            if budget.state == "draft":
                message = self.env._(
                    "%(budget)s is not approved yet: nothing can be reserved or spent. Have it approved first.",
                    budget=budget.display_name,
                )
            else:
                message = self.env._(
                    "%(budget)s is closed: nothing can be reserved or spent any more. Use a current budget, or ask "
                    "a sales manager to reopen this one.",
                    budget=budget.display_name,
                )
            raise UserError(message)

    def _get_lacking(self, demands: list[Demand]) -> dict:
        """Return, by document, the part of its amount that the lines do not cover; nothing where they do.

        :param demands: amounts in company currency, by document and line id
        """
        available = {line.id: line.available_amount for line in self}
        rounding = min(self.currency_id.mapped("rounding"), default=0.01)
        return shortfalls(available, demands, rounding=rounding)

    def _check_money(self, demands: list[Demand], reason: str | None) -> dict:
        """Check, under the lock, that the lines cover the demands.

        :param demands: amounts in company currency, by document and line id
        :param reason: why the documents are let through over budget, else None
        :return: by document, the part of its amount that is over budget (with a reason)
        :raise UserError: a document is not covered and there is no reason. Whether the user may give one is checked by
            the caller
        """
        lacking = self._get_lacking(demands)
        if not lacking or (reason and reason.strip()):
            return lacking
        asked = []
        for demand in demands:
            if demand.document in lacking:
                line = self.browse(demand.line)
                asked.append(
                    self.env._(
                        "- %(document)s: %(amount)s asked for, %(available)s available in %(line)s",
                        document=demand.document.display_name,
                        amount=format_amount(self.env, demand.amount, line.currency_id),
                        available=format_amount(self.env, max(line.available_amount, 0.0), line.currency_id),
                        line=line.display_name,
                    )
                )
        if len(asked) > NAMED_AT_MOST:
            asked[NAMED_AT_MOST:] = [self.env._("and %(count)s more", count=len(asked) - NAMED_AT_MOST)]
        raise UserError(
            "\n".join([
                self.env._("There is not enough money in the budget:"),
                *asked,
                self.env._(
                    "Ask for an amendment of the budget, or have a user with the right “Approve over Budget” let it "
                    "through."
                ),
            ])
        )

    def _documents_holding_money(self) -> list[str]:
        """Return the names of the documents that still reserve money of these lines, ten at most."""
        return self._name_documents(lambda amount: amount > 0, [("kind", "=", "commitment")])

    def _documents_with_money(self) -> list[str]:
        """Return the names of the documents that reserve money of these lines or have spent it, ten at most."""
        return self._name_documents(bool, [])

    def _name_documents(self, matters: Callable[[float], bool], domain: list) -> list[str]:
        """Return the names of the documents of which an amount in these lines matters, ten at most.

        :param matters: takes what a document holds of one kind; noise of floating point is 0
        :param domain: which rows of the ledger count
        """
        entries = self.env["sale.budget.entry"].sudo()  # sudo: the rows of everybody count
        groups = entries._read_group(
            [("line_id", "in", self.ids), *domain],
            ["line_id", "kind", "res_model", "res_id"],
            ["amount:sum", "document_name:max", "id:max"],
        )
        names = []
        for line, _kind, _model, id_, amount, name, _last in sorted(groups, key=lambda group: group[-1]):
            if matters(0.0 if line.currency_id.is_zero(amount) else amount):
                names.append(name or f"#{id_}")
        return list(dict.fromkeys(names))[:NAMED_AT_MOST]

    # ------------------------------------------------------------------
    # Notices
    # ------------------------------------------------------------------

    def _notify_thresholds(self) -> None:
        """Tell the owners of lines that reached another threshold, once each.

        One activity and one note a budget, however many of its lines got there.
        """
        texts: dict = {}
        for line in self:
            shares = line.budget_id.threshold_ids.mapped("share")
            threshold = newly_reached(line.share_used, shares, line.notified_share)
            if threshold is None:
                continue
            line.notified_share = threshold
            text = self.env._(
                "%(purpose)s: %(share).0f %% used, %(available)s available",
                purpose=line.purpose_id.display_name,
                share=line.share_used * 100,
                available=format_amount(self.env, line.available_amount, line.currency_id),
            )
            texts.setdefault(line.budget_id, []).append(escape(text))
        notes = {budget.id: Markup("<br/>").join(of_budget) for budget, of_budget in texts.items()}
        for budget in texts:
            budget.activity_schedule(
                "sale_budget.mail_activity_type_threshold",
                summary=self.env._("Budget running low"),
                note=notes[budget.id],
                user_id=budget._get_responsible().id,
            )
        self.env["sale.budget"].browse(notes)._message_log_batch(notes)

    def _tell_owners(self, entries) -> None:
        """Tell the owners of these lines what was counted although the budget is not in force, or does not cover it.

        One task a budget, to which further cost is added while it is open, and a note in the chatter.

        :param entries: rows that were just added to the ledger
        """
        told: dict = {}
        for line, of_line in entries.grouped("line_id").items():
            costs = of_line.filtered(lambda entry: entry.kind == "actual" and entry.origin != "offset")
            used_more = line.currency_id.compare_amounts(sum(of_line.mapped("amount")), 0.0) > 0
            over = used_more and line.currency_id.compare_amounts(line.available_amount, 0.0) < 0
            if costs and (over or line.budget_id.state != "approved"):
                told[line] = costs
        for budget, lines in self.browse().union(*told).grouped("budget_id").items():
            budget._tell_owner(lambda read, lines=lines: [read._describe_costs(line, told[line]) for line in lines])
        corrected = entries.filtered(lambda entry: entry.origin == "correct" and entry.amount < 0)
        for budget, of_budget in corrected.grouped("budget_id").items():
            budget._tell_of_corrections(of_budget)
