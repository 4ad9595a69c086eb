"""Who pays for a sample: which rule holds, what it gives for the figures of the day, and what has been paid.

Plain arithmetic. Money is in one currency, without taxes.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

Charge = Literal["free", "shared", "full"]
Reason = Literal["rule", "quota", "quota_used", "record", "budget_short", "no_budget"]

CONDITIONS = ("grade", "kind", "type", "team")
"""What a rule may ask for; each one it does ask for makes it more specific by one."""


@dataclass(frozen=True, slots=True)
class Rule:
    """For whom and what a rule holds; None holds for anything."""

    key: Hashable
    company: Hashable | None = None
    grade: Hashable | None = None
    kind: Hashable | None = None
    type: Hashable | None = None
    team: Hashable | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One sample; None means that the case has none, so only rules that ask for nothing hold."""

    company: Hashable | None = None
    grade: Hashable | None = None
    kind: Hashable | None = None
    type: Hashable | None = None
    team: Hashable | None = None


class AmbiguousRulesError(ValueError):
    """Several rules hold and none is more specific than the others.

    :ivar keys: of these rules
    """

    def __init__(self, keys: Sequence[Hashable]):
        super().__init__("several rules are equally specific")
        self.keys = tuple(keys)


def mismatches(rule: Rule, case: Case) -> tuple[str, ...]:
    """Return the conditions of a rule that a case does not meet, by name; empty when the rule holds."""
    return tuple(
        name
        for name in ("company", *CONDITIONS)
        if getattr(rule, name) is not None and getattr(rule, name) != getattr(case, name)
    )


def specificity(rule: Rule) -> tuple[int, int]:
    """Return how specific a rule is, the higher the more.

    A company's own rules come before those shared by all companies; within these, the
    number of conditions counts.
    """
    return int(rule.company is not None), sum(getattr(rule, name) is not None for name in CONDITIONS)


def resolve(rules: Iterable[Rule], case: Case) -> Rule | None:
    """Return the most specific rule that holds for a case, None when none does.

    :raises AmbiguousRulesError: two or more are equally specific
    """
    holding = [rule for rule in rules if not mismatches(rule, case)]
    if not holding:
        return None
    best = max(map(specificity, holding))
    winners = [rule for rule in holding if specificity(rule) == best]
    if len(winners) > 1:
        raise AmbiguousRulesError([rule.key for rule in winners])
    return winners[0]


def shared_cases(first: Rule, second: Rule) -> Rule | None:
    """Return the conditions under which both rules hold, None when no case meets both."""
    merged = {}
    for name in ("company", *CONDITIONS):
        one, other = getattr(first, name), getattr(second, name)
        if one is not None and other is not None and one != other:
            return None
        merged[name] = one if one is not None else other
    return replace(first, key=None, **merged)


def conflicts(rules: Sequence[Rule]) -> list[tuple[Rule, Rule]]:
    """Return the pairs of equally specific rules that some case would hit both.

    Such a pair is no conflict when a third rule holds for exactly the cases they share.
    """
    known = {replace(rule, key=None) for rule in rules}
    found = []
    for place, first in enumerate(rules):
        for second in rules[place + 1 :]:
            if specificity(first) != specificity(second):
                continue
            both = shared_cases(first, second)
            if both is None:
                continue
            same = both == replace(first, key=None)
            if same or both not in known:
                found.append((first, second))
    return found


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rule says about money.

    :param percent: of the cost that the customer pays, where shared by percent
    :param cap: the most the customer pays, where shared up to an amount; None: by percent
    :param free_quota: free samples a year before the rule charges
    :param record_limit: samples without an order from which nothing is free by quota; 0: no limit
    :param needs_budget: the company's part must be available
    """

    charge: Charge
    percent: float = 0.0
    cap: float | None = None
    free_quota: int = 0
    record_limit: int = 0
    needs_budget: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """The figures of the day.

    :param quota_used: free samples of the year so far
    :param unsold: samples that led to no order
    :param available: money left in the budget; None: no budget pays
    """

    cost: float
    quota_used: int = 0
    unsold: int = 0
    available: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who pays how much, and why: `reasons` in the order in which they told."""

    charge: Charge
    fee: float
    company_part: float
    reasons: tuple[Reason, ...]

    @property
    def uses_quota(self) -> bool:
        """Whether one of the year's free samples is used."""
        return "quota" in self.reasons


def decide(terms: Terms, facts: Facts, digits: int = 2) -> Outcome:
    """Return what the customer is charged.

    Free while the quota lasts and the record is good, else what the rule charges; and where
    the company's part must be in the budget but is not, the next option that it covers: at
    last the customer pays in full.

    :param digits: decimal places of the currency
    :raises ValueError: the cost is negative
    """
    if facts.cost < 0:
        raise ValueError("a sample cannot cost less than nothing")
    reasons: list[Reason] = []
    options: list[tuple[Charge, tuple[Reason, ...]]] = [(terms.charge, ("rule",))]
    if terms.free_quota and terms.charge != "free":
        if facts.quota_used >= terms.free_quota:
            reasons.append("quota_used")
        elif terms.record_limit and facts.unsold >= terms.record_limit:
            reasons.append("record")
        else:
            options.insert(0, ("free", ("quota",)))
    short: Reason = "no_budget" if facts.available is None else "budget_short"
    for charge, words in options:
        fee = _fee(charge, terms, facts.cost, digits)
        part = round(facts.cost - fee, digits)
        if not terms.needs_budget or part <= round(facts.available or 0.0, digits):
            return Outcome(_name(fee, part), fee, part, (*reasons, *words))
        if short not in reasons:
            reasons.append(short)
    return Outcome("full", round(facts.cost, digits), 0.0, tuple(reasons))


def _fee(charge: Charge, terms: Terms, cost: float, digits: int) -> float:
    if charge == "free":
        return 0.0
    if charge == "full":
        return round(cost, digits)
    if terms.cap is not None:
        return round(min(terms.cap, cost), digits)
    return round(cost * terms.percent / 100.0 + 1e-9, digits)


def _name(fee: float, part: float) -> Charge:
    """Return what to call the split: a cap above the cost is a fee in full."""
    if not fee:
        return "free"
    return "shared" if part > 0 else "full"


def needed_limit(limits: Iterable[float], amount: float) -> float | None:
    """Return the lowest approval limit that covers an amount, None when none does.

    :param limits: 0 is without limit
    """
    covering = [limit for limit in limits if not limit or limit >= amount]
    return min(covering, key=lambda limit: limit or float("inf")) if covering else None
