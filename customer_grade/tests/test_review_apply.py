"""Applying: all or nothing, on the state of affairs that was reviewed."""

from datetime import date, datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import GROUPS, REVIEW_DAY, GradeCase


class Killed(Exception):
    """Stands for the end of the process in the middle of the work."""


@tagged("post_install", "-at_install")
class TestApply(GradeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls._customers("Anta", "Xtep")
        cls._orders([(customer, 2000) for customer in cls.customers])
        cls.scheme = cls._scheme()

    def _decided(self, day=REVIEW_DAY):
        review = self._review(self.scheme, day)
        review.action_accept_all()
        review.action_decide()
        return review

    def test_only_decided_reviews(self):
        review = self._review(self.scheme)
        with self.assertRefused("cannot become “Applied”"):
            review.action_apply()
        review = self._decided()
        review.action_apply()
        with self.assertRefused("is “Applied”, which is final"):
            review.action_apply()
        for action in (review.action_compute, review.action_cancel, review.action_reopen):
            with self.assertRefused("which is final"):
                action()
        with self.assertRefused("part of the grade history and cannot be deleted"):
            review.unlink()

    def test_an_older_review_after_a_newer_one(self):
        older = self._decided()
        newer = self._decided(date(2026, 7, 31))
        newer.action_apply()
        with self.assertRefused("already applied and looks at a later day"):
            older.action_apply()
        self.assertEqual(older.state, "decided")
        self.assertEqual(len(self._history(self.customers[0])), 1)

    def test_grades_changed_since(self):
        review = self._decided()
        self.customers[0].customer_grade_id = self.grade["d"]
        with self.assertRefused("Grades changed since .* for example of Anta"):
            review.action_apply()
        review.action_reopen()
        review.action_compute()
        self.assertEqual(self._of(review, self.customers[0]).previous_grade_id, self.grade["d"])
        review.action_accept_all()
        review.action_decide()
        review.action_apply()
        self.assertEqual(self._grades(self.customers), ["B", "B"])

    def test_two_reviews_of_one_day(self):
        first, second = self._decided(), self._decided()
        first.action_apply()
        with self.assertRefused("Grades changed since"):
            second.action_apply()

    def test_killed_while_computing(self):
        review = self._review(self.scheme)
        review.action_accept_all()
        before = review.assessment_ids.ids
        self._order(self.customers[0], 50000)
        model = self.registry["customer.grade.review"]
        original = model._store

        def killed(review, assessments):
            original(review, assessments)
            raise Killed

        with self.assertRaises(Killed), patch.object(model, "_store", killed):
            review.action_compute()
        self.env.invalidate_all()
        self.assertEqual(review.assessment_ids.ids, before)
        self.assertEqual(set(review.assessment_ids.mapped("decision")), {"accepted"})
        review.action_compute()
        self.assertEqual(self._of(review, self.customers[0]).revenue, 52000)

    def test_killed_while_applying(self):
        review = self._decided()
        partner = self.registry["res.partner"]

        def killed(*args):
            raise Killed

        with self.assertRaises(Killed), patch.object(partner, "_log_grade_change", killed):
            review.action_apply()
        self.env.invalidate_all()
        self.assertEqual((review.state, review.applied_by_id.id), ("decided", False))
        self.assertEqual(set(review.assessment_ids.mapped("state")), {"proposed"})
        self.assertFalse(any(review.assessment_ids.mapped("is_current")))
        self.assertEqual(self._grades(self.customers), [None, None])
        review.action_apply()
        self.assertEqual(self._grades(self.customers), ["B", "B"])
        self.assertEqual(len(self._history(self.customers[0])), 1)

    def test_each_customer_has_a_message_of_his_own(self):
        before = self.customers.message_ids
        review = self._decided()
        review.with_user(self.approver).action_apply()
        messages = self.customers.message_ids - before
        self.assertEqual(sorted(messages.mapped("res_id")), sorted(self.customers.ids))
        self.assertEqual(len(set(messages.mapped("message_id"))), 2)
        self.assertEqual(len(set(messages.mapped("body"))), 1)
        values = messages.tracking_value_ids
        self.assertEqual((len(values), set(values.mapped("new_value_char"))), (2, {"B"}))
        self.assertEqual(messages.author_id, self.approver.partner_id)
        self.assertEqual(set(messages.mapped("model")), {"res.partner"})
        self.assertTrue(all(message.is_internal or message.subtype_id.internal for message in messages))
        for customer in self.customers:
            self.assertEqual(len(customer.with_user(self.salesman).message_ids & messages), 1)

    def test_a_review_stays_in_its_company(self):
        other = self._make_company("Insole Works")
        self.manager.company_ids += other
        review = self._decided().with_user(self.manager).with_context(allowed_company_ids=(self.company + other).ids)
        with self.assertRaises(UserError):
            review.company_id = other
            review.flush_recordset()

    def test_another_companys_grades_stay(self):
        other = self._make_company("Insole Works")
        self.env.user.company_ids += other
        self.customers.with_company(other).customer_grade_id = self.grade["d"]
        self._decided().action_apply()
        self.assertEqual(self._grades(self.customers), ["B", "B"])
        self.assertEqual(self._grades(self.customers, other), ["D", "D"])
        theirs = self.customers[0].with_company(other).action_view_customer_grade_history()["domain"]
        self.assertEqual(self.env["customer.grade.assessment"].search_count(theirs), 1)

    def test_a_kept_nothing_stays_nothing(self):
        review = self._review(self.scheme)
        review.assessment_ids.action_keep()
        review.action_decide()
        review.action_apply()
        self.assertEqual(self._grades(self.customers), [None, None])
        self.assertFalse(self.customers[0].customer_grade_since)
        self.assertTrue(self._of(review, self.customers[0]).is_current, "the decision itself is history")

    def test_nobody_changes_history(self):
        review = self._decided()
        review.action_apply()
        row = self._of(review, self.customers[0])
        for role in GROUPS:
            user = getattr(self, role)
            mine = row.with_user(user)
            with self.subTest(role):
                for change in (
                    lambda rows: rows.write({"grade_id": self.grade["a"].id}),
                    lambda rows: rows.write({"reason": "x"}),
                    lambda rows: rows.unlink(),
                    lambda rows: rows.copy(),
                    lambda rows: rows.create({
                        "partner_id": self.customers[0].id,
                        "company_id": self.company.id,
                        "date": REVIEW_DAY,
                    }),
                    lambda rows: rows.review_id.write({"assessment_ids": [(2, rows.id)]}),
                    lambda rows: rows.review_id.write({"ladders": {}}),
                    lambda rows: rows.review_id.write({"applied_by_id": rows.env.uid}),
                ):
                    # An applied review is settled: those who may write reviews read that instead.
                    with self.assertRaises(UserError):
                        change(mine)
        self.assertEqual(row.grade_id, self.grade["b"])

    def test_roles(self):
        review = self._decided()
        for role in ("salesman", "salesman_all", "manager", "internal"):
            with self.subTest(role), self.assertRaises(AccessError):
                review.with_user(getattr(self, role)).action_apply()
        review.with_user(self.policy_admin).action_apply()
        self.assertEqual(review.state, "applied")

    def test_the_overtaken_customer_may_have_moved_under_a_company(self):
        review = self._decided()
        self.customers[1].write({"parent_id": self.customers[0].id, "is_company": False})
        review.action_apply()
        self.assertEqual(self._grades(self.customers), ["B", "B"])
        self._order(self.customers[0], 1, datetime(2026, 7, 10, 4))
        self.assertEqual(self._review(self.scheme, date(2026, 7, 31)).assessment_ids.partner_id, self.customers[0])
