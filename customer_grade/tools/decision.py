"""From score to grade: thresholds, minimum history, hysteresis, vetoes.

Grades are named by any hashable key and ordered best first, as the thresholds are.
Nothing here knows Odoo, the clock or the database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SCORE_TOLERANCE = 1e-6
"""Scores are weighted means of floats: 80 must reach a threshold of 80."""

OPERATORS = {
    ">": lambda figure, limit: figure > limit,
    ">=": lambda figure, limit: figure >= limit,
    "<": lambda figure, limit: figure < limit,
    "<=": lambda figure, limit: figure <= limit,
}


@dataclass(frozen=True, slots=True)
class Threshold:
    """``grade`` needs a score of at least ``minimum``."""

    grade: int
    minimum: float


@dataclass(frozen=True, slots=True)
class Veto:
    """A customer whose figure meets the condition is at best ``cap``."""

    metric: str
    operator: str
    limit: float
    cap: int


@dataclass(frozen=True, slots=True)
class Policy:
    """What turns a score into a grade.

    :param thresholds: best grade first, strictly falling minimum
    :param unrated: grade of customers below the minimum history, or None
    :param margin: points past a threshold before the grade changes; 0 = no such rule
    :param reviews_in_a_row: this many reviews in the same direction change the grade
        all the same; 0 or 1 = no such rule
    :param minimum_months: full months since the first order
    :param minimum_orders: orders ever placed
    """

    thresholds: Sequence[Threshold]
    unrated: int | None = None
    vetoes: Sequence[Veto] = ()
    margin: float = 0.0
    reviews_in_a_row: int = 0
    minimum_months: int = 0
    minimum_orders: int = 0


@dataclass(frozen=True, slots=True)
class Subject:
    """One customer as the decision sees him."""

    score: float
    figures: Mapping[str, float | None]
    previous: int | None = None
    streak: int = 0
    """Reviews in a row whose score asked for a better (+) or worse (-) grade."""
    months: int | None = None
    """Full months since the first order; None without any order."""
    orders: int = 0
    """Orders ever placed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The grade proposed and the reasons that led away from the plain threshold."""

    by_score: int
    grade: int | None
    streak: int
    reasons: tuple[dict[str, Any], ...] = ()


def grade_for_score(score: float, thresholds: Sequence[Threshold]) -> int:
    """Return the best grade whose minimum the score reaches; the last one at any score."""
    for threshold in thresholds:
        if score + SCORE_TOLERANCE >= threshold.minimum:
            return threshold.grade
    return thresholds[-1].grade


def decide(policy: Policy, subject: Subject) -> Outcome:
    """Propose a grade for one customer.

    Order of the rules: too little history makes the customer unrated whatever the
    score; then hysteresis may hold the grade; vetoes come last, because a customer who
    does not pay is capped at once.
    """
    by_score = grade_for_score(subject.score, policy.thresholds)
    too_new = _too_little_history(policy, subject)
    if too_new and policy.unrated is not None:
        return Outcome(by_score, policy.unrated, 0, (too_new,))
    rank = {threshold.grade: position for position, threshold in enumerate(policy.thresholds)}
    grade, streak, reasons = _hysteresis(policy, subject, by_score, rank)
    for veto in policy.vetoes:
        figure = subject.figures.get(veto.metric)
        if figure is None or not OPERATORS[veto.operator](figure, veto.limit):
            continue
        if rank[grade] < rank[veto.cap]:
            reasons.append({
                "code": "veto",
                "metric": veto.metric,
                "operator": veto.operator,
                "figure": figure,
                "limit": veto.limit,
                "from": grade,
                "to": veto.cap,
            })
            grade = veto.cap
    return Outcome(by_score, grade, streak, tuple(reasons))


def _too_little_history(policy: Policy, subject: Subject) -> dict[str, Any] | None:
    is_old = subject.months is not None and subject.months >= policy.minimum_months
    if (is_old or not policy.minimum_months) and subject.orders >= policy.minimum_orders:
        return None
    return {
        "code": "history",
        "months": subject.months,
        "minimum_months": policy.minimum_months,
        "orders": subject.orders,
        "minimum_orders": policy.minimum_orders,
    }


def _hysteresis(
    policy: Policy, subject: Subject, by_score: int, rank: Mapping[int, int]
) -> tuple[int, int, list[dict[str, Any]]]:
    """Return the grade after hysteresis, the streak to remember and the reasons."""
    previous = subject.previous
    if previous not in rank or by_score == previous:
        return by_score, 0, []
    direction = 1 if rank[by_score] < rank[previous] else -1
    reviews = max(subject.streak * direction, 0) + 1
    has_margin, has_streak = policy.margin > 0, policy.reviews_in_a_row > 1
    if not has_margin and not has_streak:
        return by_score, 0, []
    if has_streak and reviews >= policy.reviews_in_a_row:
        return by_score, 0, [{"code": "in_a_row", "reviews": reviews}]
    if has_margin:
        past = grade_for_score(subject.score - direction * policy.margin, policy.thresholds)
        if (rank[past] - rank[previous]) * -direction > 0:
            return past, 0, []
    held = {
        "code": "held",
        "by_score": by_score,
        "margin": policy.margin,
        "reviews": reviews,
        "reviews_needed": policy.reviews_in_a_row if has_streak else 0,
    }
    return previous, reviews * direction, [held]


def points_to_next(policy: Policy, score: float, grade: int, previous: int | None = None) -> tuple[int, float] | None:
    """Return the next better grade than ``grade`` and the points missing to it.

    The margin is added where hysteresis would ask for it, that is when the customer
    already holds a grade. None for the best grade, and for a grade without threshold.
    """
    position = next((i for i, step in enumerate(policy.thresholds) if step.grade == grade), None)
    if not position:
        return None
    target = policy.thresholds[position - 1]
    needed = target.minimum + (policy.margin if previous is not None else 0.0)
    return target.grade, max(min(needed, 100.0) - score, 0.0)
