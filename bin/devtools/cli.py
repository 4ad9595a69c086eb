"""The commands behind `make` and `bin/odoo`; `bin/help.txt` lists them."""

import contextlib
import fcntl
import importlib
import os
import shutil
import sys
import traceback
from collections.abc import Iterator

from . import odoo_server, odoo_source, postgres, python_env, system_packages, wkhtmltopdf
from .pins import DISK_NEEDED
from .project import LOGS, ROOT, RUN, VENV, VENV_PYTHON, Problem, child_environment, is_done, say

# Commands that run inside the environment: their function, and what may not be done by two at a time.
INSIDE = {
    "run": ("demo.run", "demo"),
    "reset": ("demo.reset", "demo"),
    "shell": ("demo.shell", "demo"),
    "test": ("suite.main", "test"),
    "attack": ("suite.attack", "test"),
    "access": ("access.write", "test"),
    "pot": ("suite.update_translations", "test"),
    "lint": ("suite.lint_only", ""),
    "quick": ("suite.quick", ""),
    "mutate": ("mutate.main", ""),
    "house": ("house.main", ""),
    "bench": ("demo.bench", "bench"),
}


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold a lock of this project, so that two runs do not work on one folder or database."""
    try:
        RUN.mkdir(parents=True, exist_ok=True)
        file = (RUN / f"{name}.lock").open("w")
    except PermissionError as error:
        hint = "It was made by another user (root?): use another clone, or remove it."
        raise Problem(f"{RUN} cannot be written by you.", hint) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say(f"Waiting: another `make` of this project is busy ({name}).")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def set_up() -> None:
    """Make sure everything is there: disk, system packages, Odoo, Python packages, wkhtmltopdf."""
    with locked("setup"):
        LOGS.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(RUN).free
        if not VENV_PYTHON.exists() and free < DISK_NEEDED:
            raise Problem(
                f"Only {free / 2**30:.1f} GB free on the disk of {RUN}; {DISK_NEEDED / 2**30:.0f} GB are needed.",
                "Free some space, or clone the project on another disk.",
            )
        for part in (system_packages, odoo_source, python_env, wkhtmltopdf):
            part.ensure()


def setup() -> None:
    """Set up without starting anything but the database server."""
    set_up()
    postgres.ensure_running()
    say("Set up. Next: `make run`.")


def stop() -> None:
    """Stop Odoo and the private database server."""
    say("Odoo stopped." if odoo_server.stop() else "Odoo was not running.")
    if not postgres.is_external():
        say("PostgreSQL stopped." if postgres.Cluster().stop() else "PostgreSQL was not running.")


def clean() -> None:
    """Delete everything generated, the private database server included."""
    stop()
    if not postgres.is_external():
        postgres.Cluster().remove()
    shutil.rmtree(RUN, ignore_errors=True)
    say("Everything generated is gone.")


def tool(name: str, *arguments: str) -> None:
    """Replace this process by a tool of the environment; pylint finds the checkers of Odoo's own test_lint."""
    if not is_done("venv", python_env.key()):
        set_up()
    variables = odoo_server.environment() if name.startswith("click-odoo") else child_environment()
    odoo = odoo_source.choose().pythonpath
    variables["PYTHONPATH"] = str(odoo / "odoo/addons/test_lint/tests" if name == "pylint" else odoo)
    variables["PATH"] = f"{VENV / 'bin'}:{variables['PATH']}"
    os.execvpe(name, [name, *arguments], variables)


def usage() -> None:
    """Print the list of commands."""
    say((ROOT / "bin/help.txt").read_text(encoding="utf-8"))


def _dispatch(name: str, arguments: list[str]) -> int:
    outside = {"setup": setup, "stop": stop, "clean": clean, "tool": tool, "help": usage}
    if name in outside:
        outside[name](*arguments)  # type: ignore[operator]
        return 0
    if name not in INSIDE:
        say(f"Unknown command: {name}\n")
        usage()
        return 2
    if not python_env.is_inside():
        set_up()
        python_env.reenter([name, *arguments])
    function, lock = INSIDE[name]
    module, _dot, function = function.rpartition(".")
    with locked(lock) if lock else contextlib.nullcontext():
        # Imported late: they need the packages of the environment.
        return int(getattr(importlib.import_module(f"{__package__}.{module}"), function)(*arguments) or 0)


def main(arguments: list[str]) -> int:
    """Run one command; a problem is printed without a traceback and gives exit code 1."""
    name = arguments[0] if arguments else "help"
    try:
        return _dispatch(name, arguments[1:])
    except Problem as problem:
        sys.stdout.flush()
        print(f"\n{problem}", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        print("\nInterrupted. Run the same command again to go on where it stopped.", file=sys.stderr)
        return 130
    except Exception:
        traceback.print_exc()
    if name in ("test", "attack", "lint", "quick", "mutate"):
        say("0 passed, 1 failed")  # whoever counts must not take silence for success
    return 1


def run_odoo(arguments: list[str]) -> int:
    """Replace this process by Odoo with `arguments`; set up first when that was never done."""
    try:
        if not VENV_PYTHON.exists() or not odoo_source.choose().version:
            set_up()
        variables = odoo_server.environment()
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    sys.stdout.flush()
    command = odoo_server.command(*arguments)
    return os.execve(command[0], command, variables)
