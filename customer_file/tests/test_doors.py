"""What clients cannot do with customer files, and who reads them."""

from contextlib import suppress

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.customer_grade.tests.common import GROUPS

from .common import FileCase

OURS = ("kind", "percent", "missing_count", "stale_count", "state", "since", "gap_ids", "current_gap_ids")


@tagged("post_install", "-at_install")
@freeze_time("2026-07-01 04:00:00")
class TestDoors(FileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._require("phone", confirm_months=6)
        values = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)]}
        cls.colleague = new_test_user(cls.env, "grade_colleague", groups=GROUPS["salesman"], **values)
        cls.leader = new_test_user(cls.env, "grade_leader", groups=GROUPS["salesman"], **values)
        cls.portal = new_test_user(cls.env, "grade_portal", groups="base.group_portal")
        cls.team = cls.env["crm.team"].create({
            "name": "South",
            "company_id": cls.company.id,
            "user_id": cls.leader.id,
            "member_ids": [Command.set(cls.colleague.ids)],
        })
        cls.theirs = cls._customers("Theirs", user_id=cls.colleague.id, phone="021")
        cls._order(cls.theirs, 10)

    def _refused(self, error, action, *args, **kwargs):
        with self.assertRaises(error), self.cr.savepoint():
            action(*args, **kwargs)
        self.env.invalidate_all(flush=False)

    # ------------------------------------------------------------------
    # Whose file it is
    # ------------------------------------------------------------------

    def test_nobody_closes_the_file_of_a_colleague(self):
        before = self._entries(self.theirs)
        self._refused(AccessError, self._change, self.theirs, "close", "competitor", self.salesman)
        self.assertEqual((self._entries(self.theirs), self.theirs.customer_file_state), (before, "open"))
        self._change(self.theirs, "close", "competitor")
        self._refused(AccessError, self._change, self.theirs, "open", "won_back", self.salesman)
        self.assertEqual(self.theirs.customer_file_state, "closed")

    def test_whoever_is_in_charge_closes_it(self):
        for user in (self.colleague, self.leader, self.salesman_all, self.manager):
            with self.subTest(user.login):
                self._change(self.theirs, "close", "competitor", user)
                self.assertEqual(self.theirs.customer_file_state, "closed")
                self._change(self.theirs, "open", "won_back", user)
        free = self._customers("Nobody's")
        self._order(free, 10)
        self._change(free, "close", "competitor", self.salesman)
        self.assertEqual(free.customer_file_state, "closed")

    # ------------------------------------------------------------------
    # The dialog
    # ------------------------------------------------------------------

    def _dialog(self, user, **values):
        dialogs = self.env["customer.register.change"].with_user(user)
        return dialogs.create({
            "operation": "close",
            "partner_ids": [Command.set(self.theirs.ids)],
            "reason_id": self._reason("competitor").id,
            **values,
        })

    def test_the_dialog_belongs_to_whoever_opened_it(self):
        dialog = self._dialog(self.colleague)
        theirs = dialog.with_user(self.leader)
        self.assertFalse(theirs.search([]))
        self._refused(AccessError, theirs.read, ["note"])
        self._refused(AccessError, theirs.write, {"note": "Else"})
        self._refused(AccessError, theirs.action_apply)
        self.assertEqual(self.theirs.customer_file_state, "open")

    def test_pressed_twice_closes_once(self):
        dialog = self._dialog(self.colleague)
        dialog.action_apply()
        self._refused(UserError, dialog.action_apply)
        self.assertEqual([entry[0] for entry in self._entries(self.theirs)], ["opened", "closed"])

    def test_a_customer_of_another_company_is_not_named(self):
        insole = self._make_company("Insole Works")
        foreign = self._customers("Secret", company_id=insole.id)
        dialogs = self.env["customer.register.change"].with_user(self.colleague)
        spec = {"partner_ids": {"fields": {"display_name": {}}}}
        opened = {"active_model": "res.partner", "active_ids": foreign.ids}
        for open_dialog in (
            lambda: dialogs.with_context(**opened).default_get(["partner_ids"]),
            lambda: dialogs.with_context(**opened).onchange({}, [], spec),
            lambda: dialogs.onchange({"partner_ids": [Command.set(foreign.ids)]}, ["partner_ids"], spec),
            lambda: self._dialog(self.colleague, partner_ids=[Command.set(foreign.ids)]),
        ):
            self._refused(AccessError, open_dialog)
        for ids in ("²", [0], ["x"], None, 7, [10**8]):
            found = dialogs.with_context(active_model="res.partner", active_ids=ids).default_get(["partner_ids"])
            self.assertEqual(found["partner_ids"], [Command.set([])], ids)

    def test_buttons_without_their_record(self):
        for model in ("customer.file.gap", "customer.file.requirement", "customer.register.change", "res.partner"):
            records = self.env[model].with_user(self.colleague)
            for name in (name for name in dir(type(records)) if name.startswith("action_")):
                owner = next(cls for cls in type(records).__mro__ if name in vars(cls))
                if getattr(owner, "_module", None) != "customer_file":
                    continue
                for ids in ([], [0], [10**8]):
                    with self.subTest(model=model, method=name, ids=ids), suppress(UserError), self.cr.savepoint():
                        call_kw(records, name, [ids], {})

    # ------------------------------------------------------------------
    # Who reads a file
    # ------------------------------------------------------------------

    def test_nobody_else_reads_a_file(self):
        self.portal.partner_id.parent_id = self.theirs
        names = [f"customer_file_{name}" for name in OURS]
        for user, partner in ((self.portal, self.portal.partner_id), (self.internal, self.theirs)):
            mine = partner.with_user(user)
            self.assertTrue(mine.read(["name"]))
            self.assertFalse(set(names) & mine.fields_get().keys())
            for name in names:
                domain = [("id", "in", mine.ids)]
                paths = [lambda name=name, mine=mine: mine.read([name]), lambda name=name, mine=mine: mine[name]]
                if mine._fields[name].store:
                    paths.append(
                        lambda name=name, mine=mine, domain=domain: mine.search([*domain, (name, "!=", False)])
                    )
                if mine._fields[name].store and mine._fields[name].type != "one2many":
                    paths.append(
                        lambda name=name, mine=mine, domain=domain: mine.formatted_read_group(
                            domain, [name], ["__count"]
                        )
                    )
                    paths.append(lambda name=name, mine=mine, domain=domain: mine.search(domain, order=name))
                for path in paths:
                    with self.subTest(user=user.login, field=name):
                        self._refused(AccessError, path)

    def test_a_colleague_without_sales_rights_works_on(self):
        clerk = new_test_user(
            self.env,
            "grade_clerk",
            groups="base.group_user,base.group_partner_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        customer = self.theirs.with_user(clerk)
        views = {"form": "base.view_partner_form", "list": "base.view_partner_tree"}
        views |= {"kanban": "base.res_partner_kanban_view", "search": "base.view_res_partner_filter"}
        found = customer.get_views([(self.env.ref(view).id, kind) for kind, view in views.items()])
        for kind, view in found["views"].items():
            shown = etree.fromstring(view["arch"]).xpath("//field/@name | //page/@name | //filter/@name")
            self.assertFalse([name for name in shown if name.startswith(("customer_file", "file_"))], kind)
        customer.phone = "022"
        confirmed = self.env["customer.file.confirmation"].search([("partner_id", "=", customer.id)])
        self.assertEqual(confirmed.user_id, clerk, "whoever changes a value confirms it")
        customer.copy()
        customer.active = False
        self.assertEqual(self.theirs.customer_file_state, "closed")
        customer.active = True
        self.assertEqual(self.theirs.customer_file_state, "open")
