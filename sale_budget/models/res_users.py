from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        """Archived users count in no team: another budget may pay for what waits."""
        result = super().write(vals)
        if "active" in vals:
            self.env["sale.budget.request"]._follow_members(self)
        return result
