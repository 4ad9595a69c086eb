"""When a mould fee comes back: pairs delivered against thresholds, as plain arithmetic.

A mould agreement promises the customer parts of the fee back, each after so many pairs,
some only until a day. Pairs count net of returns, on the day they left or came back.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dateutil.relativedelta import relativedelta

StepState = Literal["open", "near", "reached", "missed", "granted", "fallen"]

NEAR = 0.8
"""Share of the threshold from which a step counts as near."""


def last_day(start: date | None, months: int) -> date | None:
    """Return the last day on which pairs count, so many months after the first; None where there is no end.

    >>> last_day(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    >>> last_day(date(9999, 1, 1), 12) is None  # beyond the calendar
    True
    """
    if not start or months <= 0:
        return None
    try:
        return start + relativedelta(months=months)
    except (OverflowError, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class RefundStep:
    """A part of the fee that comes back.

    :param threshold: pairs, above 0, counted from the start of the agreement
    :param percent: of the fee, above 0
    :param deadline: last day on which pairs count; None: for ever
    """

    key: Hashable
    threshold: float
    percent: float
    deadline: date | None = None


@dataclass(frozen=True, slots=True)
class StepProgress:
    """Where one step stands.

    :param pairs: net pairs that count for the step
    :param share: of the threshold, 0 to 1
    :param missing: pairs still to deliver, 0 when reached
    """

    key: Hashable
    state: StepState
    pairs: float
    share: float
    missing: float


def net_pairs(entries: Iterable[tuple[date, float]], until: date | None = None) -> float:
    """Return the pairs delivered less those returned, up to and including a day.

    :param entries: (day, pairs), returns being negative
    """
    return sum(pairs for day, pairs in entries if until is None or day <= until)


def step_progress(
    entries: Sequence[tuple[date, float]], steps: Iterable[RefundStep], granted: Iterable[Hashable], today: date
) -> list[StepProgress]:
    """Return where each step stands on a day.

    What was granted stays granted: when goods come back later and the pairs fall below
    the threshold, the state is "fallen", not "open". Pairs that arrive in the books after
    the deadline still count when they left before it.

    :param entries: (day, pairs), returns being negative
    :param granted: keys of the steps that have been refunded
    """
    granted = set(granted)
    result = []
    for step in steps:
        pairs = net_pairs(entries, step.deadline)
        reached = pairs >= step.threshold
        state: StepState
        if step.key in granted:
            state = "granted" if reached else "fallen"
        elif reached:
            state = "reached"
        elif step.deadline and step.deadline < today:
            state = "missed"
        elif pairs >= step.threshold * NEAR:
            state = "near"
        else:
            state = "open"
        share = min(max(pairs / step.threshold, 0.0), 1.0)
        result.append(StepProgress(step.key, state, pairs, share, max(step.threshold - pairs, 0.0)))
    return result


def step_amounts(fee: float, percents: Mapping[Hashable, float], digits: int = 2) -> dict[Hashable, float]:
    """Return how much each step gives back, so that all of 100 % give back exactly the fee.

    Each amount is the difference of two rounded running totals, so that roundings never add up.

    :param fee: what the customer was charged, 0 or more
    :param percents: step → percent, in the order in which the steps are reached
    :param digits: decimal places of the currency
    :raises ValueError: the percents add up to more than 100
    """
    total, before, amounts = 0.0, 0.0, {}
    for key, percent in percents.items():
        total += percent
        if total > 100.0 + 1e-9:
            raise ValueError("more than the whole fee would come back")
        running = round(fee * total / 100.0 + 1e-9, digits)
        amounts[key] = round(running - before, digits)
        before = running
    return amounts
