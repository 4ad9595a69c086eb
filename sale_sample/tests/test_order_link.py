from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common_rounds import RoundCase


@tagged("post_install", "-at_install")
class TestOrderLink(RoundCase):
    """Confirmed order lines name the approved sample that won them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create({"name": "Sole T", "list_price": 3.0})

    def _approved(self, day, **values):
        """Return a request whose sample the customer approved on a day."""
        with freeze_time(f"{day} 04:00:00"):
            return self._answered("approved", self._request(**{"product_id": self.product.id, **values})).request_id

    def _order(self, day, partner=None, confirm=True):
        """Return an ordinary order of the product, confirmed on a day."""
        with freeze_time(f"{day} 04:00:00"):
            order = self.env["sale.order"].create({
                "partner_id": (partner or self.contact).id,
                "order_line": [Command.create({"product_id": self.product.id})],
            })
            if confirm:
                order.action_confirm()
        return order

    def test_ordinary_orders(self):
        before = self._order("2026-01-02", self.env["res.partner"].create({"name": "Other"}))
        request = self._approved("2026-03-02")
        quoted = self._order("2026-03-03", confirm=False)
        self.assertFalse(quoted.order_line.sample_request_id, "nothing is won before the order is confirmed")
        orders = self._order("2026-03-04") | self._order("2027-03-04")
        others = before | self._order("2026-03-05", before.partner_id)
        self.assertEqual(orders.order_line.mapped("sample_request_id"), request)
        self.assertFalse(others.order_line.sample_request_id)
        self.assertFalse(orders[0].copy().order_line.sample_request_id)

    def test_line_added_to_a_confirmed_order(self):
        request = self._approved("2026-03-02")
        order = self._order("2026-03-04")
        line = self.env["sale.order.line"].create({"order_id": order.id, "product_id": self.product.id})
        self.assertEqual(line.sample_request_id, request)

    def test_running_products_are_not_won(self):
        """What the customer ordered before the hand-over would be ordered again anyway."""
        self._order("2026-01-02")
        self._approved("2026-03-02")
        self.assertFalse(self._order("2026-03-04").order_line.sample_request_id)

    def test_last_sample_before_the_order(self):
        """A sample approved later wins what is ordered from then on, unless the product was bought by its hand-over."""
        first, second = self._approved("2026-02-02"), self._approved("2026-03-02")
        self.assertEqual(self._order("2026-02-20").order_line.sample_request_id, first)
        self.assertEqual(self._order("2026-03-04").order_line.sample_request_id, second)

    def test_product_named_later(self):
        request = self._approved("2026-03-02", product_id=False)
        order = self._order("2026-03-04")
        self.assertFalse(order.order_line.sample_request_id)
        request.with_user(self.salesman)._link_product(self.product)
        self.assertEqual(order.order_line.sample_request_id, request)

    def test_confirmed_by_a_colleague(self):
        request = self._approved("2026-03-02")
        with freeze_time("2026-03-04 04:00:00"):
            order = (
                self
                .env["sale.order"]
                .with_user(self.other_salesman)
                .create({
                    "partner_id": self.contact.id,
                    "order_line": [Command.create({"product_id": self.product.id})],
                })
            )
            order.action_confirm()
        self.assertEqual(order.sudo().order_line.sample_request_id, request)

    def test_sells_something_else_after_all(self):
        """A line that has got another product, or whose order another customer, was not won by the sample."""
        request = self._approved("2026-03-02")
        another = self.env["product.product"].create({"name": "Sole U", "type": "service"})
        self.product.type = "service"
        changed, moved = self._order("2026-03-04"), self._order("2026-03-04")
        changed.order_line.product_id = another
        self.assertFalse(changed.order_line.sample_request_id)
        changed.order_line.product_id = self.product
        self.assertEqual(changed.order_line.sample_request_id, request)
        quoted = request.with_user(self.salesman)._quote(self.product, 10)
        quoted.order_line.product_id = another
        moved._action_cancel()
        moved.action_draft()
        moved.partner_id = self.env["res.partner"].create({"name": "Other"})
        with freeze_time("2026-03-05 04:00:00"):
            (moved | quoted).action_confirm()
        self.assertFalse((moved | quoted).order_line.sample_request_id)

    def test_order_of_a_merged_customer(self):
        request = self._approved("2026-03-02")
        double = self.env["res.partner"].create({"name": "Runner", "is_company": True})
        order = self._order("2026-03-04", double)
        self.assertFalse(order.order_line.sample_request_id)
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((double | self.customer).ids, self.customer)
        self.assertEqual(order.order_line.sample_request_id, request)

    def test_link_is_closed(self):
        request = self._approved("2026-03-02")
        order = self._order("2026-03-04", self.env["res.partner"].create({"name": "Other"}))
        lines = order.with_user(self.manager).order_line
        with self.assertRaises(AccessError):
            lines.sample_request_id = request
        with self.assertRaises(AccessError):
            lines.create({"order_id": order.id, "product_id": self.product.id, "sample_request_id": request.id})

    def test_queries_of_many_lines(self):
        self._approved("2026-03-02")
        orders = self.env["sale.order"].union(*(self._order("2026-03-04", confirm=False) for _number in range(5)))
        orders.write({"state": "sale", "date_order": "2026-03-04 04:00:00"})
        orders.order_line.mapped("order_id.state")
        self.env.flush_all()
        with self.assertQueryCount(2):  # read, and write
            orders.order_line._link_samples()
        self.assertTrue(all(orders.order_line.mapped("sample_request_id")))
