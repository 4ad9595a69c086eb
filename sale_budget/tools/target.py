"""What a document should hold of its budget, worked out from the facts in the ledger. Plain arithmetic.

The ledger has two kinds of rows. Facts: an estimate was approved, the rest was released, a cost was entered by hand,
or corrected, an accounting record was posted. And what follows from them: a cost uses up the reservation, a bill
replaces cost entered by hand. What follows is worked out from the facts as they stand, in the order in which each was
first seen, and only what is missing from the ledger is booked::

    >>> approved = Entry("samples", "commitment", "commit", Decimal(300))
    >>> bill = Entry("samples", "actual", "source", Decimal(200), source="bill 1")
    >>> difference([approved, bill])
    {'samples': Figures(reserved=Decimal('-200'), actual=Decimal('0'))}

A record that is reset, corrected or posted again counts with its present amount where it was first seen. So no
correction, and no order of corrections, makes the figures drift: they are as if the record had been right at once.
Only where cost was entered by hand while a record stood reset, the record comes after that cost, and may replace it.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from .money import ZERO, book, take_back

#: Origins of rows for cost entered by hand, and taken back by hand.
BY_HAND = ("spend", "correct")


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the ledger of one document; rows are given in the order in which they were added.

    :param line: budget line
    :param amount: in company currency; of a record of accounting, what its tax that is not recovered adds included
    :param source: record that the row was made from
    :param paper: bill or credit note on which the source stands; its lines count as one, discounts taken off
    :param bill: bill that the source belongs to; of a credit note, the bill that it takes back
    :param awaits_bill: of cost entered by hand, whether a bill follows; None where nobody said
    """

    line: Hashable
    kind: Literal["commitment", "actual"]
    origin: Literal["commit", "release", "spend", "correct", "source", "offset"]
    amount: Decimal
    source: Hashable = None
    paper: Hashable = None
    bill: Hashable = None
    awaits_bill: bool | None = None

    @property
    def is_fact(self) -> bool:
        """Whether the row says what happened; else it follows from rows that do."""
        return self.origin in ("commit", "release") or (self.kind == "actual" and self.origin != "offset")

    @property
    def is_by_hand(self) -> bool:
        """Whether the row says what somebody has entered by hand."""
        return self.kind == "actual" and self.origin in BY_HAND


@dataclass(frozen=True, slots=True)
class Figures:
    """What a document holds of one budget line, in company currency."""

    reserved: Decimal = ZERO
    actual: Decimal = ZERO


def facts(entries: Iterable[Entry]) -> list[Entry]:
    """Return the facts in the order in which each was first seen, with their present amount.

    The lines of one bill are one fact. A bill that counted nothing when cost was entered by hand is first seen when it
    counts again. What was taken back of cost entered by hand comes off that cost: where the correction names a source,
    of the same source, else the latest cost of the line.
    """
    found: dict[Hashable, Entry] = {}
    for place, entry in enumerate(entries):
        if not entry.is_fact:
            continue
        if entry.origin == "spend":
            found = {key: fact for key, fact in found.items() if fact.amount or not fact.source}
        left = entry.amount
        if entry.origin == "correct" and not entry.source:
            earlier = [key for key, fact in found.items() if fact.is_by_hand and fact.line == entry.line]
            parts = take_back([found[key].amount for key in earlier], -left)
            for key, part in zip(earlier, parts, strict=True):
                found[key] = replace(found[key], amount=found[key].amount - part)
                left += part
            if not left:
                continue
        named = entry.paper or entry.source
        key = (entry.line, named) if named else place
        before = found.get(key, replace(entry, amount=ZERO))
        found[key] = replace(before, amount=before.amount + left)
    return list(found.values())


def target(entries: Iterable[Entry]) -> dict[Hashable, Figures]:
    """Return what the document should hold of each line.

    - Of what was approved since the last release, all that its cost has not used up is reserved.
    - A bill counts with the sum of its lines. It first replaces cost that was entered by hand before the bill was first
      seen, with the words that a bill follows; then it uses up the reservation of its line; what goes beyond replaces
      cost of which nobody said whether a bill follows (see :func:`.money.book`). Cost that was entered after the bill,
      or with the words that no bill follows, comes on top.
    - A credit note gives back no reservation, unless it takes back the whole of its bill: then both count as if they
      had never been.
    """
    known = facts(entries)
    of_bill: dict[Hashable, Decimal] = defaultdict(Decimal)
    for fact in known:
        of_bill[_bill(fact)] += fact.amount
    approved: dict[Hashable, Decimal] = defaultdict(Decimal)
    used: dict[Hashable, Decimal] = defaultdict(Decimal)
    by_hand: dict[tuple[Hashable, bool | None], Decimal] = defaultdict(Decimal)
    credited: dict[Hashable, Decimal] = defaultdict(Decimal)
    for fact in known:
        line = fact.line
        if fact.origin == "commit":
            approved[line] += fact.amount
        elif fact.origin == "release":
            approved.clear()
        elif fact.is_by_hand:
            by_hand[line, fact.awaits_bill] += fact.amount
            used[line] += fact.amount
        elif min(fact.amount, of_bill[_bill(fact)]) <= 0:
            credited[line] += fact.amount
        else:
            booking = book(
                fact.amount,
                reserved=approved[line] - used[line],
                manual=by_hand[line, None],
                awaiting=by_hand[line, True],
            )
            by_hand[line, None] -= booking.from_manual
            by_hand[line, True] -= booking.from_awaiting
            used[line] += booking.new
    return {
        line: Figures(max(approved[line] - max(used[line], ZERO), ZERO), used[line] + credited[line])
        for line in dict.fromkeys(fact.line for fact in known)
    }


def _bill(fact: Entry) -> tuple[Hashable, Hashable]:
    """Return the bill that a fact belongs to, or takes back, as far as it concerns its line."""
    return fact.line, fact.bill or fact.paper or fact.source


def booked(entries: Iterable[Entry]) -> dict[Hashable, Figures]:
    """Return what the ledger says that the document holds of each line."""
    sums: dict[Hashable, Decimal] = defaultdict(Decimal)
    lines = []
    for entry in entries:
        lines.append(entry.line)
        sums[entry.line, entry.kind] += entry.amount
    return {line: Figures(sums[line, "commitment"], sums[line, "actual"]) for line in lines}


def difference(entries: Sequence[Entry]) -> dict[Hashable, Figures]:
    """Return, by line, what must be booked for the ledger to say what the document should hold."""
    wanted, missing = target(entries), {}
    for line, now in booked(entries).items():
        then = wanted.get(line, Figures())
        if then != now:
            missing[line] = Figures(then.reserved - now.reserved, then.actual - now.actual)
    return missing
