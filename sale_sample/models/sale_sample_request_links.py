from odoo import models


class SaleSampleRequest(models.Model):
    """Where the buttons of a request lead."""

    _inherit = "sale.sample.request"

    def action_view_lead(self) -> dict:
        """Open the opportunity."""
        self.ensure_one()
        return self.lead_id._get_records_action()

    def action_view_quotation(self) -> dict:
        """Open the quotation the request came from."""
        self.ensure_one()
        return self.sale_order_id._get_records_action()

    def action_view_steps(self) -> dict:
        """Open how long each step took."""
        action = self.env["ir.actions.actions"]._for_xml_id("sale_sample.sale_sample_step_action")
        return dict(action, domain=[("request_id", "in", self.ids)], context={}, views=[(False, "list")])
