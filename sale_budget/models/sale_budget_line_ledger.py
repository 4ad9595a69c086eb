from markupsafe import Markup, escape

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_amount

from ..tools.money import Demand, shortfalls
from ..tools.thresholds import newly_reached
from .sale_budget_line import LEDGER_FIELDS

#: How many documents an error message names before it only counts them.
NAMED_AT_MOST = 10


class SaleBudgetLine(models.Model):
    """Locks, checks and notices of a budget line. All of it for code, none for clients."""

    _inherit = "sale.budget.line"

    def _lock(self) -> None:
        """Wait for the lines and hold them until the transaction ends.

        Whoever comes second waits for the first to commit or roll back. When the first
        committed, PostgreSQL refuses the older snapshot of the second (a serialization
        error), Odoo repeats the second call from the start, and it finds the figures as
        they are then. The budget is locked against being closed meanwhile.

        The only hand-written statement of the ledger: the ORM's own lock does not wait,
        and would turn away every second user of a busy budget.
        """
        if not self:
            return
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                """
                SELECT line.id
                  FROM sale_budget_line line
                  JOIN sale_budget budget ON budget.id = line.budget_id
                 WHERE line.id IN %s
              ORDER BY line.id
                   FOR NO KEY UPDATE OF line FOR SHARE OF budget
                """,
                tuple(self.ids),
            )
        )
        self.invalidate_recordset(LEDGER_FIELDS)
        self.budget_id.invalidate_recordset(["state"])

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

    def _check_money(self, demands: list[Demand], names: dict, reason: str | None) -> dict:
        """Check, under the lock, that the lines cover the demands.

        :param demands: amounts in company currency, by document and line id
        :param names: display name of each document
        :param reason: why the documents are let through over budget, else None
        :return: by document, the part of its amount that is over budget (with a reason)
        :raise UserError: a document is not covered and there is no reason.
            Whether the user may give one is checked by the caller
        """
        available = {line.id: line.available_amount for line in self}
        rounding = min(self.currency_id.mapped("rounding"), default=0.01)
        lacking = shortfalls(available, demands, rounding=rounding)
        if not lacking:
            return {}
        if reason and reason.strip():
            return lacking
        lines = {line.id: line for line in self}
        asked = [
            self.env._(
                "- %(document)s: %(amount)s asked for, %(available)s available in %(line)s",
                document=names[demand.document],
                amount=format_amount(self.env, demand.amount, lines[demand.line].currency_id),
                available=format_amount(
                    self.env, max(lines[demand.line].available_amount, 0.0), lines[demand.line].currency_id
                ),
                line=lines[demand.line].display_name,
            )
            for demand in demands
            if demand.document in lacking
        ]
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
        groups = self.env["sale.budget.entry"]._read_group(
            [("line_id", "in", self.ids), ("kind", "=", "commitment")],
            ["res_model", "res_id"],
            ["amount:sum", "document_name:max"],
        )
        rounding = min(self.currency_id.mapped("rounding"), default=0.01)
        return [name for _model, _id, amount, name in groups if amount > rounding / 2][:NAMED_AT_MOST]

    # ------------------------------------------------------------------
    # Notices
    # ------------------------------------------------------------------

    def _notify_thresholds(self) -> None:
        """Tell the owners of lines that reached another threshold, once each.

        One activity and one note a budget, however many of its lines got there.
        """
        reached = {}
        for line in self:
            shares = line.budget_id.threshold_ids.mapped("share")
            threshold = newly_reached(line.share_used, shares, line.notified_share)
            if threshold is not None:
                reached[line] = threshold
        for threshold in set(reached.values()):
            self.browse([line.id for line, value in reached.items() if value == threshold]).write({
                "notified_share": threshold
            })
        notes = {}
        for line in reached:
            notes.setdefault(line.budget_id, []).append(
                self.env._(
                    "%(purpose)s: %(share).0f %% used, %(available)s available",
                    purpose=line.purpose_id.display_name,
                    share=line.share_used * 100,
                    available=format_amount(self.env, line.available_amount, line.currency_id),
                )
            )
        for budget, texts in notes.items():
            note = Markup("<br/>").join(escape(text) for text in texts)
            budget.activity_schedule(
                "sale_budget.mail_activity_type_threshold",
                summary=self.env._("Budget running low"),
                note=note,
                user_id=budget.owner_id.id,
            )
        if notes:
            budgets = self.env["sale.budget"].browse([budget.id for budget in notes])
            budgets._message_log_batch({
                budget.id: Markup("<br/>").join(escape(text) for text in texts) for budget, texts in notes.items()
            })
