"""Fill a scratch database with generated trade data. See README.md.

    python3 -m benchmarks.generate --database scratch_big --create \\
        --customers 100000 --orders 1000000 --lines 3000000 --seed 7
"""

import argparse

from benchmarks.scratch import add_database_arguments, create_database, run_in_odoo
from benchmarks.synthetic import make_size


def main() -> None:
    """Read the command line, make the database when asked to, and fill it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_database_arguments(parser)
    parser.add_argument("--customers", type=int, default=1000, help="companies")
    parser.add_argument("--orders", type=int, default=10000)
    parser.add_argument("--lines", type=int, default=30000, help="total over all orders")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--until", default="2025-12-31", help="last day of trade")
    parser.add_argument("--days", type=int, default=730, help="length of the span")
    parser.add_argument("--contacts", type=float, default=0.2, help="share of companies with a contact")
    parser.add_argument("--sample", type=int, default=200, help="orders to check through the ORM")
    parser.add_argument(
        "--trust-keys", action="store_true", help="no checks of foreign keys: faster, needs a PostgreSQL superuser"
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
        options.database, "benchmarks.jobs", "generate", size=size, sample=options.sample, trust_keys=options.trust_keys
    )


if __name__ == "__main__":
    main()
