from typing import ClassVar

from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleSampleQuote(models.TransientModel):
    """Asks for what is quoted of an approved sample: product, pairs, price and quotation."""

    _name = "sale.sample.quote"
    _description = "Quote a Sample"
    _inherit = ["sales.department.dialog.mixin"]
    _dialog_access: ClassVar = {"request_id": "write"}

    request_id = fields.Many2one("sale.sample.request", required=True)
    company_id = fields.Many2one(related="request_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(related="request_id.partner_id")
    has_product = fields.Boolean(compute="_compute_has_product")
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product",
        store=True,
        readonly=False,
        domain="[('sale_ok', '=', True), ('company_id', 'in', [False, company_id])]",
        help="Leave empty to make a new product of the sample.",
    )
    product_name = fields.Char(compute="_compute_product", store=True, readonly=False)
    category_id = fields.Many2one("product.category", compute="_compute_product", store=True, readonly=False)
    uom_id = fields.Many2one("uom.uom", string="Unit", default=lambda self: self.env.ref("uom.product_uom_unit"))
    price = fields.Monetary(string="Unit Price", help="Empty: the price of the customer's pricelist.")
    quantity = fields.Float(digits="Product Unit", required=True, default=1.0)
    order_id = fields.Many2one(
        "sale.order",
        string="Quotation",
        compute="_compute_order_id",
        store=True,
        readonly=False,
        domain="[('state', 'in', ('draft', 'sent')), ('company_id', '=', company_id), "
        "('partner_id', 'child_of', partner_id)]",
        help="Leave empty to make a new quotation.",
    )

    @api.depends("request_id")
    def _compute_has_product(self):
        for wizard in self:
            wizard.has_product = bool(wizard.request_id.product_id)

    @api.depends("request_id")
    def _compute_product(self):
        for wizard in self:
            request = wizard.request_id
            wizard.product_id = request.product_id
            wizard.product_name = request.style_name
            wizard.category_id = request.product_family_id

    @api.depends("request_id")
    def _compute_order_id(self):
        for wizard in self:
            order = wizard.request_id.sale_order_id._filtered_access("read")
            wizard.order_id = order if order.state in ("draft", "sent") else False

    def action_quote(self) -> dict:
        """Make the product where it is new, quote it, and open the quotation.

        :raises UserError: when something needed is missing
        """
        self._use_once()
        request = self.request_id
        product = self.product_id
        if not product:
            if not (self.product_name and self.category_id and self.uom_id):
                raise UserError(self.env._("Give the new product a name, a category and a unit, or choose a product."))
            product = request._create_product(self.product_name, self.category_id, self.uom_id, self.price)
        elif not request.product_id:
            request._link_product(product)
        order = request._quote(product, self.quantity, self.price or None, self.order_id)
        return order._get_records_action()
