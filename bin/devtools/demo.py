"""The database of `make run`: all addons, demo data, English and Chinese."""

import os
import subprocess

from . import databases, odoo_server, postgres
from .addons import addons
from .project import ROOT, VENV, VENV_PYTHON, note, say, step
from .runs import odoo, run_logged

KIND = "demo"
INSTALLED = "SELECT name FROM ir_module_module WHERE state = 'installed'"


def database_name() -> str:
    """Return the name of the database of `make run`: DB, or `sales_demo`."""
    return os.environ.get("DB") or "sales_demo"


def ensure() -> str:
    """Return the name of the demo database, built if there is none and updated where addons changed.

    It is built under another name and renamed when complete, so that a
    killed first run leaves nothing that looks finished.
    """
    database, finish = database_name(), ("--stop-after-init", "--no-http")
    update = (str(VENV / "bin/click-odoo-update"), "--ignore-core-addons", "-d")
    databases.require_ours(database, KIND)
    if not databases.exists(database):
        building = f"{database}_building"
        with step(f"Database {database} with demo data and all addons (3 to 6 minutes, about 200 MB)"):
            databases.create(building, KIND)
            # The first language becomes the default of the company and its users.
            options = ("--with-demo", "--load-language", "en_US,zh_CN")
            odoo("demo", "-d", building, "-i", ",".join(addons()), *options, *finish).require_success("Installing")
            run_logged("demo", *update, building, "--only-compute-hashes").require_success("Noting what is installed")
            databases.rename(building, database)
        return database
    with step(f"Database {database}: bringing it up to date"):
        installed = {row[0] for row in databases.query(database, INSTALLED)}
        if new := ",".join(name for name in addons() if name not in installed):
            odoo("demo", "-d", database, "-i", new, *finish).require_success(f"Installing {new}")
        # It keeps each addon's hash in the database.
        run_logged("demo", *update, database).require_success("The update")
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
    say(f"\n  Address   {address}\n  Database  {database}\n  Login     admin      Password  admin")
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
