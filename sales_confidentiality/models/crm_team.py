from typing import Any

from odoo import models


class CrmTeam(models.Model):
    _inherit = "crm.team"

    def write(self, vals: dict[str, Any]) -> bool:
        """Let the rules know of a new leader: who sees what is kept in memory."""
        result = super().write(vals)
        if vals.keys() & {"user_id", "active"}:
            self._forget_mates()
        return result

    def _forget_mates(self) -> None:
        """Work out anew who is in a team with whom: record rules keep it in memory."""
        self.env["res.users"].invalidate_model(["sales_team_ids", "sales_mate_ids"])
        self.env.registry.clear_cache()
