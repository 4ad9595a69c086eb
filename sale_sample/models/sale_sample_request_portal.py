from typing import ClassVar

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .sale_sample_portal_mixin import SaleSamplePortalMixin
from .sale_sample_round_portal import is_shown_to_customer

PORTAL_STATES = [
    ("review", "In Review"),
    ("making", "In the Making"),
    ("answer", "Awaits Your Answer"),
    ("sign", "Awaits Your Signature"),
    ("approved", "Approved"),
    ("rejected", "Not Approved"),
    ("cancelled", "Cancelled"),
]


class SaleSampleRequest(models.Model):
    """A request as its customer sees it: once handed over, by login or by a link of its own."""

    _name = "sale.sample.request"
    _inherit = ["sale.sample.request", "sale.sample.portal.mixin"]
    _mail_post_access = "read"

    _PORTAL_FIELDS: ClassVar[frozenset[str]] = SaleSamplePortalMixin._PORTAL_FIELDS | {
        "access_token",
        "access_url",
        "access_warning",
        "active",
        "closed_at",
        "commercial_partner_id",
        "contact_id",
        "current_round_id",
        "function",
        "last_number",
        "message_is_follower",
        "name",
        "needed_by",
        "partner_id",
        "portal_state",
        "priority",
        "promised_on",
        "round_ids",
        "size_system",
        "state",
        "style_name",
        "submitted_at",
        "total_pairs",
        "type_id",
        "user_id",
    }

    portal_state = fields.Selection(
        PORTAL_STATES, "Status for the Customer", compute="_compute_portal_state", compute_sudo=True
    )

    @api.depends("state", "type_id.is_sealed", "current_round_id.state", "current_round_id.signed_on")
    def _compute_portal_state(self):
        for request in self:
            sample = request.current_round_id
            if request.state == "accepted":
                request.portal_state = "answer" if sample.state == "sent" else "making"
            elif request.state == "approved":
                request.portal_state = "sign" if sample._awaits_signature() else "approved"
            elif request.state in ("rejected", "cancelled"):
                request.portal_state = request.state
            else:
                request.portal_state = "review"

    @api.model
    def _get_portal_domain(self, partner) -> Domain:
        """Return the domain of the requests that a customer sees, as the record rule has it.

        :param partner: the customer or one of their contacts
        """
        return Domain("commercial_partner_id", "=", partner.commercial_partner_id.id) & Domain(
            "submitted_at", "!=", False
        )

    @api.model
    def _get_portal_waiting_domain(self) -> Domain:
        """Return the domain of the requests that wait for the customer's answer or signature."""
        answer = Domain("state", "=", "accepted") & Domain("current_round_id.state", "=", "sent")
        approved = Domain("state", "=", "approved") & Domain("current_round_id.verdict", "=", "approved")
        unsigned = approved & Domain("current_round_id.signed_on", "=", False)
        sealed = self.env["sale.sample.type"].sudo().search([("is_sealed", "=", True)])  # sudo: closed to portal users
        return answer | (unsigned & Domain("type_id", "in", sealed.ids))

    def _get_portal_rounds(self):
        """Return the rounds that the customer sees, the latest first."""
        self.ensure_one()
        return self.round_ids.filtered(is_shown_to_customer).sorted("number", reverse=True)

    def _get_portal_expected_on(self):
        """Return the day promised for the round that is being made, False where there is none to tell."""
        self.ensure_one()
        sample = self.current_round_id
        if self.state != "accepted" or is_shown_to_customer(sample):
            return False
        return sample.promised_on or (self.promised_on if sample.number <= 1 else False)

    def _get_size_system_label(self) -> str:
        """Return the name of the size system of one request."""
        self.ensure_one()
        return dict(self._fields["size_system"]._description_selection(self.env)).get(self.size_system, "")

    def _get_portal_return_action(self):
        """Return the action to go back to from the customer's page."""
        self.ensure_one()
        return self.env.ref("sale_sample.sale_sample_request_action")

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_preview_portal(self) -> dict:
        """Open the page as the customer sees it.

        :raises UserError: when there is no such page yet
        """
        self.ensure_one()
        self._check_on_portal()
        return {"type": "ir.actions.act_url", "target": "self", "url": self.get_portal_url()}

    def action_share_portal(self) -> dict:
        """Open the dialog that sends the link to the page.

        :raises UserError: when there is no such page yet
        """
        self.ensure_one()
        self._check_on_portal()
        return self.with_context(active_id=self.id, active_model=self._name).action_share()

    def _check_on_portal(self) -> None:
        """Refuse to show customers what has not been handed over.

        :raises UserError: naming the requests
        """
        hidden = self.filtered(lambda request: not request.submitted_at)
        if hidden:
            raise UserError(
                self.env._(
                    "The customer cannot see %s yet. Hand it over to R&D first.",
                    ", ".join(hidden.mapped("display_name")),
                )
            )

    # ------------------------------------------------------------------
    # Mail
    # ------------------------------------------------------------------

    def _mail_get_partners(self, introspect_fields=False):
        """Write to the contact person where there is one, rather than to the company."""
        return {request.id: request.contact_id or request.partner_id for request in self}

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        groups = super()._notify_get_recipients_groups(message, model_description, msg_vals=msg_vals)
        if not self:
            return groups
        self.ensure_one()
        shown = bool(self.submitted_at)
        titles = {"answer": self.env._("Answer on the Sample"), "sign": self.env._("Sign the Sample")}
        for name, _match, options in groups:
            if name == "portal_customer":
                options["has_button_access"] = shown
                title = titles.get(self.portal_state, self.env._("View the Sample"))
                options.setdefault("button_access", {})["title"] = title
            elif name == "portal" and not shown:
                options["has_button_access"] = False
        return groups
