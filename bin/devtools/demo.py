"""The database of `make run`: all addons, demo data, English and Chinese."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path

from . import databases, odoo_server
from .project import LOGS, ROOT, RUN, addons, content_hash
from .ui import Problem, human_time, note, say, step

# The first one becomes the default of the company and its users.
LANGUAGES = "en_US,zh_CN"


def database_name() -> str:
    """Return the name of the database of `make run`: DB, or `sales_demo`."""
    return os.environ.get("DB") or "sales_demo"


def _state_file(database: str) -> Path:
    return RUN / "state" / f"{database}.json"


def _odoo(what: str, *arguments: str) -> None:
    """Run Odoo once, showing the modules as they load; its log goes to demo.log."""
    logfile = LOGS / "demo.log"
    with logfile.open("a", encoding="utf-8") as log:
        process = subprocess.Popen(
            odoo_server.command(*arguments),
            env=odoo_server.environment(),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        last: list[str] = []
        shown = time.monotonic()
        for line in process.stdout or ():
            log.write(line)
            last = [*last, line.rstrip()][-30:]
            if "odoo.modules.loading: Loading module " in line and time.monotonic() - shown > 5:
                shown = time.monotonic()
                note(line.partition("odoo.modules.loading: ")[2].strip())
        code = process.wait()
    if code:
        raise Problem(
            f"{what} failed (whole log: {logfile}):\n" + "\n".join(last),
            "Correct the addon, then run the same command again.",
        )


def ensure() -> str:
    """Return the name of the demo database, built if there is none and updated where addons changed.

    It is built under another name and renamed when complete, so that a
    killed first run leaves nothing that looks finished.
    """
    database = database_name()
    current = {name: content_hash(addon.path) for name, addon in addons().items()}
    if not databases.exists(database):
        _build(database, list(current))
        _remember(database, current)
        return database
    state = _state_file(database)
    known = json.loads(state.read_text(encoding="utf-8")) if state.is_file() else {}
    changed = sorted(name for name in current if known.get(name) != current[name])
    if changed:
        with step(f"Database {database}: bringing {', '.join(changed)} up to date"):
            # -i installs what is new, -u updates what is there.
            names = ",".join(changed)
            _odoo("The update", "-d", database, "-i", names, "-u", names, "--stop-after-init", "--no-http")
        _remember(database, current)
    return database


def _remember(database: str, hashes: dict[str, str]) -> None:
    state = _state_file(database)
    state.parent.mkdir(parents=True, exist_ok=True)
    state.write_text(json.dumps(hashes, indent=1), encoding="utf-8")


def _build(database: str, names: list[str]) -> None:
    if not names:
        note("there is no addon in this repository yet: installing crm and sale_management only")
    building = f"{database}_building"
    with step(f"Database {database} with demo data and all addons (2 to 4 minutes, about 150 MB)"):
        databases.drop(building)
        _odoo(
            "Building the database",
            "-d",
            building,
            "-i",
            ",".join(names) or "crm,sale_management",
            "--with-demo",
            "--load-language",
            LANGUAGES,
            "--stop-after-init",
            "--no-http",
        )
        databases.rename(building, database)


def run() -> None:
    """Start Odoo on the demo database and say where it is."""
    started = time.monotonic()
    address = odoo_server.running()
    if address:
        say(f"Odoo is running already ({human_time(time.monotonic() - started)}).")
        address = f"{address}/odoo"
        database = database_name()
    else:
        port, remark = odoo_server.choose_port()
        database = ensure()
        if remark:
            note(remark)
        with step("Starting Odoo"):
            address = odoo_server.start(database, port)
    say()
    say(f"  Address   {address}")
    say(f"  Database  {database}")
    say("  Login     admin      Password  admin")
    say(f"  Log       {odoo_server.LOGFILE}")
    say("  Stop it with `make stop`. Chinese: choose it in the user's preferences (简体中文).")


def reset() -> None:
    """Stop Odoo and drop the demo database and all test databases; the next run builds them anew."""
    odoo_server.stop()
    database = database_name()
    from .testing.templates import PREFIX  # only reset needs it

    for name in [database, f"{database}_building", *databases.names(PREFIX)]:
        if databases.exists(name):
            databases.drop(name)
            note(f"dropped {name}")
    _state_file(database).unlink(missing_ok=True)
