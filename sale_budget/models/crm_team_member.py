from odoo import api, models


class CrmTeamMember(models.Model):
    """Who joins or leaves a team may spend another budget: what waits goes to its owner."""

    _inherit = "crm.team.member"

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create(vals_list)
        self.env["sale.budget.request"]._follow_members(members.user_id)
        return members

    def write(self, vals):
        users = self.user_id
        result = super().write(vals)
        if {"active", "user_id", "crm_team_id"} & vals.keys():
            self.env["sale.budget.request"]._follow_members(users | self.user_id)
        return result

    def unlink(self):
        users = self.user_id
        result = super().unlink()
        self.env["sale.budget.request"]._follow_members(users)
        return result
