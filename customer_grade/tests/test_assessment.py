"""All that is decided for one customer, without a database."""

from datetime import date

from odoo.tests import BaseCase

from odoo.addons.customer_grade.tools.assessment import (
    Assessor,
    History,
    Present,
    full_months,
    lead_key,
    movement,
    partner_and_lead,
)
from odoo.addons.customer_grade.tools.decision import Policy, Threshold

RANK = {1: 0, 2: 1, 3: 2}
STEPS = (Threshold(1, 80), Threshold(2, 60), Threshold(3, 0))
DAY = date(2026, 6, 30)


def assessor(points, **values):
    return Assessor(
        policy=Policy(STEPS, unrated=9, **values),
        weights=dict.fromkeys(points, 1.0),
        as_of=DAY,
        rank=RANK,
        figures={"revenue": {7: 1234.5}},
        points={key: {7: earned} for key, earned in points.items()},
    )


class TestKeys(BaseCase):
    def test_partners_and_leads_have_one_key_each(self):
        for number in (1, 2, 4711):
            self.assertEqual(partner_and_lead(number), (number, None))
            self.assertEqual(partner_and_lead(lead_key(number)), (None, number))
            for key in (number, lead_key(number)):
                row = Assessor(Policy(STEPS), {"a": 1.0}, DAY, RANK, points={"a": {key: 1.0}})
                self.assertEqual(row.assess(key, Present(None, None), History()).key, key)


class TestFullMonths(BaseCase):
    def test_a_month_is_full_on_its_day(self):
        self.assertEqual(full_months(date(2026, 1, 15), date(2026, 2, 14)), 0)
        self.assertEqual(full_months(date(2026, 1, 15), date(2026, 2, 15)), 1)
        self.assertEqual(full_months(date(2025, 12, 31), date(2026, 2, 28)), 1)
        self.assertEqual(full_months(date(2024, 6, 30), DAY), 24)

    def test_without_first_day(self):
        self.assertIsNone(full_months(None, DAY))


class TestMovement(BaseCase):
    def test_each_way(self):
        cases = {
            (1, 1): "same",
            (None, None): "same",
            (9, 9): "same",
            (None, 1): "new",
            (9, 3): "new",
            (2, 1): "up",
            (1, 3): "down",
            (1, 9): "down",
            (1, None): "down",
        }
        for (before, after), expected in cases.items():
            with self.subTest(before=before, after=after):
                self.assertEqual(movement(before, after, RANK), expected)

    def test_a_first_unrated_is_no_fall(self):
        self.assertNotEqual(movement(None, 9, RANK), "down")


class TestAssessor(BaseCase):
    def test_a_change_waits_for_a_person(self):
        row = assessor({"revenue": 90, "late": 80}).assess(7, Present(5, 2), History(1234.567, 3, 3, date(2020, 1, 1)))
        self.assertEqual((row.score, row.by_score_grade_id, row.proposed_grade_id, row.grade_id), (85, 1, 1, 1))
        self.assertEqual((row.previous_grade_id, row.movement, row.decision), (2, "up", "pending"))
        self.assertEqual((row.revenue, row.order_count, row.user_id), (1234.57, 3, 5))
        self.assertEqual((row.figures, row.points), ({"revenue": 1234.5}, {"revenue": 90, "late": 80}))

    def test_an_unchanged_proposal_is_accepted(self):
        row = assessor({"revenue": 90}).assess(7, Present(None, 1), History())
        self.assertEqual((row.movement, row.decision, row.grade_id), ("same", "accepted", 1))

    def test_incomplete_figures_give_no_proposal(self):
        row = assessor({"revenue": 90}).assess(7, Present(None, 2), History(unconverted=[33]))
        self.assertTrue(row.is_incomplete)
        self.assertIsNone(row.proposed_grade_id)
        self.assertEqual((row.grade_id, row.decision, row.score, row.streak, row.points), (2, "pending", 0, 0, {}))
        self.assertEqual(row.reasons, [{"code": "no_rate", "currencies": [33]}])

    def test_nothing_is_known_of_a_new_customer(self):
        """No orders, no revenue, no review that asked for another grade."""
        for score, streak in ((82, 1), (58, -1)):
            row = assessor({"revenue": score}, margin=5).assess(7, Present(None, 2), History())
            self.assertEqual((row.revenue, row.order_count, row.streak), (0, 0, streak))
        row = assessor({"revenue": 82}, minimum_orders=1).assess(7, Present(None, 2), History())
        self.assertEqual([reason["orders"] for reason in row.reasons], [0])

    def test_points_have_four_digits_and_the_score_two(self):
        row = assessor({"revenue": 200 / 3, "late": 50.0}).assess(7, Present(None, None), History())
        self.assertEqual((row.points["revenue"], row.score), (66.6667, 58.33))

    def test_a_lasting_override_is_kept_and_the_proposal_noted(self):
        present = Present(None, 1, kept_until=date(2026, 12, 31), kept_reason="New owner")
        row = assessor({"revenue": 10}).assess(7, present, History())
        self.assertEqual((row.proposed_grade_id, row.grade_id, row.decision), (3, 1, "kept"))
        self.assertEqual((row.reason, row.override_until, row.movement), ("New owner", date(2026, 12, 31), "same"))

    def test_reason_of_an_ended_override_is_forgotten(self):
        row = assessor({"revenue": 10}).assess(7, Present(None, 1, kept_reason="New owner"), History())
        self.assertEqual((row.decision, row.reason, row.override_until), ("pending", None, None))

    def test_too_new(self):
        history = History(10, 1, 1, date(2026, 6, 1))
        row = assessor({"revenue": 90}, minimum_months=6).assess(7, Present(None, None), history)
        self.assertEqual((row.by_score_grade_id, row.proposed_grade_id), (1, 9))
        self.assertEqual(row.reasons[0]["code"], "history")

    def test_streak_is_kept(self):
        row = assessor({"revenue": 82}, margin=5).assess(7, Present(None, 2, streak=1), History())
        self.assertEqual((row.grade_id, row.streak, row.decision), (2, 2, "accepted"))
