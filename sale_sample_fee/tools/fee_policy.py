"""Who pays for a sample: what the rule that holds gives for the figures of the day.

Plain arithmetic. Money is in one currency, without taxes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Charge = Literal["free", "shared", "full"]
Reason = Literal["rule", "quota", "quota_used", "record", "budget_short", "no_budget"]


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
            options = [("free", ("quota",)), *options]
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
