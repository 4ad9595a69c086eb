"""Who sees and does what, and what it costs."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, JsonRpcException, freeze_time, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.customer_grade.tests.common import GROUPS

from .common import FileCase

MODELS = {
    "customer.file.gap": {"field_name": "phone"},
    "customer.file.confirmation": {"origin": "changed"},
    "customer.register.entry": {"note": "Edited"},
}


@tagged("post_install", "-at_install")
@freeze_time("2026-07-01 04:00:00")
class TestAccess(FileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._require("phone", confirm_months=6)
        cls._require("website")
        cls.colleague = new_test_user(
            cls.env,
            "grade_colleague",
            groups=GROUPS["salesman"],
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.mine, cls.nobodys, cls.theirs = cls._graded("Mine", "Nobody's", "Theirs", phone="021")
        cls.mine.user_id, cls.theirs.user_id = cls.salesman, cls.colleague
        cls.everyone = cls.mine | cls.nobodys | cls.theirs
        cls._orders([(partner, 10) for partner in cls.everyone])
        for partner in cls.everyone:
            cls._confirmed(partner, "phone", fields.Date.to_date("2025-01-01"))
        cls.gaps._refresh()

    def _seen(self, model, user):
        return self.env[model].with_user(user).search([("partner_id", "in", self.everyone.ids)]).partner_id.ids

    def test_own_customers_or_all(self):
        for model in MODELS:
            for role, expected in {
                "salesman": self.mine | self.nobodys,
                "salesman_all": self.everyone,
                "manager": self.everyone,
                "approver": self.everyone,
                "policy_admin": self.everyone,
            }.items():
                with self.subTest(model=model, role=role):
                    self.assertEqual(set(self._seen(model, getattr(self, role))), set(expected.ids))
            with self.assertRaises(AccessError):
                self._seen(model, self.internal)

    def test_nobody_edits_what_is_kept(self):
        for model, values in MODELS.items():
            record = self.env[model].search([("partner_id", "=", self.mine.id)], limit=1)
            for role in ("salesman", "manager", "approver", "policy_admin"):
                acting = record.with_user(getattr(self, role))
                with self.subTest(model=model, role=role):
                    for action in (
                        lambda acting=acting, values=values: acting.write(values),
                        lambda acting=acting: acting.unlink(),
                        lambda acting=acting: acting.copy(),
                    ):
                        with self.assertRaises(AccessError):
                            action()

    def test_nobody_writes_the_figures_of_a_partner(self):
        for role in ("salesman", "manager"):
            for name, value in {
                "customer_file_percent": 100,
                "customer_file_kind": "customer",
                "customer_file_missing_count": 0,
                "customer_file_stale_count": 0,
                "customer_file_state": "closed",
                "customer_file_since": "2020-01-01",
            }.items():
                with self.subTest(role=role, name=name), self.assertRaises(AccessError):
                    self.mine.with_user(getattr(self, role)).write({name: value})

    def test_policies_are_for_their_administrator(self):
        phone = self._field("ref").id
        for role in ("salesman", "manager", "approver"):
            user = getattr(self, role)
            with self.subTest(role), self.assertRaises(AccessError):
                self.env["customer.file.requirement"].with_user(user).create({"field_id": phone})
            with self.subTest(role), self.assertRaises(AccessError):
                self.env["customer.register.reason"].with_user(user).create({"name": "Whim"})
            with self.subTest(role), self.assertRaises(AccessError):
                self._reason("competitor").with_user(user).active = False
        admin = self.policy_admin
        rule = self.env["customer.file.requirement"].with_user(admin).create({"field_id": phone, "weight": 2})
        rule.write({"weight": 3, "grade_ids": [Command.link(self.grade["a"].id)]})
        # The form: the field is picked among those of the customer, and its label is shown.
        domain = [*rule._get_field_domain(), ("field_description", "=", "Reference")]
        self.assertIn(
            phone, [found[0] for found in self.env["ir.model.fields"].with_user(admin).name_search("Ref", domain)]
        )
        shown = rule.web_read({"field_id": {"fields": {"display_name": {}}}, "display_name": {}, "gap_count": {}})[0]
        self.assertEqual((shown["display_name"], shown["gap_count"]), ("Reference", 3))
        rule.unlink()
        self.env["customer.register.reason"].with_user(admin).create({"name": "Moved abroad", "event": "closed"})

    def test_salespeople_read_requirements_without_reading_fields(self):
        rules = self.env["customer.file.requirement"].with_user(self.salesman).search([])
        self.assertEqual(set(rules.mapped("display_name")), {"Phone", "Website Link"})
        gaps = self.gaps.with_user(self.salesman).search([("partner_id", "=", self.mine.id)])
        self.assertEqual(set(gaps.mapped("field_label")), {"Phone", "Website Link"})
        self.assertTrue(gaps.filtered("confirmed_by"))

    def test_other_companies(self):
        other = self._make_company("Midsole Works")
        stranger = new_test_user(
            self.env,
            "grade_stranger",
            groups=GROUPS["manager"],
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        own = self._require("ref", company_id=self.company.id)
        self._orders([(self._customers("Local"), 10)], company=other)
        there = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        self.assertFalse(own.with_env(there).has_access("read"))
        for model in ("customer.file.gap", "customer.register.entry"):
            self.assertEqual(there[model].search([]).company_id, other)

    def test_closing_as_a_salesman(self):
        self._change(self.mine, "close", "competitor", self.salesman)
        self.assertEqual(self.mine.customer_file_state, "closed")
        with self.assertRaises(AccessError):
            self._change(self.nobodys, "close", "competitor", self.internal)

    # ------------------------------------------------------------------
    # Reminders
    # ------------------------------------------------------------------

    def _reminders(self):
        kind = self.env.ref("customer_file.mail_activity_type_customer_file")
        return self.env["mail.activity"].search([
            ("activity_type_id", "=", kind.id),
            ("res_model", "=", "res.partner"),
            ("res_id", "in", self.everyone.ids),
        ])

    def test_one_reminder_a_file(self):
        self.env["customer.grade"].search([]).require_complete_file = False
        self.gaps._remind()
        self.assertFalse(self._reminders())
        self.grade["a"].require_complete_file = True
        self.gaps._remind()
        self.gaps._remind()
        reminders = self._reminders()
        self.assertEqual(
            {(reminder.res_id, reminder.user_id) for reminder in reminders},
            {(self.mine.id, self.salesman), (self.theirs.id, self.colleague)},
            "nobody is asked for a customer without a salesperson",
        )
        self.assertEqual(
            set(reminders.mapped("summary")), {"Complete the customer file: 2 fields missing or to confirm"}
        )
        self.assertEqual(set(reminders.mapped("date_deadline")), {fields.Date.today() + timedelta(days=7)})

    def test_a_reminder_is_done_with_the_file(self):
        self.grade["a"].require_complete_file = True
        self.gaps._remind()
        partner = self.mine.with_user(self.salesman)
        partner.website = "https://example.com"
        self.assertEqual(len(self._reminders()), 2, "the telephone is still to be confirmed")
        partner.phone = "022"
        self.assertEqual(self._reminders().mapped("res_id"), self.theirs.ids)
        self._change(self.theirs, "close", "competitor")
        self.gaps._remind()
        self.assertFalse(self._reminders())

    def test_the_daily_job(self):
        self.grade["a"].require_complete_file = True
        self.env.cr.execute("DELETE FROM customer_file_gap")
        self.env.invalidate_all()
        with self.enter_registry_test_mode():
            self.env.ref("customer_file.ir_cron_customer_file").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(set(self._lacks(self.mine)), {"phone", "website"})
        self.assertEqual(len(self._reminders()), 2)

    # ------------------------------------------------------------------
    # Cost
    # ------------------------------------------------------------------

    def _count(self, action):
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        action()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_the_partner_list_costs_nothing(self):
        plain = {"complete_name": {}, "user_id": {"fields": {"display_name": {}}}, "customer_grade_id": {}}
        ours = {
            "customer_file_percent": {},
            "customer_file_kind": {},
            "customer_file_missing_count": {},
            "customer_file_stale_count": {},
            "customer_file_state": {},
            "customer_file_since": {},
        }
        partners = self.env["res.partner"].with_user(self.salesman)
        domain = [("id", "in", self.everyone.ids)]

        def read(spec, extra=()):
            self.env.invalidate_all()
            return self._count(lambda: partners.web_search_read([*domain, *extra], spec, limit=80))

        read(plain)
        base = read(plain)
        self.assertEqual(read(plain | ours), base)
        self.assertEqual(read(plain | ours, [("customer_file_missing_count", ">", 0)]), base)

    def test_the_form_costs_one_query(self):
        partner = self.mine.with_user(self.salesman)
        arch = partner.get_views([(self.env.ref("base.view_partner_form").id, "form")])
        names = arch["models"]["res.partner"]["fields"]
        ours = {name for name in names if name.startswith("customer_file")}
        self.assertIn("customer_file_current_gap_ids", ours)
        plain = {name: {} for name in names if name not in ours}
        gaps = ("field_label", "type", "since", "confirmed_on", "confirmed_by")
        whole = {name: {} for name in names} | {
            "customer_file_current_gap_ids": {"fields": {name: {} for name in gaps}}
        }

        def read(spec):
            self.env.invalidate_all()
            return self._count(lambda: self.assertTrue(partner.web_read(spec)))

        read(whole)
        self.assertEqual(read(whole) - read(plain), 1)

    def test_saving_costs_the_same_for_one_and_for_many(self):
        """Nothing without a field that is asked for; with one, the same for any number of customers."""
        partners = self._graded(*(f"Many {number}" for number in range(31)), phone="021")

        def saved(group, vals):
            group.mapped("name"), group.mapped("customer_grade_id")
            return self._count(lambda: group.write(vals))

        saved(partners[0], {"website": "http://a.example.com", "ref": "a"})
        value = {"website": "http://x.example.com"}
        asked = saved(partners[1], value), saved(partners[2:], value)
        self.env["customer.file.requirement"].search([("field_name", "=", "website")]).active = False
        value = {"website": "http://y.example.com"}
        saved(partners[0], value)
        plain = saved(partners[1], value), saved(partners[2:], value)
        extra = [with_rule - without for with_rule, without in zip(asked, plain, strict=True)]
        self.assertLessEqual(max(extra), 2)

    def test_one_statement_for_any_number(self):
        """Above a few hundred files, two more set and reset how PostgreSQL joins."""
        for size, queries in ((1, 1), (300, 1), (700, 3)):
            ids = self._graded(*(f"Bulk {size} {number}" for number in range(size))).ids
            self.env.flush_all()
            self.gaps._refresh(ids)
            with self.subTest(size=size), self.assertQueryCount(queries):
                self.gaps._refresh(ids)
        with self.assertQueryCount(3):
            self.gaps._refresh()
        self.assertEqual(self.env.execute_query(SQL("SHOW enable_nestloop")), [("on",)])

    def test_the_printed_card_names_what_a_file_lacks(self):
        self._require("vat")
        lacking, complete = self._graded("Anta", "Peak")
        complete.vat = "91350582"
        label = self.env["ir.model.fields"].get_field_string("res.partner")["vat"]
        missing = (lacking | complete)._get_card_missing_fields()
        self.assertIn(label, missing[lacking.id])
        self.assertNotIn(label, missing.get(complete.id, ()))


@tagged("post_install", "-at_install")
class TestRpc(HttpCase):
    """What a browser or a script can ask for, as a salesperson."""

    def test_over_rpc(self):
        user = new_test_user(self.env, "file_rpc", groups=GROUPS["salesman"])
        rule = self.env["customer.file.requirement"].search([], limit=1) or self.env[
            "customer.file.requirement"
        ].create({"field_id": self.env["ir.model.fields"]._get("res.partner", "ref").id})
        partner = self.env["res.partner"].create({
            "name": "Rpc",
            "is_company": True,
            "user_id": user.id,
            "customer_grade_id": self.env.ref("customer_grade.customer_grade_a").id,
        })
        self.authenticate("file_rpc", "file_rpc")

        def call(model, method, *args):
            return self.make_jsonrpc_request(
                "/web/dataset/call_kw", {"model": model, "method": method, "args": args, "kwargs": {}}
            )

        found = call("customer.file.gap", "search_read", [("partner_id", "=", partner.id)], ["field_label"])
        self.assertTrue(found)
        refused = [
            ("customer.file.gap", "write", [found[0]["id"]], {"type": "stale"}),
            ("customer.file.gap", "unlink", [found[0]["id"]]),
            ("customer.file.gap", "_refresh"),
            ("customer.file.confirmation", "create", {"partner_id": partner.id, "field_name": "ref"}),
            ("customer.register.entry", "create", {"partner_id": partner.id, "event": "closed"}),
            ("customer.register.entry", "_record", [partner.id], "closed"),
            ("customer.file.requirement", "write", [rule.id], {"weight": 9}),
            ("customer.register.reason", "create", {"name": "Whim"}),
            ("res.partner", "write", [partner.id], {"customer_file_state": "closed"}),
            ("res.partner", "write", [partner.id], {"customer_file_percent": 100}),
        ]
        for model, method, *args in refused:
            with (
                self.subTest(model=model, method=method),
                mute_logger("odoo.http"),
                self.assertRaisesRegex(JsonRpcException, "AccessError"),
            ):
                call(model, method, *args)
