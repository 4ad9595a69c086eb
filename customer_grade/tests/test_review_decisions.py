"""Accept, keep, override: who may, until when, and how it ends."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import REVIEW_DAY, GradeCase


@tagged("post_install", "-at_install")
class TestDecisions(GradeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls._customers(*"abcdef")
        cls._orders([(customer, 2000) for customer in cls.customers])
        cls.customers[:3].customer_grade_id = cls.grade["a"]
        cls.review = cls._review(cls._scheme())
        cls.all = cls.review.assessment_ids.sorted(lambda assessment: assessment.partner_id.id)

    def _as(self, user):
        return self.all.with_user(user)

    def test_accept_keep_and_override_in_bulk(self):
        rows = self._as(self.manager)
        rows[:2].action_accept()
        rows[2:4].action_keep()
        rows[4:]._override(self.grade["c"], "  New owner ")
        self.assertEqual(rows.mapped("decision"), ["accepted"] * 2 + ["kept"] * 2 + ["overridden"] * 2)
        self.assertEqual([row.grade_id.code for row in rows], ["B", "B", "A", False, "C", "C"])
        self.assertEqual([row.movement for row in rows], ["down", "down", "same", "same", "new", "new"])
        self.assertEqual(set(rows[4:].mapped("reason")), {"New owner"})
        self.assertEqual(rows.decided_by_id, self.manager)
        self.assertEqual(self.review.pending_count, 0)

    def test_a_decision_can_be_changed_until_the_review_is_closed(self):
        row = self._as(self.manager)[0]
        row._override(self.grade["d"], "Gut feeling", date(2026, 12, 31))
        row.action_accept()
        self.assertEqual((row.decision, row.grade_id), ("accepted", self.grade["b"]))
        self.assertFalse(row.reason or row.override_until)
        self.review.action_accept_all()
        self.review.action_decide()
        for decide in (row.action_accept, row.action_keep, lambda: row._override(self.grade["d"], "x")):
            with self.assertRefused("is not open for decisions"):
                decide()
        self.review.with_user(self.manager).action_reopen()
        row.action_keep()
        self.assertEqual(row.grade_id, self.grade["a"])

    def test_accept_all_leaves_what_was_decided(self):
        self._as(self.manager)[0].action_keep()
        self.review.with_user(self.manager).action_accept_all()
        self.assertEqual(self.all[0].decision, "kept")
        self.assertEqual(set(self.all[1:].mapped("decision")), {"accepted"})
        self.review.with_user(self.manager).action_accept_all()
        self.assertEqual(self.all[0].decision, "kept", "nothing to decide is no error")

    def test_an_override_needs_a_reason(self):
        for reason in ("", "   ", False):
            with self.assertRefused("An override needs a reason"):
                self._as(self.manager)[0]._override(self.grade["c"], reason)

    def test_an_override_ends_in_the_future(self):
        row = self._as(self.manager)[0]
        with self.assertRefused("ends before the day of the review"):
            row._override(self.grade["c"], "x", date(2026, 6, 29))
        row._override(self.grade["c"], "x", REVIEW_DAY)

    def test_an_override_takes_a_grade_of_the_company(self):
        other = self._make_company("Insole Works")
        foreign = self.env["customer.grade"].create({"name": "Gold", "code": "G", "company_id": other.id})
        with self.assertRefused("Grade Gold belongs to Insole Works"):
            self.all[0]._override(foreign, "x")

    def test_dialog(self):
        action = self._as(self.approver)[:2].action_override_wizard()
        wizard = self.env["customer.grade.override"].with_user(self.approver).with_context(**action["context"])
        wizard = wizard.create({"grade_id": self.grade["d"].id, "reason": "Moved abroad", "until": "2026-12-31"})
        self.assertEqual((wizard.assessment_count, wizard.company_id), (2, self.company))
        wizard.action_override()
        self.assertEqual(self.all[:2].mapped("decision"), ["overridden"] * 2)
        self.assertEqual(self.all[:2].mapped("override_until"), [date(2026, 12, 31)] * 2)
        self.assertIn("Reason: Moved abroad", self.all[0].explanation)

    def test_nothing_chosen(self):
        with self.assertRefused("Choose at least one customer"):
            self.all.browse().action_accept()

    def test_history_is_not_decided_again(self):
        manual = self._history(self.customers[0])
        self.assertEqual(manual.origin, "manual")
        with self.assertRefused("Grades that were set or imported are history"):
            manual.with_user(self.manager).action_keep()

    def test_a_salesman_decides_nothing(self):
        for user in (self.salesman, self.salesman_all):
            for decide in (
                lambda rows: rows.action_accept(),
                lambda rows: rows.action_keep(),
                lambda rows: rows._override(self.grade["a"], "My best"),
                lambda rows: rows.review_id.action_accept_all(),
                lambda rows: rows.review_id.action_decide(),
                lambda rows: rows.review_id.action_compute(),
                lambda rows: rows.review_id.action_cancel(),
            ):
                with self.assertRaises(AccessError):
                    decide(self._as(user)[0])
        self.assertEqual(set(self.all.mapped("decision")), {"pending"})


@tagged("post_install", "-at_install")
class TestOverrideExpiry(GradeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer, cls.other = cls._customers("Anta", "Xtep")
        cls._orders([(cls.customer, 2000), (cls.other, 2000)])
        cls.scheme = cls._scheme()

    def _override(self, until, day=REVIEW_DAY):
        review = self._review(self.scheme, day)
        self._of(review, self.customer)._override(self.grade["a"], "New owner", until)
        self._close(review)
        return review

    @staticmethod
    def _close(review):
        review.action_accept_all()
        review.action_decide()
        review.action_apply()

    def _expire(self, moment):
        with freeze_time(moment):
            self.env["customer.grade.assessment"]._cron_expire_overrides()

    def test_the_computed_grade_returns_after_the_last_day(self):
        self._override(date(2026, 9, 30))
        # Noon of the last day in Shanghai, then its next morning.
        self._expire("2026-09-30 15:59:00")
        self.assertEqual(self._grades(self.customer), ["A"])
        self._expire("2026-09-30 16:01:00")
        self.assertEqual(self._grades(self.customer + self.other), ["B", "B"])
        history = self._history(self.customer)
        self.assertRecordValues(
            history,
            [
                {"origin": "review", "grade_id": self.grade["a"].id, "is_current": False, "date": REVIEW_DAY},
                {"origin": "expiry", "grade_id": self.grade["b"].id, "is_current": True, "date": date(2026, 10, 1)},
            ],
        )
        self.assertEqual(history[1].movement, "down")
        self.assertEqual(self.customer.customer_grade_since, date(2026, 10, 1))
        self.assertEqual(self.customer.customer_grade_score, 65)
        self.assertIn("Override expired", self.customer.message_ids[0].body)
        self.assertEqual(len(self._history(self.other)), 1)
        self._expire("2026-10-02 01:00:00")
        self.assertEqual(len(self._history(self.customer)), 2, "it ends once")

    def test_without_end_it_lasts_until_the_next_review(self):
        self._override(None)
        self._expire("2030-01-01 00:00:00")
        self.assertEqual(self._grades(self.customer), ["A"])
        review = self._review(self.scheme, date(2026, 7, 31))
        self.assertEqual(self._of(review, self.customer).decision, "pending")
        self.assertEqual(self._of(review, self.customer).grade_id, self.grade["b"])

    def test_a_lasting_override_is_kept_in_each_review_and_then_ends(self):
        self._override(date(2026, 9, 30))
        for day in (date(2026, 7, 31), date(2026, 8, 31)):
            review = self._review(self.scheme, day)
            assessment = self._of(review, self.customer)
            self.assertEqual((assessment.grade_id, assessment.proposed_grade_id), (self.grade["a"], self.grade["b"]))
            self.assertEqual((assessment.override_until, assessment.reason), (date(2026, 9, 30), "New owner"))
            self.assertNotEqual(assessment.decision, "pending")
            self._close(review)
            self.assertEqual(self._grades(self.customer), ["A"])
        self._expire("2026-10-01 01:00:00")
        self.assertEqual(self._grades(self.customer), ["B"])

    def test_a_person_may_end_it_early(self):
        self._override(date(2026, 9, 30))
        review = self._review(self.scheme, date(2026, 7, 31))
        self._of(review, self.customer).action_accept()
        self._close(review)
        self.assertEqual(self._grades(self.customer), ["B"])
        self._expire("2026-10-01 01:00:00")
        self.assertEqual(len(self._history(self.customer)), 2)

    def test_a_review_after_the_end_asks_anew(self):
        self._override(date(2026, 7, 15))
        review = self._review(self.scheme, date(2026, 7, 31))
        assessment = self._of(review, self.customer)
        self.assertEqual((assessment.decision, assessment.grade_id), ("pending", self.grade["b"]))
        self.assertFalse(assessment.reason)

    def test_companies_apart(self):
        other = self._make_company("Insole Works", timezone="America/New_York")
        self.env.user.company_ids += other
        self._override(date(2026, 9, 30))
        self._orders([(self.customer, 2000)], company=other)
        review = self._review(self._scheme(company=other))
        review.assessment_ids._override(self.grade["c"], "x", date(2026, 9, 30))
        self._close(review)
        self._expire("2026-10-01 01:00:00")
        self.assertEqual(self._grades(self.customer), ["B"])
        self.assertEqual(self._grades(self.customer, other), ["C"], "still 30 September in New York")
        self._expire("2026-10-01 05:00:00")
        self.assertEqual(self._grades(self.customer, other), ["B"])
