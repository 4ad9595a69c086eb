"""All that is decided for one customer, from figures that are already fetched."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from .decision import Policy, Subject, decide
from .scoring import Points, weighted_score


def lead_key(lead_id: int) -> int:
    """Return the number under which a lead is graded.

    A review grades partners and, where the scheme is one for prospects, leads. Figures,
    points and history are kept by one whole number for each of them: a partner's own id,
    and the negative id of a lead. Here is the only place that knows; queries over leads
    give ``-id`` as their ``partner_id`` column.
    """
    return -lead_id


def partner_and_lead(key: int) -> tuple[int | None, int | None]:
    """Return the partner id and the lead id behind a key: one of them is None."""
    return (key, None) if key > 0 else (None, -key)


class Present(NamedTuple):
    """What is known of a customer's present grade."""

    user: int | None
    grade: int | None
    streak: int = 0
    kept_until: date | None = None
    """Last day of an override that still lasts on the day of the review."""
    kept_reason: str | None = None
    is_same_kind: bool = True
    """False: the present grade was given to the prospect and a customer is graded now. It
    is the grade before, but does not hold the new one."""


class History(NamedTuple):
    """What every grading needs of a customer's orders."""

    revenue: float = 0.0
    order_count: int = 0
    orders_ever: int = 0
    first_day: date | None = None
    unconverted: list[int] | None = None
    """Currencies of orders that cannot be converted."""


class Assessment(NamedTuple):
    """One customer's row in a review."""

    partner_id: int | None
    user_id: int | None
    revenue: float
    order_count: int
    score: float
    figures: dict[str, float]
    points: dict[str, float]
    reasons: list[dict[str, Any]]
    streak: int
    is_incomplete: bool
    previous_grade_id: int | None
    by_score_grade_id: int | None
    proposed_grade_id: int | None
    grade_id: int | None
    movement: str
    decision: str
    reason: str | None
    override_until: date | None
    lead_id: int | None = None

    @property
    def key(self) -> int:
        """The number under which figures and points are kept."""
        return self.partner_id or lead_key(self.lead_id)


def full_months(first: date | None, day: date) -> int | None:
    """Return the full months from ``first`` to ``day``, or None without a first day."""
    if first is None:
        return None
    return (day.year - first.year) * 12 + day.month - first.month - (day.day < first.day)


def movement(before: int | None, after: int | None, rank: Mapping[int, int]) -> str:
    """Say how a customer moves: ``same``, ``new``, ``up`` or ``down``.

    :param rank: place of each grade, best first; unrated has none
    """
    if before == after:
        return "same"
    if before is None:
        return "new"
    if after not in rank:
        return "down"
    if before not in rank:
        return "new"
    return "up" if rank[after] < rank[before] else "down"


@dataclass(frozen=True, slots=True)
class Assessor:
    """The rules and figures of one review.

    :param as_of: last day counted
    :param rank: place of each grade, best first, unrated left out
    :param figures: ``{metric: {customer: figure}}``, customers without a figure absent
    :param points: ``{metric: {customer: points}}``; a customer whose figures are
        incomplete is in none of them
    """

    policy: Policy
    weights: Mapping[str, float]
    as_of: date
    rank: Mapping[int, int]
    figures: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    points: Mapping[str, Points] = field(default_factory=dict)

    def assess(self, customer: int, present: Present, history: History) -> Assessment:
        """Score one customer and propose a grade.

        An unchanged proposal is accepted beforehand: only changes need a person. While
        an override lasts, its grade is kept and the proposal only noted. A customer with
        orders that cannot be converted gets no proposal: a wrong figure would be worse
        than none.
        """
        own_figures = {key: known[customer] for key, known in self.figures.items() if customer in known}
        own_points: dict[str, float] = {}
        score, by_score, proposed, streak = 0.0, None, None, 0
        if history.unconverted:
            reasons = [{"code": "no_rate", "currencies": list(history.unconverted)}]
        else:
            own_points = {key: round(earned[customer], 4) for key, earned in self.points.items()}
            score = weighted_score(own_points, self.weights)
            months = full_months(history.first_day, self.as_of)
            previous = present.grade if present.is_same_kind else None
            outcome = decide(
                self.policy, Subject(score, own_figures, previous, present.streak, months, history.orders_ever)
            )
            by_score, proposed, streak = outcome.by_score, outcome.grade, outcome.streak
            reasons = list(outcome.reasons)
        grade = proposed if proposed is not None else present.grade
        taken = "accepted" if proposed is not None and proposed == present.grade else "pending"
        if present.kept_until:
            grade, taken = present.grade, "kept"
        partner, lead = partner_and_lead(customer)
        return Assessment(
            partner,
            present.user,
            round(float(history.revenue), 2),
            history.order_count,
            round(score, 2),
            own_figures,
            own_points,
            reasons,
            streak,
            bool(history.unconverted),
            present.grade,
            by_score,
            proposed,
            grade,
            movement(present.grade, grade, self.rank),
            taken,
            present.kept_reason if present.kept_until else None,
            present.kept_until,
            lead,
        )
