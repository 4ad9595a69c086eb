"""The commands behind `make` and `bin/odoo`."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, MutableMapping

from . import odoo_server, odoo_source, postgres, python_env, setup
from .project import ROOT, RUN, VENV_PYTHON, select_addons
from .ui import Problem, note, say

HELP = """\
make run          set everything up, then start Odoo with demo data
make stop         stop Odoo and the private database server
make reset        stop, and drop the demo and test databases (the next run builds them anew)
make clean        stop, and delete everything generated (.run)
make setup        only set up
make shell        a Python shell in the demo database
make test         lint, all tests, demo install, each addon alone, browser tours
make test ADDON=x the same for one addon (or several: x,y)
make lint         only the static checks
make pot          update the translation templates and zh_CN.po files
make bench        a review of 100,000 customers against hand-written SQL (SIZE=small: a quick try)
make help         this list

bin/odoo ARGS…    this project's Odoo with any arguments

Variables: PORT=8100 (make run), DB=name (its database), PYTHON=/path/to/python3,
ODOO_SRC=/path/to/odoo (a checkout of 19.0), PGHOST/PGPORT/PGUSER/PGPASSWORD (a
server of your own), DEBIAN_MIRROR (where to fetch Odoo's package from)."""


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold a lock of this project, so that two runs do not work on one folder or database."""
    RUN.mkdir(parents=True, exist_ok=True)
    with (RUN / f"{name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say(f"Waiting: another `make` of this project is busy ({name}).")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _ready(arguments: list[str], *, with_tools: bool = False) -> None:
    """Set up if needed, and go on inside the venv; a misspelt ADDON is noticed before that."""
    if with_tools:
        select_addons(os.environ.get("ADDON", ""))
    if not python_env.is_inside():
        with locked("setup"):
            setup.ensure(with_tools=with_tools)
    python_env.reenter(arguments)


def _setup(arguments: list[str]) -> int:
    with locked("setup"):
        setup.ensure(with_tools=True)
    if postgres.is_external():
        note(
            f"PostgreSQL: the server named by PGHOST={os.environ.get('PGHOST', '')} PGPORT={os.environ.get('PGPORT', '')}"
        )
    else:
        postgres.ensure_running()
    say("Set up. Next: `make run`.")
    return 0


def _run(arguments: list[str]) -> int:
    _ready(["run", *arguments])
    from . import demo  # needs the venv

    with locked("run"):
        demo.run()
    return 0


def _stop(arguments: list[str]) -> int:
    stopped = odoo_server.stop()
    say("Odoo stopped." if stopped else "Odoo was not running.")
    if not postgres.is_external():
        say("PostgreSQL stopped." if postgres.Cluster().stop() else "PostgreSQL was not running.")
    return 0


def _reset(arguments: list[str]) -> int:
    if not VENV_PYTHON.exists():
        say("Nothing is set up, so there is nothing to reset.")
        return 0
    python_env.reenter(["reset", *arguments])
    from . import demo  # needs the venv

    demo.reset()
    return _stop([])


def _clean(arguments: list[str]) -> int:
    _stop([])
    if not postgres.is_external():
        postgres.Cluster().remove()
    if RUN.exists():
        shutil.rmtree(RUN)
    say("Everything generated is gone.")
    return 0


def _shell(arguments: list[str]) -> int:
    _ready(["shell", *arguments])
    from . import demo  # needs the venv

    with locked("run"):
        database = demo.ensure()
    return run_odoo(["shell", "-d", database, "--no-http", *arguments], os.environ)


def _test(arguments: list[str]) -> int:
    _ready(["test", *arguments], with_tools=True)
    from .testing import suite  # needs the venv

    with locked("test"):
        return suite.main(os.environ.get("ADDON", ""))


def _lint(arguments: list[str]) -> int:
    _ready(["lint", *arguments], with_tools=True)
    from .testing import suite  # needs the venv

    return suite.lint_only(os.environ.get("ADDON", ""))


def _pot(arguments: list[str]) -> int:
    _ready(["pot", *arguments], with_tools=True)
    from .testing import suite  # needs the venv

    with locked("test"):
        return suite.update_translations(os.environ.get("ADDON", ""))


def _bench(arguments: list[str]) -> int:
    _ready(["bench", *arguments])
    for name in ("SIZE", "ROUNDS"):
        if os.environ.get(name):
            arguments += [f"--{name.lower()}", os.environ[name]]
    if postgres.is_external():
        arguments.append("--check-keys")  # leaving the checks out takes a superuser
    with locked("bench"):
        return subprocess.run(
            [VENV_PYTHON, "-m", "benchmarks.bench_review", *arguments], cwd=ROOT, check=False
        ).returncode


def _help(arguments: list[str]) -> int:
    say(HELP)
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "setup": _setup,
    "run": _run,
    "stop": _stop,
    "reset": _reset,
    "clean": _clean,
    "shell": _shell,
    "test": _test,
    "lint": _lint,
    "pot": _pot,
    "bench": _bench,
    "help": _help,
}


def main(arguments: list[str]) -> int:
    """Run one command; a problem is printed without a traceback and gives exit code 1."""
    name = arguments[0] if arguments else "help"
    if name not in COMMANDS:
        say(f"Unknown command: {name}\n\n{HELP}")
        return 2
    try:
        return COMMANDS[name](arguments[1:])
    except Problem as problem:
        sys.stdout.flush()
        print(f"\n{problem}", file=sys.stderr, flush=True)
        return _not_even_counted(name)
    except KeyboardInterrupt:
        print("\nInterrupted. Run the same command again to go on where it stopped.", file=sys.stderr)
        return 130
    except Exception:
        traceback.print_exc()
        return _not_even_counted(name)


def _not_even_counted(name: str) -> int:
    """Say that nothing passed: whoever counts must not take silence for success."""
    if name in ("test", "lint"):
        say("0 passed, 1 failed")
    return 1


def run_odoo(arguments: list[str], environment: MutableMapping[str, str]) -> int:
    """Replace this process by Odoo with `arguments`; set up first when that was never done."""
    try:
        if not VENV_PYTHON.exists() or not odoo_source.choose().version:
            with locked("setup"):
                setup.ensure()
        variables = {**environment, **odoo_server.environment()}
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    sys.stdout.flush()
    command = odoo_server.command(*arguments)
    os.execve(command[0], command, variables)
    return 0  # never reached
