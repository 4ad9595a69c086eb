from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.sales_department_base.records import refuse

from ..constants import FEE_GROUPS

#: What was decided: on a line that charges a fee these stay as they are.
DECIDED_FIELDS = frozenset({
    "order_id",
    "product_id",
    "product_template_id",
    "product_uom_qty",
    "product_uom_id",
    "price_unit",
    "discount",
})
#: What was invoiced for it, which follows from the invoices: nobody cuts the link.
INVOICED_FIELDS = frozenset({"invoice_lines", "is_downpayment"})


class SaleOrderLine(models.Model):
    """A line may charge the fee of a sample, as it was decided."""

    _name = "sale.order.line"
    _inherit = ["sale.order.line", "sales.department.closed.mixin"]

    sample_fee_decision_id = fields.Many2one(
        "sale.sample.fee.decision",
        "Fee Decision",
        index="btree_not_null",
        copy=False,
        readonly=True,
        ondelete="restrict",
        groups=FEE_GROUPS,  # the customer reads the order, and would read its name
    )

    def write(self, vals):
        if not self.env.su:
            if DECIDED_FIELDS & vals.keys():
                self._check_fee_as_decided(vals)
            if INVOICED_FIELDS & vals.keys():
                refuse(
                    self.sudo().filtered("sample_fee_decision_id").sudo(False),  # sudo: who sells need not see it
                    self.env._("%(names)s charges a decided fee: what was invoiced for it follows from its invoices."),
                )
        untaxed = self._get_untaxed_fees() if "tax_ids" in vals else {}
        result = super().write(vals)
        self._charge_untaxed(untaxed)
        if "qty_delivered" in vals:
            # on the day itself: a later one may be after the deadline of a refund
            agreements = self.env["sale.sample.mould.agreement"].sudo()  # sudo: deliveries count whoever enters them
            agreements._get_counting(self)._catch_up()
        return result

    def _get_untaxed_fees(self) -> "dict[models.Model, float]":
        """Return the fees that these lines charge, without taxes, in the currency of their order: line → amount."""
        lines = self.filtered(lambda line: line.sudo().sample_fee_decision_id)  # sudo: who sells need not see it
        return {line: line.price_subtotal for line in lines}

    def _charge_untaxed(self, amounts: "dict[models.Model, float]") -> None:
        """Set the unit prices so that the lines charge these amounts before taxes, taxes in the price or not.

        :param amounts: line → amount without taxes, in the currency of the order
        """
        for line, amount in amounts.items():
            if line.currency_id.compare_amounts(line.price_subtotal, amount):
                exact = line._get_price_with_included_taxes(amount)
                charging = line.sudo()  # sudo: the price is closed to users, the fee was decided
                charging.price_unit = line.currency_id.round(exact)
                if line.currency_id.compare_amounts(charging.price_subtotal, amount):
                    charging.price_unit = exact

    def _get_price_with_included_taxes(self, amount: float) -> float:
        """Return the unit price of this one line, of quantity 1, that comes to an amount before taxes.

        :param amount: without taxes, in the currency of the order
        """
        self.ensure_one()
        details = self.tax_ids._get_tax_details(
            amount,
            1.0,
            precision_rounding=self.currency_id.rounding,
            rounding_method="round_globally",
            product=self.product_id,
            special_mode="total_excluded",
        )
        included = [
            row["tax_amount"]
            for row in details["taxes_data"]
            if row["tax"].price_include and not row["is_reverse_charge"] and not row["tax"].has_negative_factor
        ]
        return amount + sum(included)

    def _check_fee_as_decided(self, vals: dict) -> None:
        """Refuse another fee than the one decided.

        :raises UserError: naming the sample request, and how to get another fee
        """
        for line in self.sudo().filtered("sample_fee_decision_id"):  # sudo: who sells need not see the decision
            changed = [
                name
                for name in DECIDED_FIELDS & vals.keys()
                if line._fields[name].convert_to_write(line[name], line) != vals[name]
            ]
            if changed:
                raise UserError(
                    self.env._(
                        "%(request)s: the fee was decided and is charged as it is. An exception is asked for before the decision; "
                        "afterwards finance corrects the invoice by a credit note.",
                        request=line.sample_fee_decision_id.request_id.display_name,
                    )
                )
