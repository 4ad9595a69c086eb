from odoo import models


class SaleOrder(models.Model):
    """A quotation shows the sample requests that came from it."""

    _name = "sale.order"
    _inherit = ["sale.order", "sale.sample.request.count.mixin", "sales.department.closed.mixin"]
    _sample_link = "sale_order_id"

    def _get_sample_defaults(self):
        return {**super()._get_sample_defaults(), "lead_id": self.opportunity_id.id}

    def _action_confirm(self):
        result = super()._action_confirm()
        self.order_line._link_samples()
        return result
