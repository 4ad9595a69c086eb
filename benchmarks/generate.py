"""Fill a scratch database with generated trade data. See README.md.

    python -m benchmarks.generate --database scratch_big --create \\
        --customers 100000 --orders 1000000 --lines 3000000 --seed 7
"""

import argparse
import hashlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from benchmarks.progress import say
from benchmarks.scratch import add_database_arguments, create_database, run_in_odoo
from benchmarks.synthetic import (
    Size,
    build_customers,
    build_orders,
    build_products,
    digest,
)
from benchmarks.trade import Order


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


def main() -> None:
    """Read the command line, make the database when asked to, and fill it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_database_arguments(parser)
    parser.add_argument("--customers", type=int, default=1000, help="companies")
    parser.add_argument("--orders", type=int, default=10000)
    parser.add_argument("--lines", type=int, default=30000, help="total over all orders")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--until", default="2025-12-31", help="last day of trade")
    parser.add_argument("--days", type=int, default=730, help="length of the span")
    parser.add_argument(
        "--contacts", type=float, default=0.2, help="share of companies with a contact"
    )
    parser.add_argument("--sample", type=int, default=200, help="orders to check through the ORM")
    parser.add_argument(
        "--trust-keys",
        action="store_true",
        help="no checks of foreign keys: faster, needs a PostgreSQL superuser",
    )
    options = parser.parse_args()
    size = {
        "customers": options.customers,
        "orders": options.orders,
        "lines": options.lines,
        "seed": options.seed,
        "until": options.until,
        "days": options.days,
        "contact_share": options.contacts,
    }
    try:
        make_size(size)
    except ValueError as error:
        parser.error(str(error))
    if options.create:
        create_database(options.database, options.modules, options.template)
    run_in_odoo(
        options.database,
        "benchmarks.generate",
        "load",
        size=size,
        sample=options.sample,
        trust_keys=options.trust_keys,
    )


def make_size(values: dict) -> Size:
    """Return the Size of plain values, `until` in ISO form."""
    return Size(**values | {"until": date.fromisoformat(values["until"])})


def load(env, size: dict, sample: int, trust_keys: bool = False) -> None:
    """Generate `size` (see make_size) into the database of `env` and check it.

    Raises SystemExit when the check finds a difference.
    """
    from benchmarks.loader import Loader  # needs Odoo
    from benchmarks.verification import check_load

    started = time.monotonic()
    chosen = make_size(size)
    origin = f"Generated {chosen}"
    loader = Loader(env, origin, "EUR", "UTC", trust_keys=trust_keys)
    customers = build_customers(chosen)
    products = build_products(chosen)
    loader.load_customers(customers)
    loader.load_products(products)
    meter = Meter()
    digest([*customers, *products], meter.state)
    orders = meter.watch(build_orders(chosen, customers, products))
    loader.load_orders(orders, chosen.orders)
    say(f"generated and loaded in {time.monotonic() - started:.0f} s; checking")
    expected = {"orders": meter.orders, "lines": meter.lines, "amount": meter.amount}
    found = check_load(env, origin, expected, sample)
    say(
        f"{len(customers):,} customers and contacts, {len(products):,} products, "
        f"{meter.orders:,} orders, {meter.lines:,} lines, net {meter.amount:,.2f}\n"
        f"hash of the data: {meter.state.hexdigest()}"
    )
    if found:
        raise SystemExit("\n".join(["The load is wrong:", *found[:50]]))
    say(f"sums agree to the cent; {sample:,} orders computed again through the ORM agree")


if __name__ == "__main__":
    main()
