"""What happens by itself: reviews that are due, the half-yearly discussion."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import GradeCase

SCHEDULE = "odoo.addons.customer_grade.models.customer_grading_scheme"

JULY_1 = "2026-06-30 17:00:00"
"""1 July in Shanghai."""


@tagged("post_install", "-at_install")
class TestSchedule(GradeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["customer.grading.scheme"].search([("state", "=", "active")]).action_retire()
        cls.customer = cls._customers("Anta")
        cls._order(cls.customer, 2000)
        with freeze_time("2026-05-01 12:00:00"):
            cls.scheme = cls._scheme(review_period="quarter", discuss_on="2026-11-01")

    def _run(self, moment):
        # Not through the scheduler: while the time stands still, it repeats a job without end.
        with freeze_time(moment), self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["customer.grading.scheme"]._cron_run()

    def _reviews(self, scheme=None):
        return self.env["customer.grade.review"].search([("scheme_id", "=", (scheme or self.scheme).id)], order="date")

    def test_the_review_of_the_past_quarter_is_prepared(self):
        self.assertEqual(self.scheme.next_review_on, date(2026, 7, 1))
        self._run("2026-06-30 15:00:00")
        self.assertFalse(self._reviews(), "still June in Shanghai")
        self._run(JULY_1)
        review = self._reviews()
        self.assertEqual((review.date, review.state), (date(2026, 6, 30), "computed"))
        self.assertEqual(self.scheme.next_review_on, date(2026, 10, 1))
        self.assertEqual(review.activity_ids.user_id, self.manager)
        self.assertIn("1 were graded, 1 are to decide", review.activity_ids.note)
        self.assertEqual(self._grades(self.customer), [None], "a person decides")
        self._run(JULY_1)
        self.assertEqual(len(self._reviews()), 1)

    def test_missed_quarters_are_made_up_for(self):
        self._run("2026-10-02 12:00:00")
        self._run("2026-10-03 12:00:00")
        self._run("2026-10-04 12:00:00")
        self.assertEqual(self._reviews().mapped("date"), [date(2026, 6, 30), date(2026, 9, 30)])

    def test_auto_apply(self):
        self.scheme.auto_apply = True
        self._run(JULY_1)
        self.assertEqual(self._reviews().state, "applied")
        self.assertEqual(self._grades(self.customer), ["B"])
        self._run("2026-10-01 12:00:00")
        self.assertEqual(self._reviews().mapped("state"), ["applied", "applied"], "nothing to decide is no failure")

    def test_auto_apply_keeps_the_grade_of_incomplete_customers(self):
        dollar = self._currency("USD")
        dollar.rate_ids.unlink()
        pricelist = self.env["product.pricelist"].create({"name": "Export", "currency_id": dollar.id})
        export = self._customers("Export")
        export.customer_grade_id = self.grade["a"]
        self._order(export, 5, pricelist_id=pricelist.id)
        self.scheme.auto_apply = True
        self._run(JULY_1)
        self.assertEqual(self._reviews().state, "applied")
        self.assertEqual(self._grades(self.customer + export), ["B", "A"])
        self.assertEqual(self._of(self._reviews(), export).decision, "kept")

    def test_only_approvers_let_it_apply_by_itself(self):
        self.policy_admin.group_ids = self.env.ref("base.group_user")
        self.env["ir.model.access"].create({
            "name": "Configures schemes, applies nothing",
            "model_id": self.env["ir.model"]._get_id("customer.grading.scheme"),
            "group_id": self.env.ref("base.group_user").id,
            "perm_read": True,
            "perm_write": True,
            "perm_create": True,
            "perm_unlink": False,
        })
        scheme = self.scheme.with_user(self.policy_admin)
        scheme.review_period = "month"
        empty = {"name": "x", "criterion_ids": [], "threshold_ids": []}
        with self.assertRefused("You may not apply customer grades", AccessError):
            scheme.auto_apply = True
        with self.assertRefused("You may not apply customer grades", AccessError):
            scheme.create({**empty, "auto_apply": True})
        with self.assertRefused("You may not apply customer grades", AccessError):
            scheme.with_context(default_auto_apply=True).create(empty)
        self.assertFalse(scheme.create(empty).auto_apply)

    def test_discussion_half_yearly(self):
        self._run("2026-10-31 17:00:00")
        activity = self.scheme.activity_ids
        self.assertEqual((activity.summary, activity.user_id), ("Discuss the grading scheme", self.manager))
        self.assertEqual(self.scheme.discuss_on, date(2027, 5, 1))

    def test_one_failure_holds_up_nobody(self):
        empty = self._make_company("Insole Works")
        other = self._make_company("Midsole Works")
        self.env.user.company_ids += empty + other
        self._orders([(self.customer, 50)], company=other)
        with freeze_time("2026-05-01 12:00:00"):
            failing = self._scheme(company=empty, review_period="quarter", name="Failing")
            sound = self._scheme(company=other, review_period="quarter", name="Sound")
        for _day in range(2):
            self._run(JULY_1)
        self.assertFalse(self._reviews(failing))
        self.assertEqual(len(failing.activity_ids), 1, "told once, not every day")
        self.assertEqual(failing.activity_ids.user_id, self.manager)
        self.assertIn("There is nobody to grade", failing.activity_ids.note)
        self.assertEqual(failing.next_review_on, date(2026, 7, 1), "tried again tomorrow")
        self.assertEqual(self._reviews(sound).state, "computed")
        self.assertEqual(self._reviews().state, "computed")

    def test_an_error_nobody_foresaw_holds_up_nobody(self):
        other = self._make_company("Midsole Works")
        self.env.user.company_ids += other
        self._orders([(self.customer, 50)], company=other)
        with freeze_time("2026-05-01 12:00:00"):
            sound = self._scheme(company=other, review_period="quarter", name="Sound")
        Metric = type(self.env["customer.grade.metric"])
        fetch = Metric._fetch_figures

        def by_python(metrics, keys, window, kind="customer"):
            if window.company_id == self.company.id:
                raise ZeroDivisionError("no pairs sold")
            return fetch(metrics, keys, window, kind)

        def by_database(metrics, keys, window, kind="customer"):
            if window.company_id == self.company.id:
                metrics.env.cr.execute("SELECT 1 / 0")
            return fetch(metrics, keys, window, kind)

        for moment, failing in ((JULY_1, by_python), ("2026-10-02 12:00:00", by_database)):
            with (
                self.subTest(failing=failing.__name__),
                patch.object(Metric, "_fetch_figures", failing),
                mute_logger(SCHEDULE, "odoo.sql_db"),
            ):
                self._run(moment)
        self.assertFalse(self._reviews(), "what the failing scheme did is undone")
        self.assertEqual(self.scheme.next_review_on, date(2026, 7, 1), "tried again tomorrow")
        self.assertEqual(self.scheme.activity_ids.user_id, self.manager)
        self.assertIn("ZeroDivisionError: no pairs sold", self.scheme.activity_ids.note)
        self.assertEqual(self._reviews(sound).mapped("state"), ["computed", "computed"])
        with patch.object(Metric, "_fetch_figures", by_python), self.assertLogs(SCHEDULE, "ERROR") as log:
            self._run("2026-10-03 12:00:00")
        self.assertIn("The scheduled review of Standard v1 failed", log.output[0])
        self.assertIn("Traceback", log.output[0])

    def test_a_choice_of_customers_that_became_invalid(self):
        other = self._make_company("Midsole Works")
        self.env.user.company_ids += other
        self._orders([(self.customer, 50)], company=other)
        with freeze_time("2026-05-01 12:00:00"):
            sound = self._scheme(company=other, review_period="quarter", name="Sound")
        self.env.flush_all()
        # As after the removal of the addon that brought the field.
        self.env.cr.execute(
            "UPDATE customer_grading_scheme SET population_domain = %s WHERE id = %s",
            ["[('x_gone', '=', 1)]", self.scheme.id],
        )
        self.env.invalidate_all()
        self._run(JULY_1)
        self.assertEqual(self._reviews(sound).state, "computed")
        self.assertFalse(self._reviews())
        self.assertTrue(self.scheme.activity_ids)
