from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleBudgetEntry(models.Model):
    """The ledger of the budgets: what was reserved, released and spent, by document.

    Rows are only added. Nobody has a right to create them; ``_record`` and
    ``_sync_sources`` write them as superuser, under the lock of the budget line.
    """

    _name = "sale.budget.entry"
    _description = "Budget Ledger Entry"
    _inherit = ["sales.department.append.only.mixin"]
    _order = "date desc, id desc"
    _rec_name = "document_name"

    line_id = fields.Many2one("sale.budget.line", "Budget Line", required=True, index=True, ondelete="restrict")
    budget_id = fields.Many2one(related="line_id.budget_id", store=True, precompute=True, index=True)
    purpose_id = fields.Many2one(related="line_id.purpose_id", store=True, precompute=True, index=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True, precompute=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection([("commitment", "Commitment"), ("actual", "Actual")], required=True)
    origin = fields.Selection(
        [
            ("commit", "Reserved"),
            ("release", "Released"),
            ("spend", "Spent, Entered by Hand"),
            ("source", "Spent, from Accounting"),
            ("offset", "Entry by Hand Replaced"),
        ],
        required=True,
    )
    amount = fields.Monetary(required=True)
    overspend_amount = fields.Monetary("Over Budget", help="Part of the amount that the budget did not cover")
    date = fields.Date(required=True, index=True)
    partner_id = fields.Many2one("res.partner", "Customer", index="btree_not_null")
    user_id = fields.Many2one("res.users", "Salesperson", index="btree_not_null")
    team_id = fields.Many2one("crm.team", "Sales Team", index="btree_not_null")
    res_model = fields.Char("Document Model", index=True)
    res_id = fields.Many2oneReference("Document ID", model_field="res_model")
    document_name = fields.Char("Document")
    source_model = fields.Char(help="Accounting record that the row was made from")
    source_id = fields.Many2oneReference("Source ID", model_field="source_model")
    source_number = fields.Integer(
        aggregator=None, help="Counts the postings of one source; negative where one is taken back"
    )
    source_name = fields.Char("Source")
    reason = fields.Char(help="Why it was let through over budget")
    note = fields.Char()

    _source_once = models.UniqueIndex(
        "(source_model, source_id, source_number, origin, kind) WHERE source_id IS NOT NULL",
        "This source is counted already.",
    )
    _document_idx = models.Index("(res_model, res_id)")

    # ------------------------------------------------------------------
    # The ledger is closed
    # ------------------------------------------------------------------

    def _append_only_refusal(self):
        return self.env._(
            "The budget ledger is only added to. Correct %(document)s itself: cancel it, record its cost, "
            "or reset its bill.",
            document=self[0].document_name or self[0].source_name or self[0].display_name,
        )

    @api.model
    def _record(self, vals_list: list[dict]) -> "SaleBudgetEntry":
        """Add rows to the ledger and tell the owners of lines that run low.

        The caller holds the lock of the lines and has checked what is to be checked.
        """
        entries = self.sudo().create(vals_list)  # sudo: nobody has a right to write the ledger
        for res_model, of_model in entries.filtered("res_model").grouped("res_model").items():
            documents = self.env[res_model].browse(set(of_model.mapped("res_id")))
            documents.invalidate_recordset(self.env["sale.budget.commitment.mixin"]._budget_figures)
        entries.line_id._notify_thresholds()
        return entries

    def action_open_document(self) -> dict:
        """Open the document, or the accounting record where there is no document.

        :raise UserError: it was deleted
        """
        self.ensure_one()
        model, id_ = (self.res_model, self.res_id) if self.res_model else (self.source_model, self.source_id)
        record = self.env[model].browse(id_).exists() if model in self.env else None
        if not record:
            raise UserError(
                self.env._(
                    "%(document)s does not exist any more. The ledger keeps what it cost.",
                    document=self.document_name or self.source_name or "",
                )
            )
        return self._get_record_to_open(record)._get_records_action()

    @api.model
    def _get_record_to_open(self, record):
        """Return what to show for a document or source. Extension point for glue addons."""
        return record.move_id if record._name == "account.move.line" else record
