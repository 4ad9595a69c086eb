from odoo import api, models


class SaleSampleRefundEntry(models.Model):
    _inherit = "sale.sample.refund.entry"

    @api.model
    def _get_record_to_open(self, source):
        if source._name == "stock.move" and source.picking_id:
            return source.picking_id
        return super()._get_record_to_open(source)
