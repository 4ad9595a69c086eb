from odoo import api, models


class SaleSampleMouldPart(models.Model):
    """A cost that is corrected once the mould is made is corrected in the budget, too."""

    _name = "sale.sample.mould.part"
    _inherit = ["sale.sample.mould.part", "sales.department.closed.mixin"]

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.mould_id._settle_fees()
        return parts

    def write(self, vals):
        result = super().write(vals)
        if {"cost", "per_size"} & vals.keys():
            self.mould_id._settle_fees()
        return result

    def unlink(self):
        moulds = self.mould_id
        result = super().unlink()
        moulds._settle_fees()
        return result
