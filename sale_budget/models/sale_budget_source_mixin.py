from datetime import date as Date

from odoo import api, fields, models
from odoo.exceptions import UserError

from .sale_budget_request import APPROVED_STATES


class SaleBudgetSourceMixin(models.AbstractModel):
    """Accounting records that cost a budget: lines of vendor bills, expenses.

    A model inherits this mixin, restates who may see the two fields (``groups``), tells what a record costs now
    (:meth:`_get_sale_budget_amount`) and what the ledger keeps of it (:meth:`_prepare_sale_budget_entry`), and calls
    :meth:`_sync_sale_budget` whenever one of these may have changed.
    """

    _name = "sale.budget.source.mixin"
    _description = "Accounting Record that Costs a Budget"
    _inherit = ["sales.department.closed.mixin"]  # whoever names a request or a budget may read it

    sale_budget_request_id = fields.Many2one(
        "sale.budget.request",
        "Spending Request",
        check_company=True,
        copy=False,  # what was approved once is not approved for the copy
        index="btree_not_null",
        domain=[("state", "in", APPROVED_STATES)],
        help="The cost uses up what is reserved for this request, and replaces cost entered there by hand",
    )
    sale_budget_line_id = fields.Many2one(
        "sale.budget.line",
        "Sales Budget",
        check_company=True,
        index="btree_not_null",
        compute="_compute_sale_budget_line_id",
        store=True,
        readonly=False,
        domain=[("budget_id.state", "=", "approved")],
        help="Sales budget that pays for it",
    )

    @api.depends("sale_budget_request_id")
    def _compute_sale_budget_line_id(self):
        for record in self:
            document = record._get_sale_budget_document()
            record.sale_budget_line_id = document.budget_line_id if document else record.sale_budget_line_id

    @api.model
    def _get_sale_budget_document_fields(self) -> list[str]:
        """Return the fields that link documents with a budget, the first filled one counts.

        Extension point: an addon with documents of its own (see ``sale.budget.commitment.mixin``) adds its many2one
        field here, and to the depends of ``_compute_sale_budget_line_id``.
        """
        return ["sale_budget_request_id"]

    def _get_sale_budget_document(self):
        """Return the document of this one record, or None. Extension point."""
        self.ensure_one()
        record = self.sudo()  # sudo: who posts a bill need not see whose request it pays
        return next((record[name] for name in self._get_sale_budget_document_fields() if record[name]), None)

    def _get_sale_budget_amount(self) -> float:
        """Return what this one record costs the budget now, in company currency; 0 while it does not count."""
        raise NotImplementedError(f"{self._name} does not define _get_sale_budget_amount")

    def _prepare_sale_budget_entry(self) -> dict:
        """Return what the ledger keeps of this one record: date, source_name, note, and the bill of a bill's line.

        Also user and team; those of its document count where it has one.
        """
        raise NotImplementedError(f"{self._name} does not define _prepare_sale_budget_entry")

    def _get_sale_budget_source(self, amount: float, document) -> dict:
        """Return the values of the ledger row that should count this one record.

        :param amount: what it costs now, in company currency, rounded
        :param document: record with the commitment mixin that it belongs to, or None
        """
        self.ensure_one()
        row = {**self._prepare_sale_budget_entry(), "source_model": self._name, "source_id": self.id}
        line = self.sale_budget_line_id
        if document:
            values = document._get_budget_values()[document.id]
            entry = document._budget_prepare_entry(values, line, "actual", "source", amount, date=row["date"])
            return {**row, **entry}
        entry = {"line_id": line.id, "kind": "actual", "origin": "source", "amount": amount}
        return {**row, **entry, "res_model": False, "res_id": False, "document_name": row["source_name"]}

    def _sync_sale_budget(self) -> None:
        """Make the budget ledger say what these records cost.

        :raise UserError: a record that counts names a document that no budget pays
        """
        entries = self.env["sale.budget.entry"].sudo()  # sudo: accountants have no right to the ledger
        known = set(
            entries.search([("source_model", "=", self._name), ("source_id", "in", self.ids)]).mapped("source_id")
        )
        sources = []
        for record in self.sudo():  # sudo: who posts a bill need not see budgets
            document = record._get_sale_budget_document()
            if not (document or record.sale_budget_line_id or record.id in known):
                continue
            amount = record._get_sale_budget_amount()
            if amount and not record.sale_budget_line_id:
                if document:
                    raise UserError(
                        self.env._(
                            "%(document)s is not approved yet, so no budget pays “%(name)s”. Have it approved first, "
                            "or take it off there.",
                            document=document.display_name,
                            name=record._get_sale_budget_name(),
                        )
                    )
                amount = 0.0
            sources.append(record._get_sale_budget_source(amount, document))
        entries._sync_sources(sources)

    def _get_sale_budget_name(self) -> str:
        """Return how messages call this one record. Extension point."""
        return self.display_name

    # ------------------------------------------------------------------
    # The budget of the day
    # ------------------------------------------------------------------

    def _get_sale_budget_day(self) -> Date:
        """Return the day that decides which period pays for this one record, as the ledger dates it."""
        return fields.Date.to_date(self._prepare_sale_budget_entry()["date"])

    def _get_sale_budget_of_day(self) -> dict:
        """Return, of these records, those whose budget is in force on their day and not named by a document, with it.

        Taken before a day changes: what was the budget of the day before follows, what somebody chose from another period
        stays.
        """
        return {
            record: record.sale_budget_line_id
            for record in self.sudo()  # sudo: who keeps bills need not see budgets
            if record.sale_budget_line_id
            and not record._get_sale_budget_document()
            and record.sale_budget_line_id._find_for_day(record._get_sale_budget_day()) == record.sale_budget_line_id
        }

    def _follow_sale_budget_day(self) -> dict:
        """Let records name the budget of their own day: the one for the same company, team, salesperson and purpose.

        For copies, and for records whose day has changed. What a document pays for stays.

        :return: by record, the line that it named, where no approved budget holds the day: it names none now
        """
        lost = {}
        for record in self.sudo():  # sudo: who copies a bill need not see budgets
            line = record.sale_budget_line_id
            if not line or record._get_sale_budget_document():
                continue
            found = line._find_for_day(record._get_sale_budget_day())
            if found != line:
                record.sale_budget_line_id = found
                if not found:
                    lost[record] = line
        return lost
