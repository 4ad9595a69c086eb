from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

from odoo import fields, models

from ..tools.money import ZERO, settle


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        """Posting counts the lines that a budget pays; any way back takes them out again.

        On `state` itself, because there are many ways from one to another. A bill that gets another day names the budget
        of that day.
        """
        dated = self.line_ids._get_sale_budget_of_day() if {"invoice_date", "date"} & vals.keys() else {}
        result = super().write(vals)
        if dated:
            kept = [line for line, budget_line in dated.items() if line.exists().sale_budget_line_id == budget_line]
            self.line_ids.browse(line.id for line in kept)._follow_sale_budget_day_of_bill()
        if "state" in vals:
            self.line_ids._sync_sale_budget()
        return result

    # ------------------------------------------------------------------
    # Copies, and bills that come again and again
    # ------------------------------------------------------------------

    def copy(self, default=None):
        """A copy, also the next of a recurring bill, names the budget of its own day; a credit note that of its bill."""
        moves = super().copy(default)
        moves.filtered(lambda move: not move.reversed_entry_id).line_ids._follow_sale_budget_day_of_bill()
        return moves

    def _autopost_draft_entries(self, batch_size=100):
        """Odoo writes into the chatter why it could not post an entry; of bills for a sales budget somebody gets a task."""
        due = [("state", "=", "draft"), ("date", "<=", fields.Date.context_today(self)), ("auto_post", "!=", "no")]
        tried = self.search(due, limit=batch_size)
        result = super()._autopost_draft_entries(batch_size)
        tried.exists().filtered_domain(due)._tell_posting_refused()
        return result

    def _tell_posting_refused(self) -> None:
        """Give somebody a task for each bill for a sales budget that was not posted when it was due."""
        lines = self.line_ids.sudo()  # sudo: the job sees all
        bills = lines.filtered(lambda line: line.sale_budget_line_id or line._get_sale_budget_document()).move_id
        for bill in bills:
            bill._ask_about_bill(
                bill.line_ids.sale_budget_line_id,
                lambda read: read.env._("%s was not posted automatically", read.display_name),
                lambda read: read.env._(
                    "The reason is in its notes. Mend it and post the bill: its budget waits for it."
                ),
            )

    def _tell_no_budget(self, lines) -> None:
        """Tell somebody that this one bill names no budget for its day.

        :param lines: of budgets that it named before
        """
        self._ask_about_bill(
            lines,
            lambda read: read.env._("No sales budget for %s", read.display_name),
            lambda read: read.env._(
                "No approved budget holds the day of this bill for what %(lines)s paid before. Choose a budget on its lines, or "
                "leave them without.",
                lines=", ".join(lines.with_context(lang=read.env.lang).mapped("display_name")),
            ),
        )

    def _ask_about_bill(self, lines, summary: Callable, note: Callable) -> None:
        """Give a task about this one bill to whoever sees to it: who is named on it, who entered it or the one that it
        repeats, else the owner of the budget, there on the budget if the bill is not theirs to see.

        :param lines: of the budgets concerned
        """
        bill = self.sudo()  # sudo: whoever posts or copies need not see who else is concerned
        owners = [budget._get_responsible() for budget in lines.sudo().budget_id]  # sudo: only whose it is
        people = [bill.invoice_user_id, bill.create_uid, bill.auto_post_origin_id.create_uid, *owners]
        for user in people:
            theirs = bill.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
            if user.active and theirs.has_access("read"):
                self.env["mail.activity"]._sales_ask(
                    "sale_budget.mail_activity_type_bill", {bill: user}, summary, note=note, once=True
                )
                return
        for budget, owner in zip(lines.sudo().budget_id, owners, strict=True):  # sudo: only whose it is
            self.env["mail.activity"]._sales_ask(
                "sale_budget.mail_activity_type_uncovered",
                {budget: owner},
                lambda read: summary(bill.with_context(lang=read.env.lang)),
                note=lambda read: note(bill.with_context(lang=read.env.lang)),
                once=True,
            )

    # ------------------------------------------------------------------
    # Tax that is not recovered is cost
    # ------------------------------------------------------------------

    def _share_out_lost_tax(self) -> dict[int, float]:
        """Return what the tax that is not recovered adds to the lines of this one entry, by line id.

        In company currency, at the rate of the entry, with the sign of the balance. Of the tax lines as they stand, also
        where somebody has changed them: each is shared out to the lines that it was worked out from, exactly. Tax paid at
        payment (cash basis) counts with the entry, too: it is owed.
        """
        self.ensure_one()
        shares: dict[int, Decimal] = defaultdict(Decimal)
        taxes = self.line_ids.filtered(lambda line: line.tax_repartition_line_id and line._may_be_lost_tax())
        if not taxes:
            return {}
        unit = Decimal(str(self.company_id.currency_id.rounding))
        parts = self._get_tax_parts()
        for tax_line in taxes:
            repartition = tax_line.tax_repartition_line_id
            of_repartition = [part for part in parts if part["repartition"] == repartition]
            values = self._prepare_tax_line_for_taxes_computation(tax_line)
            key = self.env["account.tax"]._prepare_tax_line_repartition_grouping_key(values)
            own = [part for part in of_repartition if part["key"] == key] or of_repartition
            if not own or not tax_line._is_lost_tax([part["line"].account_id for part in own]):
                continue
            total = Decimal(str(round(tax_line.balance, 6)))
            amounts = settle(total, [part["amount"] for part in own], unit)
            for part, amount in zip(own, amounts, strict=True):
                shares[part["line"].id] += amount
        return {id_: float(amount) for id_, amount in shares.items() if amount != ZERO}

    def _get_tax_parts(self) -> list[dict]:
        """Return what each line of this one entry brings to each of its tax lines, as Odoo works it out.

        ``line``, ``repartition``, ``amount`` with the sign of the balance, and the ``key`` by which Odoo finds the tax line.
        """
        taxes = self.env["account.tax"]
        base_lines, _tax_lines = self._get_rounded_base_and_tax_lines()
        taxes._add_accounting_data_in_base_lines_tax_details(
            base_lines, self.company_id, include_caba_tags=self.always_tax_exigible
        )
        return [
            {
                "line": base_line["record"],
                "repartition": part["tax_rep"],
                "amount": Decimal(str(round(base_line["sign"] * part["tax_amount"], 6))),
                "key": {name: value for name, value in part["grouping_key"].items() if not name.startswith("__")},
            }
            for base_line in base_lines
            if base_line["record"].display_type == "product"
            for tax in base_line["tax_details"]["taxes_data"]
            for part in tax["tax_reps_data"]
        ]
