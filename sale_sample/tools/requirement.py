"""What changed between two versions of a requirement, in figures and signs that read the same in every language."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

#: Stands for "nothing was asked".
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of a requirement.

    :param subject: what the line is about: a property, a size, a field. Never shown
    :param name: of the subject, as it is read
    :param value: what is asked for, without its unit: "65 ± 3", "4"
    :param unit: of the value
    :param variant: tells lines about the same subject apart, such as a test condition
    :param details: what else is asked for, such as the test standard; shown only where it changes
    """

    subject: str
    name: str
    value: str
    unit: str = ""
    variant: str = ""
    details: tuple[str, ...] = ()

    def in_words(self) -> str:
        """Return what is asked for with its unit, a sign where that is nothing; a long text is cut.

        >>> Asked("h", "Hardness", "65 ± 3", "Shore A").in_words(), Asked("n", "Last", "").in_words()
        ('65 ± 3 Shore A', '–')
        """
        return " ".join(filter(None, (clip(self.value), self.unit))) or NOTHING


@dataclass(frozen=True, slots=True)
class Change:
    """A line before and after; None where there was, or is, none. Never both."""

    before: Asked | None
    after: Asked | None

    @property
    def kind(self) -> Literal["added", "removed", "changed"]:
        """Whether the line is new, gone, or another one."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"

    @property
    def line(self) -> Asked:
        """The line as it is now, the one that was there before where it is gone."""
        line = self.after or self.before
        if line is None:
            raise ValueError("a change of nothing into nothing")
        return line

    def in_words(self) -> str:
        """Return what became what, without the name; for a new or a lost line what is, or was, asked for.

        A unit that stays is written once, a detail where it changes.

        >>> before = Asked("h", "Hardness", "65 ± 3", "Shore A", details=("ISO 48",))
        >>> Change(before, Asked("h", "Hardness", "60 ± 3", "Shore A", details=("ISO 48",))).in_words()
        '65 ± 3 → 60 ± 3 Shore A'
        >>> Change(before, Asked("h", "Hardness", "65 ± 3", "Shore A", details=("GB/T 531",))).in_words()
        '65 ± 3 Shore A (ISO 48) → 65 ± 3 Shore A (GB/T 531)'
        """
        before, after = self.before, self.after
        if before is None or after is None:
            return self.line.in_words()
        old, new = _facts(before), _facts(after)
        if old == new and before.unit == after.unit:
            return f"{clip(before.value) or NOTHING} → {after.in_words()}"
        lost = [fact for fact in old if fact not in new]
        gained = [fact for fact in new if fact not in old]
        return f"{_with_facts(before, lost)} → {_with_facts(after, gained)}"


def differences(before: Iterable[Asked], after: Iterable[Asked]) -> list[Change]:
    """Return what changed: lines that are new or other than before in their present order, then those that are gone.

    Lines about the same subject and variant belong together; so do the only two that are left of a subject, one on
    each side: then the variant is what changed.

    >>> old, new = Asked("42", "Size 42", "2"), Asked("42", "Size 42", "4")
    >>> [(change.kind, change.in_words()) for change in differences([old], [new, Asked("43", "Size 43", "1")])]
    [('changed', '2 → 4'), ('added', '1')]
    >>> differences([old], [old])
    []
    """
    earlier, later = list(before), list(after)
    known = {(line.subject, line.variant): line for line in earlier}
    partners = {line: known.pop((line.subject, line.variant), None) for line in later}
    lost, fresh = defaultdict(list), defaultdict(list)
    for line in known.values():
        lost[line.subject].append(line)
    for line, partner in partners.items():
        if partner is None:
            fresh[line.subject].append(line)
    for subject, lines in fresh.items():
        if len(lines) == len(lost[subject]) == 1:
            partners[lines.pop()] = lost[subject].pop()
    gone = {line for lines in lost.values() for line in lines}
    changes = [Change(partner, line) for line, partner in partners.items() if line != partner]
    return changes + [Change(line, None) for line in earlier if line in gone]


def clip(text: str, most: int = 80) -> str:
    """Return a text on one line, with an ellipsis where it has more characters than fit.

    >>> clip("Grips on\\nwet rock", 12), clip("Grips", 5)
    ('Grips on we…', 'Grips')
    """
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _facts(line: Asked) -> tuple[str, ...]:
    """Return the variant and the details of a line, those that say something."""
    return tuple(filter(None, (line.variant, *line.details)))


def _with_facts(line: Asked, facts: list[str]) -> str:
    """Return what is asked for with its unit, and these facts in brackets."""
    return f"{line.in_words()} ({', '.join(facts)})" if facts else line.in_words()
