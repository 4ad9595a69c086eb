from odoo import fields, models

from ..constants import EVERYBODY


class ResUsers(models.Model):
    _inherit = "res.users"

    # These follow the contact of the user, and with it who may read them; users of the portal are hidden by a rule.
    email = fields.Char(groups=EVERYBODY)
    email_formatted = fields.Char(related="partner_id.email_formatted", inherited=True, groups=EVERYBODY)
    email_normalized = fields.Char(related="partner_id.email_normalized", inherited=True, groups=EVERYBODY)
    phone = fields.Char(groups=EVERYBODY)
    phone_sanitized = fields.Char(related="partner_id.phone_sanitized", inherited=True, groups=EVERYBODY)

    def _are_of_customers(self) -> bool:
        """Tell users of the portal from colleagues: their login is their address."""
        return any(user.share for user in self.sudo())  # sudo: whether they are users of the portal only
