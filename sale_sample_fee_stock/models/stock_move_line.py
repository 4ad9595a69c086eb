from odoo import api, models


class StockMoveLine(models.Model):
    """The quantity of a done transfer is corrected on its lines; the refund ledger follows."""

    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.move_id._follow_sample_refunds()
        return lines

    def write(self, vals):
        moves = self.move_id if "move_id" in vals else self.env["stock.move"]
        result = super().write(vals)
        if {"quantity", "product_uom_id", "move_id"} & vals.keys():
            (moves | self.move_id)._follow_sample_refunds()
        return result

    def unlink(self):
        moves = self.move_id
        result = super().unlink()
        moves.exists()._follow_sample_refunds()
        return result
