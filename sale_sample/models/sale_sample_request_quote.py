from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class SaleSampleRequest(models.Model):
    """An approved sample becomes a product and a quotation, each linked to the other."""

    _inherit = "sale.sample.request"

    order_line_ids = fields.One2many("sale.order.line", "sample_request_id", string="Quoted on")
    quotation_count = fields.Integer(compute="_compute_quotation_count")

    @api.depends("order_line_ids.order_id")
    def _compute_quotation_count(self):
        counts = dict(
            self.env["sale.order.line"]._read_group(
                [("sample_request_id", "in", self.ids)], ["sample_request_id"], ["order_id:count_distinct"]
            )
        )
        for request in self:
            request.quotation_count = counts.get(request._origin, 0)

    def action_open_quote(self) -> dict:
        """Open the dialog that makes a quotation of an approved sample."""
        self.ensure_one()
        self._check_approved()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Quote the Sample"),
            "res_model": "sale.sample.quote",
            "view_mode": "form",
            "target": "new",
            "context": {"default_request_id": self.id},
        }

    def action_open_quotations(self) -> dict:
        """Open the quotations and orders that sell what these requests showed."""
        orders = self.order_line_ids.order_id
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_quotations")
        action |= {"domain": [("id", "in", orders.ids)], "context": {"create": False}}
        if len(orders) == 1:
            action |= {"res_id": orders.id, "view_mode": "form", "views": [(False, "form")]}
        return action

    def _check_approved(self) -> None:
        """Refuse to sell a sample the customer did not approve.

        :raises UserError: naming the requests
        """
        refused = self.filtered(lambda request: request.state != "approved")
        if refused:
            raise UserError(
                self.env._(
                    "%(requests)s: only an approved sample becomes a product and a quotation.",
                    requests=", ".join(refused.mapped("display_name")),
                )
            )

    def _create_product(self, name: str, category, uom, price: float) -> "models.Model":
        """Create the product of an approved sample, and link the two.

        :param category: `product.category`
        :param uom: `uom.uom` in which it is sold
        :param price: sales price a unit, in the company's currency
        :raises UserError: when the sample is not approved, or has a product
        """
        self.ensure_one()
        self._check_approved()
        if self.product_id:
            raise UserError(
                self.env._(
                    "%(request)s has a product already: %(product)s.",
                    request=self.display_name,
                    product=self.product_id.display_name,
                )
            )
        products = self.env["product.product"].sudo()  # sudo: the approval entitles the salesperson to this one product
        product = products.create(self._prepare_product(name, category, uom, price))
        self._link_product(product)
        return product.with_env(self.env)

    def _link_product(self, product) -> None:
        """Name the product that an approved request without one led to."""
        self.check_access("write")
        requests = self.filtered(lambda request: not request.product_id)
        requests.sudo().product_id = product  # sudo: the request has ended; access was checked above

    def _prepare_product(self, name: str, category, uom, price: float) -> dict:
        """Return the values of the product. Extension point."""
        return {
            "name": name,
            "type": "consu",
            "categ_id": category.id,
            "uom_id": uom.id,
            "list_price": price,
            "description_sale": self.style_name or False,
        }

    def _quote(self, product, quantity: float, price: float | None = None, order=None) -> "models.Model":
        """Put the approved sample on a quotation, a new one unless given; return the order.

        :param quantity: in the product's unit of measure, positive
        :param price: for one unit, in the order's currency; None takes the pricelist's
        :raises UserError: when the sample is not approved, or the quotation is not open or of another customer
        """
        self.ensure_one()
        self._check_approved()
        if quantity <= 0:
            raise UserError(self.env._("%s: the quantity to quote must be positive.", self.display_name))
        line = {"product_id": product.id, "product_uom_qty": quantity, "sample_request_id": self.id}
        if price is not None:
            line["price_unit"] = price
        if order:
            if (
                order.state not in ("draft", "sent")
                or order.company_id != self.company_id
                or order.partner_id.commercial_partner_id != self.partner_id.commercial_partner_id
            ):
                raise UserError(
                    self.env._(
                        "%(order)s is not an open quotation for %(customer)s. Choose another, or make a new one.",
                        order=order.name,
                        customer=self.partner_id.display_name,
                    )
                )
            order.write({"order_line": [Command.create(line)]})
        else:
            order = self.env["sale.order"].create({**self._prepare_quotation(), "order_line": [Command.create(line)]})
        self.message_post(body=self.env._("Quoted on %s.", order._get_html_link()), subtype_xmlid="mail.mt_note")
        note = self.env._("Quotes the sample %s.", self._get_html_link())
        order.message_post(body=note, subtype_xmlid="mail.mt_note")
        return order

    def _prepare_quotation(self) -> dict:
        """Return the values of a new quotation. Extension point."""
        return {
            "partner_id": (self.contact_id or self.partner_id).id,
            "opportunity_id": self.lead_id.id,
            "user_id": self.user_id.id or self.env.uid,
            "team_id": self.team_id.id,
            "company_id": self.company_id.id,
            "origin": self.name,
        }
