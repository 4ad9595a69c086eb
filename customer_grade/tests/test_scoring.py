"""Points for figures, without a database."""

import random
from math import fsum, inf

from odoo.tests import BaseCase

from odoo.addons.customer_grade.tools.scoring import (
    ParetoClass,
    Rung,
    band_problem,
    nearest_target,
    percentile_rank,
    score_bands,
    score_pareto,
    score_percentile,
    weighted_score,
)

BANDS = [Rung(0, upper=10), Rung(50, 10, 20), Rung(100, lower=20)]
ABC = [ParetoClass(80, 100), ParetoClass(95, 60), ParetoClass(100, 25)]
SEEDS = range(30)


class TestBands(BaseCase):
    def test_lower_bound_belongs_to_the_band_and_upper_does_not(self):
        points, rungs = score_bands({1: -5.0, 2: 9.99, 3: 10.0, 4: 19.99, 5: 20.0, 6: 1e12}, BANDS)
        self.assertEqual(points, {1: 0, 2: 0, 3: 50, 4: 50, 5: 100, 6: 100})
        self.assertEqual(rungs, BANDS)

    def test_order_of_the_bands_plays_no_part(self):
        figures = {1: 0.0, 2: 10.0, 3: 20.0}
        self.assertEqual(score_bands(figures, BANDS), score_bands(figures, BANDS[::-1]))

    def test_missing_figure_earns_its_own_points(self):
        points, _rungs = score_bands({1: None, 2: 0.0}, BANDS, missing_points=70)
        self.assertEqual(points, {1: 70, 2: 0})
        for score in (lambda figures: score_bands(figures, BANDS), score_percentile, lambda f: score_pareto(f, ABC)):
            self.assertEqual(score({1: None, 2: 30.0})[0], {1: 0, 2: 100}, "none, unless another rule is given")

    def test_problems(self):
        self.assertIsNone(band_problem(BANDS))
        self.assertIsNone(band_problem([Rung(1)]))
        self.assertEqual(band_problem([]), "none")
        self.assertEqual(band_problem([*BANDS, Rung(1, 15, 15)]), "empty")
        self.assertEqual(band_problem([Rung(1, 3, 2)]), "empty")
        self.assertEqual(band_problem([Rung(0, upper=10), Rung(1, lower=9)]), "overlap")
        self.assertEqual(band_problem([Rung(0), Rung(1)]), "overlap")
        self.assertEqual(band_problem([Rung(0, upper=10), Rung(1, lower=11)]), "gap")
        self.assertEqual(band_problem([Rung(0, 0, 10), Rung(1, lower=10)]), "gap")
        self.assertEqual(band_problem([Rung(0, upper=10), Rung(1, 10, 20)]), "gap")

    def test_json_keeps_open_ends(self):
        for rung in BANDS:
            self.assertEqual(Rung.from_json(rung.as_json()), rung)
        self.assertEqual(Rung(5).as_json(), [5, None, None])


class TestPercentile(BaseCase):
    def test_best_100_worst_0(self):
        points, _rungs = score_percentile({1: 10.0, 2: 20.0, 3: 30.0})
        self.assertEqual(points, {1: 0, 2: 50, 3: 100})

    def test_lower_is_better(self):
        points, _rungs = score_percentile({1: 10.0, 2: 20.0, 3: 30.0}, higher_is_better=False)
        self.assertEqual(points, {1: 100, 2: 50, 3: 0})

    def test_ties_share_their_mean_rank(self):
        points, _rungs = score_percentile({1: 1.0, 2: 5.0, 3: 5.0, 4: 9.0, 5: 10.0})
        self.assertEqual(points, {1: 0, 2: 37.5, 3: 37.5, 4: 75, 5: 100})
        points, _rungs = score_percentile({1: 1.0, 2: 5.0, 3: 5.0, 4: 9.0, 5: 10.0}, higher_is_better=False)
        self.assertEqual(points, {1: 100, 2: 62.5, 3: 62.5, 4: 25, 5: 0})

    def test_all_equal_and_alone(self):
        self.assertEqual(score_percentile({1: 7.0, 2: 7.0, 3: 7.0})[0], {1: 50, 2: 50, 3: 50})
        self.assertEqual(score_percentile({1: -7.0})[0], {1: 100})
        self.assertEqual(percentile_rank(3.0, []), 100)
        self.assertEqual([percentile_rank(figure, [1.0, 2.0, 3.0]) for figure in (1.0, 2.0, 3.0)], [0, 50, 100])

    def test_missing_is_no_competitor(self):
        points, _rungs = score_percentile({1: None, 2: 1.0, 3: 2.0}, missing_points=30)
        self.assertEqual(points, {1: 30, 2: 0, 3: 100})
        self.assertEqual(score_percentile({1: None}, missing_points=30), ({1: 30}, []))

    def test_a_rung_for_each_step_of_five(self):
        """Of 201 different figures each is half a per cent better than the one before."""
        for higher in (True, False):
            figures = {n: float(n) for n in range(201)}
            _points, rungs = score_percentile(figures, higher_is_better=higher)
            self.assertEqual([rung.points for rung in rungs], list(range(0, 101, 5)))

    def test_each_step_is_reached_by_the_first_at_or_above_it(self):
        for count in (1, 2, 8, 34, 77):
            points, rungs = score_percentile({n: float(n) for n in range(count)})
            first = {min(earned for earned in points.values() if earned >= step) for step in range(0, 101, 5)}
            self.assertEqual([rung.points for rung in rungs], sorted(first), f"{count} customers")

    def test_rungs_promise_no_more_than_the_points(self):
        for higher in (True, False):
            figures = {n: float(n * n) for n in range(200)}
            points, rungs = score_percentile(figures, higher_is_better=higher)
            self.assertLessEqual(len(rungs), 21)
            for customer, figure in figures.items():
                earned = max(r.points for r in rungs if r.lower <= figure < r.upper)
                self.assertLessEqual(earned, points[customer])
                self.assertLess(points[customer] - earned, 5.5)

    def test_order_and_monotonicity(self):
        for seed in SEEDS:
            rnd = random.Random(seed)
            figures = {n: rnd.choice([None, float(rnd.randrange(20))]) for n in range(rnd.randrange(1, 60))}
            for higher in (True, False):
                points, rungs = score_percentile(figures, higher_is_better=higher)
                items = list(figures.items())
                rnd.shuffle(items)
                self.assertEqual(score_percentile(dict(items), higher_is_better=higher), (points, rungs))
                known = sorted((figure, points[n]) for n, figure in figures.items() if figure is not None)
                earned = [earned for _figure, earned in known]
                self.assertEqual(earned, sorted(earned, reverse=not higher), f"seed {seed}")


class TestPareto(BaseCase):
    def test_who_crosses_80_per_cent_is_still_a(self):
        points, _rungs = score_pareto({1: 70.0, 2: 20.0, 3: 7.0, 4: 3.0}, ABC)
        self.assertEqual(points, {1: 100, 2: 100, 3: 60, 4: 25})

    def test_who_begins_at_80_per_cent_is_not_a(self):
        points, _rungs = score_pareto({1: 80.0, 2: 15.0, 3: 5.0}, ABC)
        self.assertEqual(points, {1: 100, 2: 60, 3: 25})

    def test_rounding_does_not_move_the_limit(self):
        # 0.1 is no binary fraction: the first eight add up to 0.7999999999999999
        figures = {n: 0.1 + n * 1e-13 for n in range(10)}
        points, _rungs = score_pareto(figures, ABC)
        self.assertEqual(sum(earned == 100 for earned in points.values()), 8)
        self.assertEqual(sum(earned == 60 for earned in points.values()), 2)

    def test_the_smallest_customer_belongs_to_the_last_class(self):
        """Seven cents after two hundred million are still within the 100 %."""
        figures = {key: 2000.01 + key / 100 for key in range(100_000)} | {-1: 0.07}
        points, _rungs = score_pareto(figures, ABC)
        self.assertEqual(points[-1], 25)

    def test_what_an_addition_loses_is_not_lost(self):
        """To 2**53 a float can add no 1: a plain sum stays where it is, and would leave all to the first class."""
        small = {key: 1 + 1 / key for key in range(2, 2002)}
        figures = {1: 2.0**53} | small
        total = fsum(figures.values())
        for place in (500, 1500):
            limit = 100 * fsum(sorted(figures.values(), reverse=True)[:place]) / total
            points, _rungs = score_pareto(figures, [ParetoClass(limit, 100), ParetoClass(100, 60)])
            first = sum(earned == 100 for earned in points.values())
            self.assertLess(abs(first - place), 100, f"{first} customers, not {place}, make the share of {place}")

    def test_same_figure_same_class(self):
        points, _rungs = score_pareto({1: 60.0, 2: 10.0, 3: 10.0, 4: 10.0, 5: 10.0}, ABC)
        self.assertEqual(points, {1: 100, 2: 100, 3: 100, 4: 100, 5: 100})

    def test_zero_negative_and_missing(self):
        points, _rungs = score_pareto({1: 100.0, 2: 0.0, 3: -50.0, 4: None}, ABC, rest_points=5, missing_points=10)
        self.assertEqual(points, {1: 100, 2: 5, 3: 5, 4: 10})

    def test_returns_do_not_lower_the_total(self):
        with_returns, _rungs = score_pareto({1: 80.0, 2: 20.0, 3: -1000.0}, ABC)
        self.assertEqual(with_returns, {1: 100, 2: 60, 3: 0})

    def test_nobody_above_zero(self):
        self.assertEqual(score_pareto({1: -1.0, 2: 0.0}, ABC, rest_points=5), ({1: 5, 2: 5}, []))
        self.assertEqual(score_pareto({}, ABC), ({}, []))

    def test_rest_after_a_last_class_below_100(self):
        points, _rungs = score_pareto({1: 80.0, 2: 15.0, 3: 5.0}, ABC[:2], rest_points=7)
        self.assertEqual(points, {1: 100, 2: 60, 3: 7})

    def test_rungs_name_the_smallest_figure_of_each_class(self):
        _points, rungs = score_pareto({1: 70.0, 2: 20.0, 3: 7.0, 4: 3.0}, ABC)
        self.assertEqual(rungs, [Rung(25, 3.0), Rung(60, 7.0), Rung(100, 20.0)])
        _points, rungs = score_pareto({1: 70.0, 2: 30.0}, [ParetoClass(60, 10), ParetoClass(100, 90)])
        self.assertEqual(rungs, [Rung(90, 30.0), Rung(10, 70.0)], "from the smallest figure up, whatever they earn")

    def test_order_and_monotonicity(self):
        for seed in SEEDS:
            rnd = random.Random(seed)
            figures = {n: rnd.choice([None, round(rnd.lognormvariate(5, 2), 2), -1.0, 0.0, 12.3]) for n in range(60)}
            points, rungs = score_pareto(figures, ABC, missing_points=0)
            items = list(figures.items())
            rnd.shuffle(items)
            self.assertEqual(score_pareto(dict(items), ABC, missing_points=0), (points, rungs))
            known = sorted((figure, points[n]) for n, figure in figures.items() if figure is not None)
            earned = [earned for _figure, earned in known]
            self.assertEqual(earned, sorted(earned), f"seed {seed}")


class TestNearestTarget(BaseCase):
    def test_upwards(self):
        target = nearest_target(5.0, BANDS, 50)
        self.assertEqual((target.figure, target.at_least, target.points), (10, True, 50))
        target = nearest_target(5.0, BANDS, 51)
        self.assertEqual((target.figure, target.at_least), (20, True))

    def test_downwards(self):
        bands = [Rung(100, upper=10), Rung(60, 10, 30), Rung(0, lower=30)]
        target = nearest_target(45.0, bands, 60)
        self.assertEqual((target.figure, target.at_least), (30, False))
        target = nearest_target(30.0, bands, 100)
        self.assertEqual((target.figure, target.at_least), (10, False))

    def test_out_of_reach(self):
        self.assertIsNone(nearest_target(5.0, BANDS, 101))
        self.assertIsNone(nearest_target(5.0, [], 1))

    def test_nearer_of_two(self):
        bands = [Rung(100, upper=0), Rung(0, 0, 10), Rung(100, lower=10)]
        self.assertEqual(nearest_target(7.0, bands, 100).figure, 10)
        self.assertEqual(nearest_target(2.0, bands, 100).figure, 0)
        self.assertEqual(nearest_target(5.0, bands, 100).figure, 0, "of two as near the first")

    def test_who_is_there_needs_nothing(self):
        """The lower bound belongs to a rung, the upper one does not."""
        bands = [Rung(50, 10, 20), Rung(100, lower=20)]
        for figure, needed in ((10.0, 50), (15.0, 50), (20.0, 100)):
            self.assertIsNone(nearest_target(figure, bands, needed))
        falling = [Rung(100, upper=10), Rung(0, lower=10)]
        self.assertEqual(nearest_target(10.0, falling, 100).figure, 10)
        self.assertIsNone(nearest_target(9.9, falling, 100))

    def test_without_figure_measured_from_zero(self):
        self.assertEqual(nearest_target(None, BANDS, 50).figure, 10)
        for rungs, figure, at_least in (
            ([Rung(100, -inf, inf)], 0, True),  # the first figure at all
            ([Rung(100, -5, 5)], 0, True),
            ([Rung(100, lower=0.5), Rung(100, -5, 0.5)], 0, True),
            ([Rung(100, lower=2), Rung(100, upper=-2.5)], 2, True),
            ([Rung(100, lower=2.5), Rung(100, upper=-2)], -2, False),
        ):
            with self.subTest(rungs=rungs):
                target = nearest_target(None, rungs, 50)
                self.assertEqual((target.figure, target.at_least), (figure, at_least))

    def test_the_target_earns_what_was_asked_for(self):
        for seed in SEEDS:
            rnd = random.Random(seed)
            figures = {n: rnd.lognormvariate(3, 1) for n in range(50)}
            points, rungs = score_pareto(figures, ABC)
            for customer, figure in figures.items():
                if points[customer] == 100:
                    continue
                target = nearest_target(figure, rungs, points[customer] + 1)
                self.assertGreater(target.figure, figure)
                self.assertGreater(target.points, points[customer])


class TestWeightedScore(BaseCase):
    def test_mean(self):
        self.assertAlmostEqual(weighted_score({"a": 100, "b": 40}, {"a": 3, "b": 1}), 85)

    def test_criterion_without_weight_does_not_count(self):
        self.assertEqual(weighted_score({"a": 100, "b": 0}, {"a": 1, "b": 0}), 100)

    def test_weights_that_sum_to_zero(self):
        with self.assertRaisesRegex(ValueError, "sum to zero"):
            weighted_score({"a": 100}, {"a": 0})
