from odoo import models


class SaleSampleRequest(models.Model):
    """A fee decided for an opportunity promises its refund to whoever becomes the customer."""

    _inherit = "sale.sample.request"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("partner_id"):
            decisions = self.sudo().fee_decision_id  # sudo: whoever names the customer, the promise holds
            decisions.filtered(lambda decision: decision.state == "approved")._make_agreements()
        return result
