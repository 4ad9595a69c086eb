"""Load the retail file into a scratch database. See README.md.

python -m benchmarks.load_retail --database scratch_retail --create
"""

import argparse
import time
from pathlib import Path

from benchmarks.progress import say
from benchmarks.retail import SOURCE, read_book
from benchmarks.scratch import add_database_arguments, create_database, run_in_odoo

ORIGIN = "Online Retail"


def main() -> None:
    """Read the command line, make the database when asked to, and load it."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_database_arguments(parser)
    parser.add_argument("--source", type=Path, default=SOURCE, help="the CSV.xz file")
    parser.add_argument("--sample", type=int, default=300, help="orders to check through the ORM")
    options = parser.parse_args()
    if not options.source.exists():
        parser.error(f"{options.source} is not there; name the file with --source")
    if options.create:
        create_database(options.database, options.modules, options.template)
    run_in_odoo(
        options.database,
        "benchmarks.load_retail",
        "load",
        source=str(options.source.resolve()),
        sample=options.sample,
    )


def load(env, source: str, sample: int) -> None:
    """Load `source` into the database of `env`, then check `sample` orders.

    Raises SystemExit when the check finds a difference.
    """
    from benchmarks.loader import Loader  # needs Odoo
    from benchmarks.verification import check_load

    started = time.monotonic()
    say(f"reading {source}")
    book = read_book(Path(source))
    lines = sum(len(order.lines) for order in book.orders)
    amount = sum(order.amount for order in book.orders)
    loader = Loader(env, ORIGIN, "GBP", "Europe/London")
    loader.load_customers(book.customers)
    loader.load_products(book.products)
    loader.load_orders(book.orders, len(book.orders))
    say(f"loaded in {time.monotonic() - started:.0f} s, reading included; checking")
    expected = {"orders": len(book.orders), "lines": lines, "amount": amount}
    found = check_load(env, ORIGIN, expected, sample)
    say(
        f"{len(book.customers):,} customers, {len(book.products):,} products, "
        f"{len(book.orders):,} orders, {lines:,} lines, net £{amount:,.2f}\n"
        f"left out, no customer: {book.left_out['lines']:,} lines on "
        f"{book.left_out['invoices']:,} invoices, net £{book.left_out_amount:,.2f}"
    )
    if found:
        raise SystemExit("\n".join(["The load is wrong:", *found[:50]]))
    say(f"sums agree to the cent; {sample:,} orders computed again through the ORM agree")


if __name__ == "__main__":
    main()
