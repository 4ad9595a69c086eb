"""The trade data that every source (retail file, generator) hands to the loader."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import NamedTuple, TypeVar

Item = TypeVar("Item")


class Customer(NamedTuple):
    """A customer company, or a contact of one when `parent` is set.

    `country` is an ISO 3166 alpha-2 code or None; `parent` the `ref` of a
    customer that comes earlier.
    """

    ref: str
    name: str
    country: str | None
    parent: str | None = None


class Product(NamedTuple):
    """A product; `cost` and `price` per unit in the company's currency."""

    code: str
    name: str
    is_service: bool
    price: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)


class Line(NamedTuple):
    """An order line; a negative quantity is a return or a cancellation."""

    product: str
    label: str
    quantity: int
    price: Decimal


class Order(NamedTuple):
    """A confirmed order; `ordered_at` is UTC without zone, as Odoo stores it."""

    name: str
    customer: str
    ordered_at: datetime
    lines: tuple[Line, ...]

    @property
    def amount(self) -> Decimal:
        """Untaxed total, each line rounded to the cent as Odoo does."""
        return sum((line_amount(line) for line in self.lines), Decimal(0))


def line_amount(line: Line) -> Decimal:
    """Untaxed amount of a line, rounded half up to the cent."""
    return (line.price * line.quantity).quantize(Decimal("0.01"), "ROUND_HALF_UP")


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Cut `items` into lists of `size`, the last one shorter."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def digest(items: Iterable[tuple], state: "hashlib._Hash | None" = None) -> str:
    """Return the SHA-256 of the items in order, hexadecimal; adds to `state`."""
    state = state or hashlib.sha256()
    for item in items:
        state.update(repr(item).encode())
    return state.hexdigest()


@dataclass
class Meter:
    """Counts what passes through a stream of orders, and its hash."""

    state: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    orders: int = 0
    lines: int = 0
    amount: Decimal = Decimal(0)

    def watch(self, orders: Iterable[Order]) -> Iterator[Order]:
        """Yield the orders unchanged."""
        for order in orders:
            self.orders += 1
            self.lines += len(order.lines)
            self.amount += order.amount
            digest([order], self.state)
            yield order
