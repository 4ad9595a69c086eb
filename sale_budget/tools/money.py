"""What a budget line holds, and who still finds money in it; plain arithmetic.

All amounts are in one currency. `rounding` is its smallest unit (0.01 for CNY): differences below half of it are noise
of floating point and count as equal.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Balance:
    """The five figures of a budget line.

    :param planned: amount of the approved plan
    :param amended: sum of the amendments, each positive or negative
    :param committed: reserved by approved documents and not spent yet
    :param actual: spent
    """

    planned: float = 0.0
    amended: float = 0.0
    committed: float = 0.0
    actual: float = 0.0

    @property
    def budget(self) -> float:
        """What may be spent in all: the plan and its amendments."""
        return self.planned + self.amended

    @property
    def available(self) -> float:
        """budget + amendments − committed − actual; negative when overspent."""
        return self.budget - self.committed - self.actual

    @property
    def share_used(self) -> float:
        """Share of the budget that is committed or spent: 0.8 means 80 %.

        A budget of nothing of which something is used counts as used up (1.0).
        """
        used = self.committed + self.actual
        if self.budget > 0:
            return used / self.budget
        return 1.0 if used > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Demand:
    """What one document asks of one line."""

    document: Hashable
    line: Hashable
    amount: float


def shortfalls(
    available: Mapping[Hashable, float], demands: Iterable[Demand], *, rounding: float = 0.01
) -> dict[Hashable, float]:
    """Return how much money each document lacks, for those that lack any.

    The documents are served in the given order, those that find enough first reduce what the following find. A
    document that does not find enough takes nothing: it does not spoil the chance of a smaller one behind it.

    :param available: money left, by line
    :return: by document, the part of its amount that is not covered
    """
    left = dict(available)
    lacking = {}
    for demand in demands:
        gap = demand.amount - max(left[demand.line], 0.0)
        if demand.amount > 0 and gap > rounding / 2:
            lacking[demand.document] = gap
        else:
            left[demand.line] -= demand.amount
    return lacking


@dataclass(frozen=True, slots=True)
class Booking:
    """How one expense changes what stands in the books of its document.

    :param actual: the expense itself
    :param from_reserved: part of the reservation that it turns into actual cost
    :param from_manual: cost entered by hand earlier that it proves, and replaces
    """

    actual: Decimal
    from_reserved: Decimal = ZERO
    from_manual: Decimal = ZERO


def book(amount: Decimal, *, reserved: Decimal = ZERO, manual: Decimal = ZERO) -> Booking:
    """Return how an expense, such as a vendor bill, is booked to its document.

    It first uses up what is reserved for the document. What goes beyond replaces cost that was entered by hand before
    the bill came, so that nothing counts twice. A credit note (negative amount) gives back no reservation.

    :param amount: the expense; negative for a credit note
    :param reserved: what the document still reserves
    :param manual: cost of the document entered by hand and not replaced yet
    """
    if amount <= 0:
        return Booking(amount)
    from_reserved = min(amount, max(reserved, ZERO))
    return Booking(amount, from_reserved, min(amount - from_reserved, max(manual, ZERO)))
