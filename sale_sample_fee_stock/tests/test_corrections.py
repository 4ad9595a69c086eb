"""Transfers change after they were done; ledger and refunds follow."""

import random
import time
from datetime import date, datetime

from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import DeliveryCase

WHOLE = ((1000, 100, 0),)


class CorrectionCase(DeliveryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_customer = cls.env["res.partner"].create({"name": "City Shoes", "is_company": True})
        receivable = cls.receivable
        cls.other_customer.with_company(cls.company).property_account_receivable_id = receivable

    def _rows(self, agreement):
        return [(str(row.date)[5:], row.kind, row.pairs) for row in agreement.entry_ids.sorted("id")]


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 04:00:00")
class TestCorrectedQuantities(CorrectionCase):
    """1,000 pairs that were 100."""

    def test_while_the_refund_is_a_draft(self):
        agreement = self._agreement(steps=WHOLE)
        delivery = self._deliver(1000)
        refund = agreement.refund_ids
        note = refund.move_id
        self.assertEqual((agreement.state, note.state), ("done", "draft"))
        self._correct(delivery, 100)
        self.assertEqual(agreement.net_pairs, 100)
        self.assertEqual(self._rows(agreement), [("03-02", "delivery", 1000), ("03-02", "correction", -900)])
        self.assertEqual(len(set(agreement.entry_ids.mapped("source_key"))), 2)
        self.assertEqual(agreement.entry_ids.mapped("source_name"), [delivery.name] * 2)
        self.assertEqual((refund.state, note.state), ("taken_back", "cancel"))
        self.assertEqual((agreement.state, agreement.standing, agreement.step_ids.state), ("running", "open", "open"))
        self.assertIn("taken back", " ".join(agreement.activity_ids.mapped("summary")))
        self._correct(delivery, 1200)
        self.assertEqual((agreement.net_pairs, (agreement.refund_ids - refund).state), (1200, "drafted"))

    def test_when_it_is_posted(self):
        agreement = self._agreement(steps=WHOLE)
        delivery = self._deliver(1000)
        agreement.refund_ids.move_id.action_post()
        self._correct(delivery, 100)
        self.assertEqual((agreement.net_pairs, agreement.standing, agreement.state), (100, "fallen", "done"))
        self.assertEqual((agreement.refund_ids.state, agreement.refund_ids.move_id.state), ("posted", "posted"))
        self.assertIn("Deliveries were corrected", " ".join(agreement.activity_ids.mapped("note")))

    def test_by_a_warehouse_worker(self):
        agreement = self._agreement(steps=WHOLE)
        delivery = self._deliver(1000)
        worker = new_test_user(
            self.env,
            "sample_corrector",
            groups="stock.group_stock_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self._correct(delivery.with_user(worker), 100)
        self.assertEqual((agreement.net_pairs, agreement.refund_ids.state), (100, "taken_back"))

    def test_by_whoever_sells(self):
        """Odoo lets salespeople write the moves of orders; what counts for a fee is the warehouse's to correct."""
        agreement = self._agreement(steps=WHOLE)
        move = self._deliver(500).move_ids
        seller = new_test_user(
            self.env,
            "sample_seller",
            groups="sales_team.group_sale_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        tries = [
            lambda: move.move_line_ids.with_user(seller).write({"quantity": 9000}),
            lambda: move.with_user(seller).write({"quantity": 9000}),
            lambda: move.with_user(seller).write({"date": "2026-01-01 00:00:00"}),
            lambda: move.with_user(seller).write({"state": "cancel"}),
            lambda: move.picking_id.with_user(seller).write({"date_done": "2026-01-01 00:00:00"}),
            lambda: move.with_user(seller).create([
                {
                    "product_id": self.sole.id,
                    "product_uom_qty": 9000,
                    "quantity": 9000,
                    "state": "done",
                    "location_id": move.location_id.id,
                    "location_dest_id": move.location_dest_id.id,
                    "partner_id": self.contact.id,
                    "company_id": self.company.id,
                }
            ]),
        ]
        for number, attempt in enumerate(tries):
            with self.subTest(number=number), self.assertClosed():
                attempt()
        self.assertEqual(agreement.net_pairs, 500)

    def test_a_done_move_that_is_cancelled_after_all(self):
        agreement = self._agreement(steps=WHOLE)
        self._deliver(500).move_ids.write({"state": "cancel"})
        self.assertEqual(agreement.net_pairs, 0)

    def test_after_a_return(self):
        """Delivered 60, returned 10, delivered 60; the first was 50."""
        agreement = self._agreement()
        first = self._deliver(60)
        self._return(first, 10)
        self._deliver(60)
        self.assertEqual(agreement.net_pairs, 110)
        self._correct(first, 50)
        self.assertEqual(agreement.net_pairs, 100)
        agreement.action_catch_up()
        self.assertEqual(agreement.net_pairs, 100)

    def test_a_return(self):
        agreement = self._agreement(steps=WHOLE)
        back = self._return(self._deliver(1000), 300)
        self.assertEqual((agreement.net_pairs, agreement.standing), (700, "fallen"))
        self._correct(back, 0)
        self.assertEqual((agreement.net_pairs, agreement.standing), (1000, "drafted"))

    def test_lines_of_a_transfer(self):
        """Lines of a done transfer: corrected, added, and in another unit."""
        agreement = self._agreement()
        delivery = self._deliver(600)
        line = delivery.move_line_ids
        line.quantity = 40
        self.assertEqual(agreement.net_pairs, 40)
        line.copy({"quantity": 5, "move_id": delivery.move_ids.id, "picking_id": delivery.id})
        self.assertEqual(agreement.net_pairs, delivery.move_ids.quantity)
        line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        self.env.flush_all()
        self.assertEqual(agreement.net_pairs, delivery.move_ids.quantity)
        self.assertGreater(agreement.net_pairs, 400)

    def test_to_nothing_and_back(self):
        agreement = self._agreement()
        delivery = self._deliver(600)
        for pairs in (0, 600, 0, 7):
            self._correct(delivery, pairs)
            self.assertEqual(agreement.net_pairs, pairs)

    def test_by_the_daily_job(self):
        """What was changed past Odoo is found at night."""
        agreement = self._agreement(steps=WHOLE)
        delivery = self._deliver(1000)
        self.env.flush_all()
        self.env.cr.execute("UPDATE stock_move SET quantity = 100 WHERE id = %s", [delivery.move_ids.id])
        self.env.invalidate_all()
        self._every_day()
        self._every_day()
        self.assertEqual((agreement.net_pairs, len(agreement.entry_ids)), (100, 2))
        self.assertEqual(agreement.refund_ids.state, "taken_back")


@tagged("post_install", "-at_install")
@freeze_time("2026-07-20 04:00:00")
class TestCorrectedDays(CorrectionCase):
    """A threshold until 5 July."""

    def test_in_time_after_all(self):
        agreement = self._agreement(steps=((1000, 100, 6),))
        with freeze_time("2026-07-10 04:00:00"):
            delivery = self._deliver(1000)
        self._every_day()
        self.assertEqual((agreement.state, agreement.standing), ("expired", "missed"))
        delivery.date_done = datetime(2026, 7, 3, 4)
        self.assertEqual(
            self._rows(agreement),
            [("07-10", "delivery", 1000), ("07-10", "correction", -1000), ("07-03", "correction", 1000)],
        )
        self.assertEqual(
            (agreement.refund_ids.state, agreement.standing, agreement.state), ("drafted", "drafted", "done")
        )

    def test_too_late_after_all(self):
        agreement = self._agreement(steps=((1000, 100, 6),))
        with freeze_time("2026-07-03 04:00:00"):
            delivery = self._deliver(1000)
        self.assertEqual(agreement.refund_ids.state, "drafted")
        delivery.move_ids.date = datetime(2026, 7, 10, 4)
        self.assertEqual((agreement.refund_ids.state, agreement.state), ("taken_back", "expired"))
        self.assertEqual((agreement.standing, agreement.net_pairs), ("missed", 1000))

    def test_too_late_when_posted(self):
        agreement = self._agreement(steps=((1000, 100, 6),))
        with freeze_time("2026-07-03 04:00:00"):
            delivery = self._deliver(1000)
            agreement.refund_ids.move_id.action_post()
        delivery.date_done = datetime(2026, 7, 10, 4)
        self.assertEqual((agreement.refund_ids.state, agreement.standing), ("posted", "fallen"))
        self.assertIn("Deliveries were corrected", " ".join(agreement.activity_ids.mapped("note")))

    def test_around_the_first_day(self):
        agreement = self._agreement()
        with freeze_time("2026-01-10 04:00:00"):
            delivery = self._deliver(60)
            back = self._return(delivery, 10)
        self.assertEqual(agreement.net_pairs, 50)
        delivery.date_done = datetime(2026, 1, 4, 4)
        self.assertEqual(agreement.net_pairs, 0, "what had left before does not count, nor when it comes back")
        delivery.date_done = datetime(2026, 1, 5, 4)
        self.assertEqual(agreement.net_pairs, 50)
        self.assertEqual(back.move_ids.quantity, 10)

    def test_same_day_by_the_company_clock(self):
        agreement = self._agreement()
        delivery = self._deliver(60)
        delivery.date_done = datetime(2026, 7, 20, 15, 59)
        self.assertEqual(len(agreement.entry_ids), 1)
        delivery.date_done = datetime(2026, 7, 20, 16, 0)
        self.assertEqual(agreement.entry_ids.sorted("id")[-1].date, date(2026, 7, 21))


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 04:00:00")
class TestCorrectedDocuments(CorrectionCase):
    """Customer, product, order, agreement."""

    def test_customer_of_the_transfer(self):
        agreement = self._agreement()
        delivery = self._deliver(60)
        delivery.move_ids.sale_line_id = False
        delivery.partner_id = self.other_customer
        self.assertEqual(agreement.net_pairs, 0)
        delivery.partner_id = self.contact
        self.assertEqual(agreement.net_pairs, 60)

    def test_order_of_another_customer(self):
        agreement = self._agreement()
        other = self._agreement(partner_id=self.other_customer.id)
        delivery = self._deliver(60)
        self._return(delivery, 10)
        with freeze_time("2026-03-09 04:00:00"):
            delivery.move_ids.sale_line_id.order_id.partner_id = self.other_customer
        self.assertEqual((agreement.net_pairs, other.net_pairs), (0, 50))
        self.assertEqual(set(other.entry_ids.mapped("date")), {date(2026, 3, 2)})

    def test_contact_who_changes_the_company(self):
        agreement = self._agreement()
        self._deliver(60)
        self.contact.parent_id = self.other_customer
        agreement.action_catch_up()
        self._every_day()
        self.assertEqual(agreement.net_pairs, 60)

    def test_order_cancelled_after_the_delivery(self):
        """The goods have left all the same."""
        agreement = self._agreement()
        delivery = self._deliver(60)
        delivery.move_ids.sale_line_id.order_id._action_cancel()
        self._every_day()
        self.assertEqual((delivery.state, agreement.net_pairs), ("done", 60))

    def test_backorder_cancelled(self):
        agreement = self._agreement()
        order = self._order(300)
        self._validate(order.picking_ids, pairs=120)
        order.picking_ids.filtered(lambda picking: picking.state != "done").action_cancel()
        self._every_day()
        self.assertEqual(agreement.net_pairs, 120)

    def test_return_of_a_return(self):
        first = self._agreement(steps=((100, 100, 0),))
        delivery = self._deliver(100)
        second = self._agreement(date_start="2026-03-02")
        back = self._return(delivery, 40)
        again = self._return(back, 30)
        self.assertEqual((first.net_pairs, second.net_pairs), (90, 0))
        self._correct(again, 40)
        self.assertEqual((first.net_pairs, second.net_pairs), (100, 0))
        self._correct(delivery, 90)
        self.assertEqual((first.net_pairs, second.net_pairs), (90, 0))
        self.assertEqual((first.state, first.refund_ids.state), ("running", "taken_back"))

    def test_price_allowance(self):
        """A credit note of money takes no pairs back."""
        agreement = self._agreement()
        order = self._deliver(1000).move_ids.sale_line_id.order_id
        order.order_line.price_unit = 10
        order.order_line.tax_ids = False
        invoice = order._create_invoices()
        invoice.action_post()
        note = invoice._reverse_moves([{"invoice_date": "2026-03-02"}])
        note.invoice_line_ids.price_unit = 1
        note.action_post()
        self._every_day()
        self.assertEqual((agreement.net_pairs, agreement.refund_ids.state), (1000, "drafted"))

    def test_drop_shipped(self):
        """From the supplier straight to the customer, and corrected."""
        agreement = self._agreement()
        supplier, customers = (self.env.ref(f"stock.stock_location_{usage}") for usage in ("suppliers", "customers"))
        picking = self.env["stock.picking"].create({
            "picking_type_id": self.warehouse.out_type_id.id,
            "partner_id": self.customer.id,
            "location_id": supplier.id,
            "location_dest_id": customers.id,
            "move_ids": [
                Command.create({
                    "product_id": self.sole.id,
                    "product_uom_qty": 60,
                    "location_id": supplier.id,
                    "location_dest_id": customers.id,
                })
            ],
        })
        picking.action_confirm()
        self._validate(picking)
        self.assertEqual(agreement.net_pairs, 60)
        self._correct(picking, 50)
        self.assertEqual(agreement.net_pairs, 50)

    def test_kit(self):
        """Its order line tells, as soon as its parts have left, and after they were corrected."""
        kit = self.env["product.product"].create({"name": "Pair of soles in a box", "type": "consu"})
        self.patch(type(kit), "_is_moved_as_parts", lambda product: product == kit)
        agreement = self._agreement(product_ids=[Command.set(kit.ids)])
        order = self._order(10, product=kit)
        self.patch(type(order.order_line), "_prepare_qty_delivered", self._kits_delivered)
        picking = self._deliver(10, product=self.other_sole)
        picking.move_ids.sale_line_id = order.order_line  # as if the kit had been exploded
        self.assertEqual((agreement.net_pairs, agreement.entry_ids.kind), (10, "order"))
        self._correct(picking, 7)
        self.assertEqual(agreement.net_pairs, 7)

    @staticmethod
    def _kits_delivered(lines):
        return {
            line: sum(line.move_ids.filtered(lambda move: move.state == "done").mapped("quantity")) for line in lines
        }

    def test_two_agreements(self):
        """One transfer with products of two agreements: each is corrected on its own."""
        first = self._agreement()
        second = self._agreement(product_ids=[Command.set(self.other_sole.ids)])
        order = self.env["sale.order"].create({
            "partner_id": self.contact.id,
            "warehouse_id": self.warehouse.id,
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": 60})
                for product in (self.sole, self.other_sole)
            ],
        })
        order.action_confirm()
        self._validate(order.picking_ids)
        move = order.picking_ids.move_ids.filtered(lambda move: move.product_id == self.other_sole)
        move.move_line_ids.quantity = 50
        self.assertEqual((first.net_pairs, second.net_pairs), (60, 50))

    def test_cancelled_agreement(self):
        """It is corrected, too; nothing new counts, until its successor takes over."""
        agreement = self._agreement()
        delivery = self._deliver(60)
        agreement.action_cancel()
        self._correct(delivery, 50)
        self._deliver(5)
        self.assertEqual(agreement.net_pairs, 50)
        successor = self._agreement()
        self.assertEqual((agreement.net_pairs, successor.net_pairs), (0, 55))
        self._correct(delivery, 40)
        self.assertEqual((agreement.net_pairs, successor.net_pairs), (0, 45))

    def test_expired_agreement(self):
        agreement = self._agreement(steps=((1000, 100, 1),))
        with freeze_time("2026-01-10 04:00:00"):
            delivery = self._deliver(100)
        self._every_day()
        self.assertEqual(agreement.state, "expired")
        self._correct(delivery, 1000)
        self.assertEqual((agreement.net_pairs, agreement.state), (1000, "done"))

    def test_nothing_stops_the_delivery(self):
        agreement = self._agreement(steps=WHOLE)

        def refuse(self, refund, journal):
            raise ValueError("a bug")

        self.patch(type(agreement), "_prepare_credit_note", refuse)
        with mute_logger("odoo.addons.sale_sample_fee.models.sale_sample_mould_agreement"):
            delivery = self._deliver(1000)
        self.assertEqual((delivery.state, agreement.net_pairs, len(agreement.refund_ids)), ("done", 1000, 0))
        self.assertIn("a bug", agreement.activity_ids.note)


@tagged("post_install", "-at_install")
@freeze_time("2026-07-20 04:00:00")
class TestRandomDeliveries(CorrectionCase):
    """Delivered, corrected, returned, dated and moved to and fro: the ledger says what the transfers say."""

    SECONDS = 15

    def test_random_history(self):
        chance = random.Random(2026)
        started = time.monotonic()
        first = self._agreement(steps=((300, 50, 6), (600, 50, 0)))
        second = self._agreement(partner_id=self.other_customer.id, steps=((300, 100, 0),))
        deliveries, returns = [], []
        for number in range(40):
            what = chance.choice(["deliver", "deliver", "quantity", "day", "return", "customer", "post", "lower"])
            picking = chance.choice(deliveries) if deliveries else None
            if what == "deliver" or not picking:
                what = "deliver"
                deliveries.append(self._deliver(chance.randint(50, 250)))
            elif what == "quantity":
                self._correct(picking, chance.randint(60, 250))
            elif what == "lower" and returns:
                self._correct(chance.choice(returns), chance.randint(0, 9))
            elif what == "day":
                chance.choice(deliveries + returns).date_done = datetime(2026, 7, chance.randint(1, 10), 4)
            elif what == "return" and len(returns) < 8:
                returns.append(self._return(picking, chance.randint(1, 9)))
            elif what == "customer":
                order = picking.move_ids.sale_line_id.order_id
                order.partner_id = chance.choice([self.contact, self.other_customer])
            elif what == "post":
                drafts = (first | second).refund_ids.move_id.filtered(lambda note: note.state == "draft")
                drafts[:1].action_post()
            with self.subTest(number=number, what=what):
                self._compare(first, second, deliveries, returns)
            if time.monotonic() - started > self.SECONDS:
                break
        self.assertGreater(number, 8)
        self._every_day()
        self._compare(first, second, deliveries, returns)
        rows = len((first | second).entry_ids)
        self._every_day()
        self.assertEqual(len((first | second).entry_ids), rows)

    def _compare(self, first, second, deliveries, returns):
        """Compare the ledgers with what the transfers say, worked out from scratch."""
        for agreement in first | second:
            expected = {}
            for sign, pickings in ((1, deliveries), (-1, returns)):
                for picking in pickings:
                    move = picking.move_ids
                    customer = (move.origin_returned_move_id or move).sale_line_id.order_id.partner_id
                    if customer.commercial_partner_id == agreement.partner_id and move.quantity:
                        key = (move.id, move._get_refund_day())
                        expected[key] = sign * move.quantity
            said = {}
            for row in agreement.entry_ids:
                key = (row.source_id, row.date)
                said[key] = said.get(key, 0) + row.pairs
            self.assertEqual({key: pairs for key, pairs in said.items() if pairs}, expected)
            self.assertEqual(agreement.net_pairs, sum(expected.values()))
            live = agreement.refund_ids.filtered(lambda refund: refund.state in ("drafted", "posted"))
            self.assertLessEqual(sum(live.mapped("real_amount")), agreement.fee_amount)
            self.assertEqual(len(live.step_id), len(live))
            earned = agreement._get_earned_steps()
            self.assertTrue(all(one.step_id in earned for one in live if one.state == "drafted"))
            for step in agreement.step_ids - live.step_id:
                until = step.deadline or date(2099, 1, 1)
                pairs = sum(pairs for (_move, day), pairs in expected.items() if day <= until)
                self.assertLess(pairs, step.threshold_pairs, "what is reached is refunded")
