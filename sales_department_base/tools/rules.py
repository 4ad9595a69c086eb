"""Which rule of a policy holds for a case: the most specific one.

Fees, staged mould opening, credit and referral rules are all of this kind: each rule names the
conditions it asks for (a grade, a type, a team …) and is silent on the others. Plain arithmetic.

Example::

    rules = [Rule.of("all"), Rule.of("grade a", grade=1), Rule.of("ours", company=7)]
    resolve(rules, {"company": 7, "grade": 1}).key  # "ours": a company's own rules come first
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

Case = Mapping[str, Hashable | None]
"""What the conditions are compared with, by name; None: the case has none, so only silent rules hold."""

COMPANY = "company"
"""Name of the condition that comes before all others: a company's own rules beat those shared by all."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule asks for: pairs of a condition's name and the value it wants. Use :meth:`of`."""

    key: Hashable
    conditions: frozenset[tuple[str, Hashable]]

    @classmethod
    def of(cls, key: Hashable, **conditions: Hashable | None) -> "Rule":
        """Return a rule; a condition that is None holds for anything."""
        return cls(key, frozenset((name, value) for name, value in conditions.items() if value is not None))

    @property
    def specificity(self) -> tuple[bool, int]:
        """How specific the rule is, the higher the more: own rules first, then the number of conditions."""
        names = {name for name, _value in self.conditions}
        return COMPANY in names, len(names - {COMPANY})


class AmbiguousRulesError(ValueError):
    """Several rules hold and none is more specific than the others.

    :ivar keys: of these rules
    """

    def __init__(self, keys: Sequence[Hashable]) -> None:
        super().__init__("several rules are equally specific")
        self.keys = tuple(keys)


def mismatches(rule: Rule, case: Case) -> tuple[str, ...]:
    """Return the conditions of a rule that a case does not meet, in the order of the case; empty: it holds."""
    wanted = dict(rule.conditions)
    return tuple(name for name in {**case, **wanted} if name in wanted and wanted[name] != case.get(name))


def resolve(rules: Iterable[Rule], case: Case) -> Rule | None:
    """Return the most specific rule that holds for a case, None when none does.

    :raises AmbiguousRulesError: two or more are equally specific
    """
    holding = [rule for rule in rules if not mismatches(rule, case)]
    best = max((rule.specificity for rule in holding), default=None)
    winners = [rule for rule in holding if rule.specificity == best]
    if len(winners) > 1:
        raise AmbiguousRulesError([rule.key for rule in winners])
    return next(iter(winners), None)


def conflicts(rules: Sequence[Rule]) -> list[tuple[Rule, Rule]]:
    """Return the pairs of equally specific rules that some case would hit both.

    Such a pair is no conflict when a third rule holds for exactly the cases they share.
    """
    known = {rule.conditions for rule in rules}
    found = []
    for place, first in enumerate(rules):
        for second in rules[place + 1 :]:
            both = first.conditions | second.conditions
            contradict = len(dict(both)) < len(both)
            if first.specificity != second.specificity or contradict:
                continue
            if both == first.conditions or both not in known:
                found.append((first, second))
    return found
