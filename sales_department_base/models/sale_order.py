from odoo import api, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """Revenue follows from what an order's lines say, at the rate of its day: nobody writes the sums by hand.

    Odoo computes them and lets any client that may change the order write them over.
    """

    _name = "sale.order"
    _inherit = ["sale.order", "sales.department.closed.mixin"]

    _closed_fields = frozenset({"amount_untaxed", "amount_tax", "amount_total", "currency_rate"})

    @api.model
    def _get_closed_fields(self):
        return super()._get_closed_fields() | ({"margin"} & self._fields.keys())

    def write(self, vals):
        if "currency_id" in vals and not self.env.su:
            for order in self.filtered(lambda order: order.state == "sale"):
                if order.currency_id.id != vals["currency_id"]:
                    raise UserError(
                        self.env._(
                            "%s is confirmed in its currency. Cancel it, and make a quotation with another price list.",
                            order.display_name,
                        )
                    )
        return super().write(vals)
