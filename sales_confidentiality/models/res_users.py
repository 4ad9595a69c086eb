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

    # For record rules, which read them as superuser; nobody else needs them.
    sales_team_ids = fields.Many2many(
        "crm.team",
        string="Teams Belonged to or Led",
        compute="_compute_sales_team_ids",
        groups=fields.NO_ACCESS,
        export_string_translation=False,
    )
    sales_mate_ids = fields.Many2many(
        "res.users",
        string="Salespeople of These Teams",
        compute="_compute_sales_team_ids",
        groups=fields.NO_ACCESS,
        export_string_translation=False,
    )

    def _compute_sales_team_ids(self):
        for user in self:
            led = self.env["crm.team"].search([("user_id", "=", user.id)])
            user.sales_team_ids = led | user.crm_team_member_ids.crm_team_id
            user.sales_mate_ids = user | user.sales_team_ids.member_ids
