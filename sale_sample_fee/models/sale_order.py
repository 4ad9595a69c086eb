from odoo import models
from odoo.exceptions import UserError

#: What a fee was converted for.
CHARGED_FIELDS = frozenset({"partner_id", "pricelist_id", "currency_id", "company_id"})


class SaleOrder(models.Model):
    """A quotation that charges the fee of a sample charges it to the customer and in the currency it was made for."""

    _inherit = "sale.order"

    def write(self, vals):
        if CHARGED_FIELDS & vals.keys() and not self.env.su:
            for order in self:
                charged = order.sudo().order_line.sample_fee_decision_id  # sudo: who sells need not see the decision
                if charged and any(order[name].id != vals[name] for name in CHARGED_FIELDS & vals.keys()):
                    raise UserError(
                        self.env._(
                            "%(order)s charges the fee of %(request)s to this customer and in this currency. Cancel it, and "
                            "charge the fee anew.",
                            order=order.name,
                            request=charged[:1].request_id.display_name,
                        )
                    )
        result = super().write(vals)
        if {"partner_id", "state"} & vals.keys():
            agreements = self.env["sale.sample.mould.agreement"].sudo()  # sudo: deliveries count whoever sells
            agreements._follow_orders(self)
        return result

    def _get_update_prices_lines(self):
        lines = super()._get_update_prices_lines()
        return lines.filtered(lambda line: not line.sudo().sample_fee_decision_id)  # sudo: as above

    def _recompute_taxes(self):
        untaxed = self.order_line._get_untaxed_fees()
        result = super()._recompute_taxes()
        self.order_line._charge_untaxed(untaxed)
        return result
