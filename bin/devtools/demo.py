"""The database of `make run`: all addons, demo data, English and Chinese."""

from __future__ import annotations

import os
import subprocess

from . import databases, odoo_server, postgres
from .addons import addons
from .project import LOGS, ROOT, VENV, VENV_PYTHON, Problem, execute, note, say, step, tail

KIND = "demo"
LOGFILE = LOGS / "demo.log"
NOT_INSTALLED = "SELECT name FROM ir_module_module WHERE name = ANY(%s) AND state = 'installed'"


def database_name() -> str:
    """Return the name of the database of `make run`: DB, or `sales_demo`."""
    return os.environ.get("DB") or "sales_demo"


def _run(what: str, *command: str) -> None:
    """Run Odoo or a tool of it to its end."""
    code, output = execute(*command, env=odoo_server.environment(), log=LOGFILE)
    if code:
        hint = "Correct the addon, then run the same command again."
        raise Problem(f"{what} failed (whole log: {LOGFILE}):\n{tail(output, 30)}", hint)


def _install(database: str, names: list[str], *options: str) -> None:
    finish = ("--stop-after-init", "--no-http")
    _run("Installing the addons", *odoo_server.command("-d", database, "-i", ",".join(names), *options, *finish))


def _update(database: str, *options: str) -> None:
    """Let click-odoo-update do the rest: it keeps each addon's hash in the database."""
    command = (str(VENV / "bin" / "click-odoo-update"), "-d", database, "--ignore-core-addons", *options)
    _run("The update", *command)


def ensure() -> str:
    """Return the name of the demo database, built if there is none and updated where addons changed.

    It is built under another name and renamed when complete, so that a
    killed first run leaves nothing that looks finished.
    """
    database = database_name()
    databases.require_ours(database, KIND)
    names = sorted(addons())
    if not databases.exists(database):
        building = f"{database}_building"
        with step(f"Database {database} with demo data and all addons (3 to 6 minutes, about 200 MB)"):
            databases.create(building, KIND)
            # The first language becomes the default of the company and its users.
            _install(building, names, "--with-demo", "--load-language", "en_US,zh_CN")
            _update(building, "--only-compute-hashes")
            databases.rename(building, database)
        return database
    installed = {row[0] for row in databases.query(database, NOT_INSTALLED, [names])}
    if new := [name for name in names if name not in installed]:
        with step(f"Database {database}: installing {', '.join(new)}"):
            _install(database, new)
    with step(f"Database {database}: updating what changed"):
        _update(database)
    return database


def run() -> None:
    """Start Odoo on the demo database and say where it is."""
    database = database_name()
    address = odoo_server.running()
    if address:
        say("Odoo is running already.")
    else:
        port = odoo_server.choose_port()
        database = ensure()
        if port != odoo_server.FIRST_PORT and not os.environ.get("PORT"):
            note(f"port {odoo_server.FIRST_PORT} is taken by another program, using {port}")
        with step("Starting Odoo"):
            address = odoo_server.start(database, port)
    say()
    say(f"  Address   {address}")
    say(f"  Database  {database}")
    say("  Login     admin      Password  admin")
    say(f"  Log       {odoo_server.LOGFILE}")
    say("  Stop it with `make stop`. Chinese: choose it in the user's preferences (简体中文).")


def reset() -> None:
    """Drop the demo database and all test databases of this clone; the next run builds them anew."""
    database = database_name()
    databases.require_ours(database, KIND)  # before anything is stopped or dropped
    say("Odoo stopped." if odoo_server.stop() else "Odoo was not running.")
    for kind in (KIND, "test", "template"):
        for name in databases.ours(kind):
            if kind != KIND or name in (database, f"{database}_building"):
                databases.drop(name, kind)
                note(f"dropped {name}")
    if not postgres.is_external():
        postgres.Cluster().stop()


def shell(*arguments: str) -> None:
    """Replace this process by a Python shell in the demo database."""
    command = odoo_server.command("shell", "-d", ensure(), "--no-http", *arguments)
    os.execve(command[0], command, odoo_server.environment())


def bench(*arguments: str) -> int:
    """Run the benchmarks, in databases of their own."""
    options = [f"--{name.lower()}={os.environ[name]}" for name in ("SIZE", "ROUNDS") if os.environ.get(name)]
    if postgres.is_external():
        options.append("--check-keys")  # leaving the checks out takes a superuser
    return subprocess.call([VENV_PYTHON, "-m", "benchmarks.bench_review", *arguments, *options], cwd=ROOT)
