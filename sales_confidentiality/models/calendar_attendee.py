from odoo import models

from ..constants import CONTACT_GROUPS


class CalendarAttendee(models.Model):
    _inherit = "calendar.attendee"

    def _notify_attendees(self, mail_template, notify_author=False, force_send=False):
        """Invite customers, too, as somebody who may not read where the invitation goes."""
        attendees = self if self.env.user.has_groups(CONTACT_GROUPS) else self.sudo()  # sudo: addresses to send to
        template = mail_template.with_env(attendees.env) if mail_template else mail_template
        return super(CalendarAttendee, attendees)._notify_attendees(template, notify_author, force_send)
