from datetime import date as Date
from typing import Any, TypedDict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.money import Demand


class BudgetValues(TypedDict):
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

    A model inherits this mixin, tells what it costs, and calls one method at each
    turn of its life::

        class Sample(models.Model):
            _inherit = ["mail.thread", "sale.budget.commitment.mixin"]

            def _get_budget_values(self):
                purpose = self.env.ref("sale_budget.purpose_sample")
                return {
                    sample.id: {
                        "company": sample.company_id,
                        "date": sample.date,
                        "purpose": purpose,
                        "team": sample.team_id,
                        "user": sample.user_id,
                        "partner": sample.partner_id,
                        "estimate": sample._budget_convert(
                            sample.estimate, sample.currency_id, sample.company_id, sample.date
                        ),
                    }
                    for sample in self
                }

            def action_approve(self):
                self._change_state("approved")
                self._budget_commit()

            def action_made(self, cost):
                self._budget_spend(cost, release_rest=True)

            def action_cancel(self):
                self._budget_check_cancel(keep_spent=True)
                self._change_state("cancelled")
                self._budget_release()

    The methods check money and budget, not whether the user may approve the document:
    that is the document's own business. They work on recordsets, all or nothing, and
    wait for other transactions that use the same budget line.
    """

    _name = "sale.budget.commitment.mixin"
    _description = "Document that Uses a Budget"

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

    def _compute_budget_amounts(self):
        groups = self.env["sale.budget.entry"]._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id", "kind"], ["amount:sum"]
        )
        sums = {(id_, kind): amount for id_, kind, amount in groups}
        for record in self:
            record.budget_committed_amount = sums.get((record._origin.id, "commitment"), 0.0)
            record.budget_actual_amount = sums.get((record._origin.id, "actual"), 0.0)

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    def _has_field_access(self, field, operation):
        if operation == "write" and not self.env.su and field.name == "budget_line_id":
            return False
        return super()._has_field_access(field, operation)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_ledger(self):
        entries = self.env["sale.budget.entry"].sudo()  # sudo: the rows of everybody count
        groups = entries._read_group([("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id"])
        kept = self.browse([id_ for [id_] in groups])
        if kept:
            raise UserError(
                self.env._(
                    "%(documents)s: the budget ledger knows them, so they cannot be deleted. Cancel them instead.",
                    documents=", ".join(kept.mapped("display_name")),
                )
            )

    # ------------------------------------------------------------------
    # Hooks
    # ------------------------------------------------------------------

    def _get_budget_values(self) -> dict[Any, BudgetValues]:
        """Return, by record id, what the budget needs to know. Each document defines it."""
        raise NotImplementedError(f"{self._name} does not define _get_budget_values")

    def _budget_approve_over(self, reason: str) -> None:
        """Approve the documents although the budget does not cover them.

        Called by the wizard that asks for the reason. Each document that offers the
        wizard defines it, usually as its approval with ``_budget_commit(reason=reason)``.
        """
        raise NotImplementedError(f"{self._name} does not define _budget_approve_over")

    # ------------------------------------------------------------------
    # What a document does with its money
    # ------------------------------------------------------------------

    def _budget_commit(self, amount: float | None = None, reason: str | None = None) -> None:
        """Reserve the estimates: check and reservation are one step under a lock.

        :param amount: in company currency, instead of the estimate; for one document
        :param reason: why to go over the budget. It needs the right
            ``sale_budget.group_overspend``, and is kept in ledger and chatter
        :raise UserError: no approved budget covers a document, or its budget is closed
        :raise UserError: the money does not suffice and there is no reason
        :raise AccessError: a reason is given by someone without the right
        """
        if amount is not None:
            self.ensure_one()
        values = self._get_budget_values()
        wanted = {record: values[record.id]["estimate"] if amount is None else amount for record in self}
        for record, money in wanted.items():
            if money < 0:
                raise UserError(
                    self.env._("%(document)s: the amount must not be negative.", document=record.display_name)
                )
        lines = self._budget_require_lines(values)
        found = self.env["sale.budget.line"].sudo().union(*lines.values())  # sudo: see _budget_find_line
        found._lock()
        found._check_open()
        demands = [Demand(record, lines[record.id].id, money) for record, money in wanted.items()]
        names = {record: record.display_name for record in self}
        over = found._check_money(demands, names, reason)
        if over:
            self._budget_check_overspend_right()
        self.env["sale.budget.entry"]._record([
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
    ) -> None:
        """Record cost of this one document: its reservation becomes actual cost.

        What the reservation does not cover must be available in the budget.

        :param amount: cost in company currency, above 0, to add to what was spent before
        :param release_rest: nothing more will be spent: give the rest back
        :param date: day of the expense; today in the company's time zone if not given
        :param note: kept in the ledger
        :param reason: why to go over the budget, see :meth:`_budget_commit`
        :raise UserError: the amount is not above 0, or no open budget pays
        :raise UserError: reservation and available money do not cover the amount
        """
        self.ensure_one()
        if amount <= 0:
            raise UserError(self.env._("%(document)s: enter a cost above zero.", document=self.display_name))
        values = self._get_budget_values()
        line = self.budget_line_id.sudo()  # sudo: see _budget_find_line
        line = line or self._budget_require_lines(values)[self.id]
        line._lock()
        line._check_open()
        self.invalidate_recordset(self._budget_figures)
        reserved = max(self.budget_committed_amount, 0.0)
        used = min(amount, reserved)
        demands = [Demand(self, line.id, amount - used)]
        over = line._check_money(demands, {self: self.display_name}, reason)
        if over:
            self._budget_check_overspend_right()
        spent_on = date or self.company_id._sales_today()
        prepare = self._budget_prepare_entry
        rows = [
            prepare(
                values[self.id],
                line,
                "actual",
                "spend",
                amount,
                overspend_amount=over.get(self, 0.0),
                reason=reason if over else False,
                date=spent_on,
                note=note,
            )
        ]
        if used:
            rows.append(prepare(values[self.id], line, "commitment", "spend", -used, note=note))
        if release_rest:
            rows.append(prepare(values[self.id], line, "commitment", "release", -(reserved - used)))
        self.env["sale.budget.entry"]._record(rows)
        if self.budget_line_id != line:
            self.sudo().budget_line_id = line  # sudo: the field is closed to users
        self._budget_log({self.id: self.env._("%(amount)s spent.", amount=self._budget_format(amount))})
        self._budget_log_over(over, reason)

    def _budget_release(self) -> None:
        """Give back what is still reserved; what was spent stays spent.

        From now on a bill that is taken back reserves nothing for the document again.
        Documents that never reserved anything are passed over.
        """
        records = self.filtered("budget_line_id")
        if not records:
            return
        records.budget_line_id.sudo()._lock()  # sudo: the user need not see the budget to give money back
        records.invalidate_recordset(self._budget_figures)
        values = records._get_budget_values()
        self.env["sale.budget.entry"]._record([
            record._budget_prepare_entry(
                values[record.id],
                record.budget_line_id,
                "commitment",
                "release",
                -max(record.budget_committed_amount, 0.0),
            )
            for record in records
        ])

    def _budget_check_cancel(self, keep_spent: bool = False) -> None:
        """Check that the documents may be cancelled as far as the budget is concerned.

        :param keep_spent: the document may be cancelled although it has cost something;
            what was spent stays spent, only the rest is released
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
    # Helpers
    # ------------------------------------------------------------------

    def _budget_prepare_entry(self, values: BudgetValues, line, kind: str, origin: str, amount: float, **more) -> dict:
        """Return the values of one ledger row of this document."""
        self.ensure_one()
        return {
            "line_id": line.id,
            "kind": kind,
            "origin": origin,
            "amount": self.budget_currency_id.round(amount),
            "date": values["date"],
            "partner_id": values["partner"].commercial_partner_id.id,
            "user_id": values["user"].id,
            "team_id": values["team"].id,
            "res_model": self._name,
            "res_id": self.id,
            "document_name": self.display_name,
            **more,
        }
