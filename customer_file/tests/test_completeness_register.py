"""The register: files opened, closed, reopened."""

from datetime import date, datetime
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from .common import TODAY, FileCase


@tagged("post_install", "-at_install")
@freeze_time("2026-07-01 04:00:00")
class TestRegister(FileCase):
    def test_the_first_order_opens_the_file(self):
        customer = self._customers("Pou Yuen", user_id=self.salesman.id)[0]
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": customer.id})
        self._orders([(contact, 10)], confirm=False)
        self.assertFalse(customer.customer_file_state)
        self._order(contact, 10)
        self._order(customer, 10)
        self.assertEqual(self._entries(customer), [("opened", TODAY, "order")])
        self.assertEqual((customer.customer_file_state, customer.customer_file_since), ("open", TODAY))
        self.assertFalse(contact.customer_file_state)
        entry = self.register.search([("partner_id", "=", customer.id)])
        self.assertEqual((entry.salesperson_id, entry.user_id), (self.salesman, self.env.user))
        self.assertEqual((entry.addition, entry.loss, entry.net), (1, 0, 1))
        self.assertEqual(entry.reason_id, self._reason("first_order"))

    def test_the_day_is_that_of_the_company(self):
        customer = self._customers("Night")
        with freeze_time("2026-06-30 17:00:00"):
            self._order(customer, 10)
        self.assertEqual(self._entries(customer)[0][1], TODAY)

    def test_each_company_keeps_its_own_register(self):
        other = self._make_company("Midsole Works")
        customer = self._customers("Shared")
        self._order(customer, 10)
        self.assertFalse(customer.with_company(other).customer_file_state)
        self._orders([(customer, 10)], company=other)
        self.assertEqual(customer.with_company(other).customer_file_state, "open")
        self.assertEqual(self.register.search([("partner_id", "=", customer.id)]).company_id, self.company | other)

    def test_confirming_costs_little(self):
        """Customers with an open file cost nothing; first orders, of any number, at most two statements.

        Other addons look at confirmed orders, too: what they ask is the same for each group.
        """
        self._require("phone")
        known, first = self._customers("Known"), self._customers(*(f"First {number}" for number in range(20)))
        self._order(known, 10)
        orders = {
            "known": self._orders([(known, 10)], confirm=False),
            "first": self._orders([(first[0], 10)], confirm=False),
            "many": self._orders([(partner, 10) for partner in first[1:]], confirm=False),
        }
        counts, opener = {}, self.env.registry["customer.register.entry"]
        for key, group in orders.items():
            group.order_line.product_id.mapped("name")
            group.partner_id.commercial_partner_id.mapped("customer_file_state")
            group.write({"state": "sale"})
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            with patch.object(opener, "_open_by_orders", autospec=True, side_effect=opener._open_by_orders) as opening:
                group._action_confirm()
            counts[key] = self.env.cr.sql_log_count - before
            self.assertEqual(opening.call_count, int(key != "known"))
        self.assertEqual(
            {key: count - counts["known"] for key, count in counts.items()}, {"known": 0, "first": 2, "many": 2}
        )
        self.assertEqual(set(first.mapped("customer_file_state")), {"open"})

    def test_closing_and_reopening(self):
        customer = self._customers("Lost")
        self._order(customer, 10)
        with freeze_time("2026-09-10 04:00:00"):
            self._change(customer, "close", "competitor", self.salesman, date=date(2026, 9, 1), note="Price")
            self.assertEqual((customer.customer_file_state, customer.customer_file_since), ("closed", date(2026, 9, 1)))
            self._change(customer, "open", "won_back", self.salesman)
        self.assertEqual(
            self._entries(customer),
            [
                ("opened", TODAY, "order"),
                ("closed", date(2026, 9, 1), "manual"),
                ("reopened", date(2026, 9, 10), "manual"),
            ],
        )
        closing = self.register.search([("partner_id", "=", customer.id), ("event", "=", "closed")])
        self.assertEqual((closing.reason_id, closing.note), (self._reason("competitor"), "Price"))
        self.assertEqual((closing.addition, closing.loss, closing.net), (0, 1, -1))
        self.assertEqual(closing.user_id, self.salesman)

    def test_opening_by_hand(self):
        """Customers from earlier records have no order here."""
        customer = self._customers("Old")
        self._change(customer, "open", "taken_over", self.salesman, date=date(2019, 3, 1))
        self.assertEqual(self._entries(customer), [("opened", date(2019, 3, 1), "manual")])

    def test_a_new_order_reopens(self):
        customer = self._customers("Back")
        self._order(customer, 10)
        self._change(customer, "close", "competitor")
        self._order(customer, 10)
        self.assertEqual([entry[0] for entry in self._entries(customer)], ["opened", "closed", "reopened"])
        self.assertEqual(customer.customer_file_state, "open")

    def test_bad_input(self):
        customer, never = self._customers("Known", "Never")
        self._order(customer, 10)
        cases = [
            (never, "close", "competitor", {}, "no open file to close: Never"),
            (customer, "open", "won_back", {}, "open already: Known"),
            (customer, "close", "competitor", {"date": date(2026, 7, 2)}, "still to come"),
            (customer, "close", "competitor", {"date": date(2026, 6, 30)}, "Known changed last on"),
            (customer, "close", "won_back", {}, "not meant for this"),
            (customer | never, "close", "competitor", {}, "Never"),
            (self.env["res.partner"], "close", "competitor", {}, "at least one customer"),
        ]
        for partners, operation, reason, values, message in cases:
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                self._change(partners, operation, reason, **values)
        self.assertEqual(len(self._entries(customer)), 1)
        never.active = False
        with self.assertRaisesRegex(UserError, "Unarchive these customers first: Never"):
            self._change(never, "open", "taken_over")

    def test_archiving_closes_at_once(self):
        customer, closed, never = self._customers("Customer", "Closed", "Never")
        self._orders([(customer, 10), (closed, 10)])
        self._change(closed, "close", "competitor")
        (customer | closed | never).action_archive()
        self.assertEqual(self._entries(customer)[-1], ("closed", TODAY, "archive"))
        self.assertEqual((len(self._entries(closed)), self._entries(never)), (2, []))
        (customer | closed | never).action_unarchive()
        self.assertEqual(self._entries(customer)[-1], ("reopened", TODAY, "archive"))
        self.assertEqual((customer.customer_file_state, closed.customer_file_state), ("open", "closed"))
        self.assertFalse(never.customer_file_state)

    def test_becoming_a_contact_closes(self):
        mother, daughter = self._customers("Mother", "Daughter")
        self._orders([(mother, 10), (daughter, 10)])
        daughter.write({"is_company": False, "parent_id": mother.id})
        self.assertEqual(self._entries(daughter)[-1], ("closed", TODAY, "merge"))

    def test_a_closed_file_is_asked_for_nothing(self):
        self._require("phone")
        customer = self._customers("Lost")
        self._order(customer, 10)
        self.assertEqual(self._lacks(customer), {"phone": "missing"})
        self._change(customer, "close", "competitor")
        self.assertEqual((self._lacks(customer), customer.customer_file_kind), ({}, False))

    def test_existing_orders_are_taken_over(self):
        """At the first order's day, once, without undoing a closing; archived customers are left out."""
        known, closed, archived = self._customers("Known", "Closed", "Archived")
        self._orders([(closed, 10)])
        self._change(closed, "close", "competitor")
        orders = self._orders([(known, 10), (known, 10), (closed, 10), (archived, 10)], confirm=False)
        archived.active = False
        orders.write({"state": "sale"})
        orders[0].date_order = datetime(2024, 3, 31, 17, 0)
        orders[1].date_order = datetime(2025, 1, 1)
        self.register._cron_take_over()
        self.assertEqual(self._entries(known), [("opened", date(2024, 4, 1), "takeover")])
        self.assertEqual((closed.customer_file_state, archived.customer_file_state), ("closed", False))
        self.assertEqual(self.register._open_by_orders(self.company, SQL("TRUE"), "takeover"), 0)

    def test_merging_two_customers(self):
        """Nothing is lost, one file is left, and additions less losses say so."""
        self._require("phone", confirm_months=6)
        kept, gone = self._graded("Kept", "Gone", email="one@example.com")
        self._orders([(kept, 10), (gone, 10)])
        gone.phone = "021"
        merge = self.env["base.partner.merge.automatic.wizard"].with_user(self.manager)
        self.manager.group_ids += self.env.ref("base.group_partner_manager")
        merge._merge((kept | gone).ids, kept)
        self.assertFalse(gone.exists())
        entries = self.register.search([("partner_id", "=", kept.id)], order="id")
        self.assertEqual(entries.mapped("event"), ["opened", "opened", "closed"])
        self.assertIn("Gone", entries[-1].note)
        self.assertEqual((sum(entries.mapped("net")), kept.customer_file_state), (1, "open"))
        self.assertEqual((kept.phone, self._lacks(kept), kept.customer_file_percent), ("021", {}, 100.0))
        self.assertTrue(self.env["customer.file.confirmation"].search_count([("partner_id", "=", kept.id)]))

    def test_merging_into_one_without_a_file(self):
        kept, gone = self._customers("Kept", "Gone", email="one@example.com")
        self._order(gone, 10)
        self.env["base.partner.merge.automatic.wizard"]._merge((kept | gone).ids, kept)
        self.assertEqual((kept.customer_file_state, kept.customer_file_since), ("open", TODAY))
        self.assertEqual(self._entries(kept), [("opened", TODAY, "order")])

    def test_monthly_report(self):
        customers = self._customers("One", "Two", "Three", user_id=self.salesman.id)
        for customer, month in zip(customers, (1, 1, 2), strict=True):
            self._change(customer, "open", "taken_over", date=date(2026, month, 15))
        self._change(customers[0], "close", "competitor", date=date(2026, 2, 20))
        found = self.register._read_group(
            [("partner_id", "in", customers.ids)],
            ["date:month", "salesperson_id"],
            ["addition:sum", "loss:sum", "net:sum"],
        )
        self.assertEqual(
            found, [(date(2026, 1, 1), self.salesman, 2, 0, 2), (date(2026, 2, 1), self.salesman, 1, 1, 0)]
        )
