from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.mail.tools.discuss import Store

from ..constants import CONTACT_GROUPS
from .common import ConfidentialCase

FIELDS = ("phone", "email", "email_normalized", "email_formatted", "phone_sanitized")


@tagged("post_install", "-at_install")
class TestContact(ConfidentialCase):
    """Contact data for those who need it: every way to it, and the work of those without."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.limit(contact=False)
        cls.customer = cls.customers[cls.anna]
        cls.partners = cls.env["res.partner"].with_user(cls.rnd)
        cls.mine = cls.partners.browse(cls.customer.id)

    # ---- closed ----

    def test_attributes(self):
        for name in FIELDS:
            with self.assertRaises(AccessError):
                self.mine.mapped(name)

    def test_read_gives_nothing(self):
        for rows in (
            self.mine.read(["name", *FIELDS]),
            self.partners.search_read([("id", "=", self.customer.id)], ["name", *FIELDS]),
            self.mine.web_read({"name": {}, **{name: {} for name in FIELDS}}),
        ):
            self.assertEqual(rows[0]["name"], self.customer.name)
            for name in FIELDS:
                self.assertFalse(rows[0][name])
        self.assertFalse(set(FIELDS) & self.partners.fields_get().keys())

    def test_find_by_guessing(self):
        for domain in (
            [("email", "ilike", "buyer")],
            [("email", "=", self.customer.email)],
            [("phone", "like", "+86")],
            [("email_normalized", "in", [self.customer.email_normalized])],
            [("phone_mobile_search", "ilike", "139")],
            [("id", "=", self.customer.id), ("email", "!=", False)],
            [("child_ids.email", "!=", False)],
            [("parent_id.email", "ilike", "buyer")],
            [("commercial_partner_id.email", "ilike", "buyer")],
            ["!", ("email", "not ilike", "buyer")],
        ):
            self.assertFalse(self.partners.search(domain), domain)
            self.assertFalse(self.partners.search_count(domain), domain)
        self.assertFalse(self.partners.name_search("buyer"))
        # the answer is the same whether or not the address is right
        asked = self.partners.search_count([("id", "=", self.customer.id), ("email", "!=", self.customer.email)])
        self.assertEqual(asked, self.partners.search_count([("id", "=", self.customer.id), ("email", "!=", "x@y.z")]))

    def test_order_and_groups(self):
        for attempt in (
            lambda: self.partners.search([], order="email"),
            lambda: self.partners.search([], order="phone desc"),
            lambda: self.partners.formatted_read_group([], ["email"]),
            lambda: self.partners.formatted_read_group([], [], ["phone:array_agg"]),
            lambda: self.partners.web_read_group([], ["email_normalized"]),
            lambda: self.partners.web_search_read([], {"email": {}}),
            lambda: self.env["calendar.attendee"].with_user(self.rnd).formatted_read_group([], ["partner_id.email"]),
            lambda: self.env["calendar.attendee"].with_user(self.rnd).search_read([], ["email"]),
            lambda: self.env["mail.followers"].with_user(self.rnd).search_read([], ["email"]),
            lambda: (
                self.env["res.users"].with_user(self.rnd).search([("partner_id.email", "ilike", "x")]).ids
                or self._refuse()
            ),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def _refuse(self):
        nothing = self.env["res.partner"].browse()
        raise AccessError(str(nothing))

    def test_export(self):
        self.rnd.group_ids += self.env.ref("base.group_allow_export")
        for name in FIELDS:
            with self.assertRaises(AccessError):
                self.mine.export_data(["name", name])

    def test_by_its_name(self):
        named = self.mine.with_context(show_email=True)
        self.assertEqual(named.display_name, self.customer.display_name)
        rows = named.web_read({"display_name": {}})
        self.assertNotIn("@", rows[0]["display_name"])
        self.assertIn("@", self.customer.with_user(self.anna).with_context(show_email=True).display_name)

    def test_by_the_name_in_links(self):
        """Links show the name with all rights; so do suggestions and the heads of groups."""
        event = self.env["calendar.event"].create({
            "name": "Wear test",
            "start": "2026-05-21 02:00:00",
            "stop": "2026-05-21 03:00:00",
            "partner_ids": [Command.set((self.customer | self.rnd.partner_id).ids)],
        })
        domain = [("event_id", "=", event.id)]
        for user, seen in ((self.rnd, False), (self.anna, True)):
            self.env.invalidate_all()
            partners = self.env["res.partner"].with_user(user).with_context(show_email=1)
            attendees = self.env["calendar.attendee"].with_user(user).with_context(show_email=1)
            link = {"partner_id": {"fields": {"display_name": {}}}}
            for found in (
                partners.name_search(self.customer.name),
                partners.web_name_search(self.customer.name, {"display_name": {}}),
                partners.with_context(formatted_display_name=True).name_search(self.customer.name),
                attendees.search(domain).read(["partner_id"]),
                attendees.search(domain).web_read(link),
                attendees.formatted_read_group(domain, ["partner_id"]),
                attendees.web_read_group(domain, ["partner_id"]),
            ):
                self.assertIn(self.customer.name, str(found))
                self.assertEqual("buyer." in str(found), seen, found)

    def test_find_in_links_by_guessing(self):
        for model, path in (("calendar.attendee", "partner_id"), ("calendar.event", "partner_ids")):
            event = self.env["calendar.event"].create({
                "name": "Wear test",
                "start": "2026-05-21 02:00:00",
                "stop": "2026-05-21 03:00:00",
                "partner_ids": [Command.set(self.customer.ids)],
            })
            self.assertTrue(event.attendee_ids)
            records = self.env[model]
            guess = [(path, "ilike", "buyer.")]
            self.assertTrue(records.search(guess))
            self.assertFalse(records.with_user(self.rnd).search(guess), model)

    def test_by_related_fields(self):
        """Whatever follows the contact of somebody asks for the right, but for users and companies."""
        open_to_all = {"res.users", "res.company", "res.partner"}
        for model in self.env.values():
            for field in model._fields.values():
                if not field.related or field.store or model._abstract:
                    continue
                end = model
                path = field.related.split(".")
                for name in path[:-1]:
                    end = self.env[end._fields[name].comodel_name]
                if end._name == "res.partner" and end._fields[path[-1]].groups == CONTACT_GROUPS:
                    if model._name not in open_to_all:
                        self.assertEqual(field.groups, CONTACT_GROUPS, str(field))

    def test_users_of_the_portal(self):
        portal = new_test_user(self.env, "portal@example.com", "base.group_portal", email="portal@example.com")
        users = self.env["res.users"].with_user(self.rnd)
        self.assertFalse(users.search([("login", "=", "portal@example.com")]))
        self.assertFalse(users.name_search("portal@example.com"))
        with self.assertRaises(AccessError):
            users.browse(portal.id).read(["login", "email"])
        self.assertEqual(users.browse(self.anna.id).read(["email"])[0]["email"], self.anna.email, "a colleague")
        self.assertEqual(portal.partner_id.with_user(portal).read(["email"])[0]["email"], "portal@example.com")
        self.assertTrue(self.env["res.users"].with_user(self.anna).search([("login", "=", "portal@example.com")]))

    def test_in_the_chatter(self):
        for store in (
            Store().add(self.mine),
            Store().add(self.mine, self.mine._get_store_avatar_card_fields(Store.Target())),
        ):
            self.assertNotIn("buyer.", str(store.get_result()))
        self.assertNotIn("buyer.", str(self.partners.get_mention_suggestions("Customer of")))
        self.assertIn(self.customer.name, str(self.partners.get_mention_suggestions("Customer of")))
        self.assertIn(self.anna.email, str(self.partners.get_mention_suggestions(self.anna.name)))
        people = self.mine._message_get_suggested_recipients_batch()[self.customer.id]
        self.assertNotIn("buyer.", str(people))

    def test_tracked_changes(self):
        self.customer.with_user(self.anna).message_post(body="before")
        self.env.flush_all()
        self.customer.with_user(self.anna).email = "new.buyer@example.com"
        self.env.flush_all()
        self.env.cr.precommit.run()
        messages = self.mine.message_ids
        self.assertNotIn("new.buyer", str(Store().add(messages).get_result()))

    # ---- at work ----

    def test_salespeople_and_managers(self):
        for user in (self.anna, self.manager):
            self.assertEqual(self.customer.with_user(user).email, self.customer.email)
            found = self.env["res.partner"].with_user(user).search([("email", "=", self.customer.email)])
            self.assertEqual(found.ids, self.customer.ids)

    def test_views(self):
        form = Form(self.mine)
        self.assertFalse(set(FIELDS) & form._view["fields"].keys())
        for kind in ("list", "kanban", "form", "search"):
            arch = self.partners.get_view(view_type=kind)["arch"]
            for name in FIELDS:
                self.assertNotIn(f'<field name="{name}"', arch, kind)
            spec = self.partners._get_fields_spec(self.partners.get_view(view_type=kind))
            if kind != "search":
                self.partners.web_search_read([("id", "=", self.customer.id)], spec)
        self.assertIn('name="email"', self.env["res.partner"].with_user(self.anna).get_view(view_type="form")["arch"])

    def test_colleagues_are_reached(self):
        self.assertEqual(self.anna.partner_id.with_user(self.rnd).email, self.anna.email)
        self.assertEqual(self.rnd.with_user(self.rnd).read(["email"])[0]["email"], self.rnd.email)
        self.rnd.with_user(self.rnd).write({"email": "new.rnd@example.com"})
        self.company.email = "sales@example.com"
        self.assertEqual(self.company.partner_id.with_user(self.rnd).email, "sales@example.com", "our own company")

    def test_a_meeting_with_a_customer(self):
        event = (
            self
            .env["calendar.event"]
            .with_user(self.rnd)
            .create({
                "name": "Wear test",
                "start": "2026-05-21 02:00:00",
                "stop": "2026-05-21 03:00:00",
                "partner_ids": [Command.set((self.customer | self.rnd.partner_id).ids)],
            })
        )
        form = Form(event)
        form.name = "Second wear test"
        form.save()
        self.assertIn(self.customer, event.attendee_ids.sudo().partner_id)
        self.assertNotIn("buyer.", str(event.read(["description", "attendee_ids"])))
        event.write({"start": "2026-05-22 02:00:00", "stop": "2026-05-22 03:00:00"})

    def test_who_writes_contacts_reads_them(self):
        self.rnd.group_ids += self.env.ref("base.group_partner_manager")
        self.assertEqual(self.mine.email, self.customer.email)
        self.customer.message_subscribe(self.customer.ids)
        self.mine.message_post(body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment")
