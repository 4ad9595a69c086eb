from typing import ClassVar

from odoo import api, fields, models


class SaleSampleClose(models.TransientModel):
    """Asks why requests end without an approval."""

    _name = "sale.sample.close"
    _description = "End Sample Requests"
    _inherit = ["sales.department.dialog.mixin"]
    _dialog_access: ClassVar = {"request_ids": "write"}

    request_ids = fields.Many2many("sale.sample.request", string="Sample Requests", required=True)
    outcome = fields.Selection(
        [("rejected", "The customer rejects the sample"), ("cancelled", "We cancel the request")],
        required=True,
        default="cancelled",
    )
    reason_id = fields.Many2one("sale.sample.reason", required=True, domain="[('kind', '=', outcome)]")
    note = fields.Text(string="Details")

    @api.onchange("outcome")
    def _onchange_outcome(self):
        if self.reason_id.kind != self.outcome:
            self.reason_id = False

    def action_close(self) -> None:
        """End the requests and close the dialog.

        :raises UserError: when one of them has ended, or was never handed over to be rejected
        """
        self._use_once()
        self.request_ids._end(self.outcome, self.reason_id, self.note or "")
