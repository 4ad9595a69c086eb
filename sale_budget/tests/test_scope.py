from datetime import date

from odoo.tests import BaseCase

from ..tools.scope import Scope, most_specific, overlap

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
DAY = date(2026, 5, 12)


class TestScope(BaseCase):
    def test_person_before_team_before_company(self):
        company, team, person = Scope(1, *YEAR), Scope(2, *YEAR, team=7), Scope(3, *YEAR, user=5)
        self.assertEqual(most_specific([company, team, person], DAY, 5, 7), 3)
        self.assertEqual(most_specific([person, team, company], DAY, 6, 7), 2)
        self.assertEqual(most_specific([person, team, company], DAY, 6, 8), 1)
        self.assertEqual(most_specific([team, company], DAY, None, None), 1)

    def test_person_within_a_team_needs_both(self):
        both, team = Scope(1, *YEAR, user=5, team=7), Scope(2, *YEAR, team=7)
        self.assertEqual(most_specific([team, both], DAY, 5, 7), 1)
        self.assertIsNone(most_specific([both], DAY, 5, 8))

    def test_first_and_last_day_belong_to_the_period(self):
        scope = Scope(1, *YEAR)
        self.assertEqual(most_specific([scope], YEAR[0], None, None), 1)
        self.assertEqual(most_specific([scope], YEAR[1], None, None), 1)
        self.assertIsNone(most_specific([scope], date(2027, 1, 1), None, None))

    def test_of_two_alike_the_first_to_end_then_the_older(self):
        month = Scope(9, date(2026, 5, 1), date(2026, 5, 31))
        self.assertEqual(most_specific([Scope(2, *YEAR), month], DAY, None, None), 9)
        self.assertEqual(most_specific([Scope(3, *YEAR), Scope(2, *YEAR)], DAY, None, None), 2)

    def test_overlap(self):
        month = Scope(9, date(2026, 12, 31), date(2027, 1, 31))
        self.assertTrue(overlap(Scope(1, *YEAR), month))
        self.assertTrue(overlap(month, Scope(1, *YEAR)))
        self.assertFalse(overlap(Scope(1, *YEAR, team=7), month))
        self.assertFalse(overlap(Scope(1, *YEAR), Scope(2, date(2027, 1, 1), date(2027, 1, 31))))
