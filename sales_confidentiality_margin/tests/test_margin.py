from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.sales_confidentiality.tests.common import ConfidentialCase


@tagged("post_install", "-at_install")
class TestMargin(ConfidentialCase):
    """Margins and the costs they come from, for those who need them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.limit(cost=False)

    def test_every_way(self):
        self.anna.group_ids += self.env.ref("base.group_allow_export")
        self.anna.group_ids += self.env.ref("sales_confidentiality.group_export")
        order = self.orders[self.anna]
        for records, name, aggregate in (
            (order, "margin", "sum"),
            (order, "margin_percent", "avg"),
            (order.order_line, "margin", "sum"),
            (order.order_line, "margin_percent", "avg"),
            (order.order_line, "purchase_price", "sum"),
            (self.env["sale.report"], "margin", "sum"),
        ):
            mine = records.with_user(self.anna)
            self.assertNotIn(name, mine.fields_get())
            attempts = [
                lambda mine=mine, name=name: mine.search_read([], [name]),
                lambda mine=mine, name=name: mine.search([(name, ">", 1)]),
                lambda mine=mine, name=name: mine.search([], order=name),
                lambda mine=mine, name=name: mine.formatted_read_group([], [name]),
                lambda mine=mine, how=f"{name}:{aggregate}": mine.formatted_read_group([], [], [how]),
                lambda mine=mine, name=name: mine.web_search_read([], {name: {}}),
            ]
            if records:
                attempts += [
                    lambda mine=mine, name=name: mine[name],
                    lambda mine=mine, name=name: mine.web_read({name: {}}),
                    lambda mine=mine, name=name: mine.export_data([name]),
                    lambda mine=mine, name=name: mine.write({name: 1}),
                    lambda mine=mine, name=name: mine.onchange({}, [], {name: {}}),
                ]
            for attempt in attempts:
                with self.assertRaises(AccessError):
                    attempt()

    def test_selling_without_the_right(self):
        form = Form(self.env["sale.order"].with_user(self.anna))
        self.assertNotIn("margin", form._view["fields"])
        form.partner_id = self.customers[self.anna].with_user(self.anna)
        with form.order_line.new() as line:
            line.product_id = self.product.with_user(self.anna)
            line.product_uom_qty = 4
        order = form.save()
        with Form(order) as form, form.order_line.edit(0) as line:
            line.product_uom_qty = 5
        order.action_confirm()
        line = order.order_line.with_user(self.manager)
        cost = self.product.with_company(order.company_id).standard_price
        self.assertEqual(line.purchase_price, cost, "the server knows it all the same")
        self.assertAlmostEqual(order.with_user(self.manager).margin, 5 * (30 - cost))

    def test_managers_see_them(self):
        fields = self.env["sale.order"].with_user(self.manager).get_views([(False, "form")])["models"]["sale.order"]
        self.assertIn("margin", fields["fields"])
