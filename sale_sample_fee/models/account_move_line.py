from odoo import api, fields, models

from ..constants import BILL_GROUPS


class AccountMoveLine(models.Model):
    """What a mould maker bills is cost of the mould; the company's share of it uses up what the fee decision reserved."""

    _inherit = "account.move.line"

    sale_sample_mould_id = fields.Many2one(
        "sale.sample.mould",
        "Mould",
        check_company=True,
        index="btree_not_null",
        groups=BILL_GROUPS,
        copy=False,
        help="The company's share of the cost turns what is reserved for the mould into actual cost, and replaces the "
        "cost expected",
    )

    @api.depends("sale_sample_mould_id")
    def _compute_sale_budget_line_id(self):
        return super()._compute_sale_budget_line_id()

    @api.model
    def _get_sale_budget_document_fields(self):
        return [*super()._get_sale_budget_document_fields(), "sale_sample_mould_id"]

    def _get_sale_budget_document(self):
        document = super()._get_sale_budget_document()
        if document and document._name == "sale.sample.mould":
            decision = document.request_id.fee_decision_id
            return decision if decision.state == "approved" and decision.budget_line_id else None
        return document

    def _get_sale_budget_amount(self):
        """Of a mould only the company's share: the customer's is paid by the fee."""
        amount = super()._get_sale_budget_amount()
        document = self._get_sale_budget_document()
        if document and document._name == "sale.sample.fee.decision":
            return document._get_company_share(amount)
        return amount
