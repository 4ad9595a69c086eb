from datetime import date, datetime

from odoo.tests import TransactionCase, freeze_time, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestCompanyTime(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Shoe Parts"})
        cls.company.resource_calendar_id.tz = "Asia/Shanghai"
        cls.company.partner_id.tz = "America/New_York"

    def test_calendar_comes_before_contact(self):
        self.assertEqual(self.company._sales_timezone(), "Asia/Shanghai")
        self.company.resource_calendar_id = False
        self.assertEqual(self.company._sales_timezone(), "America/New_York")
        self.company.partner_id.tz = False
        self.assertEqual(self.company._sales_timezone(), "UTC")

    @freeze_time("2026-06-30 17:00:00")
    def test_today_is_the_company_s_day(self):
        user = new_test_user(self.env, login="far_away", tz="America/New_York")
        self.assertEqual(self.company.with_user(user)._sales_today(), date(2026, 7, 1))

    def test_bounds_of_a_month(self):
        self.assertEqual(
            self.company._sales_utc_bounds(date(2026, 7, 1), date(2026, 8, 1)),
            (datetime(2026, 6, 30, 16), datetime(2026, 7, 31, 16)),
        )

    def test_portal_user_may_ask(self):
        portal = new_test_user(self.env, login="portal_time", groups="base.group_portal")
        self.assertEqual(self.company.with_user(portal)._sales_timezone(), "Asia/Shanghai")
