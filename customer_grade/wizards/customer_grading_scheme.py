from odoo import models


class CustomerGradingScheme(models.Model):
    _inherit = "customer.grading.scheme"

    def action_simulate(self) -> dict:
        """Open a simulation that starts from these rules."""
        self.ensure_one()
        simulation = self.env["customer.grade.simulation"].create({"base_scheme_id": self.id})
        return simulation._get_records_action(name=simulation.display_name)
