"""What a document should hold of its budget, worked out from the facts in the ledger. Plain arithmetic.

The ledger has two kinds of rows. Facts: an estimate was approved, the rest was released, a cost was entered by hand,
an accounting record was posted. And what follows from them: a cost uses up the reservation, a bill replaces cost
entered by hand. What follows is worked out from the facts as they stand, in the order in which each was first seen,
and only what is missing from the ledger is booked::

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

from .money import ZERO, book


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the ledger of one document; rows are given in the order in which they were added.

    :param line: budget line
    :param amount: in company currency
    :param source: accounting record that the row was made from
    :param bill: bill that the source belongs to; of a credit note, the bill that it takes back
    """

    line: Hashable
    kind: Literal["commitment", "actual"]
    origin: Literal["commit", "release", "spend", "source", "offset"]
    amount: Decimal
    source: Hashable = None
    bill: Hashable = None

    @property
    def is_fact(self) -> bool:
        """Whether the row says what happened; else it follows from rows that do."""
        return self.origin in ("commit", "release") or (self.kind == "actual" and self.origin != "offset")


@dataclass(frozen=True, slots=True)
class Figures:
    """What a document holds of one budget line, in company currency."""

    reserved: Decimal = ZERO
    actual: Decimal = ZERO


def facts(entries: Iterable[Entry]) -> list[Entry]:
    """Return the facts in the order in which each was first seen, sources with their present amount.

    A source that counted nothing when cost was entered by hand is first seen when it counts again.
    """
    found: dict[Hashable, Entry] = {}
    for place, entry in enumerate(entries):
        if entry.is_fact:
            if entry.kind == "actual" and entry.origin == "spend":
                found = {key: fact for key, fact in found.items() if fact.amount or not fact.source}
            key = (entry.line, entry.source) if entry.source else place
            before = found[key].amount if key in found else ZERO
            found[key] = replace(entry, amount=before + entry.amount)
    return list(found.values())


def target(entries: Iterable[Entry]) -> dict[Hashable, Figures]:
    """Return what the document should hold of each line.

    - Of what was approved since the last release, all that its cost has not used up is reserved.
    - A bill uses up the reservation of its line. It replaces, with what goes beyond, cost that was entered by hand
      before the bill was first seen (see :func:`.money.book`). Cost entered after it comes on top.
    - A credit note gives back no reservation, unless it takes back the whole of its bill: then both count as if they
      had never been.
    """
    known = facts(entries)
    of_bill: dict[Hashable, Decimal] = defaultdict(Decimal)
    for fact in known:
        of_bill[fact.line, fact.bill or fact.source] += fact.amount
    approved: dict[Hashable, Decimal] = defaultdict(Decimal)
    used: dict[Hashable, Decimal] = defaultdict(Decimal)
    manual: dict[Hashable, Decimal] = defaultdict(Decimal)
    credited: dict[Hashable, Decimal] = defaultdict(Decimal)
    for fact in known:
        line = fact.line
        if fact.origin == "commit":
            approved[line] += fact.amount
        elif fact.origin == "release":
            approved.clear()
        elif fact.origin == "spend":
            manual[line] += fact.amount
            used[line] += fact.amount
        elif fact.amount < 0 or of_bill[line, fact.bill or fact.source] <= 0:
            credited[line] += fact.amount
        else:
            booking = book(fact.amount, reserved=approved[line] - used[line], manual=manual[line])
            manual[line] -= booking.from_manual
            used[line] += booking.actual - booking.from_manual
    return {
        line: Figures(max(approved[line] - used[line], ZERO), used[line] + credited[line])
        for line in dict.fromkeys(fact.line for fact in known)
    }


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
