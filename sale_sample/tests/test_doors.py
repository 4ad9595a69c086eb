from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import freeze_time, new_test_user, tagged, users
from odoo.tools import mute_logger

from .common_rounds import RoundCase, picture


@freeze_time("2026-03-02 04:00:00")
@tagged("post_install", "-at_install")
class TestDoors(RoundCase):
    """Another's leads, budgets and dialogs; buttons pressed twice, or with nothing at all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.secret_customer = cls.env["res.partner"].create({"name": "Secret Customer", "is_company": True})
        cls.foreign_lead, cls.own_lead = cls.env["crm.lead"].create([
            {"name": "Secret Lead", "type": "opportunity", "user_id": user.id, "partner_id": partner.id}
            for user, partner in ((cls.other_salesman, cls.secret_customer), (cls.salesman, cls.customer))
        ])
        cls.values = {"type_id": cls.type.id, "partner_id": cls.customer.id, "style_name": "Runner 26"}
        cls.product = cls.env["product.product"].create({"name": "Sole T", "list_price": 3.0})

    def _call(self, records, method, *args, **kwargs):
        """Call a method as it arrives over RPC."""
        ids = [records.ids] if records or method == "onchange" else []
        return call_kw(records, method, [*ids, *args], kwargs)

    # ------------------------------------------------------------------
    # Whose leads and budgets
    # ------------------------------------------------------------------

    @users("sample_salesman")
    def test_no_request_on_a_lead_of_somebody_else(self):
        requests = self.env["sale.sample.request"]
        lead = self.foreign_lead.id
        draft = requests.create(self.values)
        count = requests.sudo().search_count([])
        for attempt in (
            lambda: requests.create({**self.values, "lead_id": lead}),
            lambda: requests.with_context(default_lead_id=lead).create(self.values),
            lambda: draft.write({"lead_id": lead}),
            lambda: requests.onchange({"lead_id": lead}, ["lead_id"], {"lead_id": {}, "partner_id": {}}),
            lambda: requests.with_context(default_lead_id=lead).onchange({}, [], {"lead_id": {}, "partner_id": {}}),
        ):
            with self.assertRaises(AccessError):
                attempt()
        self.assertEqual(requests.sudo().search_count([]), count)
        self.assertFalse(draft.lead_id)
        draft.lead_id = self.own_lead
        self.assertEqual(draft.lead_id, self.own_lead)

    @users("sample_salesman")
    def test_a_customer_with_documents_becomes_nobody_elses(self):
        """Else the other customer would own what this one was promised, and read it on the portal."""
        other = self.env["res.partner"].sudo().create({"name": "Other Customer", "is_company": True})
        buyer = self.env["res.partner"].sudo().create({"name": "Buyer", "parent_id": self.customer.id})
        new_test_user(self.env(su=True), "sample_moved_buyer", groups="base.group_portal", partner_id=buyer.id)
        request = self._request(accepted=False, product_id=self.product.id)
        request.with_env(self.env).action_submit()
        for partner in (self.customer, buyer):
            with self.assertRaisesRegex(AccessError, "Ask a sales manager"), self.env.cr.savepoint():
                partner.with_env(self.env).write({"is_company": False, "parent_id": other.id})
            self.env.invalidate_all(flush=False)
            self.assertEqual(partner.commercial_partner_id, self.customer)
        contact = self.env["res.partner"].sudo().create({"name": "No Login", "parent_id": self.customer.id})
        contact.with_env(self.env).parent_id = other
        self.customer.with_user(self.manager).write({"is_company": False, "parent_id": other.id})
        self.assertEqual(request.commercial_partner_id, other)

    @users("sample_salesman")
    def test_the_contact_is_the_customers(self):
        stranger = self.env["res.partner"].sudo().create({"name": "Stranger", "parent_id": self.secret_customer.id})
        with self.assertRaisesRegex(ValidationError, "contact person belongs to another customer"):
            self.env["sale.sample.request"].create({**self.values, "contact_id": stranger.id})

    @users("sample_salesman")
    def test_the_lead_stays_after_the_hand_over(self):
        second = self.own_lead.copy({"name": "Second"})
        request = self._request(accepted=False, lead_id=self.own_lead.id, product_id=self.product.id).with_env(self.env)
        request.action_submit()
        with self.assertRefused("it can no longer be changed"):
            request.lead_id = second
        request.action_take_back()
        for name in ("lead_id", "sale_order_id"):
            with self.subTest(field=name), self.assertRefused("it came from stay as they were"):
                request[name] = False
        with self.assertRefused("it came from stay as they were"):
            request.lead_id = second
        request.style_name = "Runner 27"
        self.assertEqual(request.lead_id, self.own_lead)

    def test_the_budget_of_another_team(self):
        own, foreign = self.env["crm.team"].create([
            {"name": name, "company_id": self.company.id, "member_ids": [Command.set(user.ids)]}
            for name, user in (("Own", self.salesman), ("Foreign", self.other_salesman))
        ])
        requests = self.env["sale.sample.request"].with_user(self.salesman)
        request = requests.create({**self.values, "team_id": own.id})
        for attempt in (
            lambda: requests.create({**self.values, "team_id": foreign.id}),
            lambda: requests.with_context(default_team_id=foreign.id).create({**self.values, "team_id": foreign.id}),
            lambda: request.write({"team_id": foreign.id}),
        ):
            with self.assertRefused("choose a team of the salesperson", AccessError):
                attempt()
        self.assertEqual(request.team_id, own)
        request.with_user(self.manager).team_id = foreign
        self.assertEqual(request.team_id, foreign)

    def test_what_was_handed_over_stays_with_its_salesperson(self):
        request = self._request().with_user(self.salesman)
        for name, value in (("user_id", self.other_salesman.id), ("team_id", False)):
            with self.subTest(field=name), self.assertRefused("has been handed over", AccessError):
                request.write({name: value})
        request.with_user(self.salesman_all).user_id = self.other_salesman
        self.assertEqual(request.user_id, self.other_salesman)

    # ------------------------------------------------------------------
    # Dialogs
    # ------------------------------------------------------------------

    def test_dialogs_show_nothing_of_somebody_else(self):
        sample = self._sent()
        approved = self._answered("approved").request_id
        kept, reason = approved.kept_ids[:1], self.reason_cancelled
        for name, values, spec in (
            ("sale.sample.round.answer", {"round_id": sample.id}, {"partner_id": {}, "answered_by_id": {}}),
            ("sale.sample.round.send", {"round_id": sample.id}, {"contact_id": {}, "notify": {}}),
            ("sale.sample.quote", {"request_id": approved.id}, {"partner_id": {}, "product_name": {}}),
            ("sale.sample.close", {"request_ids": [Command.set(approved.ids)], "reason_id": reason.id}, {}),
            ("sale.sample.lend", {"kept_ids": [Command.set(kept.ids)]}, {}),
        ):
            dialogs = self.env[name].with_user(self.other_salesman)
            context = {f"default_{key}": value for key, value in values.items()}
            spec = {**spec, **{key: {} for key in values}}
            for attempt in (
                lambda dialogs=dialogs, values=values: dialogs.create(values),
                lambda dialogs=dialogs, context=context: dialogs.with_context(**context).create({}),
                lambda dialogs=dialogs, values=values, spec=spec: dialogs.onchange(dict(values), list(values), spec),
                lambda dialogs=dialogs, context=context, spec=spec: dialogs.with_context(**context).onchange(
                    {}, [], spec
                ),
            ):
                with self.subTest(dialog=name), self.assertRaises(AccessError):
                    attempt()

    def test_dialogs_belong_to_whoever_opened_them(self):
        sample = self._sent()
        dialog = self.env["sale.sample.round.answer"].with_user(self.salesman).create({"round_id": sample.id})
        for user in (self.other_salesman, self.manager):
            theirs = dialog.with_user(user)
            self.assertFalse(theirs.search([("id", "=", dialog.id)]))
            for attempt in (lambda t=theirs: t.read(["comment"]), lambda t=theirs: t.write({"comment": "Fine"})):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    attempt()
            with self.assertRaises(AccessError):
                theirs.action_record()
        self.assertEqual(sample.state, "sent")

    @users("sample_salesman")
    def test_quoted_once(self):
        request = self._answered("approved", self._request(product_id=self.product.id)).request_id
        dialog = self.env["sale.sample.quote"].create({"request_id": request.id, "quantity": 10})
        order = self.env["sale.order"].browse(dialog.action_quote()["res_id"])
        with self.assertRefused("done already"):
            dialog.action_quote()
        self.assertEqual((len(order.order_line), request.quotation_count), (1, 1))

    def test_lines_of_orders_take_no_sample_by_hand(self):
        request = self._answered("approved", self._request(product_id=self.product.id)).request_id
        order = self.env["sale.order"].with_user(self.salesman).create({"partner_id": self.customer.id})
        for values in ({"sample_request_id": request.id, "product_id": self.product.id},):
            with self.assertRefused("set by the system", AccessError):
                order.write({"order_line": [Command.create(values)]})
        order.write({"order_line": [Command.create({"product_id": self.product.id})]})
        for attempt in (
            lambda: order.order_line.write({"sample_request_id": request.id}),
            lambda: request.with_user(self.salesman).write({"order_line_ids": [Command.link(order.order_line.id)]}),
        ):
            with self.assertRefused("set by the system", AccessError):
                attempt()
        self.assertFalse(order.order_line.sample_request_id)

    # ------------------------------------------------------------------
    # Companies and customers
    # ------------------------------------------------------------------

    def test_what_the_company_decided_is_internal(self):
        buyer = new_test_user(self.env, "doors_buyer", groups="base.group_portal")
        for name in [name for name in self.company._fields if name.startswith("sample_")]:
            field = self.company._fields[name]
            with self.subTest(field=name):
                self.assertFalse(self.company.with_user(buyer)._has_field_access(field, "read"))
                self.assertTrue(self.company.with_user(self.internal)._has_field_access(field, "read"))
        line = self.env["sale.order.line"]
        self.assertFalse(line.with_user(buyer)._has_field_access(line._fields["sample_request_id"], "read"))

    # ------------------------------------------------------------------
    # Nonsense
    # ------------------------------------------------------------------

    @users("sample_salesman")
    def test_photos_that_are_none(self):
        sample = self._made().with_env(self.env)
        for image in (5, 1.5, True, [1], {"a": 1}, "é", b"\xff"):
            with self.subTest(image=image), self.assertRefused("is not a picture|is empty"):
                self.env["sale.sample.photo"].create({"round_id": sample.id, "name": "Heel", "image": image})
        photo = self.env["sale.sample.photo"].create({"round_id": sample.id, "image": picture()})
        with self.assertRefused("is not a picture"):
            photo.image = 7

    @users("sample_rnd", "sample_salesman")
    def test_buttons_with_nothing(self):
        buttons = {
            "sale.sample.request": (
                "action_open_round",
                "action_open_current_round",
                "action_open_quote",
                "action_view_lead",
                "action_view_quotation",
                "action_preview_portal",
                "action_share_portal",
            ),
            "sale.sample.round": ("action_open_send", "action_open_answer", "action_open_form"),
            "sales.department.place": ("action_open_kept",),
        }
        for model, names in buttons.items():
            for name in names:
                for ids in ([], [0], [2**31 - 1]):
                    with self.subTest(button=name, ids=ids), self.assertRaises(UserError):
                        call_kw(self.env[model], name, [ids], {})

    @users("sample_salesman")
    def test_button_of_a_mixin(self):
        for ids in ([], [0], [1]):
            with self.subTest(ids=ids), self.assertRaises(UserError):
                call_kw(self.env["sale.sample.request.count.mixin"], "action_view_sample_requests", [ids], {})

    def test_policies_beyond_the_calendar(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self.type.retention_months = 10**6
            self.type.flush_recordset()
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self.company.sample_due_soon_days = 10**9
            self.company.flush_recordset()

    @users("sample_salesman")
    def test_the_last_day_there_is(self):
        request = self._request(accepted=False, needed_by="9999-12-31", product_id=self.product.id).with_env(self.env)
        request.action_submit()
        request.with_user(self.rnd)._accept(request.needed_by)
        self.assertEqual((request.due_state, str(request.due_on)), ("on_time", "9999-12-31"))
        self.assertIn(request, request.search([("due_state", "=", "on_time")]))
        self.assertTrue(request.formatted_read_group([("id", "=", request.id)], ["due_state"]))
