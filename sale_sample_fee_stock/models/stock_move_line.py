from odoo import api, models

#: What changes how much a line moves.
COUNTED = frozenset({"quantity", "product_uom_id", "move_id"})


class StockMoveLine(models.Model):
    """The quantity of a done transfer is corrected on its lines; the refund ledger follows."""

    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.move_id._check_refund_corrector()
        lines.move_id._follow_sample_refunds()
        return lines

    def write(self, vals):
        moves = self.move_id if "move_id" in vals else self.env["stock.move"]
        counted = COUNTED & vals.keys()
        if counted:
            self.move_id._check_refund_corrector()
        result = super().write(vals)
        if counted:
            (moves | self.move_id)._follow_sample_refunds()
        return result

    def unlink(self):
        moves = self.move_id
        moves._check_refund_corrector()
        result = super().unlink()
        moves.exists()._follow_sample_refunds()
        return result
