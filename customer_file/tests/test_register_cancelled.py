"""What the register says when orders are cancelled, moved and confirmed again."""

from datetime import date, datetime

from odoo.tests import freeze_time, tagged

from .common import FileCase

MAY_5, MAY_6, JUNE = (f"2026-{day} 04:00:00" for day in ("05-05", "05-06", "06-10"))


@tagged("post_install", "-at_install")
@freeze_time("2026-07-01 04:00:00")
class TestCancelledOrders(FileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customers("Anta", user_id=cls.salesman.id)

    def _confirmed(self, moment, customer=None):
        with freeze_time(moment):
            order = self._orders([(customer or self.customer, 10)], confirm=False)
            order.action_confirm()
            self.env.flush_all()
        return order

    def _cancelled(self, order, moment):
        with freeze_time(moment):
            order._action_cancel()
            self.env.flush_all()

    def _sums(self, customer=None):
        """Return (additions, losses, net) of each month."""
        rows = self.register._read_group(
            [("partner_id", "in", (customer or self.customer).ids)],
            ["date:month"],
            ["addition:sum", "loss:sum", "net:sum"],
        )
        return {month.month: tuple(figures) for month, *figures in rows}

    def _state(self, customer=None):
        customer = customer or self.customer
        customer.invalidate_recordset()
        return customer.customer_file_state, customer.customer_file_since

    def test_a_first_order_cancelled_the_next_day(self):
        """Net additions 0, in the month of the order; confirmed again in June, June opens the file."""
        order = self._confirmed(MAY_5)
        self.assertEqual((self._sums(), self._state()), ({5: (1, 0, 1)}, ("open", date(2026, 5, 5))))
        self._cancelled(order, MAY_6)
        self.assertEqual((self._sums(), self._state()), ({5: (0, 0, 0)}, (False, False)))
        self.register._cron_take_over()
        self.assertEqual((self._sums(), self._state()), ({5: (0, 0, 0)}, (False, False)))
        with freeze_time(JUNE):
            order.action_draft()
            order.action_confirm()
        self.assertEqual((self._sums(), self._state()), ({5: (0, 0, 0), 6: (1, 0, 1)}, ("open", date(2026, 6, 10))))
        entry = self.register.search([("partner_id", "=", self.customer.id), ("event", "=", "withdrawn")])
        self.assertEqual(
            (entry.withdrawn_id.event, entry.order_id, entry.salesperson_id), ("opened", order, self.salesman)
        )
        self.assertIn(order.name, entry.note)
        self._cancelled(order, "2026-06-11 04:00:00")
        self.assertEqual((self._sums(), self._state()), ({5: (0, 0, 0), 6: (0, 0, 0)}, (False, False)))

    def test_the_person_is_a_prospect_again(self):
        self._require("phone")
        prospect = self._graded("Prospect")
        self.gaps._refresh(prospect.ids)
        self.assertEqual(prospect.customer_file_kind, "prospect")
        order = self._confirmed(MAY_5, prospect)
        self.assertEqual(prospect.customer_file_kind, "customer")
        self._cancelled(order, MAY_6)
        prospect.invalidate_recordset()
        self.assertEqual(prospect.customer_file_kind, "prospect")

    def test_an_order_that_came_without_confirming(self):
        """Taken over by the nightly job, cancelled behind its back: the next job sees it."""
        order = self._orders([(self.customer, 10)], datetime(2026, 5, 5, 4), confirm=False)
        order.write({"state": "sale"})
        self.register._cron_take_over()
        self.assertEqual(self._sums(), {5: (1, 0, 1)})
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET state = 'cancel' WHERE id = %s", [order.id])
        self.env.invalidate_all()
        self.register._cron_take_over()
        self.assertEqual((self._sums(), self._state()), ({5: (0, 0, 0)}, (False, False)))

    def test_another_order_is_left(self):
        """The file stays open; it opened with the order that is the first now."""
        first = self._confirmed(MAY_5)
        second = self._confirmed(JUNE)
        self._cancelled(first, "2026-06-12 04:00:00")
        self.assertEqual((self._sums(), self._state()), ({5: (0, 0, 0), 6: (1, 0, 1)}, ("open", date(2026, 6, 10))))
        self._cancelled(second, "2026-06-13 04:00:00")
        self.assertEqual((self._sums(), self._state()), ({5: (0, 0, 0), 6: (0, 0, 0)}, (False, False)))

    def test_a_later_order_cancelled_changes_nothing(self):
        self._confirmed(MAY_5)
        second = self._confirmed(JUNE)
        before = self._entries(self.customer)
        self._cancelled(second, JUNE)
        self.assertEqual((self._entries(self.customer), self._state()), (before, ("open", date(2026, 5, 5))))

    def test_the_day_of_an_order_corrected(self):
        """The entry keeps the day of the confirming: past months do not move with a field that anybody may correct."""
        order = self._confirmed(JUNE)
        order.date_order = datetime(2026, 5, 31, 17)
        self._cancelled(self._confirmed(JUNE), "2026-06-12 04:00:00")
        self.register._cron_take_over()
        self.assertEqual((self._sums(), self._state()), ({6: (1, 0, 1)}, ("open", date(2026, 6, 10))))

    def test_a_file_opened_by_hand_stays_open(self):
        self._change(self.customer, "open", "taken_over", date=date(2026, 3, 1))
        self._cancelled(self._confirmed(MAY_5), MAY_6)
        self.assertEqual((self._sums(), self._state()), ({3: (1, 0, 1)}, ("open", date(2026, 3, 1))))

    def test_a_file_reopened_is_closed_again(self):
        """As it was before the order; the older order does not hold it open."""
        self._confirmed(MAY_5)
        with freeze_time("2026-05-20 04:00:00"):
            self._change(self.customer, "close", "competitor")
        again = self._confirmed("2026-05-20 05:00:00")
        self.assertEqual(self._state(), ("open", date(2026, 5, 20)))
        self._cancelled(again, JUNE)
        self.assertEqual((self._sums(), self._state()), ({5: (1, 1, 0)}, ("closed", date(2026, 5, 20))))
        self._confirmed(JUNE)
        self.assertEqual(self._sums(), {5: (1, 1, 0), 6: (1, 0, 1)})

    def test_what_a_person_closed_stays_closed(self):
        order = self._confirmed(MAY_5)
        with freeze_time(MAY_6):
            self._change(self.customer, "close", "competitor")
        self._cancelled(order, JUNE)
        self.assertEqual((self._sums(), self._state()), ({5: (1, 1, 0)}, ("closed", date(2026, 5, 6))))

    def test_an_archived_customer(self):
        order = self._confirmed(MAY_5)
        with freeze_time(MAY_6):
            self.customer.action_archive()
        self._cancelled(order, JUNE)
        self.assertEqual((self._sums(), self._state()), ({5: (0, 0, 0)}, (False, False)))
        self.customer.action_unarchive()
        self.assertEqual((self._sums(), self._state()), ({5: (0, 0, 0)}, (False, False)))

    def test_several_orders_at_once(self):
        other = self._customers("Xtep")
        orders = self._confirmed(MAY_5) | self._confirmed(MAY_5) | self._confirmed(MAY_5, other)
        self._cancelled(orders, MAY_6)
        for customer in (self.customer, other):
            self.assertEqual((self._sums(customer), self._state(customer)), ({5: (0, 0, 0)}, (False, False)))

    def test_orders_of_contacts_and_of_other_companies(self):
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id})
        works = self._make_company("Midsole Works")
        self._orders([(self.customer, 10)], company=works)
        order = self._confirmed(MAY_5, contact)
        self._cancelled(order, MAY_6)
        self.assertEqual(self._state(), (False, False))
        self.assertEqual(self.customer.with_company(works).customer_file_state, "open")

    def test_merged_customers(self):
        """Two files, one is left; without any order none is, and nothing was ever added."""
        other = self._customers("Anta Sports", email="one@example.com")
        orders = self._confirmed(MAY_5) | self._confirmed(JUNE, other)
        self.env["base.partner.merge.automatic.wizard"]._merge((self.customer | other).ids, self.customer)
        orders.invalidate_recordset()
        self._cancelled(orders[0], "2026-06-30 04:00:00")
        self.assertEqual(self._state()[0], "open")
        self.assertEqual(sum(net for _added, _lost, net in self._sums().values()), 1)
        self._cancelled(orders[1], "2026-06-30 04:00:00")
        self.assertEqual(self._state(), (False, False))
        self.assertEqual(set(self._sums().values()), {(0, 0, 0)})

    def test_a_customer_who_became_a_contact(self):
        """Was a customer in their own right, and was lost by becoming part of another: both stay."""
        mother = self._customers("Mother")
        order = self._confirmed(MAY_5)
        self.customer.write({"is_company": False, "parent_id": mother.id})
        self.register._cron_take_over()
        self._cancelled(order, JUNE)
        self.register._cron_take_over()
        self.assertEqual(self._sums(), {5: (1, 0, 1), 7: (0, 1, -1)})

    def test_an_order_given_to_another_customer(self):
        other = self._customers("Xtep")
        order = self._confirmed(MAY_5)
        order.partner_id = other
        self.register._cron_take_over()
        self.assertEqual((self._sums(), self._state()), ({5: (0, 0, 0)}, (False, False)))
        self.assertEqual((self._sums(other), self._state(other)), ({5: (1, 0, 1)}, ("open", date(2026, 5, 5))))

    def test_cancelling_costs_the_same_for_any_number(self):
        """Orders that opened no file cost as many queries of the register for one customer as for twenty."""
        customers = self._customers(*(f"Known {number}" for number in range(21)))
        self._orders([(customer, 10) for customer in customers], datetime(2026, 5, 1, 4))
        later = self._orders([(customer, 10) for customer in customers], datetime(2026, 6, 1, 4))
        counts = []
        for group in (later[:1], later[1:]):
            self.env.flush_all()
            self.env.invalidate_all()
            traits = [(order.partner_id, order.company_id, True) for order in group]
            before = self.env.cr.sql_log_count
            group._follow_in_register(traits)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
        self.assertEqual(set(customers.mapped("customer_file_state")), {"open"})
