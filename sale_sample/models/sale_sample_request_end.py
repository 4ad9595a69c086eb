from odoo import fields, models
from odoo.exceptions import UserError

END_STATES = ("approved", "rejected", "cancelled")


class SaleSampleRequest(models.Model):
    """How a request ends: approved by the customer, rejected or cancelled for a reason."""

    _inherit = "sale.sample.request"

    def action_open_close(self) -> dict:
        """Open the dialog that ends requests without an approval, and asks why."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("End the Request"),
            "res_model": "sale.sample.close",
            "view_mode": "form",
            "target": "new",
            "context": {"default_request_ids": self.ids},
        }

    def _end_approved(self) -> None:
        """End requests whose current round the customer approved, and thank the customer's contact.

        :raises UserError: when the current round of one of them is not approved
        """
        refused = self.filtered(lambda request: request.current_round_id.verdict != "approved")
        if refused:
            raise UserError(
                self.env._(
                    "%(requests)s: record the customer's approval of the last round first.",
                    requests=", ".join(refused.mapped("display_name")),
                )
            )
        self._change_state("approved", closed_at=fields.Datetime.now())
        self._tell_end()

    def _end(self, target: str, reason, note: str = "") -> None:
        """End requests without an approval.

        :param target: "rejected" (by the customer) or "cancelled" (by us)
        :param reason: `sale.sample.reason` of that kind
        :raises ValueError: when `target` is neither
        :raises UserError: when there is no such reason, or a request has ended
        """
        if target not in ("rejected", "cancelled"):
            raise ValueError(f"{target!r} does not end a request without an approval")
        if not reason or reason.kind != target:
            raise UserError(self.env._("Choose the reason why %s ends.", ", ".join(self.mapped("display_name"))))
        self._change_state(target, closed_at=fields.Datetime.now(), reason_id=reason.id, end_note=note or False)
        self._tell_end()

    def _tell_end(self) -> None:
        """Tell R&D, who follows the request, that it has ended; there is nothing left to do on it."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])  # sudo: of R&D, too
        for request in self:
            request.message_post(
                body=self.env._(
                    "The request has ended: %(state)s. %(reason)s",
                    state=labels[request.state],
                    reason=request.reason_id.name or "",
                ),
                partner_ids=request.rnd_user_id.partner_id.ids,
                subtype_xmlid="mail.mt_note",
            )
