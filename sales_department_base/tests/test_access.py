from odoo.exceptions import AccessError
from odoo.tests import Form, TransactionCase, new_test_user, tagged, users

ROLES = (
    "group_policy_admin",
    "group_collaborator_rnd",
    "group_collaborator_planning",
    "group_collaborator_finance",
    "group_collaborator_quality",
)


@tagged("post_install", "-at_install")
class TestAccess(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        base = "sales_department_base."
        new_test_user(cls.env, login="base_policy", groups=base + "group_policy_admin")
        new_test_user(cls.env, login="base_rnd", groups=base + "group_collaborator_rnd")
        new_test_user(cls.env, login="base_manager", groups="sales_team.group_sale_manager")
        new_test_user(cls.env, login="base_internal", groups="base.group_user")
        cls.other_company = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.day = cls.env["resource.calendar.makeup.day"].create({
            "name": "National Day",
            "date": "2026-10-10",
            "weekday": "4",
        })

    def _groups(self):
        return [self.env.ref(f"sales_department_base.{role}") for role in ROLES]

    def test_one_person_may_hold_every_role(self):
        """The user form keeps one group per privilege: no two roles share one."""
        groups = self._groups()
        self.assertEqual(len({group.privilege_id for group in groups}), len(ROLES))
        self.assertEqual(
            {group.privilege_id.category_id for group in groups},
            {self.env.ref("sales_department_base.module_category_sales_department")},
        )
        for group in groups:
            self.assertIn(self.env.ref("base.group_user"), group.implied_ids)
            # Roles stand beside Odoo's own sales groups, which stay in force. Other addons
            # may let a role imply rights of their own.
            self.assertNotIn(self.env.ref("sales_team.group_sale_salesman"), group.all_implied_ids)

    def test_administrators_start_as_policy_administrators(self):
        admin = self.env.ref("base.user_admin")
        self.assertTrue(admin.has_group("sales_department_base.group_policy_admin"))
        self.assertFalse(admin.has_group("sales_department_base.group_collaborator_rnd"))

    @users("base_policy")
    def test_policy_administrator_keeps_makeup_days(self):
        with Form(self.env["resource.calendar.makeup.day"]) as form:
            form.name = "Spring Festival"
            form.date = "2026-02-14"
            form.weekday = "0"
        day = form.record
        self.assertEqual(day.company_id, self.env.company)
        day.name = "Spring Festival 2026"
        day.unlink()

    @users("base_rnd", "base_manager", "base_internal")
    def test_others_read_makeup_days_only(self):
        day = self.day.with_env(self.env)
        self.assertEqual(day.name, "National Day")
        with self.assertRaises(AccessError):
            day.name = "Mine"
        with self.assertRaises(AccessError):
            day.unlink()
        with self.assertRaises(AccessError):
            day.create({"name": "Mine", "date": "2026-10-11"})

    @users("base_policy")
    def test_makeup_days_of_other_companies_are_hidden(self):
        days = self.day.sudo().create([
            {"name": "Theirs", "date": "2026-10-11", "company_id": self.other_company.id},
            {"name": "Everyone's", "date": "2026-10-12"},
        ])
        days[1].company_id = False
        found = self.env["resource.calendar.makeup.day"].search([("id", "in", (self.day | days).ids)])
        self.assertEqual(found, self.day | days[1])

    def _visible_menus(self, login):
        user = self.env["res.users"].search([("login", "=", login)])
        menus = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
        names = ("root", "customers", "reporting", "configuration")
        return {
            name for name in names if self.env.ref(f"sales_department_base.sales_department_menu_{name}").id in menus
        }

    def test_configuration_is_for_those_who_configure(self):
        self.assertLessEqual({"root", "configuration"}, self._visible_menus("base_policy"))
        self.assertLessEqual({"root", "configuration"}, self._visible_menus("base_manager"))
        self.assertNotIn("configuration", self._visible_menus("base_rnd"))
