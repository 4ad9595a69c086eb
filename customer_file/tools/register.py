"""What the customer register says of one file, as its orders stand. Plain values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

BY_ORDERS = ("order", "takeover")
"""Origins of entries that follow the orders."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the register.

    :param event: ``opened``, ``reopened``, ``closed`` or ``withdrawn``
    :param origin: who entered it: ``manual``, ``order``, ``takeover``, ``archive`` or ``merge``
    :param order_id: the order that opened the file
    :param withdrawn_id: the entry that this one takes back
    """

    id: int
    event: str
    origin: str
    day: date
    order_id: int | None = None
    withdrawn_id: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be entered so that the register follows the orders.

    :param withdrawn: ids of entries that do not count
    :param opened_on: day on which the file opens in their place, None when no order opens it
    :param order_id: the order that opens it then
    """

    withdrawn: tuple[int, ...] = ()
    opened_on: date | None = None
    order_id: int | None = None


def standing(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries that count: neither withdrawn nor withdrawals, in the given order."""
    entries = list(entries)
    gone = {entry.withdrawn_id for entry in entries}
    return [entry for entry in entries if entry.event != "withdrawn" and entry.id not in gone]


def follow_orders(entries: Sequence[Entry], orders: Iterable[tuple[date, int]], *, is_open: bool) -> Step:
    """Return what is to be entered, given the confirmed orders of the customer.

    What people entered stays: it is looked at what came after it. If it left the file open, orders add nothing. Else
    the file is open from the first order since; without any, what orders opened is withdrawn, and with it what
    archiving and merging did to the file in the meantime. The day of an entry is that on which its order was confirmed; it
    moves only when that order is gone and another one is the first. A file closed by becoming part of another is no longer an
    order's: its orders are those of the other now.

    :param entries: all of one file, oldest first
    :param orders: day and id of the confirmed orders
    :param is_open: whether the file is open now
    """
    kept = standing(entries)
    by_hand = max((place for place, entry in enumerate(kept) if entry.origin == "manual"), default=-1)
    last_word, since = kept[by_hand] if by_hand >= 0 else None, kept[by_hand + 1 :]
    opening = next((entry for entry in since if entry.origin in BY_ORDERS and entry.event != "closed"), None)
    if opening is None or (last_word and last_word.event != "closed"):
        return Step()
    if not is_open and since[-1].origin != "archive":
        return Step()
    after = last_word.day if last_word else date.min
    # of orders on the day of the closing, only those count that came with the one that opened the file again, or later
    orders = [order for order in orders if order >= (after, opening.order_id or 0)]
    if not orders:
        return Step(tuple(entry.id for entry in since))
    if not opening.order_id or len(since) > 1 or opening.order_id in {order_id for _day, order_id in orders}:
        return Step()
    return Step((opening.id,), *min(orders))
