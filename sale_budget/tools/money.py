"""What a budget line holds, and who still finds money in it; plain arithmetic.

All amounts are in one currency. `rounding` is its smallest unit (0.01 for CNY): differences below half of it are noise
of floating point and count as equal.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

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
        if gap > rounding / 2:
            lacking[demand.document] = gap
        else:
            left[demand.line] -= demand.amount
    return lacking


@dataclass(frozen=True, slots=True)
class Booking:
    """How one expense changes what stands in the books of its document.

    :param actual: the expense itself
    :param from_reserved: part of the reservation that it turns into actual cost
    :param from_manual: cost entered by hand earlier, of which nobody said whether a bill follows, that it proves, and
        replaces
    :param from_awaiting: cost entered by hand earlier for which a bill was to follow, that it proves, and replaces
    """

    actual: Decimal
    from_reserved: Decimal = ZERO
    from_manual: Decimal = ZERO
    from_awaiting: Decimal = ZERO

    @property
    def new(self) -> Decimal:
        """What the expense adds to the cost that is known."""
        return self.actual - self.from_manual - self.from_awaiting


def book(amount: Decimal, *, reserved: Decimal = ZERO, manual: Decimal = ZERO, awaiting: Decimal = ZERO) -> Booking:
    """Return how an expense, such as a vendor bill, is booked to its document.

    It first replaces cost that was entered by hand with the words that a bill follows. Then it uses up what is reserved
    for the document. What goes beyond replaces cost that was entered by hand without such words, so that nothing counts
    twice. A credit note (negative amount) gives back no reservation.

    :param amount: the expense; negative for a credit note
    :param reserved: what the document still reserves
    :param manual: cost of the document entered by hand and not replaced yet, where nobody said whether a bill follows
    :param awaiting: the same, where a bill was to follow
    """
    cost = max(amount, ZERO)
    from_awaiting = min(cost, max(awaiting, ZERO))
    rest = cost - from_awaiting
    from_reserved = min(rest, max(reserved, ZERO))
    return Booking(amount, from_reserved, min(rest - from_reserved, max(manual, ZERO)), from_awaiting)


def take_back(entered: Sequence[Decimal], amount: Decimal) -> list[Decimal]:
    """Return how much of each cost entered by hand a correction takes back: the latest first, none below zero.

    :param entered: in the order in which they were entered
    :param amount: what was too much, in all; what goes beyond all of them is left out
    """
    parts = [ZERO] * len(entered)
    for place in reversed(range(len(entered))):
        parts[place] = max(min(entered[place], amount), ZERO)
        amount -= parts[place]
    return parts


def share_out(total: Decimal, weights: Sequence[Decimal], unit: Decimal) -> list[Decimal]:
    """Return the parts of a total by weight, each a multiple of the unit; together they are the total exactly.

    Each is less than a unit away from its exact share. What rounding leaves goes to those that lost most by it, the
    first of equals.

    :param total: a multiple of the unit, positive or negative
    :param weights: not negative; where all are zero, all count alike
    :param unit: smallest amount of the currency: 0.01 for CNY
    """
    if not any(weights):
        weights = [unit] * len(weights)
    whole = sum(weights, ZERO)
    shares = [total * weight / whole for weight in weights]
    parts = [(share / unit).to_integral_value(ROUND_FLOOR) * unit for share in shares]
    by_loss = sorted(range(len(parts)), key=lambda place: parts[place] - shares[place])
    left = int((total - sum(parts, ZERO)) / unit)
    for place in by_loss[:left]:
        parts[place] += unit
    return parts


def settle(total: Decimal, amounts: Sequence[Decimal], unit: Decimal) -> list[Decimal]:
    """Return the amounts, changed so that together they are the total: the difference is shared out by their size.

    ::

        >>> settle(Decimal("11.70"), [Decimal("13.00"), Decimal("-1.30")], Decimal("0.01"))
        [Decimal('13.00'), Decimal('-1.30')]

    :param total: what is posted, a multiple of the unit
    :param amounts: what was worked out, multiples of the unit, positive or negative
    :param unit: smallest amount of the currency
    """
    more = share_out(total - sum(amounts, ZERO), [abs(amount) for amount in amounts], unit)
    return [amount + change for amount, change in zip(amounts, more, strict=True)]
