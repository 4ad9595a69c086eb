from typing import ClassVar

from odoo import api, fields, models


class SaleSampleRoundSend(models.TransientModel):
    """Asks how a round travels to the customer, and whether to tell them."""

    _name = "sale.sample.round.send"
    _description = "Send a Sample Round"
    _inherit = ["sales.department.dialog.mixin"]
    _dialog_access: ClassVar = {"round_id": "write"}

    round_id = fields.Many2one("sale.sample.round", required=True)
    sent_on = fields.Date(required=True, default=lambda self: self.env.company._sales_today())
    carrier = fields.Char(help="Courier, or who takes it along.")
    tracking_ref = fields.Char(string="Tracking Number")
    tracking_url = fields.Char(string="Tracking Link", help="Page on which the parcel can be followed.")
    contact_id = fields.Many2one("res.partner", compute="_compute_contact_id")
    notify = fields.Boolean(
        string="Tell the Customer", compute="_compute_notify", store=True, readonly=False, help="By email."
    )

    @api.depends("round_id")
    def _compute_contact_id(self):
        for wizard in self:
            request = wizard.round_id.request_id
            wizard.contact_id = request.contact_id or request.partner_id

    @api.depends("round_id")
    def _compute_notify(self):
        for wizard in self:
            wizard.notify = bool(wizard.contact_id.email)

    def action_send(self) -> None:
        """Send the round, tell the customer when asked to, and close the dialog.

        :raises UserError: when the round cannot be sent
        """
        self._use_once()
        sample = self.round_id
        sample._send(self.sent_on, carrier=self.carrier, tracking_ref=self.tracking_ref, tracking_url=self.tracking_url)
        if self.notify:
            sample._mail_customer("sale_sample.mail_template_round_sent")
