"""How much of a charge has been collected, out of the invoices that carry it. Plain arithmetic.

Amounts of one invoice are in its own currency, taxes included. What an invoice says about the charge is compared
without taxes, in the unit in which the charge is given: its currency, or how often it was ordered.
"""

from collections.abc import Iterable
from dataclasses import dataclass

#: How far rates of two days may lie apart: an invoice in another currency that comes as near to what is still to be
#: invoiced as this, and charges the whole quantity, charges all of it.
RATE_DRIFT = 0.1


@dataclass(frozen=True, slots=True)
class InvoicedPart:
    """What one posted invoice says about a charge, such as a sample fee.

    :param part: the charge on the invoice, less what down payments deduct from it
    :param total: of the invoice
    :param due: of the total, still open
    :param corrected: credit notes that take the invoice back, reconciled with it or repaid
    :param refunded: credit that settles the invoice and leaves the charge as it is: what is given back as promised,
        credit from other invoices
    :param corrected_part: of `corrected`, what credit notes take back of the charge; None: of all lines alike
    :param open_credit: of `corrected`, neither deducted from what is due nor repaid
    :param written_off: settled without money: discounts for early payment, rests that were written off
    :param charge: what the part is of the charge as ordered, in the unit of the latter; None: the part itself
    :param quantity: the same by the quantity on the invoice; 0 for a down payment
    :param is_converted: the invoice is in another currency than the order
    """

    part: float
    total: float
    due: float
    corrected: float = 0.0
    refunded: float = 0.0
    corrected_part: float | None = None
    open_credit: float = 0.0
    written_off: float = 0.0
    charge: float | None = None
    quantity: float = 0.0
    is_converted: bool = False

    @property
    def is_reversed(self) -> bool:
        """Whether credit notes have taken the whole charge on the invoice back."""
        if self.corrected <= 0 or self.total <= 0:
            return False
        left = self._net_part() if self.part > 0 else self.total - self.corrected
        return round(left, 6) <= 0

    @property
    def is_owed(self) -> bool:
        """Whether the customer still owes something of the charge on this invoice."""
        return not self.is_reversed and round(self._owed(), 6) > 0

    @property
    def counts(self) -> bool:
        """Whether the invoice says anything: it charges something, and was not taken back."""
        return self.total > 0 and not self.is_reversed

    def _covered(self) -> float:
        """The charge on the invoice as far as its total covers it: a discount beside it makes it smaller."""
        return min(self.part, self.total)

    def _taken_back(self) -> float:
        """What credit notes have taken back of the charge."""
        covered = self._covered()
        alike = self.corrected * covered / self.total
        back = alike if self.corrected_part is None else self.corrected_part
        return min(max(back, 0.0), covered)

    def _net_part(self) -> float:
        """The charge less what was taken back of it, and no more than what is left of the invoice."""
        return min(self._covered() - self._taken_back(), self.total - self.corrected)

    def _without_money(self) -> float:
        return self.refunded + self.written_off

    def _paid(self) -> float:
        """What the customer has paid of the invoice and not got back, as far as it was charged."""
        held = self.total - self.due - (self.corrected - self.open_credit) - self._without_money()
        return min(max(held, 0.0), max(self.total - self.corrected - self._without_money(), 0.0))

    def _owed(self) -> float:
        """What the customer still owes of the invoice."""
        return max(self.total - self.corrected - self._without_money() - self._paid(), 0.0)

    def stands_for(self) -> "Standing":
        """Return where the charge on this invoice stands; call it where the invoice :attr:`counts`."""
        if self.part <= 0:  # a down payment is deducted from more than the charge on this invoice: at once
            charge = self.part if self.charge is None else self.charge
            return Standing(charge, 0.0, charge, 0.0)
        charge = (self.part if self.charge is None else self.charge) * self._covered() / self.part
        net = charge * self._net_part() / self._covered()
        whole = self.total - self.corrected
        return Standing(charge, charge - net, net * self._paid() / whole, net * self._owed() / whole)


@dataclass(frozen=True, slots=True)
class Standing:
    """What one invoice does for a charge, in the unit of the charge.

    :param charge: what it charges
    :param corrected: what of that was taken back
    :param paid: what of the rest was paid in money
    :param owed: what of the rest is owed
    """

    charge: float
    corrected: float
    paid: float
    owed: float


@dataclass(frozen=True, slots=True)
class Collection:
    """Where the collection of a charge stands.

    :param share: of the charge that was paid, 0 to 1
    :param settled: of what is still charged after corrections, the share that is no longer owed, 0 to 1; 1 only where
        nothing is owed
    """

    share: float
    settled: float


def collection(invoices: Iterable[InvoicedPart], charged: float) -> Collection:
    """Return how much of a charge was paid, and how much is settled.

    A part payment of an invoice counts for all its lines alike, and a credit note does, too, unless it says what it
    corrects: it is no payment. An invoice that a discount has made smaller than the charge on it collects no more than
    its total. An invoice that was taken back counts as if it had never been. What no invoice charges is owed.

    :param charged: the whole charge as ordered
    """
    counted = [invoice for invoice in invoices if invoice.counts]
    standings = [(invoice, invoice.stands_for()) for invoice in counted]
    invoiced = sum(standing.charge for _invoice, standing in standings)
    converted = sum(standing.charge for invoice, standing in standings if invoice.is_converted)
    gap = charged - invoiced
    owed, factor = max(gap, 0.0), 1.0
    whole = round(sum(invoice.quantity for invoice in counted) - charged, 6) >= 0
    if whole and converted > 0 and abs(gap) <= RATE_DRIFT * converted:
        owed, factor = 0.0, 1.0 + gap / converted
    paid = corrected = 0.0
    for invoice, standing in standings:
        weight = factor if invoice.is_converted else 1.0
        paid += standing.paid * weight
        corrected += standing.corrected * weight
        owed += standing.owed * weight
    open_share = _share(owed, charged - corrected, nothing=1.0)
    return Collection(_share(paid, charged), round(1.0 - open_share, 12))


def _share(amount: float, whole: float, nothing: float = 0.0) -> float:
    """Return a share of 0 to 1.

    :param nothing: the share of nothing
    """
    return min(max(round(amount / whole, 12), 0.0), 1.0) if round(whole, 12) > 0 else nothing
