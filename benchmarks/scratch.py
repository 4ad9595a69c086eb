"""Make scratch databases and run our code inside Odoo, from plain Python.

Odoo is started through `bin/odoo` of this repository, or through the command in
the environment variable ODOO_BIN.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# What the databases made here are marked with; nothing is ever loaded into another one.
KIND = "benchmark"

BOOTSTRAP = """
import importlib, json, sys
sys.path += [{root!r}, {root!r} + "/bin"]
function = getattr(importlib.import_module({module!r}), {function!r})
function(env, **json.loads({arguments!r}))
"""

LOOK = """
import sys
sys.path.append({root!r} + "/bin")
from devtools import mark
from odoo.sql_db import db_connect
with db_connect("postgres").cursor() as cursor:
    try:
        mark.require(cursor, {name!r}, {kind!r})
    except mark.NotOurs as error:
        raise SystemExit(str(error))
    raise SystemExit(0 if mark.of(cursor, {name!r}) else 3)
"""


def add_database_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that every script on a scratch database has."""
    parser.add_argument("--database", required=True, help="the scratch database")
    parser.add_argument("--create", action="store_true", help="make it; it must not exist yet")
    parser.add_argument("--template", help="with --create: copy this database instead of a new one")
    parser.add_argument(
        "--modules",
        default="sale_management,sale_margin",
        help="with --create: addons to install (default: %(default)s)",
    )


def odoo_command() -> list[str]:
    """Return the command that starts Odoo; exits with advice when there is none."""
    if os.environ.get("ODOO_BIN"):
        return shlex.split(os.environ["ODOO_BIN"])
    command = ROOT / "bin" / "odoo"
    if not command.exists():
        sys.exit(f"{command} is missing: run `make setup`, or set ODOO_BIN.")
    return [str(command)]


def create_database(name: str, modules: str, template: str | None = None) -> None:
    """Make scratch database `name` with `modules`, empty or copied from `template`.

    Exits when the database exists: what is in it stays untouched.
    """
    hint = f"{name} was not created. If it is there from a run before, leave out --create."
    make = ["db", "duplicate", template, name] if template else ["db", "init", name]
    _odoo(make, failure=hint)
    run_in_odoo(name, "benchmarks.guard", "mark_scratch")
    if modules:
        install = ["-d", name, "-i", modules, "--stop-after-init", "--no-http"]
        _odoo([*install, "--log-level=warn"])


def database_exists(name: str) -> bool:
    """Tell whether the server has a scratch database of that name; exits when it has another one."""
    code = LOOK.format(root=str(ROOT), name=name, kind=KIND)
    result = subprocess.run(
        [*odoo_command(), "shell", "--no-http", "--log-level=critical"], input=code, text=True, check=False
    )
    if result.returncode not in (0, 3):
        sys.exit(result.returncode)
    return result.returncode == 0


def duplicate_database(source: str, target: str) -> None:
    """Copy a database; an earlier scratch one under the name of the copy is dropped."""
    database_exists(target)
    _odoo(["db", "duplicate", "--force", source, target])
    run_in_odoo(target, "benchmarks.guard", "mark_scratch")


def rename_database(old: str, new: str) -> None:
    """Give a database another name."""
    _odoo(["db", "rename", old, new])


def run_in_odoo(database: str, module: str, function: str, **arguments) -> None:
    """Call `module.function(env, **arguments)` in a shell of `database`.

    `arguments` must survive JSON. Exits with Odoo's code when the call fails.
    """
    code = BOOTSTRAP.format(root=str(ROOT), module=module, function=function, arguments=json.dumps(arguments))
    _odoo(["shell", "-d", database, "--log-level=warn"], code)


def _odoo(arguments: list[str], code: str | None = None, failure: str = "") -> None:
    result = subprocess.run([*odoo_command(), *arguments], input=code, text=True, check=False)
    if result.returncode:
        sys.exit(failure or result.returncode)
