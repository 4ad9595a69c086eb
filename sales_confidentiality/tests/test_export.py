from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import ConfidentialCase


@tagged("post_install", "-at_install")
class TestExport(ConfidentialCase):
    """The right to export, and the log that nobody changes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.limit(export=False)
        cls.log = cls.env["sales.export.log"]

    def _export(self, user, records, names=("name",)):
        return records.with_user(user).export_data(list(names))["datas"]

    def _entries(self):
        return self.log.search([("user_id", "in", (self.manager | self.exporter | self.rnd).ids)])

    # ---- who may ----

    def test_refused_without_the_right(self):
        for records in (*self.everything.values(), self.everything["orders"].order_line):
            with self.assertRefused(
                "^You may not export.*confidential_manager.*Export Customers, Leads and Orders", AccessError
            ):
                self._export(self.exporter, records, ["display_name"])
        self.assertFalse(self._entries())

    def test_the_responsible_is_named(self):
        boss = new_test_user(
            self.env,
            "confidential_boss",
            "sales_team.group_sale_manager",
            name="Boss",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.company.confidentiality_user_id = boss
        with self.assertRefused("Boss can export", AccessError):
            self._export(self.exporter, self.everything["customers"])

    def test_odoos_own_right_is_asked_for_too(self):
        self.manager.group_ids -= self.env.ref("base.group_allow_export")
        with self.assertRaises(UserError):
            self._export(self.manager, self.everything["customers"])
        self.assertFalse(self._entries())

    def test_whatever_says_nothing_of_customers_is_free(self):
        self.assertTrue(self._export(self.exporter, self.product, ["name", "list_price", "categ_id/name"]))
        self.assertTrue(self._export(self.exporter, self.company, ["name", "partner_id"]), "a name is not a customer")
        self.assertFalse(self._entries())

    def test_customers_by_way_of_other_records(self):
        category = self.env["res.partner.category"].create({"name": "Big"})
        self.everything["customers"].category_id = category
        for records, path in (
            (category, "partner_ids"),
            (category, "partner_ids/name"),
            (category, "partner_ids/email"),
            (category, "partner_ids/.id"),
            (self.company, "partner_id/phone"),
            (self.company, "partner_id/child_ids/name"),
        ):
            with self.assertRefused("may not export", AccessError):
                self._export(self.exporter, records, [path])
        self._export(self.manager, category, ["name", "partner_ids/email"])
        self.assertEqual(self._entries().model, "res.partner.category")

    def test_contact_data_by_side_doors(self):
        event = self.env["calendar.event"].create({
            "name": "Wear test",
            "start": "2026-05-21 02:00:00",
            "stop": "2026-05-21 03:00:00",
            "partner_ids": [Command.set(self.everything["customers"].ids)],
        })
        order = self.orders[self.anna]
        order.message_subscribe(self.customers[self.anna].ids)
        portal = new_test_user(self.env, "side.portal@example.com", "base.group_portal", email="side@example.com")
        settings = self.env["res.users.settings"].create({"user_id": portal.id})
        self.assertTrue(self.env["calendar.attendee"]._is_contact_field(event.attendee_ids._fields["email"]))
        self.assertFalse(self.env["res.company"]._is_contact_field(self.company._fields["email"]))
        for records, paths in (
            (event.attendee_ids, ["email", "phone"]),
            (event, ["name", "attendee_ids/common_name"]),
            (order.message_follower_ids, ["email"]),
            (portal, ["login", "email"]),
            (portal | self.anna, ["name"]),
            (settings, ["user_id/login"]),
        ):
            with self.assertRefused("may not export", AccessError):
                self._export(self.exporter, records, paths)
        self.assertFalse(self._entries())
        self._export(self.manager, event.attendee_ids, ["email", "phone"])
        self._export(self.manager, portal, ["login", "email"])
        self.assertEqual(set(self._entries().mapped("model")), {"calendar.attendee", "res.users"})

    def test_colleagues_are_free(self):
        """Users of the portal are customers, employees are not; nor are bills of vendors."""
        self.assertTrue(self._export(self.exporter, self.anna | self.ben, ["name", "login", "email"]))
        self.assertTrue(self._export(self.exporter, self.company, ["name", "email"]))
        self.assertTrue(self._export(self.exporter, self.product, ["name", "create_uid/login"]))
        self.assertFalse(self._entries())

    def test_invoices_of_customers(self):
        customer = self.customers[self.anna]
        for user in (self.exporter, self.manager):
            user.group_ids += self.env.ref("account.group_account_invoice")
        journals = {}
        for kind, code in (("sale", "CFS"), ("purchase", "CFP")):
            values = {"name": kind, "code": code, "type": kind, "company_id": self.company.id}
            journals[kind] = self.env["account.journal"].create(values)
        values = {"invoice_date": "2026-05-20", "partner_id": customer.id}
        line = [Command.create({"name": "Soles", "quantity": 1, "price_unit": 5, "tax_ids": False})]
        account = {}
        for kind in ("income", "expense", "asset_receivable", "liability_payable"):
            account[kind] = self.env["account.account"].create({
                "name": kind,
                "code": f"77{len(account)}",
                "account_type": kind,
                "company_ids": [Command.set(self.company.ids)],
                "reconcile": kind in ("asset_receivable", "liability_payable"),
            })
        customer.with_company(self.company).write({
            "property_account_receivable_id": account["asset_receivable"].id,
            "property_account_payable_id": account["liability_payable"].id,
        })
        moves = self.env["account.move"].with_company(self.company)
        line[0][2]["account_id"] = account["income"].id
        invoice = moves.create({
            **values,
            "move_type": "out_invoice",
            "journal_id": journals["sale"].id,
            "invoice_line_ids": line,
        })
        line[0][2]["account_id"] = account["expense"].id
        bill = moves.create({
            **values,
            "move_type": "in_invoice",
            "journal_id": journals["purchase"].id,
            "invoice_line_ids": line,
        })
        self.env.flush_all()
        report = self.env["account.invoice.report"].search([("move_id", "=", invoice.id)])
        for records, paths in (
            (invoice, ["name", "partner_id", "amount_total"]),
            (invoice | bill, ["name", "partner_id", "amount_total"]),
            (invoice.line_ids, ["name", "partner_id", "balance"]),
            (report, ["partner_id", "price_subtotal"]),
        ):
            with self.assertRefused("may not export", AccessError):
                self._export(self.exporter, records, paths)
        self.assertFalse(self._entries())
        self.assertTrue(self._export(self.exporter, bill, ["name", "partner_id", "amount_total"]))
        self.assertTrue(self._export(self.exporter, bill.line_ids, ["name", "balance"]))
        self.assertFalse(self._entries())
        self._export(self.manager, invoice, ["name", "partner_id", "amount_total"])
        self.assertEqual(self._entries().model, "account.move")

    def test_the_house_is_guarded(self):
        guarded = self.env["base"]._get_customer_models()
        for name in ("sale.sample.request", "sale.sample.round", "customer.register.entry", "sale.sample.mould"):
            if name in self.env:
                self.assertIn(name, guarded)
        self.assertNotIn("res.company", guarded)
        self.assertNotIn("product.product", guarded)

    # ---- what is written down ----

    def test_logged(self):
        self._export(self.manager, self.everything["customers"], ["name", "phone", "child_ids/name"])
        entry = self._entries()
        self.assertRecordValues(
            entry,
            [
                {
                    "user_id": self.manager.id,
                    "company_id": self.company.id,
                    "model": "res.partner",
                    "record_count": 3,
                    "field_names": "name, phone, child_ids/name",
                    "filter_domain": False,
                    "way": "rpc",
                }
            ],
        )
        self.assertEqual(str(entry.exported_at), "2026-05-20 04:00:00")
        self.assertEqual(entry.record_ids, ", ".join(map(str, self.everything["customers"].ids)))
        self.assertEqual(entry.res_model_id.model, "res.partner")

    def test_the_server_itself_is_not_logged(self):
        self.everything["customers"].with_user(self.manager).sudo().export_data(["name"])
        self.assertFalse(self._entries())

    def test_a_failed_export_is_not_logged(self):
        with self.assertRaises(AccessError):
            self._export(self.manager, self.everything["customers"], ["name", "sales_lead_ids/name"])
        self.assertFalse(self._entries())

    def test_nobody_changes_the_log(self):
        self._export(self.manager, self.everything["leads"])
        entry = self._entries()
        admin = self.env.ref("base.user_admin")
        for user in (self.manager, self.exporter, self.rnd, admin):
            mine = entry.with_user(user)
            for attempt in (
                lambda mine=mine: mine.write({"record_count": 0}),
                lambda mine=mine: mine.web_save({"record_count": 0}, {}),
                lambda mine=mine: mine.unlink(),
                lambda mine=mine: mine.copy(),
                lambda mine=mine: mine.create({
                    "user_id": self.anna.id,
                    "company_id": self.company.id,
                    "model": "res.partner",
                    "exported_at": "2026-01-01 00:00:00",
                    "field_names": "name",
                    "way": "rpc",
                }),
                lambda mine=mine: mine.load(["field_names"], [["name"]]) and mine.browse().check_access("create"),
            ):
                with self.assertRefused(".", UserError):
                    attempt()
        with self.assertRefused("evidence", UserError):
            entry.sudo().write({"record_count": 0})
        with self.assertRefused("evidence", UserError):
            entry.sudo().unlink()
        self.assertEqual(entry.record_count, 3)
        self.assertEqual(len(self._entries()), 1)

    def test_the_screens_of_the_log(self):
        self._export(self.manager, self.everything["leads"])
        log = self.log.with_user(self.manager)
        for kind in ("list", "form"):
            spec = log._get_fields_spec(log.get_view(view_type=kind))
            rows = log.web_search_read([("user_id", "=", self.manager.id)], {"display_name": {}, **spec})["records"]
            self.assertEqual(rows[0]["res_model_id"]["display_name"], "Lead")
        groups = log.web_read_group([("user_id", "=", self.manager.id)], ["res_model_id"])["groups"]
        self.assertEqual(groups[0]["res_model_id"][1], "Lead")

    def test_who_sees_the_log(self):
        self._export(self.manager, self.everything["leads"])
        entry = self._entries()
        self.assertTrue(entry.with_user(self.manager).has_access("read"))
        for user in (self.exporter, self.anna, self.tia, self.rnd):
            self.assertFalse(entry.with_user(user).has_access("read"))
        stranger = new_test_user(
            self.env,
            "confidential_stranger",
            "sales_team.group_sale_manager",
            company_id=self.env.ref("base.main_company").id,
            company_ids=[Command.set(self.env.ref("base.main_company").ids)],
        )
        foreign = entry.with_user(stranger).with_context(allowed_company_ids=stranger.company_ids.ids)
        self.assertFalse(foreign.has_access("read"), "another company's log")

    # ---- unusually many ----

    def test_told_once_a_day(self):
        self.company.write({"confidentiality_export_limit": 4, "confidentiality_user_id": self.manager.id})
        self.exporter.group_ids += self.env.ref("sales_confidentiality.group_export")
        self.manager.lang = "en_US"
        day = self.env["sales.confidentiality.day"]
        self._export(self.exporter, self.everything["customers"])
        row = day.search([("user_id", "=", self.exporter.id)])
        self.assertRecordValues(row, [{"kind": "export", "number": 3, "allowed": 4, "alerted_at": False}])
        self._export(self.exporter, self.everything["leads"])
        row.invalidate_recordset()
        self.assertEqual(row.number, 6)
        self.assertTrue(row.alerted_at)
        self.assertEqual(row.activity_ids.user_id, self.manager)
        self.assertIn(self.exporter.name, row.activity_ids.summary)
        self._export(self.exporter, self.everything["orders"])
        self.assertEqual(len(row.activity_ids), 1, "once a day")
        self.assertTrue(row.with_user(self.manager).has_access("read"))
        self.assertIn(("user_id", "=", self.exporter.id), row.with_user(self.manager).action_open_exports()["domain"])
        activity = row.activity_ids.with_user(self.manager)
        activity.action_feedback(feedback="For the fair")
        self.assertIn("For the fair", row.message_ids[:1].body)

    def test_zero_is_never(self):
        self.company.confidentiality_export_limit = 0
        self._export(self.manager, self.everything["customers"])
        self.assertTrue(self._entries())
        self.assertFalse(self.env["sales.confidentiality.day"].search([("user_id", "=", self.manager.id)]))
