"""Time a full grade review against hand-written SQL, and all customer files; hold both to limits. See README.md.

python3 -m benchmarks.bench_review
python3 -m benchmarks.bench_review --size small
python3 -m benchmarks.bench_review --customers 20000 --orders 200000 --lines 600000
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.file_limits import FileRun, broken_file_limits, file_table
from benchmarks.progress import say
from benchmarks.review_limits import Case, Run, broken_limits, is_binding, table
from benchmarks.scratch import create_database, database_exists, duplicate_database, rename_database, run_in_odoo
from benchmarks.synthetic import Size, make_size

SIZES = {"full": (100_000, 1_000_000, 3_000_000), "small": (2_000, 20_000, 60_000)}
"""Customers, orders, lines."""
MODULES = "sale_management,sale_crm,sale_margin"
FIRST, LATER = "first review", "later review"


def main() -> None:
    """Read the command line, measure, print the table; exits with 1 when a limit is broken."""
    options = _read_options()
    sizes = _sizes(options)
    found: dict[str, list[Case]] = {FIRST: [], LATER: []}
    files = []
    for size in sizes:
        template = _ensure_trade(options, size)
        for case in _measure(options, size, template):
            found[case.name].append(case)
        database, origin = f"{options.prefix}_run", f"Generated {make_size(_arguments(size))}"
        run_in_odoo(database, "benchmarks.guard", "install", addon="customer_file", origin=origin)
        files.append(FileRun(**_run_job(database, "benchmarks.file_jobs", "measure_files")))
    pairs = [(half, full) for half, full in found.values()]
    say(f"\n{table(pairs)}\n\n{file_table(files)}")
    broken = broken_limits(pairs) + broken_file_limits(*files)
    if broken:
        sys.exit("\n".join(["", "Limits broken:", *broken]))
    say("Both sides left the same rows.")
    say("All limits hold." if is_binding(pairs) else "Too little trade to judge times: the limits were not applied.")


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=sorted(SIZES), default="full", help="how much trade (default: %(default)s)")
    parser.add_argument("--customers", type=int, help="instead of those of --size; likewise the next two")
    parser.add_argument("--orders", type=int)
    parser.add_argument("--lines", type=int)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rounds", type=int, default=2, help="the fastest counts (default: %(default)s)")
    parser.add_argument("--prefix", default="bench", help="of the names of the databases (default: %(default)s)")
    parser.add_argument("--template", help="make the databases as copies of this one, with the addons installed")
    parser.add_argument("--check-keys", action="store_true", help="for a database user who is no superuser: slower")
    options = parser.parse_args()
    for name, value in zip(("customers", "orders", "lines"), SIZES[options.size], strict=True):
        if getattr(options, name) is None:
            setattr(options, name, value)
    if options.rounds < 1:
        parser.error("--rounds must be 1 or more")
    try:
        _sizes(options)
    except ValueError as error:
        parser.error(str(error))
    return options


def _sizes(options: argparse.Namespace) -> tuple[Size, Size]:
    """Return half the trade and all of it: half the customers with half the orders."""
    chosen = (options.customers, options.orders, options.lines)
    half, full = (Size(*(number // share for number in chosen), seed=options.seed) for share in (2, 1))
    return half, full


def _arguments(size: Size) -> dict:
    """Return a size as JSON can carry it."""
    names = ("customers", "orders", "lines", "seed", "days", "contact_share")
    return {name: getattr(size, name) for name in names} | {"until": size.until.isoformat()}


def _ensure_trade(options: argparse.Namespace, size: Size) -> str:
    """Return the database that holds the trade; generated once and kept for later runs.

    It gets its name when it is complete: a run that was killed goes on where it was.
    """
    name = f"{options.prefix}_{size.customers}_{size.orders}_{size.lines}_{size.seed}"
    if database_exists(name):
        return name
    part = f"{name}_part"
    if not database_exists(part):
        say(f"making {name}; kept for later runs")
        create_database(part, "" if options.template else MODULES, options.template)
    run_in_odoo(
        part, "benchmarks.jobs", "generate", size=_arguments(size), sample=100, trust_keys=not options.check_keys
    )
    run_in_odoo(part, "benchmarks.review_jobs", "finish_trade")
    rename_database(part, name)
    return name


def _measure(options: argparse.Namespace, size: Size, template: str) -> list[Case]:
    """Measure both reviews on a fresh copy of the trade."""
    database = f"{options.prefix}_run"
    origin, day = f"Generated {make_size(_arguments(size))}", size.until.isoformat()
    say(f"\n{size.customers:,} customers, {size.orders:,} orders: copying, installing customer_grade")
    duplicate_database(template, database)
    run_in_odoo(database, "benchmarks.review_jobs", "prepare", origin=origin)
    run_in_odoo(database, "benchmarks.review_jobs", "activate_scheme", origin=origin)
    first = _measure_case(options, database, FIRST, size, day)
    run_in_odoo(database, "benchmarks.review_jobs", "apply_earlier", day=day)
    return [first, _measure_case(options, database, LATER, size, day)]


def _measure_case(options: argparse.Namespace, database: str, name: str, size: Size, day: str) -> Case:
    rounds = []
    for number in range(1, options.rounds + 1):
        sql, addon = (_run(database, job, day) for job in ("measure_sql", "measure_addon"))
        rounds.append((sql, addon))
        say(
            f"{name}, round {number}: SQL {sql.total:.1f} s ({_in_steps(sql)}), addon {addon.total:.1f} s "
            f"({_in_steps(addon)}), ratio {addon.total / sql.total:.2f}, {addon.memory / 1e6:,.0f} MB, "
            f"load {os.getloadavg()[0]:.1f}"
        )
    return Case(name, size.orders, rounds)


def _in_steps(run: Run) -> str:
    return ", ".join(f"{step.removeprefix('action_')} {seconds:.1f}" for step, seconds in run.seconds.items())


def _run(database: str, job: str, day: str) -> Run:
    """Run one side in a process of its own and read what it measured."""
    return Run(**_run_job(database, "benchmarks.review_jobs", job, day=day))


def _run_job(database: str, module: str, job: str, **arguments) -> dict:
    """Run a job in a process of its own and return what it wrote."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        run_in_odoo(database, module, job, **arguments, result=str(result))
        return json.loads(result.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
