from odoo import models


class CrmTeam(models.Model):
    """Who leads a team may spend its budget, as its members may; those have a model of their own."""

    _inherit = "crm.team"

    def write(self, vals):
        leaders = self.user_id
        result = super().write(vals)
        if "user_id" in vals:
            self.env["sale.budget.request"]._follow_members(leaders | self.user_id)
        return result
