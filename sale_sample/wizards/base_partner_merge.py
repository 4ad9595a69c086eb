from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """What a merged contact had ordered was won by the samples of the customer he turned out to be."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()
        requests = self.env["sale.sample.request"].sudo()  # sudo: who merges contacts need not see their samples
        requests.search([
            ("commercial_partner_id", "=", dst_partner.commercial_partner_id.id),
            ("state", "=", "approved"),
            ("product_id", "!=", False),
        ])._link_past_orders()
        return result
