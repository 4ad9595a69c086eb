from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common_rounds import RoundCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 04:00:00")
class TestQuoteMoney(RoundCase):
    """The dialog asks for the price in the company's currency; the quotation has it in its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category = cls.env["product.category"].create({"name": "Soles T"})
        cls.usd = cls.env.ref("base.USD")
        cls.usd.active = True
        cls.env["res.currency.rate"].search([("currency_id", "in", (cls.usd | cls.company.currency_id).ids)]).unlink()
        cls.pricelist = cls.env["product.pricelist"].create({
            "name": "USD T",
            "currency_id": cls.usd.id,
            "company_id": cls.company.id,
        })
        cls.customer.with_company(cls.company).specific_property_product_pricelist = cls.pricelist

    def _rate(self, day, rate):
        self.env["res.currency.rate"].create({
            "currency_id": self.usd.id,
            "company_id": self.company.id,
            "name": day,
            "rate": rate,
        })

    def _quoted(self, price=800.0, **values):
        """Return request and order line of what the salesperson quotes in the dialog."""
        request = self._answered("approved").request_id.with_user(self.salesman)
        dialog = self.env["sale.sample.quote"].with_user(self.salesman).with_context(default_request_id=request.id)
        form = Form(dialog)
        self.assertEqual(form.currency_id, self.company.currency_id)
        form.product_name = "Runner Sole"
        form.category_id = self.category
        form.quantity = 10
        form.price = price
        for name, value in values.items():
            form[name] = value
        order = self.env["sale.order"].browse(form.save().action_quote()["res_id"])
        return request, order.order_line

    def test_price_on_a_pricelist_in_dollars(self):
        self._rate("2026-01-01", 0.125)
        self._rate("2026-03-03", 0.2)
        request, line = self._quoted()
        self.assertEqual((line.currency_id, line.price_unit, line.discount), (self.usd, 100.0, 0.0))
        self.assertEqual(line.order_id.amount_untaxed, 1000.0)
        product = request.product_id.sudo()
        self.assertEqual((product.list_price, product.currency_id), (800.0, self.company.currency_id))

    def test_small_price(self):
        self._rate("2026-01-01", 0.14)
        _request, line = self._quoted(price=0.85)
        self.assertEqual(line.price_unit, 0.119)

    def test_without_a_rate(self):
        with self.assertRefused("no exchange rate of USD to CNY"):
            self._quoted()

    def test_without_a_price(self):
        """The pricelist's price needs no rate of ours."""
        _request, line = self._quoted(price=0.0)
        self.assertEqual(line.currency_id, self.usd)

    def test_own_currency_needs_no_rate(self):
        self.customer.with_company(self.company).specific_property_product_pricelist = False
        order = self.env["sale.order"].create({
            "partner_id": self.customer.id,
            "company_id": self.company.id,
            "user_id": self.salesman.id,
            "pricelist_id": False,
        })
        self.assertEqual(order.currency_id, self.company.currency_id)
        _request, line = self._quoted(order_id=order)
        self.assertEqual((line.order_id, line.price_unit), (order, 800.0))

    def test_pricelist_with_visible_discount(self):
        """The price that was entered is what one costs."""
        self.env.ref("base.group_user").implied_ids += self.env.ref("sale.group_discount_per_so_line")
        self.pricelist.currency_id = self.company.currency_id
        self.pricelist.item_ids = [Command.create({"compute_price": "percentage", "percent_price": 10.0})]
        _request, line = self._quoted()
        self.assertEqual((line.price_unit, line.discount, line.order_id.amount_untaxed), (800.0, 0.0, 8000.0))
