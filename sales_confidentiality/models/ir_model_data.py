from odoo import api, models


class IrModelData(models.Model):
    _inherit = "ir.model.data"

    @api.model
    def _process_end(self, modules):
        """Give the documents of addons that came or changed the rule of the team."""
        result = super()._process_end(modules)
        self.env["ir.rule"]._sync_team_rules()
        return result
