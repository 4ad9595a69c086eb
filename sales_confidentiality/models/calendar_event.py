from odoo import api, models

from ..constants import CONTACT_GROUPS


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    @api.depends("partner_ids")
    def _compute_invalid_email_partner_ids(self):
        """Warn of addresses that are missing without a need to read the others."""
        events = self.sudo()  # sudo: whether they are addresses only
        return super(CalendarEvent, events)._compute_invalid_email_partner_ids()

    @api.model
    def _prepare_partner_contact_details_html(self, section_title, partner):
        """Put no more into the text of a meeting than its organizer may read."""
        if partner.partner_share and not self.env.user.has_groups(CONTACT_GROUPS):
            return [section_title, partner.name] if partner.name else []
        return super()._prepare_partner_contact_details_html(section_title, partner)
