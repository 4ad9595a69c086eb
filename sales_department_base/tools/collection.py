"""How much of a charge has been collected, out of the invoices that carry it. Plain arithmetic.

Money of one charge is in one currency, taxes included.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InvoicedPart:
    """What one posted invoice says about a charge, such as a sample fee.

    :param part: the charge on the invoice, less what down payments deduct from it
    :param total: of the invoice
    :param due: of the total, still open
    :param corrected: credit notes that take the invoice back, reconciled with it or repaid
    :param refunded: credit notes that give the charge back as promised, as far as they settle the invoice
    """

    part: float
    total: float
    due: float
    corrected: float = 0.0
    refunded: float = 0.0

    @property
    def is_reversed(self) -> bool:
        """Whether credit notes have taken the whole invoice back."""
        return self.total > 0 and round(self.total - self.corrected, 6) <= 0


@dataclass(frozen=True, slots=True)
class Collection:
    """Where the collection of a charge stands.

    :param share: of the charge that was paid, 0 to 1
    :param settled: of what is still charged after corrections, the share that is no longer owed, 0 to 1
    """

    share: float
    settled: float


def collection(invoices: Iterable[InvoicedPart], charged: float) -> Collection:
    """Return how much of a charge was paid, and how much is settled.

    A part payment of an invoice counts for all its lines alike, and a credit note does, too: it is no
    payment. An invoice that a discount has made smaller than the charge on it collects no more than its total. An
    invoice that was taken back counts as if it had never been.

    :param charged: the whole charge as ordered
    """
    if charged <= 0:
        return Collection(0.0, 0.0)
    paid = refunded = corrected = 0.0
    for invoice in invoices:
        if invoice.total <= 0 or invoice.is_reversed:
            continue
        share = min(invoice.part, invoice.total) / invoice.total
        paid += share * max(invoice.total - invoice.due - invoice.corrected - invoice.refunded, 0.0)
        refunded += share * invoice.refunded
        corrected += share * invoice.corrected
    return Collection(_share(paid, charged), _share(paid + refunded, charged - corrected))


def _share(amount: float, whole: float) -> float:
    return min(max(round(amount / whole, 6), 0.0), 1.0) if whole > 0 else 0.0
