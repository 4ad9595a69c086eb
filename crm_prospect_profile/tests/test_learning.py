"""What closed leads teach, without a database."""

import random
from math import log

from odoo.tests import BaseCase

from odoo.addons.crm_prospect_profile.tools.learning import TraitCounts, propose_weights, wilson_interval, win_rate


class TestWilson(BaseCase):
    def test_known_values(self):
        # Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3
        for won, closed, low, high in (
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ):
            with self.subTest(won=won, closed=closed):
                interval = wilson_interval(won, closed)
                self.assertAlmostEqual(interval[0], low, 4)
                self.assertAlmostEqual(interval[1], high, 4)

    def test_nothing_closed(self):
        self.assertEqual(wilson_interval(0, 0), (0.0, 1.0))
        self.assertIsNone(win_rate(0, 0).value)

    def test_ends(self):
        self.assertEqual(wilson_interval(0, 7)[0], 0.0)
        self.assertEqual(wilson_interval(7, 7)[1], 1.0)

    def test_holds_the_rate_and_is_symmetric(self):
        rnd = random.Random(1)
        for _n in range(200):
            closed = rnd.randint(1, 400)
            won = rnd.randint(0, closed)
            low, high = wilson_interval(won, closed)
            self.assertLessEqual(low, won / closed)
            self.assertGreaterEqual(high, won / closed)
            mirrored = wilson_interval(closed - won, closed)
            self.assertAlmostEqual(low, 1 - mirrored[1])

    def test_impossible_counts(self):
        for won, closed in ((5, 4), (-1, 4), (0, -1)):
            with self.assertRaisesRegex(ValueError, f"{won} won of {closed} closed"):
                wilson_interval(won, closed)


class TestTraitCounts(BaseCase):
    def test_rates_and_lift(self):
        counts = TraitCounts(won_with=6, lost_with=4, won_without=3, lost_without=7, won_unknown=2, lost_unknown=1)
        self.assertEqual((counts.with_trait.value, counts.without_trait.value), (0.6, 0.3))
        self.assertAlmostEqual(counts.lift, 2.0)
        self.assertEqual(counts.unknown, 3)

    def test_nothing_is_known_of_a_new_trait(self):
        counts = TraitCounts()
        self.assertEqual((counts.with_trait.closed, counts.without_trait.closed, counts.unknown), (0, 0, 0))
        self.assertEqual(counts.strength, 0)

    def test_five_closed_leads_on_each_side_are_enough(self):
        for counts, judged in (
            (TraitCounts(3, 2, 1, 4), True),
            (TraitCounts(3, 1, 1, 4), False),
            (TraitCounts(3, 2, 1, 3), False),
            (TraitCounts(0, 5, 5, 0), True),
            (TraitCounts(2, 2, 2, 2, 9, 9), False),
        ):
            with self.subTest(counts=counts):
                self.assertEqual(counts.is_judged, judged)

    def test_no_lift_over_nothing(self):
        self.assertIsNone(TraitCounts(won_with=3, lost_without=3).lift)
        self.assertIsNone(TraitCounts(won_with=3).lift)
        self.assertIsNone(TraitCounts(won_without=3).lift)

    def test_strength(self):
        self.assertAlmostEqual(TraitCounts(3, 3, 3, 3).strength, 0.0)
        self.assertAlmostEqual(TraitCounts(6, 4, 3, 7).strength, log((6.5 / 4.5) / (3.5 / 7.5)))
        self.assertLess(TraitCounts(1, 9, 9, 1).strength, 0)


class TestProposedWeights(BaseCase):
    strong = TraitCounts(18, 2, 4, 16)
    weak = TraitCounts(11, 9, 9, 11)
    against = TraitCounts(2, 18, 16, 4)
    few = TraitCounts(4, 0, 20, 20)

    def test_stronger_traits_weigh_more_and_the_sum_stays(self):
        proposed = propose_weights([(10, self.strong), (10, self.weak)])
        self.assertGreater(proposed[0], 15)
        self.assertGreater(proposed[1], 0)
        self.assertAlmostEqual(sum(proposed), 20)
        for weight, counts in zip(proposed, (self.strong, self.weak), strict=True):
            share = counts.strength / (self.strong.strength + self.weak.strength)
            self.assertEqual(weight, round(20 * share, 1))
            self.assertNotEqual(weight, round(weight), "the example has a decimal")

    def test_little_to_learn_is_learnt_all_the_same(self):
        """The odds of a weak trait are half as high again; the other trait tells nothing."""
        self.assertLess(self.weak.strength, 0.5)
        self.assertEqual(propose_weights([(10, self.weak), (10, TraitCounts(5, 5, 5, 5))]), [20, 0])

    def test_too_few_keep_their_weight(self):
        proposed = propose_weights([(10, self.strong), (7, self.few), (5, self.weak)])
        self.assertEqual(proposed[1], 7)
        self.assertAlmostEqual(proposed[0] + proposed[2], 15)

    def test_a_trait_that_speaks_against_gets_nothing(self):
        self.assertEqual(propose_weights([(10, self.strong), (10, self.against)]), [20, 0])

    def test_nothing_to_learn_changes_nothing(self):
        self.assertEqual(propose_weights([(10, self.few), (4, TraitCounts())]), [10, 4])
        self.assertEqual(propose_weights([(10, self.against), (4, self.against)]), [10, 4])
        self.assertEqual(propose_weights([(0, self.strong), (4, self.few)]), [0, 4])
        self.assertEqual(propose_weights([]), [])
