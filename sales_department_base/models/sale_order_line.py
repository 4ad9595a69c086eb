from odoo import models

from ..tools.collection import InvoicedPart


class SaleOrderLine(models.Model):
    """What of order lines has been invoiced, down payments of their orders included."""

    _inherit = "sale.order.line"

    def _get_invoiced_parts(self, refunds: "models.Model") -> "dict[models.Model, InvoicedPart]":
        """Return what each posted invoice says about the charge on these lines: invoice → figures.

        A down payment counts for all lines of its order by their amounts.

        :param refunds: see :meth:`AccountMove._get_invoiced_part`
        """
        parts: dict = {}
        for line in self:
            order_lines = line.order_id.order_line
            deposits = order_lines.filtered("is_downpayment")
            whole = sum((order_lines - deposits).mapped("price_total"))
            share = line.price_total / whole if whole > 0 else 0.0
            for invoiced, of_line in ((line.invoice_lines, 1.0), (deposits.invoice_lines, share)):
                for bill in invoiced:
                    if bill.parent_state == "posted" and bill.move_id.move_type == "out_invoice":
                        parts[bill.move_id] = parts.get(bill.move_id, 0.0) + of_line * bill.price_total
        return {move: move._get_invoiced_part(part, refunds) for move, part in parts.items()}
