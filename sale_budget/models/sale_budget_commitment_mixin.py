from dataclasses import dataclass
from datetime import date as Date
from decimal import Decimal
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount

from odoo.addons.sales_department_base.records import refuse

from ..constants import OVERSPEND_GROUP
from ..tools.money import Demand, take_back
from ..tools.scope import most_specific
from ..tools.target import BY_HAND


@dataclass(frozen=True, slots=True)
class BudgetValues:
    """What a budget needs to know of one document; records where not said otherwise."""

    company: Any
    date: Date
    purpose: Any
    team: Any
    user: Any
    partner: Any
    estimate: float  # in the currency of the company


class SaleBudgetCommitmentMixin(models.AbstractModel):
    """Documents that reserve budget when approved and spend it later.

    A model inherits this mixin, tells what it costs, and calls one method at each turn of its life::

        class Sample(models.Model):
            _inherit = ["mail.thread", "sale.budget.commitment.mixin"]

            def _get_budget_values(self):
                purpose = self.env.ref("sale_budget.purpose_sample")
                return {
                    sample.id: BudgetValues(
                        company=sample.company_id,
                        date=sample.date,
                        purpose=purpose,
                        team=sample.team_id,
                        user=sample.user_id,
                        partner=sample.partner_id,
                        estimate=sample._budget_convert(
                            sample.estimate, sample.currency_id, sample.company_id, sample.date
                        ),
                    )
                    for sample in self
                }

            def action_approve(self):
                self._change_state("approved")
                self._budget_commit()

            def action_order(self, cost):
                self._budget_spend(cost)

            def action_made(self, cost):
                self._budget_record(cost, release_rest=True)

            def action_cancel(self):
                self._budget_check_cancel(keep_spent=True)
                self._change_state("cancelled")
                self._budget_release()

    What has not happened yet is asked for: ``_budget_commit`` and ``_budget_spend`` refuse what the budget does not
    cover. What has happened is recorded, whatever is left: ``_budget_record`` counts it and tells the owner of the budget.

    The methods check money and budget, not whether the user may approve the document: that is the document's own
    business. They work on recordsets, all or nothing, and wait for other transactions that use the same budget line.
    """

    _name = "sale.budget.commitment.mixin"
    _description = "Document that Uses a Budget"
    _inherit = ["sales.department.closed.mixin"]

    #: Figures that follow from the ledger.
    _budget_figures = ("budget_committed_amount", "budget_actual_amount")

    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    budget_currency_id = fields.Many2one(related="company_id.currency_id", string="Budget Currency")
    budget_line_id = fields.Many2one(
        "sale.budget.line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="Where the money is reserved and spent",
    )
    budget_committed_amount = fields.Monetary(
        "Reserved", compute="_compute_budget_amounts", compute_sudo=True, currency_field="budget_currency_id"
    )
    budget_actual_amount = fields.Monetary(
        "Actual Cost", compute="_compute_budget_amounts", compute_sudo=True, currency_field="budget_currency_id"
    )

    budget_expected_line_id = fields.Many2one(
        "sale.budget.line",
        "Budget",
        compute="_compute_budget_expected",
        compute_sudo=True,
        help="The budget that pays: the salesperson's own, else the team's, else the company's",
    )
    budget_available_amount = fields.Monetary(
        "Available in Budget",
        compute="_compute_budget_expected",
        compute_sudo=True,
        currency_field="budget_currency_id",
    )
    budget_shortfall_amount = fields.Monetary(
        "Over Budget",
        compute="_compute_budget_expected",
        compute_sudo=True,
        currency_field="budget_currency_id",
        help="What the estimate would take beyond the money that is available",
    )

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def _compute_budget_amounts(self):
        groups = self.env["sale.budget.entry"]._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id", "kind"], ["amount:sum"]
        )
        sums = {(id_, kind): amount for id_, kind, amount in groups}
        for record in self:
            record.budget_committed_amount = sums.get((record._origin.id, "commitment"), 0.0)
            record.budget_actual_amount = sums.get((record._origin.id, "actual"), 0.0)

    def _compute_budget_expected(self):
        values = self._get_budget_values()
        lines = self._budget_find_line(values)
        for record in self:
            line = record.budget_line_id or lines[record.id]
            if not isinstance(record.id, int) and not line.sudo(False).has_access("read"):
                line = line.browse()  # a form that is filled in: whose budget it would be is up to the client
            reserved = record.budget_committed_amount + record.budget_actual_amount
            record.budget_expected_line_id = line
            record.budget_available_amount = line.available_amount
            gap = values[record.id].estimate - max(line.available_amount, 0.0)
            record.budget_shortfall_amount = max(gap, 0.0) if line and not reserved else 0.0

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_ledger(self):
        entries = self.env["sale.budget.entry"].sudo()  # sudo: the rows of everybody count
        groups = entries._read_group([("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id"])
        refuse(
            self.browse([id_ for [id_] in groups]),
            self.env._("%(names)s: the budget ledger knows them, so they cannot be deleted. Cancel them instead."),
        )

    # ------------------------------------------------------------------
    # Hooks
    # ------------------------------------------------------------------

    def _get_budget_values(self) -> dict[Any, BudgetValues]:
        """Return, by record id, what the budget needs to know. Each document defines it."""
        raise NotImplementedError(f"{self._name} does not define _get_budget_values")

    def _budget_approve_over(self, reason: str) -> None:
        """Approve the documents although the budget does not cover them.

        Called by the wizard that asks for the reason. Each document that offers the wizard defines it, usually as its
        approval with ``_budget_commit(reason=reason)``.
        """
        raise UserError(self.env._("There is no document that could be approved over budget."))

    def _budget_excess(self, more: float = 0.0) -> float:
        """Return by how much the cost of this one document goes above what was approved; 0 where it does not.

        Extension point: documents that are approved at an amount define it.

        :param more: cost about to be recorded, in company currency
        """
        self.ensure_one()
        return 0.0

    def _budget_cost_changed(self, reasons: dict[int, str]) -> None:
        """Tell people what these documents have cost. Extension point; called whenever the ledger has a new cost.

        :param reasons: by document id, why it cost more, where somebody said so
        """

    # ------------------------------------------------------------------
    # Which budget pays
    # ------------------------------------------------------------------

    def _budget_find_line(self, values: dict | None = None) -> dict[Any, Any]:
        """Return the budget line that pays, by record id; an empty one where none does.

        Of the approved budgets that hold the day and the purpose, the most specific one: the salesperson's, else the
        team's, else the company's. One query.

        As superuser: a salesperson's document may be paid from a budget of which he sees only what is available.

        :param values: what :meth:`_get_budget_values` returned, when the caller has it
        """
        values = self._get_budget_values() if values is None else values
        return self._budget_lines_in(values, "approved")

    @api.model
    def _budget_counts_for(self, team, user) -> bool:
        """Tell whether a document may spend a team's money: its salesperson is a member or leads the team.

        A team can be chosen freely; its money is not to be had by that.
        """
        team = team._origin.sudo()  # sudo: who is in which team is no secret
        return bool(team) and (not user or user._origin in team.member_ids | team.user_id)

    @api.model
    def _budget_lines_in(self, values: dict, state: str) -> dict[Any, Any]:
        Line = self.env["sale.budget.line"].sudo()  # sudo: see _budget_find_line
        complete = {key: value for key, value in values.items() if value.company and value.purpose and value.date}
        found = dict.fromkeys(values, Line)
        if not complete:
            return found
        days = [value.date for value in complete.values()]
        lines = Line.search([
            ("budget_id.state", "=", state),
            ("company_id", "in", list({value.company.id for value in complete.values()})),
            ("purpose_id", "in", list({value.purpose._origin.id for value in complete.values()})),
            ("date_from", "<=", max(days)),
            ("date_to", ">=", min(days)),
        ])
        by_purpose = lines.grouped(lambda line: (line.company_id.id, line.purpose_id.id))
        scopes = {key: [line._get_scope() for line in of_key] for key, of_key in by_purpose.items()}
        for key, value in complete.items():
            line_id = most_specific(
                scopes.get((value.company.id, value.purpose._origin.id), ()),
                value.date,
                value.user._origin.id or None,
                value.team._origin.id if self._budget_counts_for(value.team, value.user) else None,
            )
            found[key] = Line.browse(line_id or ()).with_prefetch(lines.ids)
        return found

    def _budget_require_lines(self, values: dict) -> dict[Any, Any]:
        """Return the line of each document: where it has money already, else the one that pays.

        :raise UserError: a document has none; the message says what to do
        """
        lines = self._budget_find_line(values)
        for record in self:
            if record.budget_committed_amount or record.budget_actual_amount:
                lines[record.id] = record.budget_line_id.sudo()  # sudo: see _budget_find_line
        missing = self.filtered(lambda record: not lines[record.id])
        if not missing:
            return lines
        missing_values = {record.id: values[record.id] for record in missing}
        for state in ("draft", "closed"):
            for line in self._budget_lines_in(missing_values, state).values():
                line._check_open()
        value = values[missing[0].id]
        raise UserError(
            self.env._(
                "%(document)s: there is no approved budget for “%(purpose)s” on %(date)s that covers its salesperson "
                "or team. Ask a sales manager for one, or change purpose or date.",
                document=missing[0].display_name,
                purpose=value.purpose.display_name,
                date=fields.Date.to_string(value.date),
            )
        )

    @api.model
    def _budget_convert(self, amount: float, currency, company, day: Date) -> float:
        """Return an amount in the company's currency at the rate of that day.

        :raise UserError: the currency has no rate: Odoo would take it for 1
        """
        if not amount or not currency or not company or currency == company.currency_id:
            return amount
        rates = self.env["res.currency.rate"].sudo()  # sudo: rates are no secret, salespeople may not read them
        known = rates.search_count(
            [("currency_id", "=", currency.id), ("company_id", "in", (False, company.root_id.id))], limit=1
        )
        if not known:
            raise UserError(
                self.env._(
                    "There is no exchange rate of %(currency)s to %(company_currency)s. Enter one in the currency "
                    "settings, or use another currency.",
                    currency=currency.name,
                    company_currency=company.currency_id.name,
                )
            )
        return currency._convert(amount, company.currency_id, company, day or company._sales_today())

    # ------------------------------------------------------------------
    # What a document does with its money
    # ------------------------------------------------------------------

    def _budget_commit(self, amount: float | None = None, reason: str | None = None) -> None:
        """Reserve the estimates: check and reservation are one step under a lock.

        :param amount: in company currency, instead of the estimate; for one document
        :param reason: why to go over the budget. It needs the right ``sale_budget.group_overspend``, and is kept in
            ledger and chatter
        :raise UserError: no approved budget covers a document, or its budget is closed
        :raise UserError: the money does not suffice and there is no reason
        :raise AccessError: a reason is given by someone without the right
        """
        if amount is not None:
            self.ensure_one()
        values = self._get_budget_values()
        wanted = {record: values[record.id].estimate if amount is None else amount for record in self}
        negative = self.filtered(lambda record: wanted[record] < 0)
        refuse(negative, self.env._("%(names)s: the amount must not be negative."))
        lines = self._budget_require_lines(values)
        found = self.env["sale.budget.line"].sudo().union(*lines.values())  # sudo: see _budget_find_line
        found._lock_money()
        found._check_open()
        demands = [Demand(record, lines[record.id].id, money) for record, money in wanted.items()]
        over = found._check_money(demands, reason)
        if over:
            self._budget_check_overspend_right()
        self.env["sale.budget.entry"]._book([
            record._budget_prepare_entry(
                values[record.id],
                lines[record.id],
                "commitment",
                "commit",
                money,
                overspend_amount=over.get(record, 0.0),
                reason=reason if record in over else False,
            )
            for record, money in wanted.items()
        ])
        for line, of_line in self.grouped(lambda record: lines[record.id]).items():
            of_line.sudo().write({"budget_line_id": line.id})  # sudo: the field is closed to users
        self._budget_log({
            record.id: self.env._(
                "%(amount)s reserved in %(line)s.",
                amount=record._budget_format(money),
                line=lines[record.id].display_name,
            )
            for record, money in wanted.items()
            if record not in over
        })
        self._budget_log_over(over, reason)

    def _budget_spend(
        self,
        amount: float,
        release_rest: bool = False,
        date: Date | None = None,
        note: str | None = None,
        reason: str | None = None,
        bill_follows: bool | None = None,
    ) -> None:
        """Spend on this one document what is not spent yet: its reservation becomes actual cost.

        What the reservation does not cover must be available in the budget. Cost that has arisen already is recorded with
        :meth:`_budget_record`.

        :param amount: cost in company currency, above 0, to add to what was spent before
        :param release_rest: nothing more will be spent: give the rest back
        :param date: day of the expense; today in the company's time zone if not given
        :param note: kept in the ledger
        :param reason: why to go over the budget, see :meth:`_budget_commit`, or above what was approved
        :param bill_follows: whether a bill or expense that names the document follows and replaces this cost; None where
            nobody said
        :raise UserError: the amount is not above 0, or no open budget pays
        :raise UserError: reservation and available money do not cover the amount
        """
        self.ensure_one()
        if amount <= 0:
            raise UserError(self.env._("%(document)s: enter a cost above zero.", document=self.display_name))
        values = self._get_budget_values()
        line = self.budget_line_id.sudo()  # sudo: see _budget_find_line
        line = line or self._budget_require_lines(values)[self.id]
        line._lock_money()
        line._check_open()
        demand = self._budget_demand(line, amount)
        over = line._check_money([demand], reason)
        if over:
            self._budget_check_overspend_right()
        self._budget_book_cost(
            values[self.id],
            line,
            amount,
            overspend_amount=over.get(self, 0.0),
            reason=reason if over or self._budget_excess(amount) else False,
            date=date,
            note=note,
            bill_follows=bill_follows,
        )
        if release_rest:
            self._budget_release()
        self._budget_log({self.id: self.env._("%(amount)s spent.", amount=self._budget_format(amount))})
        self._budget_log_over(over, reason)

    def _budget_record(
        self,
        amount: float,
        *,
        source: models.BaseModel | None = None,
        release_rest: bool = False,
        date: Date | None = None,
        note: str | None = None,
        reason: str | None = None,
        bill_follows: bool | None = None,
    ) -> bool:
        """Record a fact: what this one document has cost. Neither money nor a closed budget refuses it.

        It needs no right to go over the budget. What the budget does not cover, and what is counted in a budget that is not
        in force, is told to the owner of the budget, with the reason.

        A negative amount takes back what was entered by hand too much, as a row of its own: with a source, of what the
        source has cost, else of the latest cost entered by hand. The figures are as if it had been right at once.

        ::

            request._budget_record(cost - booked, source=sample_round, note=sample_round.display_name)

        :param amount: in company currency, to add to what was recorded before; negative to take back
        :param source: record of which it is the cost, such as a round: what is recorded of it later corrects that
        :param release_rest: nothing more will be spent: give the rest back
        :param date: day of the expense; today in the company's time zone if not given
        :param note: kept in the ledger
        :param reason: why it cost more, or was wrong; kept in ledger and chatter
        :param bill_follows: whether a bill or expense that names the document follows and replaces this cost; None where
            nobody said
        :return: whether a budget counts it. Where none covers the document a note says so
        :raise UserError: more is taken back than was entered by hand
        """
        self.ensure_one()
        amount = self.budget_currency_id.round(amount)
        reason = (reason or "").strip() or False
        values = self._get_budget_values()
        entered = self._budget_entered_by_hand(source)
        line = self._budget_find_fact_line(values)
        if source and entered and amount > 0:
            line = list(entered)[-1]
        if not line and amount >= 0:
            text = self.env._("No budget covers it: %(amount)s counted nowhere.", amount=self._budget_format(amount))
            self._budget_log({self.id: text})
            return False
        line.union(*entered)._lock_money()
        entered = self._budget_entered_by_hand(source)
        more = {"source": source, "date": date, "note": note, "reason": reason, "bill_follows": bill_follows}
        if amount > 0:
            demand = self._budget_demand(line, amount)
            over = line._get_lacking([demand]).get(self, 0.0)
            origin = "correct" if source and entered else "spend"
            self._budget_book_cost(values[self.id], line, amount, origin=origin, overspend_amount=over, **more)
        elif amount:
            self._budget_take_back(values[self.id], entered, -amount, **more)
        if release_rest:
            self._budget_release()
        if amount:
            self._budget_log({self.id: self._budget_record_note(amount, reason, bill_follows)})
        return True

    def _budget_record_note(self, amount: float, reason: str | None, bill_follows: bool | None) -> str:
        """Return what the chatter of this one document says about a recorded cost, positive or taken back."""
        money = self._budget_format(abs(amount))
        if amount < 0:
            sentences = [self.env._("%(amount)s taken back from what was entered as cost.", amount=money)]
        else:
            sentences = [self.env._("%(amount)s spent.", amount=money)]
        if amount > 0 and bill_follows:
            sentences.append(self.env._("A bill follows."))
        elif amount > 0 and bill_follows is False:
            sentences.append(self.env._("No bill follows."))
        if reason:
            sentences.append(self.env._("Reason: %s", reason))
        return " ".join(sentences)

    def _budget_find_fact_line(self, values: dict) -> Any:
        """Return the line that counts what this one document has cost: its own, else the one that pays, else one of a
        closed budget; an empty one where there is none.
        """
        line = self.budget_line_id.sudo()  # sudo: see _budget_find_line
        return line or self._budget_find_line(values)[self.id] or self._budget_lines_in(values, "closed")[self.id]

    def _budget_entered_by_hand(self, source=None) -> dict[Any, float]:
        """Return what was entered by hand as cost of this one document, by budget line, the latest line last.

        :param source: only what this record has cost
        """
        domain = [("res_model", "=", self._name), ("res_id", "=", self.id), ("kind", "=", "actual")]
        domain += [("origin", "in", BY_HAND)]
        if source:
            domain += [("source_model", "=", source._name), ("source_id", "=", source.id)]
        entries = self.env["sale.budget.entry"].sudo()  # sudo: the rows of everybody count
        groups = entries._read_group(domain, ["line_id"], ["amount:sum", "id:max"])
        return {line: amount for line, amount, _last in sorted(groups, key=lambda group: group[2])}

    def _budget_take_back(self, values: BudgetValues, entered: dict, amount: float, **more) -> None:
        """Book that cost of this one document was entered by hand by mistake.

        :param entered: what :meth:`_budget_entered_by_hand` returned
        :param amount: above 0
        :raise UserError: it is more than was entered by hand
        """
        parts = take_back([Decimal(str(cost)) for cost in entered.values()], Decimal(str(amount)))
        if self.budget_currency_id.compare_amounts(float(sum(parts)), amount) < 0:
            raise UserError(
                self.env._(
                    "%(document)s: only %(entered)s were entered by hand, so %(amount)s cannot be taken back. What a bill or "
                    "an expense has brought is corrected there.",
                    document=self.display_name,
                    entered=self._budget_format(sum(entered.values())),
                    amount=self._budget_format(amount),
                )
            )
        for line, part in zip(entered, parts, strict=True):
            if part:
                self._budget_book_cost(values, line, -float(part), origin="correct", **more)

    def _budget_demand(self, line, amount: float) -> Demand:
        """Return what a cost of this one document asks of its line, beyond the reservation; the line is locked."""
        self.invalidate_recordset(self._budget_figures)
        reserved = max(self.budget_committed_amount, 0.0)
        return Demand(self, line.id, amount - min(amount, reserved))

    def _budget_book_cost(
        self,
        values: BudgetValues,
        line,
        amount: float,
        *,
        origin="spend",
        date=None,
        source=None,
        bill_follows=None,
        **more,
    ) -> None:
        """Book cost of this one document that was entered by hand; the caller holds the lock and has checked."""
        entries = self.env["sale.budget.entry"]
        if source:
            more.update(entries._get_next_source(source), source_name=source.display_name)
        fact = self._budget_prepare_entry(
            values,
            line,
            "actual",
            origin,
            amount,
            date=date or self.company_id._sales_today(),
            bill_follows=entries._say_bill_follows(bill_follows),
            **more,
        )
        entries._book([fact])
        if self.budget_line_id != line and amount > 0:
            self.sudo().budget_line_id = line  # sudo: the field is closed to users

    def _budget_release(self) -> None:
        """Give back what is still reserved; what was spent stays spent.

        From now on a bill that is taken back reserves nothing for the document again. Documents that never reserved
        anything are passed over.
        """
        records = self.filtered("budget_line_id")
        if not records:
            return
        records.budget_line_id.sudo()._lock_money()  # sudo: the user need not see the budget to give money back
        values = records._get_budget_values()
        self.env["sale.budget.entry"]._book([
            record._budget_prepare_entry(values[record.id], record.budget_line_id, "commitment", "release", 0.0)
            for record in records
        ])

    def _budget_check_cancel(self, keep_spent: bool = False) -> None:
        """Check that the documents may be cancelled as far as the budget is concerned.

        :param keep_spent: the document may be cancelled although it has cost something; what was spent stays spent,
            only the rest is released
        :raise UserError: a document has cost something already, and `keep_spent` is false
        """
        spent = self.filtered(lambda record: record.budget_currency_id.compare_amounts(record.budget_actual_amount, 0))
        if spent and not keep_spent:
            raise UserError(
                self.env._(
                    "Spent money cannot be cancelled: %(documents)s. Close them as done instead, which releases "
                    "the rest.",
                    documents=", ".join(
                        f"{record.display_name} ({record._budget_format(record.budget_actual_amount)})"
                        for record in spent
                    ),
                )
            )

    # ------------------------------------------------------------------
    # Words and rights
    # ------------------------------------------------------------------

    def _budget_format(self, amount: float) -> str:
        return format_amount(self.env, amount, self.budget_currency_id)

    def _budget_log(self, bodies: dict[int, str]) -> None:
        """Write notes into the chatter of the documents, where they have one."""
        if bodies and hasattr(self, "_message_log_batch"):
            self.browse(bodies)._message_log_batch(bodies)

    def _budget_log_over(self, over: dict, reason: str | None) -> None:
        """Keep in the chatter of document and budget what was let through, and why."""
        texts = {
            record: self.env._(
                "%(document)s: %(amount)s over budget, let through by %(user)s: %(reason)s",
                document=record.display_name,
                amount=record._budget_format(amount),
                user=self.env.user.name,
                reason=reason,
            )
            for record, amount in over.items()
        }
        self._budget_log({record.id: text for record, text in texts.items()})
        for record, text in texts.items():
            record.budget_line_id.sudo().budget_id._message_log(body=text)  # sudo: the note belongs to the document

    def _budget_check_overspend_right(self) -> None:
        """:raise AccessError: the user may not let documents through over budget"""
        if not self.env.su and not self.env.user.has_group(OVERSPEND_GROUP):
            raise AccessError(
                self.env._(
                    "You may not go over the budget. Ask a user with the right “Approve over Budget”, or ask for an "
                    "amendment of the budget."
                )
            )

    def _budget_prepare_entry(self, values: BudgetValues, line, kind: str, origin: str, amount: float, **more) -> dict:
        """Return the values of one ledger row of this document."""
        self.ensure_one()
        partner = values.partner.sudo()  # sudo: whoever decides need not see the customer
        return {
            "line_id": line.id,
            "kind": kind,
            "origin": origin,
            "amount": self.budget_currency_id.round(amount),
            "date": values.date,
            "partner_id": partner.commercial_partner_id.id,
            "user_id": values.user.id,
            "team_id": values.team.id,
            "res_model": self._name,
            "res_id": self.id,
            "document_name": self.display_name,
            **more,
        }
