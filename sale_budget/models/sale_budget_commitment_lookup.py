from datetime import date as Date
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount

from ..tools.scope import most_specific


class SaleBudgetCommitmentMixin(models.AbstractModel):
    """Which budget line pays for a document, and what it still holds."""

    _inherit = "sale.budget.commitment.mixin"

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

    def _compute_budget_expected(self):
        values = self._get_budget_values()
        lines = self._budget_find_line(values)
        for record in self:
            line = record.budget_line_id or lines[record.id]
            reserved = record.budget_committed_amount + record.budget_actual_amount
            record.budget_expected_line_id = line
            record.budget_available_amount = line.available_amount
            gap = values[record.id]["estimate"] - max(line.available_amount, 0.0)
            record.budget_shortfall_amount = max(gap, 0.0) if line and not reserved else 0.0

    def _budget_find_line(self, values: dict | None = None) -> dict[Any, Any]:
        """Return the budget line that pays, by record id; an empty one where none does.

        Of the approved budgets that hold the day and the purpose, the most specific one:
        the salesperson's, else the team's, else the company's. One query.

        As superuser: a salesperson's document may be paid from a budget of which he sees
        only what is available.

        :param values: what :meth:`_get_budget_values` returned, when the caller has it
        """
        values = self._get_budget_values() if values is None else values
        return self._budget_lines_in(values, "approved")

    @api.model
    def _budget_lines_in(self, values: dict, state: str) -> dict[Any, Any]:
        Line = self.env["sale.budget.line"].sudo()  # sudo: see _budget_find_line
        complete = {
            key: value for key, value in values.items() if value["company"] and value["purpose"] and value["date"]
        }
        found = dict.fromkeys(values, Line)
        if not complete:
            return found
        days = [value["date"] for value in complete.values()]
        lines = Line.search([
            ("budget_id.state", "=", state),
            ("company_id", "in", list({value["company"].id for value in complete.values()})),
            ("purpose_id", "in", list({value["purpose"]._origin.id for value in complete.values()})),
            ("date_from", "<=", max(days)),
            ("date_to", ">=", min(days)),
        ])
        by_purpose = lines.grouped(lambda line: (line.company_id.id, line.purpose_id.id))
        scopes = {key: [line._get_scope() for line in of_key] for key, of_key in by_purpose.items()}
        for key, value in complete.items():
            line_id = most_specific(
                scopes.get((value["company"].id, value["purpose"]._origin.id), ()),
                value["date"],
                value["user"]._origin.id or None,
                value["team"]._origin.id or None,
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
            other = [line for line in self._budget_lines_in(missing_values, state).values() if line]
            if other:
                other[0]._check_open()
        record = missing[0]
        value = values[record.id]
        raise UserError(
            self.env._(
                "%(document)s: there is no approved budget for “%(purpose)s” on %(date)s that covers its salesperson "
                "or team. Ask a sales manager for one, or change purpose or date.",
                document=record.display_name,
                purpose=value["purpose"].display_name,
                date=fields.Date.to_string(value["date"]),
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
        if not over:
            return
        by_budget: dict = {}
        for record, amount in over.items():
            text = self.env._(
                "%(document)s: %(amount)s over budget, let through by %(user)s: %(reason)s",
                document=record.display_name,
                amount=record._budget_format(amount),
                user=self.env.user.name,
                reason=reason,
            )
            by_budget.setdefault(record.budget_line_id.sudo().budget_id, []).append((record, text))  # sudo: a note
        for budget, notes in by_budget.items():
            self._budget_log({record.id: text for record, text in notes})
            for _record, text in notes:
                budget._message_log(body=text)

    def _budget_check_overspend_right(self) -> None:
        """:raise AccessError: the user may not let documents through over budget"""
        if not self.env.su and not self.env.user.has_group("sale_budget.group_overspend"):
            raise AccessError(
                self.env._(
                    "You may not go over the budget. Ask a user with the right “Approve over Budget”, or ask for an "
                    "amendment of the budget."
                )
            )
