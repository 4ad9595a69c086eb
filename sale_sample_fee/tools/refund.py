"""When a mould fee comes back: pairs delivered against thresholds, as plain arithmetic.

A mould agreement promises the customer parts of the fee back, each after so many pairs,
some only until a day. Pairs count net of returns, on the day they left or came back.

Nothing here is accumulated: what the ledger should say, and what should come back, follows from
the documents as they stand, and only the difference is booked.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from dateutil.relativedelta import relativedelta

StepState = Literal["open", "near", "reached", "missed", "drafted", "granted", "fallen"]

NEAR = 0.8
"""Share of the threshold from which a step counts as near."""

NOTHING = 1e-6
"""Pairs, or money, below which a difference is none."""


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


# ---- the ledger ----


@dataclass(frozen=True, slots=True)
class Posting:
    """Pairs that a ledger says of one movement, for one agreement on one day.

    :param source: the movement: a stock move, an order line
    :param agreement: for which it counts
    :param product: what moved
    :param pairs: negative when they came back
    """

    source: Hashable
    agreement: Hashable
    product: Hashable
    day: date
    pairs: float


def corrections(booked: Iterable[Posting], wanted: Iterable[Posting]) -> list[Posting]:
    """Return what has to be added to a ledger so that it says what is wanted, and nothing else.

    What a movement says no more is taken back for the agreement, the product and the day it was booked for: a
    corrected day is one row back and one row anew. First what is taken back, then what is new, in the order given.
    """
    difference: dict[Posting, float] = defaultdict(float)
    for one in booked:
        difference[replace(one, pairs=0.0)] -= one.pairs
    back = [key for key, pairs in difference.items() if pairs]
    for one in wanted:
        difference[replace(one, pairs=0.0)] += one.pairs
    order = [*back, *(key for key in difference if key not in back)]
    return [replace(key, pairs=difference[key]) for key in order if abs(difference[key]) >= NOTHING]


def order_days(history: Iterable[tuple[date, float]], total: float, today: date) -> list[tuple[date, float]]:
    """Return on which days the pairs of an order line count, which knows only how many were delivered in all.

    What the ledger has said stays on its days; what the line has more, or less, counts today.

    :param history: (day, pairs) booked so far
    :param total: that the line says now
    """
    days: dict[date, float] = defaultdict(float)
    for day, pairs in history:
        days[day] += pairs
    days[today] += total - sum(days.values())
    return sorted((day, pairs) for day, pairs in days.items() if abs(pairs) >= NOTHING)


# ---- the thresholds ----


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


def peak_pairs(movements: Iterable[tuple[Hashable, date, float]], until: date | None = None) -> float:
    """Return the most net pairs there ever were, up to and including a day.

    A return does not undo that a threshold was once reached; a correction does, as it says that the goods never left.
    So what one movement says of one day is taken together, where it was first told of.

    :param movements: (movement, day, pairs); of a day in the order in which they happened
    """
    days: dict[tuple[date, Hashable], float] = defaultdict(float)
    for source, day, pairs in movements:
        if until is None or day <= until:
            days[day, source] += pairs
    total = peak = 0.0
    for key in sorted(days, key=lambda one: one[0]):
        total += days[key]
        peak = max(peak, total)
    return peak


def step_progress(
    entries: Sequence[tuple[date, float]],
    steps: Iterable[RefundStep],
    granted: Iterable[Hashable],
    today: date,
    drafted: Iterable[Hashable] = (),
) -> list[StepProgress]:
    """Return where each step stands on a day.

    What was granted stays granted: when goods come back later and the pairs fall below
    the threshold, the state is "fallen", not "open". Pairs that arrive in the books after
    the deadline still count when they left before it.

    :param entries: (day, pairs), returns being negative
    :param granted: keys of the steps that have been refunded
    :param drafted: keys of those whose credit note is a draft yet
    """
    granted, drafted = set(granted), set(drafted)
    result = []
    for step in steps:
        pairs = net_pairs(entries, step.deadline)
        reached = pairs >= step.threshold
        state: StepState
        if step.key in granted:
            state = "granted" if reached else "fallen"
        elif step.key in drafted:
            state = "drafted" if reached else "fallen"
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


# ---- the money ----


def split_amount(amount: float, weights: Mapping[Hashable, float], digits: int = 2) -> dict[Hashable, float]:
    """Return an amount in parts by weight, rounded, which add up to exactly the amount.

    Each part is the difference of two rounded running totals, so that roundings never add up.

    :param amount: 0 or more, rounded
    :param weights: part → weight, 0 or more, not all 0
    :param digits: decimal places of the currency
    :raises ValueError: nothing has a weight
    """
    whole = sum(weights.values())
    if whole <= 0:
        raise ValueError("nothing to split by")
    total, before, parts = 0.0, 0.0, {}
    for key, weight in weights.items():
        total += weight
        running = round(amount * total / whole + NOTHING, digits)
        parts[key] = round(running - before, digits)
        before = running
    return parts


def fee_to_refund(fee: float | None, charged: float, paid: float) -> float:
    """Return what 100 % of a refund are: the fee as agreed, never more than was paid of it.

    :param fee: as agreed, without taxes, in the currency of the invoice; None: in another currency, so that only the
        invoice tells what it was
    :param charged: on invoices, without taxes
    :param paid: of it in money, without taxes; credit notes are no payment
    """
    return max(min(paid, charged if fee is None else fee), 0.0)


@dataclass(frozen=True, slots=True)
class GrantedRefund:
    """A refund that counts: its credit note is a draft or posted.

    :param step: that it was granted for
    :param amount: that its credit note says, without taxes
    :param posted: it is posted, so nobody but finance takes it back
    """

    key: Hashable
    step: Hashable
    amount: float
    posted: bool = False


def refunds_to_take_back(
    refunds: Sequence[GrantedRefund], earned: Collection[Hashable], fee: float
) -> tuple[list[Hashable], list[Hashable]]:
    """Return which drafts are taken back: those whose threshold was never reached, and those above what was paid.

    Of the latter the last first. What is posted stays.

    :param refunds: in the order in which they were granted
    :param earned: steps whose threshold was reached, be it that goods came back later
    :param fee: the most that may come back (:func:`fee_to_refund`)
    :return: keys of those not reached, keys of those not paid
    """
    unearned = [one.key for one in refunds if not one.posted and one.step not in earned]
    unpaid: list[Hashable] = []
    left = [one for one in refunds if one.key not in unearned]
    total = sum(one.amount for one in left)
    for one in reversed(left):
        if not one.posted and total > fee + NOTHING:
            unpaid.append(one.key)
            total -= one.amount
    return unearned, unpaid


def step_refunds(
    fee: float, percents: Mapping[Hashable, float], due: Iterable[Hashable], refunded: float, digits: int = 2
) -> dict[Hashable, float]:
    """Return what each step that is due gives back: its part of the fee, as far as not all of it has come back.

    :param fee: what 100 % are (:func:`fee_to_refund`)
    :param percents: step → percent, all steps in the order in which they are reached
    :param due: steps to be refunded now
    :param refunded: by other credit notes for the same fee
    :raises ValueError: the percents add up to more than 100
    """
    due, amounts = set(due), {}
    for key, part in step_amounts(fee, percents, digits).items():
        if key in due:
            amounts[key] = round(max(min(part, fee - refunded), 0.0), digits)
            refunded += amounts[key]
    return amounts


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
