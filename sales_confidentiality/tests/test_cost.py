from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import ConfidentialCase


@tagged("post_install", "-at_install")
class TestCost(ConfidentialCase):
    """What products cost, for those who need it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.limit(cost=False)
        cls.vendor = cls.env["product.supplierinfo"].create({
            "partner_id": cls.env["res.partner"].create({"name": "Rubber"}).id,
            "product_tmpl_id": cls.product.product_tmpl_id.id,
            "price": 11,
        })

    def test_every_way(self):
        for records, name in (
            (self.product, "standard_price"),
            (self.product.product_tmpl_id, "standard_price"),
            (self.vendor, "price"),
            (self.vendor, "price_discounted"),
        ):
            mine = records.with_user(self.anna)
            self.assertNotIn(name, mine.fields_get())
            self.anna.group_ids += self.env.ref("base.group_allow_export")
            attempts = [
                lambda mine=mine, name=name: mine[name],
                lambda mine=mine, name=name: mine.read([name]),
                lambda mine=mine, name=name: mine.search_read([], [name]),
                lambda mine=mine, name=name: mine.web_read({name: {}}),
                lambda mine=mine, name=name: mine.export_data([name]),
                lambda mine=mine, name=name: mine.write({name: 1}),
            ]
            if mine._fields[name].store:
                attempts += [
                    lambda mine=mine, name=name: mine.search([(name, ">", 5)]),
                    lambda mine=mine, name=name: mine.search([], order=name),
                    lambda mine=mine, name=name: mine.formatted_read_group([], [name]),
                    lambda mine=mine, name=name: mine.formatted_read_group([], [], [f"{name}:sum"]),
                ]
            for attempt in attempts:
                with self.assertRaises(AccessError):
                    attempt()

    def test_by_way_of_others(self):
        lines = self.env["sale.order.line"].with_user(self.anna)
        for domain in (
            [("product_id.standard_price", ">", 5)],
            [("product_id.product_tmpl_id.standard_price", ">", 5)],
            [("product_id.seller_ids.price", ">", 5)],
        ):
            with self.assertRaises(AccessError):
                lines.search(domain)
        with self.assertRaises(AccessError):
            self.env["account.invoice.report"].with_user(self.anna).formatted_read_group([], [], ["price_margin:sum"])

    def test_selling_without_the_right(self):
        mine = self.product.with_user(self.anna)
        self.assertNotIn("standard_price", Form(mine)._view["fields"])
        form = Form(self.env["sale.order"].with_user(self.anna))
        form.partner_id = self.customers[self.anna].with_user(self.anna)
        with form.order_line.new() as line:
            line.product_id = mine
            line.product_uom_qty = 3
        order = form.save()
        self.assertEqual(order.order_line.price_unit, 30)
        order.action_confirm()
        html, _kind = (
            self.env["ir.actions.report"].with_user(self.anna)._render_qweb_html("sale.report_saleorder", order.ids)
        )
        self.assertIn(order.name.encode(), html)
        self.assertTrue(order.copy())

    def test_a_pricelist_on_costs_still_prices(self):
        pricelist = self.env["product.pricelist"].create({
            "name": "Cost plus",
            "company_id": self.company.id,
            "currency_id": self.company.currency_id.id,
            "item_ids": [(0, 0, {"base": "standard_price", "compute_price": "formula", "price_markup": 20})],
        })
        product = self.product.with_company(self.company)
        product.standard_price = 10
        price = pricelist.with_user(self.anna)._get_product_price(product.with_user(self.anna), 1)
        self.assertAlmostEqual(price, 12)

    def test_managers_see_them(self):
        self.assertEqual(self.vendor.with_user(self.manager).price, 11)
        self.assertIn("standard_price", self.product.with_user(self.manager).fields_get())
