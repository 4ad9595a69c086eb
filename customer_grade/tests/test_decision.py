"""From score to grade, without a database. Grades are 1 (best) to 4; 9 is unrated."""

import random

from odoo.tests import BaseCase

from odoo.addons.customer_grade.tools.decision import (
    SCORE_TOLERANCE,
    Policy,
    Subject,
    Threshold,
    Veto,
    decide,
    grade_for_score,
    points_to_next,
)

STEPS = (Threshold(1, 80), Threshold(2, 60), Threshold(3, 35), Threshold(4, 0))


def policy(**values):
    return Policy(thresholds=STEPS, unrated=9, **values)


def subject(score, previous=None, streak=0, figures=None, months=None, orders=0):
    return Subject(score, figures or {}, previous, streak, months, orders)


class TestThresholds(BaseCase):
    def test_the_threshold_itself_earns_the_grade(self):
        expected = {100: 1, 80: 1, 79.99: 2, 60: 2, 59.99: 3, 35: 3, 34.99: 4, 0: 4, -1: 4}
        self.assertEqual({score: decide(policy(), subject(score)).grade for score in expected}, expected)

    def test_rounding_does_not_cost_a_grade(self):
        self.assertEqual(grade_for_score(79.9999999, STEPS), 1)
        self.assertEqual(grade_for_score(79.99999, STEPS), 2)
        self.assertEqual(grade_for_score((0.1 + 0.7) * 100, STEPS), 1)
        self.assertEqual(grade_for_score(80, [Threshold(1, 80 + SCORE_TOLERANCE), Threshold(2, 0)]), 1, "just reached")

    def test_without_hysteresis_the_grade_follows_the_score(self):
        for previous in (None, 1, 2, 3, 4, 9):
            outcome = decide(policy(), subject(70, previous, streak=5))
            self.assertEqual((outcome.grade, outcome.streak, outcome.reasons), (2, 0, ()))


class TestHistory(BaseCase):
    def test_too_new_is_unrated_whatever_the_score(self):
        rules = policy(minimum_months=6, vetoes=(Veto("overdue", ">", 90, 3),))
        outcome = decide(rules, subject(100, previous=1, months=5, orders=9, figures={"overdue": 100}))
        self.assertEqual((outcome.grade, outcome.by_score, outcome.streak), (9, 1, 0))
        self.assertEqual([reason["code"] for reason in outcome.reasons], ["history"])
        self.assertEqual(decide(rules, subject(100, months=6)).grade, 1)

    def test_too_few_orders(self):
        rules = policy(minimum_orders=3)
        self.assertEqual(decide(rules, subject(100, months=50, orders=2)).grade, 9)
        self.assertEqual(decide(rules, subject(100, months=50, orders=3)).grade, 1)

    def test_both_conditions_hold(self):
        rules = policy(minimum_months=6, minimum_orders=3)
        self.assertEqual(decide(rules, subject(100, months=6, orders=2)).grade, 9)
        self.assertEqual(decide(rules, subject(100, months=5, orders=3)).grade, 9)
        self.assertEqual(decide(rules, subject(100, months=6, orders=3)).grade, 1)

    def test_never_ordered(self):
        self.assertEqual(decide(policy(minimum_months=1), subject(100)).grade, 9)
        self.assertEqual(decide(policy(), subject(100)).grade, 1)

    def test_each_condition_by_itself(self):
        """Without a rule on months nobody is asked how long he is known; nor a prospect of tomorrow."""
        for months in (None, -1, 0):
            self.assertEqual(decide(policy(minimum_orders=2), subject(100, months=months, orders=2)).grade, 1)
            self.assertEqual(decide(policy(minimum_months=1), subject(100, months=months, orders=2)).grade, 9)
        self.assertEqual(decide(policy(minimum_months=1), subject(100, months=1)).grade, 1)

    def test_of_a_stranger_nothing_is_known(self):
        outcome = decide(policy(minimum_orders=1), Subject(100, {}))
        self.assertEqual([(reason["orders"], reason["months"]) for reason in outcome.reasons], [(0, None)])
        for score, streak in ((90, 1), (50, -1)):
            self.assertEqual(decide(policy(reviews_in_a_row=3), Subject(score, {}, previous=2)).streak, streak)
        self.assertEqual(decide(policy(minimum_months=1), Subject(90, {}, months=1)).grade, 1)

    def test_without_an_unrated_grade_the_score_decides(self):
        self.assertEqual(decide(Policy(STEPS, minimum_months=6), subject(100, months=0)).grade, 1)


class TestVetoes(BaseCase):
    def test_condition(self):
        for operator, hits in ((">", {91}), (">=", {90, 91}), ("<", {89}), ("<=", {89, 90})):
            rules = policy(vetoes=(Veto("overdue", operator, 90, 3),))
            for figure in (89, 90, 91):
                grade = decide(rules, subject(100, figures={"overdue": figure})).grade
                self.assertEqual(grade, 3 if figure in hits else 1, f"{figure} {operator} 90")

    def test_a_cap_never_raises(self):
        rules = policy(vetoes=(Veto("overdue", ">", 90, 3),))
        for score, grade in ((40, 3), (10, 4)):
            outcome = decide(rules, subject(score, figures={"overdue": 100}))
            self.assertEqual((outcome.grade, outcome.reasons), (grade, ()))

    def test_the_hardest_of_several_holds(self):
        vetoes = (Veto("overdue", ">", 30, 2), Veto("overdue", ">", 90, 4), Veto("late", ">", 50, 3))
        for ordered in (vetoes, vetoes[::-1]):
            outcome = decide(policy(vetoes=ordered), subject(100, figures={"overdue": 100, "late": 60}))
            self.assertEqual(outcome.grade, 4)
        outcome = decide(policy(vetoes=vetoes), subject(100, figures={"overdue": 100, "late": 60}))
        self.assertEqual([(reason["from"], reason["to"]) for reason in outcome.reasons], [(1, 2), (2, 4)])

    def test_one_that_does_not_hit_leaves_the_next_alone(self):
        vetoes = (Veto("overdue", ">", 90, 4), Veto("unknown", ">", 0, 4), Veto("late", ">", 50, 3))
        self.assertEqual(decide(policy(vetoes=vetoes), subject(100, figures={"overdue": 90, "late": 60})).grade, 3)

    def test_no_figure_no_veto(self):
        rules = policy(vetoes=(Veto("overdue", "<", 90, 3),))
        self.assertEqual(decide(rules, subject(100)).grade, 1)
        self.assertEqual(decide(rules, subject(100, figures={"overdue": None})).grade, 1)
        self.assertEqual(decide(rules, subject(100, figures={"overdue": 0.0})).grade, 3)

    def test_a_veto_breaks_hysteresis(self):
        rules = policy(margin=50, vetoes=(Veto("overdue", ">", 90, 4),))
        outcome = decide(rules, subject(70, previous=1, figures={"overdue": 91}))
        self.assertEqual(outcome.grade, 4)
        self.assertEqual([reason["code"] for reason in outcome.reasons], ["held", "veto"])


class TestMargin(BaseCase):
    def test_up(self):
        rules = policy(margin=5)
        for score, grade in ((84.9, 2), (85, 1)):
            self.assertEqual(decide(rules, subject(score, previous=2)).grade, grade, score)

    def test_down(self):
        rules = policy(margin=5)
        for score, grade in ((79, 1), (75, 1), (74.9, 2)):
            self.assertEqual(decide(rules, subject(score, previous=1)).grade, grade, score)

    def test_several_grades_at_once(self):
        rules = policy(margin=5)
        self.assertEqual(decide(rules, subject(100, previous=4)).grade, 1)
        self.assertEqual(decide(rules, subject(82, previous=4)).grade, 2, "past 60 by 5, not past 80")
        self.assertEqual(decide(rules, subject(10, previous=1)).grade, 4)
        self.assertEqual(decide(rules, subject(32, previous=1)).grade, 3, "below 60 by 5, not below 35")

    def test_held_says_why(self):
        outcome = decide(policy(margin=5), subject(82, previous=2))
        self.assertEqual((outcome.by_score, outcome.grade, outcome.streak), (1, 2, 1))
        self.assertEqual(outcome.reasons[0]["code"], "held")
        held = {"code": "held", "by_score": 1, "margin": 5, "reviews": 1, "reviews_needed": 0}
        self.assertEqual(outcome.reasons, (held,))
        outcome = decide(policy(margin=5, reviews_in_a_row=3), subject(76, previous=1, streak=-1))
        held = {"code": "held", "by_score": 2, "margin": 5, "reviews": 2, "reviews_needed": 3}
        self.assertEqual((outcome.grade, outcome.streak, outcome.reasons), (1, -2, (held,)))

    def test_a_margin_of_a_part_of_a_point(self):
        for score, grade in ((80, 2), (80.5, 1)):
            self.assertEqual(decide(policy(margin=0.5), subject(score, previous=2)).grade, grade, score)

    def test_what_changes_the_grade_starts_the_count_anew(self):
        rules = policy(margin=5, reviews_in_a_row=3)
        for score, streak in ((90, 0), (90, 1), (82, 2), (100, 2)):
            self.assertEqual(decide(rules, subject(score, previous=2, streak=streak)).streak, 0)

    def test_the_first_grade_needs_no_margin(self):
        rules = policy(margin=5, reviews_in_a_row=3)
        for previous in (None, 9):
            self.assertEqual(decide(rules, subject(80, previous=previous)).grade, 1)


class TestReviewsInARow(BaseCase):
    def run_reviews(self, rules, scores, previous, streak=0):
        grades = []
        for score in scores:
            outcome = decide(rules, subject(score, previous, streak))
            previous, streak = outcome.grade, outcome.streak
            grades.append(previous)
        return grades

    def test_the_last_of_them_changes_the_grade(self):
        self.assertEqual(self.run_reviews(policy(reviews_in_a_row=3), [90, 90, 90, 90], 2), [2, 2, 1, 1])
        self.assertEqual(self.run_reviews(policy(reviews_in_a_row=2), [50, 50], 2), [2, 3])

    def test_an_agreeing_review_starts_anew(self):
        self.assertEqual(self.run_reviews(policy(reviews_in_a_row=2), [90, 70, 90, 90], 2), [2, 2, 2, 1])

    def test_the_other_direction_starts_anew(self):
        self.assertEqual(self.run_reviews(policy(reviews_in_a_row=2), [90, 50, 90, 90], 2), [2, 2, 2, 1])
        outcome = decide(policy(reviews_in_a_row=3), subject(50, previous=2, streak=2))
        self.assertEqual(outcome.streak, -1)

    def test_one_or_none_is_no_rule(self):
        for reviews in (0, 1):
            self.assertEqual(self.run_reviews(policy(reviews_in_a_row=reviews), [90], 2), [1])
            self.assertEqual(self.run_reviews(policy(margin=5, reviews_in_a_row=reviews), [82, 82], 2), [2, 2])

    def test_margin_or_row_whichever_comes_first(self):
        rules = policy(margin=5, reviews_in_a_row=3)
        self.assertEqual(self.run_reviews(rules, [82, 82, 82], 2), [2, 2, 1])
        self.assertEqual(self.run_reviews(rules, [82, 86], 2), [2, 1])
        outcome = decide(rules, subject(82, previous=2, streak=2))
        self.assertEqual((outcome.reasons[0]["code"], outcome.reasons[0]["reviews"]), ("in_a_row", 3))


class TestPointsToNext(BaseCase):
    def test_next_grade_and_gap(self):
        self.assertEqual(points_to_next(policy(), 70, 2), (1, 10))
        self.assertEqual(points_to_next(policy(), 0, 4), (3, 35))

    def test_who_has_enough_misses_nothing(self):
        for score, gap in ((79.5, 0.5), (80, 0), (95, 0)):
            self.assertEqual(points_to_next(policy(), score, 2, previous=2), (1, gap))

    def test_margin_is_asked_of_those_who_hold_a_grade(self):
        self.assertEqual(points_to_next(policy(margin=5), 70, 2, previous=2), (1, 15))
        self.assertEqual(points_to_next(policy(margin=5), 70, 2), (1, 10))
        self.assertEqual(points_to_next(policy(margin=50), 70, 2, previous=2), (1, 30), "100 is enough")

    def test_best_grade_and_unrated_have_none(self):
        self.assertIsNone(points_to_next(policy(), 90, 1))
        self.assertIsNone(points_to_next(policy(), 90, 9))


class TestProperties(BaseCase):
    def test_a_better_score_never_gives_a_worse_grade(self):
        for seed in range(200):
            rnd = random.Random(seed)
            rules = policy(margin=rnd.choice([0, 3, 10]), reviews_in_a_row=rnd.choice([0, 2, 3]))
            previous, streak = rnd.choice([None, 1, 2, 3, 4, 9]), rnd.choice([0, 0, 1])
            scores = sorted(rnd.uniform(0, 100) for _n in range(20))
            grades = [decide(rules, subject(score, previous, streak)).grade for score in scores]
            if not rules.reviews_in_a_row:
                self.assertEqual(grades, sorted(grades, reverse=True), f"seed {seed}")
            self.assertTrue(set(grades) <= {1, 2, 3, 4})

    def test_the_gap_closed_earns_the_grade(self):
        for seed in range(200):
            rnd = random.Random(seed)
            rules = policy(margin=rnd.choice([0, 3, 10]))
            score, previous = rnd.uniform(0, 100), rnd.choice([None, 1, 2, 3, 4])
            by_score = decide(rules, subject(score, previous)).by_score
            step = points_to_next(rules, score, by_score, previous)
            if step:
                grade, gap = step
                self.assertLessEqual(decide(rules, subject(score + gap, previous)).grade, grade, f"seed {seed}")
