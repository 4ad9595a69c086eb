from odoo import api, fields, models
from odoo.exceptions import UserError

#: No id of a record is so long.
MOST_DIGITS = 10


class SaleBudgetOverspend(models.TransientModel):
    """Asks why documents may go over the budget, and approves them.

    For every document with the commitment mixin that defines ``_budget_approve_over``.
    """

    _name = "sale.budget.overspend"
    _description = "Approve over Budget"
    _inherit = ["sales.department.dialog.mixin"]

    res_model = fields.Char(required=True)
    res_ids = fields.Char(required=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_figures")
    document_names = fields.Char("Documents", compute="_compute_figures")
    shortfall_amount = fields.Monetary("Over Budget", compute="_compute_figures")
    reason = fields.Text(required=True)

    def _get_documents(self):
        """Return the documents that the dialog is for, as far as there are any; the user may read them."""
        self.ensure_one()
        model = self.env.get(self.res_model)
        if not isinstance(model, self.env.registry["sale.budget.commitment.mixin"]) or model._abstract:
            return self.env["sale.budget.request"]
        ids = (self.res_ids or "").split(",")
        documents = model.browse([int(id_) for id_ in ids if id_.isdecimal() and len(id_) < MOST_DIGITS]).exists()
        documents.check_access("read")
        return documents

    @api.depends("res_model", "res_ids")
    def _compute_figures(self):
        for wizard in self:
            documents = wizard._get_documents()
            wizard.document_names = ", ".join(documents.mapped("display_name"))
            wizard.currency_id = documents[:1].budget_currency_id
            wizard.shortfall_amount = sum(documents.mapped("budget_shortfall_amount"))

    def action_confirm(self) -> None:
        """Approve the documents with the reason.

        :raise AccessError: the user may not go over budget
        :raise UserError: there is no reason, or no document
        """
        self.ensure_one()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why the budget may be exceeded."))
        self._use_once()
        documents = self._get_documents()
        if not documents:
            raise UserError(self.env._("There is no document that could be approved over budget."))
        documents._budget_approve_over(self.reason.strip())
