from odoo import api, fields, models
from odoo.exceptions import UserError

from .sale_budget_entry_source import Source

#: Who meets budgets on bills.
GROUPS = (
    "account.group_account_invoice,account.group_account_readonly,sales_team.group_sale_salesman,"
    "sales_department_base.group_collaborator_finance"
)


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    sale_budget_request_id = fields.Many2one(
        "sale.budget.request", "Spending Request", check_company=True, index="btree_not_null", groups=GROUPS,
        domain=[("state", "in", ("approved", "done"))],
        help="The cost uses up what is reserved for this request, and replaces cost entered there by hand",
    )  # fmt: skip
    sale_budget_line_id = fields.Many2one(
        "sale.budget.line", "Sales Budget", check_company=True, index="btree_not_null", groups=GROUPS,
        compute="_compute_sale_budget_line_id", store=True, readonly=False,
        domain=[("budget_id.state", "=", "approved")],
        help="Sales budget that pays this line",
    )  # fmt: skip

    @api.depends("sale_budget_request_id")
    def _compute_sale_budget_line_id(self):
        for line in self:
            document = line._get_sale_budget_document()
            line.sale_budget_line_id = document.budget_line_id if document else line.sale_budget_line_id

    def write(self, vals):
        result = super().write(vals)
        if {"sale_budget_line_id", *self._get_sale_budget_document_fields()} & vals.keys():
            self._sync_sale_budget()
        return result

    @api.model
    def _get_sale_budget_document_fields(self) -> list[str]:
        """Return the fields that link documents with a budget, the first filled one counts.

        Extension point: an addon with documents of its own (see
        ``sale.budget.commitment.mixin``) adds its many2one field here, and to the
        depends of ``_compute_sale_budget_line_id``.
        """
        return ["sale_budget_request_id"]

    def _get_sale_budget_document(self):
        """Return the document of this one line, or None."""
        self.ensure_one()
        line = self.sudo()  # sudo: who posts a bill need not see whose request it pays
        return next((line[name] for name in self._get_sale_budget_document_fields() if line[name]), None)

    def _is_sale_budget_cost(self) -> bool:
        """Tell whether this line costs a sales budget now. Extension point for glue addons."""
        self.ensure_one()
        return self.parent_state == "posted" and not self.move_id.is_sale_document(include_receipts=True)

    def _sync_sale_budget(self) -> None:
        """Make the budget ledger say what these lines cost: posted ones their amount, others nothing.

        The amount is the line's balance: before recoverable tax, in company currency.

        :raise UserError: a posted line names a document that no budget pays
        """
        entries = self.env["sale.budget.entry"].sudo()  # sudo: accountants have no right to the ledger
        known = set(
            entries.search([("source_model", "=", self._name), ("source_id", "in", self.ids)]).mapped("source_id")
        )
        sources = []
        for line in self.sudo():  # sudo: who posts a bill need not see budgets
            document = line._get_sale_budget_document()
            if not (document or line.sale_budget_line_id or line.id in known):
                continue
            amount = line.balance if line._is_sale_budget_cost() else 0.0
            if amount and not line.sale_budget_line_id:
                if not document:
                    amount = 0.0
                else:
                    raise UserError(
                        self.env._(
                            "%(document)s is not approved yet, so no budget pays %(move)s. Have it approved first, or "
                            "take it off the bill.",
                            document=document.display_name,
                            move=line.move_id.display_name,
                        )
                    )
            sources.append(line._get_sale_budget_source(amount, document))
        entries._sync_sources(sources)

    def _get_sale_budget_source(self, amount: float, document) -> Source:
        """Return this line as a source of the ledger."""
        self.ensure_one()
        values = document._get_budget_values()[document.id] if document else None
        budget = self.sale_budget_line_id.budget_id
        return Source(
            record=self,
            amount=amount,
            line=self.sale_budget_line_id,
            date=self.move_id.invoice_date or self.date or self.company_id._sales_today(),
            name=self.move_id.name or self.move_id.display_name,
            document=document,
            reserved_on=values["date"] if values else None,
            values={
                "partner_id": values["partner"].commercial_partner_id.id if values else False,
                "user_id": values["user"].id if values else budget.user_id.id,
                "team_id": values["team"].id if values else budget.team_id.id,
                "note": self.name and self.name.split("\n")[0],
            },
        )
