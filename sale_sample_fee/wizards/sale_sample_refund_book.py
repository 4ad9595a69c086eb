from typing import ClassVar

from odoo import fields, models


class SaleSampleRefundBook(models.TransientModel):
    """Asks for pairs that no delivery shows, and why they count."""

    _name = "sale.sample.refund.book"
    _description = "Book Pairs by Hand"
    _inherit = ["sales.department.dialog.mixin"]
    _dialog_access: ClassVar = {"agreement_id": "write"}

    agreement_id = fields.Many2one("sale.sample.mould.agreement", required=True, ondelete="cascade")
    date = fields.Date("Day", required=True, default=lambda self: self.env.company._sales_today())
    pairs = fields.Float(required=True, digits="Product Unit", help="Negative takes pairs back")
    reason = fields.Char(required=True)

    def action_book(self) -> None:
        """Book the pairs."""
        self._use_once()
        self.agreement_id._book_by_hand(self.pairs, self.date, self.reason)
