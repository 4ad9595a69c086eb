from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.sales_confidentiality.tests.common import ConfidentialCase


@tagged("post_install", "-at_install")
class TestStock(ConfidentialCase):
    """What goods are worth, for those with the right; who moves them has it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.limit(cost=False)
        cls.keeper = new_test_user(
            cls.env,
            "confidential_keeper",
            "stock.group_stock_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.product = cls.product.with_company(cls.company)
        cls.product.write({"is_storable": True, "standard_price": 12})
        cls.product.categ_id = cls.env["product.category"].create({"name": "Soles", "property_cost_method": "average"})
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.env["stock.quant"]._update_available_quantity(cls.product, cls.warehouse.lot_stock_id, 100)
        cls.order = cls.orders[cls.anna]
        cls.order.with_user(cls.anna).action_confirm()

    def test_sold_and_delivered(self):
        picking = self.order.picking_ids.with_user(self.keeper)
        picking.move_ids.quantity = 10
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        self.assertEqual(self.order.order_line.with_user(self.anna).qty_delivered, 10)

    def test_every_way(self):
        move = self.order.picking_ids.move_ids
        for records, names in (
            (self.product, ("avg_cost", "total_value")),
            (move, ("value", "remaining_value", "price_unit", "standard_price")),
        ):
            mine = records.with_user(self.anna)
            for name in names:
                self.assertNotIn(name, mine.fields_get())
                for attempt in (
                    lambda mine=mine, name=name: mine[name],
                    lambda mine=mine, name=name: mine.read([name]),
                    lambda mine=mine, name=name: mine.search_read([], [name]),
                    lambda mine=mine, name=name: mine.web_read({name: {}}),
                ):
                    with self.assertRaises(AccessError):
                        attempt()
        with self.assertRaises(AccessError):
            self.env["stock.move"].with_user(self.anna).formatted_read_group([], [], ["value:sum"])
