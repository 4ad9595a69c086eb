from ast import literal_eval

from odoo.tests import freeze_time, tagged

from odoo.addons.sale_sample.tests.common import MONDAY_9
from odoo.addons.sale_sample.tests.common_screens import read_form, view_arch

from .common import MouldCase


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestMouldScreens(MouldCase):
    """Whoever may read a mould can open its form, and finds the menu that leads there."""

    def test_analysis(self):
        """Whatever the search view groups by, and the pivot and graph measure, can be counted."""
        self._mould()
        self.manager.group_ids += self.env.ref("base.group_multi_company")
        moulds = self.env["sale.sample.mould"].with_user(self.manager)
        filters = view_arch(moulds, "search").xpath("//group/filter")
        offered = {literal_eval(one.get("context"))["group_by"] for one in filters}
        self.assertLessEqual({"user_id", "team_id", "company_id", "owner", "maker_id", "state", "partner_id"}, offered)
        for group in offered:
            with self.subTest(group=group):
                moulds.formatted_read_group([], [group], ["__count"])
        for kind in ("pivot", "graph"):
            for field in view_arch(moulds, kind).xpath("//field[@type='measure']"):
                with self.subTest(kind=kind, measure=field.get("name")):
                    moulds.formatted_read_group([], [], [f"{field.get('name')}:sum"])

    def test_mould(self):
        mould = self.env["sale.sample.mould"].create({
            "shape": "Cup sole T",
            "request_id": self._submitted().id,
            "place_id": self
            .env["sales.department.place"]
            .create({"name": "Shelf T", "company_id": self.company.id})
            .id,
        })
        for role in ("salesman", "manager", "rnd", "quality", "finance", "planning", "policy_admin"):
            with self.subTest(role=role):
                self.env.invalidate_all()
                self.assertEqual(read_form(mould.with_user(getattr(self, role)))["shape"], "Cup sole T")

    def _menus(self, user):
        """Return the external ids of the entries of the Samples menu that a user sees."""
        root = self.env.ref("sale_sample.sale_sample_menu")
        visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
        menus = self.env["ir.ui.menu"].search([("id", "child_of", root.id), ("id", "in", list(visible))])
        return set(menus.get_external_id().values())

    def test_planning_sees_moulds_only(self):
        self.assertEqual(
            self._menus(self.planning), {"sale_sample.sale_sample_menu", "sale_sample_mould.sale_sample_mould_menu"}
        )

    def test_menus_of_others(self):
        menu = "sale_sample_mould.sale_sample_mould_menu"
        for role in ("salesman", "finance", "policy_admin", "rnd", "quality"):
            with self.subTest(role=role):
                self.assertIn(menu, self._menus(getattr(self, role)))
        self.assertNotIn(menu, self._menus(self.internal))
