from typing import ClassVar

from odoo import api, fields, models


class SaleSampleFeeException(models.TransientModel):
    """Asks for another fee than the rule's, with a reason."""

    _name = "sale.sample.fee.exception"
    _description = "Exception from the Fee Policy"
    _inherit = ["sales.department.dialog.mixin"]
    _dialog_access: ClassVar = {"request_id": "write"}

    request_id = fields.Many2one("sale.sample.request", required=True)
    currency_id = fields.Many2one(related="request_id.currency_id")
    # read as the user, who must be allowed to see the decision, too
    proposed_fee = fields.Monetary(related="request_id.fee_decision_id.proposed_fee", related_sudo=False)
    cost = fields.Monetary(related="request_id.fee_decision_id.cost", related_sudo=False)
    fee_amount = fields.Monetary("Customer Pays", required=True)
    reason = fields.Text(required=True)
    approver_note = fields.Char("Approved by", compute="_compute_approver_note")

    @api.depends("fee_amount", "request_id")
    def _compute_approver_note(self):
        levels = self.env["sale.sample.fee.level"]
        for wizard in self:
            request = wizard.request_id
            waived = wizard.proposed_fee - wizard.fee_amount
            team = request.team_id.sudo()  # sudo: its leader only
            approvers = levels._get_approvers(request.company_id, team, waived)
            wizard.approver_note = ", ".join((approvers - self.env.user)[:3].mapped("name"))

    def action_ask(self) -> None:
        """Add the exception to the request and ask the approver.

        :raises UserError: there is no proposal to deviate from, or the fee is no exception
        """
        self._use_once()
        self.request_id._ask_fee_exception(self.fee_amount, self.reason)
