from datetime import date

from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .common import DeliveryCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 04:00:00")
class TestDeliveries(DeliveryCase):
    """Pairs come from done stock moves, each once."""

    def test_delivery_and_return(self):
        agreement = self._agreement()
        delivery = self._deliver(800)
        self.assertEqual(agreement.net_pairs, 800)
        self._return(delivery, 50)
        self.assertEqual(agreement.entry_ids.sorted("id").mapped("pairs"), [800, -50])
        self.assertEqual(agreement.entry_ids.sorted("id").mapped("kind"), ["delivery", "return"])
        self.assertEqual(agreement.entry_ids[:1].date, date(2026, 3, 2))
        self.assertEqual(agreement.entry_ids.sorted("id")[0].action_open_source()["res_id"], delivery.id)

    def test_source_of_a_row(self):
        """The transfer opens for those who may see it; finance gets to the agreement."""
        agreement = self._agreement()
        delivery = self._deliver(800)
        entry = agreement.entry_ids
        keeper = new_test_user(
            self.env,
            "sample_keeper",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
            groups="stock.group_stock_user,sales_department_base.group_collaborator_finance",
        )
        # finance that sends invoices, too, reads transfers but not the lots on their form
        accountant = new_test_user(
            self.env,
            "sample_accountant",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
            groups="account.group_account_invoice,sales_department_base.group_collaborator_finance",
        )
        for user, opened in ((keeper, delivery), (self.finance, agreement), (accountant, agreement)):
            with self.subTest(user=user.login):
                action = entry.with_user(user).action_open_source()
                self.assertEqual((action["res_model"], action["res_id"]), (opened._name, opened.id))

    def test_threshold_by_a_warehouse_worker(self):
        """Who validates the delivery has no right on fees, and sees nothing of the refund."""
        agreement = self._agreement()
        worker = new_test_user(
            self.env,
            "sample_warehouse",
            groups="stock.group_stock_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        picking = self._order(1000).picking_ids.with_user(worker)
        self._validate(picking)
        self.assertEqual(picking.state, "done")
        self.assertEqual(agreement.refund_ids.move_id.state, "draft")
        self.assertFalse(agreement.with_user(worker).has_access("read"))

    def test_returned_after_the_refund(self):
        agreement = self._agreement()
        delivery = self._deliver(1000)
        self._return(delivery, 1)
        self.assertEqual((agreement.standing, agreement.net_pairs, len(agreement.refund_ids)), ("fallen", 999, 1))
        self._deliver(500)
        self.assertEqual(len(agreement.refund_ids), 1)

    def test_partial_delivery_and_backorder(self):
        agreement = self._agreement()
        order = self._order(300)
        self._validate(order.picking_ids, pairs=120)
        self.assertEqual(agreement.net_pairs, 120)
        self._validate(order.picking_ids.filtered(lambda picking: picking.state != "done"))
        self.assertEqual(agreement.entry_ids.sorted("id").mapped("pairs"), [120, 180])

    def test_what_does_not_count(self):
        agreement = self._agreement()
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self._deliver(10, partner=stranger)
        self._deliver(10, product=self.other_sole)
        supplier = self.env.ref("stock.stock_location_suppliers")
        receipt = self.env["stock.picking"].create({
            "picking_type_id": self.warehouse.in_type_id.id,
            "partner_id": self.customer.id,
            "location_id": supplier.id,
            "location_dest_id": self.warehouse.lot_stock_id.id,
            "move_ids": [
                Command.create({
                    "product_id": self.sole.id,
                    "product_uom_qty": 5,
                    "location_id": supplier.id,
                    "location_dest_id": self.warehouse.lot_stock_id.id,
                })
            ],
        })
        receipt.action_confirm()
        self._validate(receipt)
        self.assertFalse(agreement.entry_ids)

    def test_dozens(self):
        """Sold by the dozen, counted in pairs."""
        agreement = self._agreement()
        order = self.env["sale.order"].create({
            "partner_id": self.customer.id,
            "warehouse_id": self.warehouse.id,
            "order_line": [
                Command.create({
                    "product_id": self.sole.id,
                    "product_uom_qty": 10,
                    "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
                })
            ],
        })
        order.action_confirm()
        self._validate(order.picking_ids)
        self.assertEqual(agreement.net_pairs, 120)

    def test_past_deliveries(self):
        """What left since the first day is booked when the agreement begins, once."""
        with freeze_time("2026-01-04 04:00:00"):
            self._deliver(11)
        with freeze_time("2026-01-05 04:00:00"):
            self._deliver(22)
        agreement = self._agreement()
        self.assertEqual(agreement.entry_ids.mapped("pairs"), [22])
        agreement.action_catch_up()
        self.assertEqual(agreement.net_pairs, 22)

    def test_day_by_the_company_clock(self):
        """At 23:00 of 31 January in London it is February in Shanghai."""
        agreement = self._agreement()
        with freeze_time("2026-01-31 23:00:00"):
            self._deliver(7)
        self.assertEqual(agreement.entry_ids.date, date(2026, 2, 1))

    def test_next_agreement(self):
        """A return counts for the agreement for which its delivery had counted."""
        first = self._agreement(steps=((100, 100, 0),))
        delivery = self._deliver(100)
        self.assertEqual(first.state, "done")
        self._deliver(30)
        self.assertEqual(first.net_pairs, 130)
        second = self._agreement(date_start="2026-03-02")
        self.assertEqual(second.net_pairs, 0)
        self._deliver(200)
        self._return(delivery, 40)
        self.assertEqual((first.net_pairs, second.net_pairs), (90, 200))
        self.assertEqual(first.standing, "fallen")

    def test_return_of_what_had_left_before_the_first_day(self):
        with freeze_time("2026-01-04 04:00:00"):
            delivery = self._deliver(500)
        agreement = self._agreement()
        self._return(delivery, 500)
        self.assertEqual(agreement.net_pairs, 0)
        self.assertFalse(agreement.entry_ids)

    def test_delivered_and_returned_before_it_was_started(self):
        delivery = self._deliver(500)
        self._return(delivery, 200)
        agreement = self._agreement()
        self.assertEqual(agreement.net_pairs, 300)

    def test_services_are_told_by_their_orders(self):
        """A service leaves no warehouse: what its order line delivered counts, and goods beside it count once."""
        service = self.env["product.product"].create({"name": "Made outside", "type": "service"})
        agreement = self._agreement(product_ids=[Command.set((self.sole | service).ids)])
        order = self._order(70, product=service)
        order.order_line.qty_delivered = 70
        self.assertEqual(agreement.net_pairs, 70)
        self._deliver(30)
        agreement.action_catch_up()
        self.assertEqual(agreement.net_pairs, 100)

    def test_kits_are_told_by_their_orders(self):
        kit = self.env["product.product"].create({"name": "Pair of soles in a box", "type": "consu"})
        self.patch(type(kit), "_is_moved_as_parts", lambda product: product == kit)
        agreement = self._agreement(product_ids=[Command.set(kit.ids)])
        self.assertEqual(agreement._get_products_by_orders(), kit)

    def test_counted_by_orders_before(self):
        """What was booked from orders, before stock was kept, does not count again."""
        self._deliver(40)
        agreement = self._agreement(started=False)
        agreement._change_state("running")
        line = self.env["sale.order.line"].search([("product_id", "=", self.sole.id)])
        agreement._book([
            {
                "agreement_id": agreement.id,
                "date": "2026-03-02",
                "kind": "order",
                "pairs": 40,
                "source_model": "sale.order.line",
                "source_id": line.id,
                "source_key": f"sale.order.line,{line.id},0",
            }
        ])
        agreement.action_catch_up()
        self.assertEqual(agreement.net_pairs, 40)

    def test_deliveries_of_others_cost_nothing(self):
        """A delivery without an agreement is not slowed down by one query for each move."""
        order = self.env["sale.order"].create({
            "partner_id": self.customer.id,
            "warehouse_id": self.warehouse.id,
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": 1})
                for product in (self.sole, self.other_sole)
            ],
        })
        order.action_confirm()
        self._validate(order.picking_ids)
        moves = order.picking_ids.move_ids
        self.env.invalidate_all()
        moves.mapped("location_dest_id.usage")
        moves.mapped("location_id.usage")
        moves.mapped("product_id")
        with self.assertQueryCount(1):
            self.assertFalse(moves.sudo()._prepare_refund_rows())
