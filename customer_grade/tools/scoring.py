"""Points for figures: bands, percentile rank, Pareto share.

Every rule turns ``{customer: figure}`` into ``{customer: points}`` (0 to 100) and
gives the *rungs* it used: which figure earns which points. The rungs are kept with
the review, so that "what is missing to the next grade" can be answered years later.
A figure of ``None`` means "no such figure" and earns the rule's ``missing_points``.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum, inf, isfinite, nextafter

Figures = Mapping[int, float | None]
Points = dict[int, float]

PERCENTILE_GRID = 20
"""A percentile ladder keeps this many steps: every 5 % is fine enough for advice."""

SHARE_TOLERANCE = 1e-14
"""Rounding noise of a compensated sum, relative to the total: a cent in a billion is no noise."""


@dataclass(frozen=True, slots=True)
class Rung:
    """Figures from ``lower`` (included) up to ``upper`` (excluded) earn ``points``."""

    points: float
    lower: float = -inf
    upper: float = inf

    def as_json(self) -> list[float | None]:
        """Return ``[points, lower, upper]`` with None for an open end."""
        return [self.points, self.lower if isfinite(self.lower) else None, self.upper if isfinite(self.upper) else None]

    @classmethod
    def from_json(cls, values: Sequence[float | None]) -> "Rung":
        """Read what :meth:`as_json` wrote."""
        points, lower, upper = values
        return cls(points, -inf if lower is None else lower, inf if upper is None else upper)


@dataclass(frozen=True, slots=True)
class Target:
    """The nearest figure that earns the points asked for."""

    figure: float
    at_least: bool
    """True: the figure must reach ``figure``; False: it must fall below it."""
    points: float


@dataclass(frozen=True, slots=True)
class ParetoClass:
    """Customers who together make the first ``share`` per cent of the total."""

    share: float
    points: float


def band_problem(bands: Iterable[Rung]) -> str | None:
    """Say what is wrong with a set of bands.

    :return: ``"none"``, ``"empty"`` (a band holds no figure), ``"overlap"``, ``"gap"``
        (some figure would earn nothing) or None when the bands are sound
    """
    ordered = sorted(bands, key=lambda band: (band.lower, band.upper))
    if not ordered:
        return "none"
    if any(band.lower >= band.upper for band in ordered):
        return "empty"
    if any(later.lower < earlier.upper for earlier, later in pairwise(ordered)):
        return "overlap"
    if ordered[0].lower != -inf or ordered[-1].upper != inf:
        return "gap"
    if any(later.lower > earlier.upper for earlier, later in pairwise(ordered)):
        return "gap"
    return None


def score_bands(figures: Figures, bands: Sequence[Rung], *, missing_points: float = 0.0) -> tuple[Points, list[Rung]]:
    """Score by bands, which must be sound (see :func:`band_problem`)."""
    rungs = sorted(bands, key=lambda band: band.lower)
    lowers = [band.lower for band in rungs]
    points = {
        customer: missing_points if figure is None else rungs[bisect_right(lowers, figure) - 1].points
        for customer, figure in figures.items()
    }
    return points, rungs


def percentile_rank(figure: float, ordered: Sequence[float], *, higher_is_better: bool = True) -> float:
    """Return the percentile rank (0 to 100) of a figure within ``ordered``, which holds it.

    Share of the *other* customers that are worse, ties counted half: the mean rank
    of the tied ones. The best of all has 100, the worst 0, all equal 50; a customer
    alone has 100.
    """
    total = len(ordered)
    if total <= 1:
        return 100.0
    first, last = bisect_left(ordered, figure), bisect_right(ordered, figure)
    worse = first if higher_is_better else total - last
    return 100.0 * (worse + (last - first - 1) / 2) / (total - 1)


def score_percentile(
    figures: Figures, *, higher_is_better: bool = True, missing_points: float = 0.0
) -> tuple[Points, list[Rung]]:
    """Score by percentile rank among the customers that have a figure."""
    ordered = sorted(figure for figure in figures.values() if figure is not None)
    rank_of = {figure: percentile_rank(figure, ordered, higher_is_better=higher_is_better) for figure in set(ordered)}
    points = {customer: missing_points if figure is None else rank_of[figure] for customer, figure in figures.items()}
    return points, _percentile_rungs(rank_of, higher_is_better)


def _percentile_rungs(rank_of: Mapping[float, float], higher_is_better: bool) -> list[Rung]:
    """Thin the ranks out to one rung per step of the grid."""
    rungs: list[Rung] = []
    step = 100.0 / PERCENTILE_GRID
    reached = 0.0
    # From worst to best, keep the first figure that reaches each further step.
    for figure in sorted(rank_of, reverse=not higher_is_better):
        if rank_of[figure] >= reached:
            if higher_is_better:
                rungs.append(Rung(rank_of[figure], lower=figure))
            else:
                # `upper` is excluded, the figure itself belongs to the rung.
                rungs.append(Rung(rank_of[figure], upper=nextafter(figure, inf)))
            reached = (rank_of[figure] // step + 1) * step
    return rungs


def score_pareto(
    figures: Figures, classes: Sequence[ParetoClass], *, rest_points: float = 0.0, missing_points: float = 0.0
) -> tuple[Points, list[Rung]]:
    """Score by share of the cumulated total (ABC analysis after Pareto).

    Customers stand in descending order. A customer belongs to the first class whose
    share is not yet reached *before* him, so the one who crosses 80 % still belongs to
    the 80 % class. Customers with the same figure belong to the same class. Figures of
    zero and below make no share and earn ``rest_points``, as do customers after the
    last class. The total is the sum of the positive figures.
    """
    steps = sorted(classes, key=lambda step: step.share)
    positive = sorted((figure for figure in figures.values() if figure is not None and figure > 0), reverse=True)
    total = fsum(positive)
    points_of: dict[float, float] = {}
    before = noise = 0.0
    for figure in positive:
        if figure not in points_of:
            share = 100.0 * ((before + noise) / total + SHARE_TOLERANCE)
            points_of[figure] = next((step.points for step in steps if share < step.share), rest_points)
        # Neumaier's sum: what an addition loses is kept aside (exactly, as figures fall: each is
        # at most the sum before it). A plain sum of a million amounts is off by more than the
        # smallest of them.
        grown = before + figure
        noise += (before - grown) + figure
        before = grown
    points = {}
    for customer, figure in figures.items():
        if figure is None:
            points[customer] = missing_points
        else:
            points[customer] = points_of.get(figure, rest_points)
    smallest: dict[float, float] = {}
    for figure, earned in points_of.items():
        smallest[earned] = min(figure, smallest.get(earned, inf))
    rungs = [Rung(earned, lower=figure) for earned, figure in sorted(smallest.items(), key=lambda item: item[1])]
    return points, rungs


def nearest_target(figure: float | None, rungs: Iterable[Rung], needed: float) -> Target | None:
    """Return the smallest change of ``figure`` that earns at least ``needed`` points.

    Pareto and percentile rungs hold for the other customers' figures as they were: the
    target is advice, not a promise. None when no rung earns that much, or the figure does
    already. A customer without a figure is measured from zero.
    """
    present = 0.0 if figure is None else figure
    best: tuple[float, Target] | None = None
    for rung in rungs:
        if rung.points < needed:
            continue
        if present < rung.lower:
            target, distance = Target(rung.lower, True, rung.points), rung.lower - present
        elif present >= rung.upper:
            target, distance = Target(rung.upper, False, rung.points), present - rung.upper
        elif figure is None:
            target, distance = Target(present, True, rung.points), 0.0
        else:
            return None
        if best is None or distance < best[0]:
            best = (distance, target)
    return best and best[1]


def weighted_score(points: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the weighted mean of the points.

    :raise ValueError: the weights sum to zero
    """
    total = sum(weights.values())
    if total <= 0:
        raise ValueError("the weights sum to zero")
    return sum(points[key] * weight for key, weight in weights.items()) / total
