"""Which of several rules holds: the most specific one."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace

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
