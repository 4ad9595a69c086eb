"""A review from the computation to the valid grades."""

from datetime import date, datetime

from markupsafe import Markup

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import REVIEW_DAY, GradeCase


@tagged("post_install", "-at_install")
class TestReviewFlow(GradeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.big, cls.middle, cls.small = cls.customers = cls._customers("Anta", "Xtep", "Peak")
        cls._orders([(cls.big, 20000), (cls.middle, 2000), (cls.small, 10)])
        cls.scheme = cls._scheme()

    def test_from_draft_to_valid_grades(self):
        contact = self.env["res.partner"].create({"name": "Ms Li", "parent_id": self.big.id})
        review = self.env["customer.grade.review"].with_user(self.manager).create({"date": REVIEW_DAY})
        self.assertEqual(
            (review.scheme_id, review.company_id, review.user_id), (self.scheme, self.company, self.manager)
        )
        self.assertEqual(review.window_start, date(2025, 7, 1))
        review.action_compute()
        self.assertEqual((review.assessment_count, review.pending_count, review.changed_count), (3, 3, 3))
        self.assertRecordValues(
            self._of(review, self.middle),
            [
                {
                    "revenue": 2000,
                    "order_count": 1,
                    "score": 65,
                    "proposed_grade_id": self.grade["b"].id,
                    "previous_grade_id": False,
                    "grade_id": self.grade["b"].id,
                    "movement": "new",
                    "decision": "pending",
                    "state": "proposed",
                    "figures": {"revenue": 2000.0},
                    "points": {"revenue": 65.0},
                }
            ],
        )
        with self.assertRefused("3 proposals of .* are still to decide"):
            review.action_decide()
        self._of(review, self.big).action_accept()
        review.action_accept_all()
        self.assertEqual(review.pending_count, 0)
        review.action_decide()
        with self.assertRefused("You may not apply customer grades", AccessError):
            review.action_apply()
        with freeze_time("2026-07-05 10:00:00"):
            review.with_user(self.approver).action_apply()
        self.assertEqual((review.state, review.applied_by_id), ("applied", self.approver))
        self.assertEqual(review.applied_on, datetime(2026, 7, 5, 10))
        self.assertEqual(self._grades(self.customers + contact), ["A", "B", "D", "A"])
        self.assertEqual(self.big.customer_grade_score, 90)
        self.assertEqual((self.big + contact).mapped("customer_grade_since"), [REVIEW_DAY, REVIEW_DAY])
        self.assertEqual(self._of(review, self.big).decided_by_id, self.manager)

    def test_each_changed_customer_hears_of_it_once(self):
        before = len(self.big.message_ids)
        review = self._applied(self.scheme)
        self.assertEqual(len(self.big.message_ids), before + 1)
        body = self.big.message_ids[0].body
        self.assertIn(f"Grade review {review.display_name}", body)
        self.assertNotIn("A</b>", body)
        self.assertEqual(self._said(self.big), ("", "A"))
        self._applied(self.scheme, date(2026, 7, 31))
        self.assertEqual(len(self.big.message_ids), before + 1, "no message without a change")

    def test_history_holds_one_current_entry(self):
        self._applied(self.scheme)
        self._orders([(self.middle, 20000)], datetime(2026, 7, 10, 4))
        self._applied(self.scheme, date(2026, 7, 31))
        history = self._history(self.middle)
        self.assertEqual(history.grade_id.mapped("code"), ["B", "A"])
        self.assertEqual(history.mapped("is_current"), [False, True])
        self.assertEqual(history.mapped("movement"), ["new", "up"])
        self.assertEqual(self.middle.customer_grade_since, date(2026, 7, 31))
        self.assertEqual(self.big.customer_grade_since, REVIEW_DAY, "since the first review that gave it")

    def test_matrix(self):
        self._applied(self.scheme)
        newcomer = self._customers("Erke")
        self._orders([(self.middle, 20000), (newcomer, 500)], datetime(2026, 7, 10, 4))
        review = self._review(self.scheme, date(2026, 7, 31))
        grade = {key: record.id for key, record in self.grade.items()}
        self.assertEqual(
            review.matrix["cells"],
            {
                f"{grade['a']},{grade['a']}": {"count": 1, "revenue": 20000},
                f"{grade['b']},{grade['a']}": {"count": 1, "revenue": 22000},
                f"{grade['d']},{grade['d']}": {"count": 1, "revenue": 10},
                f"0,{grade['c']}": {"count": 1, "revenue": 500},
            },
        )
        self.assertEqual([column["name"] for column in review.matrix["grades"]], ["A", "B", "C", "D", "Unrated"])
        self.assertFalse(review.matrix["ungraded_after"])
        self.assertEqual((review.changed_count, review.pending_count), (2, 2))

    def test_nobody_to_grade(self):
        review = self._review(self.scheme, date(2020, 1, 1), compute=False)
        with self.assertRefused("There is nobody to grade.*Outsole Works"):
            review.action_compute()
        self.assertEqual(review.state, "draft")

    def test_the_scheme_chooses_customers(self):
        self.scheme.action_retire()
        self.middle.ref = "export"
        scheme = self._scheme(name="Export", population_domain="[('ref', '=', 'export')]")
        self.assertEqual(self._review(scheme).assessment_ids.partner_id, self.middle)
        self.middle.ref = False
        with self.assertRefused("customers the scheme chooses"):
            self._review(scheme)

    def test_whoever_has_a_grade_is_reviewed(self):
        sleeper = self._customers("Sleeper")
        sleeper.customer_grade_id = self.grade["a"]
        archived = self._customers("Archived", active=False)
        archived.customer_grade_id = self.grade["a"]
        review = self._review(self.scheme)
        self.assertEqual(review.assessment_ids.partner_id, self.customers + sleeper)
        self.assertEqual(
            (self._of(review, sleeper).grade_id, self._of(review, sleeper).movement), (self.grade["d"], "down")
        )

    def test_a_scheme_not_in_force_grades_nobody(self):
        review = self._review(self.scheme, compute=False)
        self.scheme.action_retire()
        with self.assertRefused("Standard v1 is not in force"):
            review.action_compute()

    def test_day_and_scheme_are_fixed_once_computed(self):
        review = self._review(self.scheme)
        with self.assertRefused("Scheme and day of .* are fixed"):
            review.date = date(2026, 5, 31)
        review.action_cancel()
        review.action_draft()
        review.date = date(2026, 5, 31)

    def test_recompute_takes_new_orders_in(self):
        review = self._review(self.scheme)
        review.action_accept_all()
        self._order(self.small, 5000)
        review.action_compute()
        self.assertEqual(len(review.assessment_ids), 3)
        self.assertEqual(self._of(review, self.small).revenue, 5010)
        self.assertEqual(set(review.assessment_ids.mapped("decision")), {"pending"}, "decisions start anew")

    def test_minimum_history(self):
        self.scheme.action_retire()
        scheme = self._scheme(name="History", minimum_orders=2)
        self._order(self.big, 1)
        review = self._review(scheme)
        self.assertEqual([self._of(review, who).grade_id.code for who in self.customers], ["A", "U", "U"])
        middle = self._of(review, self.middle)
        self.assertEqual((middle.by_score_grade_id, middle.movement), (self.grade["b"], "new"))
        self.assertIn("1 orders (2 needed)", middle.reasons_text)

    def test_hysteresis_over_reviews(self):
        self.scheme.action_retire()
        scheme = self._scheme(name="Calm", hysteresis_margin=30, hysteresis_reviews=2)
        self._applied(scheme)
        self._orders([(self.middle, 20000)], datetime(2026, 7, 10, 4))
        july = self._of(self._applied(scheme, date(2026, 7, 31)), self.middle)
        self.assertEqual((july.grade_id, july.by_score_grade_id, july.streak), (self.grade["b"], self.grade["a"], 1))
        self.assertIn("2 reviews in a row ask for the change (now 1)", july.reasons_text)
        august = self._of(self._applied(scheme, date(2026, 8, 31)), self.middle)
        self.assertEqual((august.grade_id, august.streak), (self.grade["a"], 0))
        self.assertEqual(self._grades(self.middle), ["A"])

    def test_salespeople_at_the_time_are_kept(self):
        self.big.user_id = self.salesman
        review = self._applied(self.scheme)
        self.big.user_id = self.salesman_all
        self.assertEqual(self._of(review, self.big).user_id, self.salesman)

    def test_markup_in_names_is_text(self):
        name = "<b>x</b><script>alert(1)</script>"
        self.big.name = name
        self.grade["a"].name = "<i>A</i>"
        review = self._review(self.scheme)
        assessment = self._of(review, self.big)
        assessment._override(self.grade["b"], name)
        review.action_accept_all()
        review.action_decide()
        review.action_apply()
        self._order(self.big, 1, datetime(2026, 7, 10, 4))
        self._applied(self.scheme, date(2026, 7, 31))
        for html in (assessment.explanation, self.big.message_ids[0].body, self.big.message_ids[1].body):
            self.assertIsInstance(html, Markup)
            self.assertNotIn("<script", html)
            self.assertNotIn("<i>", html)
        self.assertIn("&lt;script&gt;", assessment.explanation)
        self.assertEqual(self._said(self.big), ("B", "<i>A</i>"), "the chatter escapes it")

    def test_explanation_says_what_is_missing(self):
        assessment = self._of(self._review(self.scheme), self.middle)
        self.assertIn("15.0 points are missing to grade A", assessment.missing)
        self.assertRegex(assessment.missing, r"Revenue of at least ¥?\s*10,000.* \(now .*2,000")
        for text in ("Revenue", "2,000", "65.0", "100%", "15.0 points are missing"):
            self.assertIn(text, assessment.explanation)
        self.assertFalse(self._of(self._review(self.scheme), self.big).missing, "A is the best")

    def test_explanation_stays_as_it_was(self):
        review = self._applied(self.scheme)
        assessment = self._of(review, self.middle)
        before = (assessment.explanation, assessment.missing)
        version = self.env["customer.grading.scheme"].browse(self.scheme.action_new_version()["res_id"])
        version.threshold_ids.filtered(lambda step: step.minimum == 80).minimum = 99
        version.criterion_ids.band_ids[-1].points = 100
        version.action_activate()
        self._order(self.middle, 20000, datetime(2026, 7, 10, 4))
        self._applied(version, date(2026, 7, 31))
        self.env.invalidate_all()
        self.assertEqual((assessment.explanation, assessment.missing), before)


@tagged("post_install", "-at_install")
class TestIncompleteFigures(GradeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dollar = cls._currency("USD")
        cls.dollar.rate_ids.unlink()
        pricelist = cls.env["product.pricelist"].create({"name": "Export", "currency_id": cls.dollar.id})
        cls.export, cls.home = cls._customers("Export", "Home")
        cls._order(cls.export, 2000, pricelist_id=pricelist.id)
        cls._order(cls.home, 2000)
        cls.scheme = cls._scheme()

    def test_flagged_without_a_proposal(self):
        review = self._review(self.scheme)
        assessment = self._of(review, self.export)
        self.assertTrue(assessment.is_incomplete)
        self.assertFalse(assessment.proposed_grade_id)
        self.assertEqual(review.incomplete_count, 1)
        self.assertIn("orders in USD, for which Outsole Works has no exchange rate", assessment.explanation)
        self.assertFalse(assessment.missing)
        self.assertEqual(self._of(review, self.home).points, {"revenue": 65})

    def test_it_is_decided_by_hand(self):
        review = self._review(self.scheme)
        review.action_accept_all()
        assessment = self._of(review, self.export)
        self.assertEqual(assessment.decision, "pending")
        with self.assertRefused("No grade could be proposed for Export"):
            assessment.action_accept()
        assessment.action_keep()
        review.action_decide()
        review.action_apply()
        self.assertEqual(self._grades(self.export + self.home), [None, "B"])

    def test_a_rate_makes_it_complete(self):
        review = self._review(self.scheme)
        self._rate(self.dollar, 0.125, "2026-06-29")
        review.action_compute()
        assessment = self._of(review, self.export)
        self.assertFalse(assessment.is_incomplete)
        self.assertEqual((assessment.revenue, assessment.proposed_grade_id), (16000, self.grade["a"]))

    def test_the_others_are_ranked_among_themselves(self):
        self.scheme.action_retire()
        scheme = self._scheme(
            name="Rank", criterion_ids=[Command.create({"metric": "revenue", "method": "percentile"})]
        )
        self.assertEqual(self._of(self._review(scheme), self.home).score, 100)
