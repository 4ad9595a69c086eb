from odoo import api, models

from ..tools.collection import InvoicedPart


class SaleOrderLine(models.Model):
    """What of order lines has been invoiced, down payments of their orders included.

    What is sold and collected is measured against the amounts, which Odoo computes but lets a client write.
    """

    _name = "sale.order.line"
    _inherit = ["sale.order.line", "sales.department.closed.mixin"]

    _closed_fields = frozenset({"price_subtotal", "price_tax", "price_total"})

    @api.model
    def _get_closed_fields(self):
        return super()._get_closed_fields() | ({"margin"} & self._fields.keys())

    def _get_invoiced_parts(self, refunds: "models.Model", worth: float = 0.0) -> "dict[models.Model, InvoicedPart]":
        """Return what each posted invoice says about the charge on these lines: invoice → figures.

        How much of a line an invoice charges is compared without taxes: in the currency of the order, or where the
        invoice is in another one, in the company's, at the rate of the invoice. Each line is a charge of 1.

        :param refunds: see :meth:`AccountMove._get_invoiced_part`
        :param worth: of one line in company currency, without taxes; 0: by the order and its rate
        """
        found: dict = {}
        for line in self:
            for order_line, share in line._get_invoiced_shares().items():
                for bill in order_line.invoice_lines:
                    if bill.parent_state == "posted" and bill.move_id.move_type == "out_invoice":
                        charge = share * line._get_invoiced_share(bill, worth)
                        quantity = line._get_invoiced_quantity(bill) if order_line == line else 0.0
                        found.setdefault(bill.move_id, []).append((line, charge, quantity))
        parts = {}
        for move, charges in found.items():
            lines = self.browse().union(*(line for line, _charge, _quantity in charges))
            parts[move] = move._get_invoiced_part(
                lines,
                refunds,
                charge=sum(charge for _line, charge, _quantity in charges),
                quantity=sum(quantity for _line, _charge, quantity in charges),
            )
        return parts

    def _get_invoiced_shares(self) -> "dict[models.Model, float]":
        """Return of which order lines invoice lines charge this one, and the share that is its: order line → share.

        A down payment counts for all lines of its order by their amounts without taxes.
        """
        self.ensure_one()
        order_lines = self.order_id.order_line
        deposits = order_lines.filtered("is_downpayment")
        whole = sum((order_lines - deposits).mapped("price_subtotal"))
        share = self.price_subtotal / whole if whole > 0 else 0.0
        return {self: 1.0, **dict.fromkeys(deposits - self, share)}

    def _get_invoiced_share(self, bill, worth: float = 0.0) -> float:
        """Return how much of this one line an invoice line charges, by amounts without taxes.

        :param bill: `account.move.line` of a customer invoice
        :param worth: of the line in company currency; 0: by the order and its rate
        """
        self.ensure_one()
        if bill.currency_id == self.currency_id:
            return bill.price_subtotal / self.price_subtotal if self.price_subtotal else 0.0
        worth = worth or self.price_subtotal / (self.order_id.currency_rate or 1.0)
        return -bill.balance / worth if worth else 0.0

    def _get_invoiced_quantity(self, bill) -> float:
        """Return how much of this one line an invoice line of it charges, by quantity."""
        self.ensure_one()
        unit = bill.product_uom_id or self.product_uom_id
        quantity = unit._compute_quantity(bill.quantity, self.product_uom_id, round=False, raise_if_failure=False)
        return quantity / self.product_uom_qty if self.product_uom_qty else 0.0
