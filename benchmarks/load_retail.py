"""Load the retail file into a scratch database. See README.md.

python -m benchmarks.load_retail --database scratch_retail --create
"""

import argparse
from pathlib import Path

from benchmarks.retail import SOURCE
from benchmarks.scratch import add_database_arguments, create_database, run_in_odoo


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
        options.database, "benchmarks.jobs", "load_retail", source=str(options.source.resolve()), sample=options.sample
    )


if __name__ == "__main__":
    main()
