from typing import Any

from odoo import models


class CrmTeam(models.Model):
    _inherit = "crm.team"

    def write(self, vals: dict[str, Any]) -> bool:
        """Let the rules know of a new leader: who sees what is kept in memory."""
        result = super().write(vals)
        if vals.keys() & {"user_id", "active"}:
            self.env.registry.clear_cache()
        return result
