from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.sale_budget_entry import AWAITS_BILL


class SaleBudgetRequestSpend(models.TransientModel):
    """Asks what was spent on a request."""

    _name = "sale.budget.request.spend"
    _description = "Record Cost"
    _inherit = ["sales.department.dialog.mixin"]

    request_id = fields.Many2one("sale.budget.request", required=True)
    currency_id = fields.Many2one(related="request_id.budget_currency_id")
    reserved_amount = fields.Monetary(related="request_id.budget_committed_amount")
    spent_amount = fields.Monetary("Spent So Far", related="request_id.budget_actual_amount")
    amount = fields.Monetary(
        "Cost",
        required=True,
        compute="_compute_amount",
        store=True,
        precompute=True,
        readonly=False,
        help="In company currency, without what was recorded before. Do not enter what a vendor bill or expense of "
        "this request has recorded already. A negative amount takes back what was entered by mistake",
    )
    date = fields.Date(required=True, default=lambda self: self.env.company._sales_today())
    is_final = fields.Boolean(
        "Nothing More to Come", default=True, help="Closes the request and releases what is left of its money"
    )
    bill_follows = fields.Selection(
        [("yes", "A bill or expense follows"), ("no", "No bill follows")],
        "Bill",
        required=True,
        default="yes",
        help="A bill or expense that names the request later first replaces cost on which one follows. It comes on top of "
        "cost on which none follows",
    )
    note = fields.Char()
    over_amount = fields.Monetary("Over Budget", compute="_compute_over_amount")
    approved_amount = fields.Monetary("Approved", compute="_compute_excess_amount")
    excess_amount = fields.Monetary("Above What Was Approved", compute="_compute_excess_amount")
    reason = fields.Char(help="Needed above what was approved, and to take back cost. The owner of the budget reads it")

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        ids = self.env.context.get("default_request_ids")
        ids = [id_ for id_ in ids if isinstance(id_, int)] if isinstance(ids, list | tuple) else ()
        requests = self.env["sale.budget.request"].browse(ids)
        if len(requests) > 1:
            raise UserError(self.env._("Record the cost of one request at a time."))
        if requests and "request_id" in fields:
            requests.check_access("read")
            defaults["request_id"] = requests.id
        return defaults

    @api.depends("request_id")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = max(wizard.reserved_amount, 0.0)

    @api.depends("amount", "request_id")
    def _compute_over_amount(self):
        for wizard in self:
            request = wizard.request_id
            covered = max(request.budget_committed_amount, 0.0) + max(request.budget_available_amount, 0.0)
            wizard.over_amount = max(wizard.amount - covered, 0.0)

    @api.depends("amount", "request_id")
    def _compute_excess_amount(self):
        for wizard in self:
            request = wizard.request_id
            wizard.approved_amount = request._get_approved_amount() if request else 0.0
            wizard.excess_amount = request._budget_excess(wizard.amount) if request else 0.0

    def action_confirm(self) -> None:
        """Record the cost."""
        self._use_once()
        self.request_id._record_cost(
            self.amount, self.is_final, self.date, self.note, self.reason, bill_follows=AWAITS_BILL[self.bill_follows]
        )
