from contextlib import nullcontext
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .common import ConfidentialCase

FORM = {"display_name": {}, "name": {}, "phone": {}, "email": {}, "street": {}}


@tagged("post_install", "-at_install")
class TestUse(ConfidentialCase):
    """How many customers somebody opened or listed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({
            "confidentiality_open_limit": 2,
            "confidentiality_list_limit": 5,
            "confidentiality_user_id": cls.manager.id,
        })
        cls.days = cls.env["sales.confidentiality.day"]

    def _number(self, user, kind):
        self.days.invalidate_model()
        return self.days.search([("user_id", "=", user.id), ("kind", "=", kind)]).number

    def _open(self, user, *customers):
        for customer in customers:
            customer.with_user(user).web_read(FORM)

    def test_opened(self):
        self._open(self.exporter, self.customers[self.anna], self.customers[self.ben], self.customers[self.anna])
        self.assertEqual(self._number(self.exporter, "open"), 2, "each once")
        openings = self.env["sales.customer.opening"].search([("user_id", "=", self.exporter.id)])
        self.assertEqual(openings.partner_id, self.customers[self.anna] | self.customers[self.ben])
        row = self.days.search([("user_id", "=", self.exporter.id)])
        self.assertEqual(row.with_user(self.manager).opening_ids, openings.with_user(self.manager))
        self.assertFalse(row.alerted_at)

    def test_the_next_day_begins_anew(self):
        self._open(self.exporter, self.customers[self.anna])
        with freeze_time("2026-05-20 16:30:00"):  # already the 21st in Shanghai
            self._open(self.exporter, self.customers[self.anna])
        rows = self.days.search([("user_id", "=", self.exporter.id)], order="day")
        self.assertEqual([str(day) for day in rows.mapped("day")], ["2026-05-20", "2026-05-21"])
        self.assertEqual(rows.mapped("number"), [1, 1])

    def test_told_once(self):
        self._open(self.exporter, *self.customers.values())
        row = self.days.search([("user_id", "=", self.exporter.id), ("kind", "=", "open")])
        self.assertEqual(row.number, 3)
        self.assertEqual(row.activity_ids.user_id, self.manager)
        self.assertIn("opened unusually many", row.activity_ids.summary)
        more = self.customers[self.anna].copy({"user_id": self.anna.id})
        self._open(self.exporter, more)
        self.assertEqual(len(row.activity_ids), 1)

    def test_in_the_language_of_who_is_told(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(["sales_confidentiality"], ["zh_CN"])
        self.manager.lang = "zh_CN"
        self._open(self.exporter, *self.customers.values())
        row = self.days.search([("user_id", "=", self.exporter.id), ("kind", "=", "open")])
        self.assertIn("异常", row.activity_ids.summary)

    def test_about_the_responsible_others_are_told(self):
        second = new_test_user(
            self.env,
            "confidential_second",
            "sales_team.group_sale_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self._open(self.manager, *self.customers.values())
        row = self.days.search([("user_id", "=", self.manager.id), ("kind", "=", "open")])
        self.assertEqual(row.activity_ids.user_id, second)

    def test_without_a_responsible_the_sales_administrators(self):
        self.company.confidentiality_user_id = False
        self._open(self.exporter, *self.customers.values())
        row = self.days.search([("user_id", "=", self.exporter.id), ("kind", "=", "open")])
        self.assertIn(self.manager, row.activity_ids.user_id)

    def test_names_are_not_openings(self):
        customer = self.customers[self.anna].with_user(self.exporter)
        customer.web_read({"display_name": {}})
        customer.read(["name", "display_name"])
        self.env["res.partner"].with_user(self.exporter).name_search("Customer")
        self.orders[self.anna].with_user(self.exporter).web_read({"partner_id": {"fields": {"display_name": {}}}})
        self.assertEqual(self._number(self.exporter, "open"), 0)

    def test_colleagues_are_not_customers(self):
        self._open(self.exporter, self.anna.partner_id, self.exporter.partner_id)
        self.assertEqual(self._number(self.exporter, "open"), 0)

    def test_the_server_itself_does_not_count(self):
        self.customers[self.anna].with_user(self.exporter).sudo().web_read(FORM)
        self.assertEqual(self._number(self.exporter, "open"), 0)

    def test_one_in_a_list_is_an_opening(self):
        self.customers[self.anna].with_user(self.manager).search_read(
            [("id", "=", self.customers[self.anna].id)], ["name", "vat"]
        )
        self.assertEqual(self._number(self.manager, "open"), 1)

    def test_a_new_one_is_not_opened(self):
        """A form of a new customer asks for the values of a record that is not there yet."""
        spec = {**FORM, "parent_id": {"fields": {"display_name": {}}}, "child_ids": {"fields": FORM}}
        for user in (self.exporter, self.anna, self.manager):
            partners = self.env["res.partner"].with_user(user)
            values = partners.onchange({}, [], spec)["value"]
            self.assertFalse(values["name"])
            values = partners.onchange({"name": "New", "child_ids": [[0, "virtual_1", {"name": "Xu"}]]}, ["name"], spec)
            self.assertIn("value", values)
            self.assertEqual(self._number(user, "open"), 0)
            self.assertEqual(self._number(user, "list"), 0)
        customer = self.customers[self.anna].with_user(self.exporter)
        customer.onchange({"name": "Changed"}, ["name"], spec)
        self.assertLessEqual(self._number(self.exporter, "open"), 1)

    def test_a_new_contact_shows_its_company(self):
        spec = {**FORM, "parent_id": {"fields": {"display_name": {}}}}
        partners = self.env["res.partner"].with_user(self.exporter)
        values = {"name": "Xu", "parent_id": self.customers[self.anna].id, "type": "contact"}
        found = partners.onchange(values, ["parent_id"], spec)["value"]
        self.assertEqual(found.get("street"), self.customers[self.anna].street)
        self.assertEqual(self._number(self.exporter, "open"), 1)
        openings = self.env["sales.customer.opening"].search([("user_id", "=", self.exporter.id)])
        self.assertEqual(openings.partner_id, self.customers[self.anna])

    def test_listed(self):
        partners = self.env["res.partner"].with_user(self.exporter)
        domain = [("id", "in", self.everything["customers"].ids)]
        partners.web_search_read(domain, {"name": {}, "phone": {}})
        self.assertEqual(self._number(self.exporter, "list"), 3)
        partners.search_read(domain, ["email"])
        self.assertEqual(self._number(self.exporter, "list"), 6)
        row = self.days.search([("user_id", "=", self.exporter.id), ("kind", "=", "list")])
        self.assertEqual(len(row.activity_ids), 1)
        self.assertEqual(self._number(self.exporter, "open"), 0)
        partners.browse(self.everything["customers"].ids).read(["vat"])
        self.assertEqual(self._number(self.exporter, "list"), 9)

    def test_listed_by_other_ways(self):
        """Whatever shows contact data counts, not only the two fields of a list."""
        partners = self.env["res.partner"].with_user(self.exporter)
        named = partners.with_context(show_email=1)
        domain = [("id", "in", self.everything["customers"].ids)]
        ways = (
            lambda: partners.search_read(domain, ["name", "email_normalized"]),
            lambda: partners.search_read(domain, ["phone_sanitized"]),
            lambda: partners.web_search_read(domain, {"email_formatted": {}}),
            lambda: partners.formatted_read_group(domain, ["email"]),
            lambda: partners.formatted_read_group(domain, ["user_id", "phone"], ["__count"]),
            lambda: partners.formatted_read_group(domain, [], ["email:array_agg"]),
            lambda: partners.formatted_read_grouping_sets(domain, [["email_normalized"]], ["__count"]),
            lambda: partners.web_read_group(domain, ["phone_sanitized"]),
            lambda: named.name_search("Customer of", domain),
            lambda: named.web_name_search("Customer of", {"display_name": {}}, domain),
            lambda: named.web_search_read(domain, {"display_name": {}}),
        )
        for times, way in enumerate(ways, start=1):
            self.assertIn("139" if times in (2, 5, 8) else "buyer.", str(way()))
            self.assertEqual(self._number(self.exporter, "list"), 3 * times)
        self.assertEqual(self._number(self.exporter, "open"), 0)

    def test_groups_by_names_do_not_count(self):
        partners = self.env["res.partner"].with_user(self.exporter)
        domain = [("id", "in", self.everything["customers"].ids)]
        partners.web_read_group(domain, ["user_id"], ["__count"])
        partners.formatted_read_group(domain, ["name", "country_id"])
        partners.with_context(show_email=1).with_user(self.rnd).name_search("nobody at all")
        partners.sudo().formatted_read_group(domain, ["email"])
        self.assertEqual(self._number(self.exporter, "list"), 0)

    def test_a_customer_and_its_contacts_are_one(self):
        customer = self.customers[self.anna]
        contacts = self.env["res.partner"].create([
            {"name": name, "parent_id": customer.id, "email": f"{name}@example.com"} for name in ("xu", "yu")
        ])
        self._open(self.exporter, customer, *contacts)
        customer.with_user(self.exporter).web_read({**FORM, "child_ids": {"fields": {"name": {}, "email": {}}}})
        self.assertEqual(self._number(self.exporter, "open"), 1)
        self.assertEqual(self._number(self.exporter, "list"), 0)

    def test_after_a_transaction_that_only_reads(self):
        day = self.days.with_user(self.exporter)
        cursor = type(self.env.cr)
        with patch.object(cursor, "readonly", True, create=True):
            day._count_opening(self.customers[self.anna].id)
        self.assertEqual(self._number(self.exporter, "open"), 0)
        later = self.env.cr.postcommit._funcs.pop()
        with (
            patch.object(type(self.env.registry), "cursor", lambda registry: nullcontext(self.env.cr)),
            patch(
                "odoo.addons.sales_confidentiality.models.sales_confidentiality_day.retrying", lambda call, env: call()
            ),
        ):
            later()
        self.assertEqual(self._number(self.exporter, "open"), 1)

    def test_lists_of_names_do_not_count(self):
        self.env["res.partner"].with_user(self.exporter).search_read([], ["name"])
        self.assertEqual(self._number(self.exporter, "list"), 0)

    def test_zero_records_nothing(self):
        self.company.write({"confidentiality_open_limit": 0, "confidentiality_list_limit": 0})
        self._open(self.exporter, *self.customers.values())
        self.everything["customers"].with_user(self.exporter).read(["phone"])
        self.assertFalse(self.days.search([("user_id", "=", self.exporter.id)]))
        self.assertFalse(self.env["sales.customer.opening"].search([("user_id", "=", self.exporter.id)]))

    def test_portal_users_do_not_count(self):
        portal = new_test_user(self.env, "confidential_portal", "base.group_portal")
        portal.partner_id.with_user(portal).read(["phone", "email"])
        self.assertFalse(self.days.search([("user_id", "=", portal.id)]))

    def test_nobody_hides_what_was_opened(self):
        self._open(self.manager, *self.customers.values())
        rows = self.days.search([("user_id", "=", self.manager.id)])
        openings = self.env["sales.customer.opening"].search([("user_id", "=", self.manager.id)])
        for records in (rows, openings):
            mine = records.with_user(self.manager)
            for attempt in (
                lambda mine=mine: mine.unlink(),
                lambda mine=mine: mine.write({"user_id": self.anna.id}),
                lambda mine=mine: mine[:1].copy(),
                lambda mine=mine: mine[:1].web_save({"user_id": self.anna.id}, {}),
            ):
                with self.assertRefused(".", UserError):
                    attempt()
            with self.assertRefused(".", UserError):
                records.sudo().unlink()
        for method in ("_count", "_count_opening"):
            self.assertTrue(method.startswith("_"), "not to be called by RPC")
        self.assertEqual(rows.exists(), rows)

    def test_forgotten_after_a_month(self):
        self._open(self.exporter, self.customers[self.anna])
        openings = self.env["sales.customer.opening"]
        with freeze_time("2026-06-19 04:00:00"):
            openings._gc_openings()
            self.assertTrue(openings.search([("user_id", "=", self.exporter.id)]))
        with freeze_time("2026-06-22 04:00:00"):
            openings._gc_openings()
            self.assertFalse(openings.search([("user_id", "=", self.exporter.id)]))
        self.assertEqual(self._number(self.exporter, "open"), 1, "the count stays")

    def test_deleted_customer(self):
        customer = self.customers[self.anna].copy({"user_id": self.anna.id})
        self._open(self.exporter, customer)
        customer.unlink()
        self.assertEqual(self._number(self.exporter, "open"), 1)

    def test_cost_of_counting(self):
        customer = self.customers[self.anna].with_user(self.exporter)
        self._open(self.exporter, self.customers[self.anna])

        def opening():
            self.env.invalidate_all()
            customer.web_read(FORM)

        opening()
        self.company.confidentiality_open_limit = 0
        self.env.flush_all()
        opening()
        before = self.env.cr.sql_log_count
        opening()
        without = self.env.cr.sql_log_count - before
        self.company.confidentiality_open_limit = 2
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        opening()
        self.assertLessEqual(self.env.cr.sql_log_count - before - without, 2, "one insert; the company's clock is read")
