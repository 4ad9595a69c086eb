from typing import Any

from odoo import api, models


class CrmTeamMember(models.Model):
    _inherit = "crm.team.member"

    # Record rules keep in memory who is in a team with whom.

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]):
        members = super().create(vals_list)
        self.env.registry.clear_cache()
        return members

    def write(self, vals: dict[str, Any]) -> bool:
        result = super().write(vals)
        if vals.keys() & {"user_id", "crm_team_id", "active"}:
            self.env.registry.clear_cache()
        return result

    def unlink(self) -> bool:
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
