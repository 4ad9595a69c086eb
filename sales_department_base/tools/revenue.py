"""What credit notes leave of one order line: revenue, and margin. Plain arithmetic.

Amounts are without taxes, in the currency of the order; quantities in the unit of the order line. All of it holds for
negative lines, such as discounts, too: there every sign is the other one. ``sales.department.revenue`` says the same
for all order lines at once, in SQL; a test compares the two.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of a confirmed order.

    :param ordered: its net amount
    :param quantity: ordered
    :param margin: what it earns as ordered
    """

    ordered: float
    quantity: float
    margin: float = 0.0


@dataclass(frozen=True, slots=True)
class Billed:
    """A line of a posted invoice or credit note that belongs to an order line.

    :param amount: its net amount, as the document writes it
    :param quantity: as the document writes it
    :param is_same_product: it names the product of the order line; lines without product do not
    :param document: number of the document, in the order in which they were made
    :param made: moment in which the document was made; None for a credit note that reverses no invoice
    """

    amount: float
    quantity: float = 0.0
    is_same_product: bool = True
    document: int = 0
    made: datetime | None = None


@dataclass(frozen=True, slots=True)
class TakenOff:
    """What credit notes take off an order line.

    :param revenue: of its amount
    :param margin: of its margin
    """

    revenue: float
    margin: float


def taken_off(ordered: float, invoiced: float, credited: float) -> float:
    """Return how much of an ordered amount, or quantity, was taken back: what was credited, less what made up for it.

    What is credited counts as far as less is left on the invoices than was ordered. So a price allowance counts by its
    amount, and a full return takes all; a credit note that was followed by a corrected invoice takes nothing off, and
    neither does one for what was invoiced beyond the order.
    """
    return max(min(ordered - invoiced + credited, max(credited, 0.0)), min(credited, 0.0))


def is_return(credited: Billed, line: OrderLine) -> bool:
    """Return whether a credited line means goods that came back, and not a price allowance.

    Documents do not say so; the price does. A credit at more than half of the ordered price is of goods: also those
    returned after an allowance, or less a fee for taking them back. A line without product is an allowance.
    """
    if not credited.is_same_product or not line.quantity:
        return False
    value = line.ordered * credited.quantity / line.quantity
    return credited.amount * value > 0 and 2 * abs(credited.amount) > abs(value)


def is_correction(invoice: Billed, credited: Billed) -> bool:
    """Return whether an invoice is the corrected one that was made together with a credit note.

    Documents do not say so either. "Reverse and Create Invoice" makes both in the same moment, the invoice after the
    credit note; what is invoiced later on, such as the rest of an order, is made in a moment of its own.
    """
    return credited.made is not None and invoice.made == credited.made and invoice.document > credited.document


def smaller_of_same_sign(one: float, other: float) -> float:
    """Return that of two amounts which is nearer to 0; 0 where their signs differ."""
    return max(min(one, other), 0.0) + min(max(one, other), 0.0)


def made_up_for(line: OrderLine, invoices: list[Billed], credits_: list[Billed]) -> tuple[float, float]:
    """Return which amount, and which quantity of returned goods, corrected invoices made up for.

    It was neither credited nor invoiced, so to speak: also where the order is invoiced in part, and less is left on
    the invoices than was ordered. Goods that a corrected invoice has beyond those of its credit note make up for
    nothing. Corrections of corrections count together: what the first took off, the second may bring back.
    """
    corrected = [piece for piece in credits_ if any(is_correction(invoice, piece) for invoice in invoices)]
    corrections = [piece for piece in invoices if any(is_correction(piece, credited) for credited in credits_)]
    quantity_again = sum(piece.quantity for piece in corrections)
    pieces = sum(piece.quantity for piece in corrected if is_return(piece, line))
    quantity = smaller_of_same_sign(pieces, quantity_again)
    share = quantity / quantity_again if quantity else 1.0
    amount_again = share * sum(piece.amount for piece in corrections)
    return smaller_of_same_sign(sum(piece.amount for piece in corrected), amount_again), quantity


def share_returned(line: OrderLine, invoices: list[Billed], credits_: list[Billed]) -> float:
    """Return which share of an order line's goods came back."""
    revenue = _revenue_off(line, invoices, credits_)
    returns = [credited for credited in credits_ if is_return(credited, line)]
    quantity, amount = sum(piece.quantity for piece in returns), sum(piece.amount for piece in returns)
    if not quantity or not amount:
        return 0.0
    share = quantity / line.quantity
    _amount, again = made_up_for(line, invoices, credits_)
    back = taken_off(line.quantity, sum(piece.quantity for piece in invoices) - again, quantity - again)
    # what was made up for by an invoice over an amount alone did not come back either
    worth = min(amount, line.ordered * share, key=abs)
    return min(back / quantity, max(revenue / worth, 0.0)) * share


def net_of_credits(line: OrderLine, invoices: list[Billed], credits_: list[Billed]) -> TakenOff:
    """Return what the credit notes of an order line take off its revenue and its margin.

    An allowance lowers the margin by its whole amount. Goods that came back bring their cost back.
    """
    revenue = _revenue_off(line, invoices, credits_)
    cost = line.ordered - line.margin
    return TakenOff(revenue, revenue - cost * share_returned(line, invoices, credits_))


def _revenue_off(line: OrderLine, invoices: list[Billed], credits_: list[Billed]) -> float:
    again, _quantity = made_up_for(line, invoices, credits_)
    invoiced, credited = (sum(piece.amount for piece in pieces) for pieces in (invoices, credits_))
    return taken_off(line.ordered, invoiced - again, credited - again)
