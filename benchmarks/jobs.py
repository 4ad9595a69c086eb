"""The loads as they run inside `odoo shell`, started by the commands beside."""

import time
from collections.abc import Iterable
from pathlib import Path

from benchmarks.loader import Loader
from benchmarks.progress import say
from benchmarks.retail import ORIGIN, read_book
from benchmarks.synthetic import build_customers, build_orders, build_products, make_size
from benchmarks.trade import Customer, Meter, Order, Product, digest
from benchmarks.verification import check_load


def load_retail(env, source: str, sample: int) -> None:
    """Load the retail file `source`, then check `sample` orders.

    Raises SystemExit when the check finds a difference.
    """
    say(f"reading {source}")
    book = read_book(Path(source))
    say(
        f"left out, no customer: {book.left_out['lines']:,} lines on "
        f"{book.left_out['invoices']:,} invoices, net £{book.left_out_amount:,.2f}"
    )
    loader = Loader(env, ORIGIN, "GBP", "Europe/London")
    _load(loader, book.customers, book.products, book.orders, len(book.orders), sample)


def generate(env, size: dict, sample: int, trust_keys: bool = False) -> None:
    """Generate `size` (see make_size) into the database of `env` and check it.

    Raises SystemExit when the check finds a difference.
    """
    chosen = make_size(size)
    customers, products = build_customers(chosen), build_products(chosen)
    orders = build_orders(chosen, customers, products)
    loader = Loader(env, f"Generated {chosen}", "EUR", "UTC", trust_keys=trust_keys)
    _load(loader, customers, products, orders, chosen.orders, sample)


def _load(
    loader: Loader, customers: list[Customer], products: list[Product], orders: Iterable[Order], total: int, sample: int
) -> None:
    """Load everything, say how much it was, and check it against its source."""
    started = time.monotonic()
    loader.load_customers(customers)
    loader.load_products(products)
    meter = Meter()
    digest([*customers, *products], meter.state)
    loader.load_orders(meter.watch(orders), total)
    say(f"loaded in {time.monotonic() - started:.0f} s; checking")
    expected = {"orders": meter.orders, "lines": meter.lines, "amount": meter.amount}
    found = check_load(loader.env, loader.origin, expected, sample)
    say(
        f"{len(customers):,} customers and contacts, {len(products):,} products, "
        f"{meter.orders:,} orders, {meter.lines:,} lines, net {meter.amount:,.2f}\n"
        f"hash of the data: {meter.state.hexdigest()}"
    )
    if found:
        raise SystemExit("\n".join(["The load is wrong:", *found[:50]]))
    checked = min(sample, meter.orders)
    say(f"sums agree to the cent; {checked:,} orders computed again through the ORM agree")
