"""The Python environment: a venv with the pinned packages that Odoo and the tools need."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from .apt_private import PrivateApt, folder_size
from .pins import PIP_WHEEL_PACKAGE, PYTHON_NEWEST, PYTHON_OLDEST
from .process import run, succeeds
from .project import ROOT, RUN, VENV, VENV_PYTHON, child_environment
from .stamps import Stamp, key_of
from .ui import Problem, note, progress, step

RUNTIME = ROOT / "requirements.txt"
OCA = ROOT / "requirements-oca.txt"
TOOLS = ROOT / "requirements-test.txt"
# Set in the environment of the process that goes on inside the venv.
INSIDE = "SALES_DEPARTMENT_VENV"


def version_of(python: str) -> tuple[int, int] | None:
    """Return (major, minor) of an interpreter that really starts, else None."""
    try:
        asked = subprocess.run(
            [python, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    parts = asked.stdout.split()
    return (int(parts[0]), int(parts[1])) if asked.returncode == 0 and len(parts) == 2 else None


def choose_python() -> str:
    """Return the interpreter for the venv: PYTHON, the running one, or the newest supported on the PATH."""
    wanted = os.environ.get("PYTHON")
    names = (
        [wanted]
        if wanted
        else [sys.executable, *(f"python3.{minor}" for minor in range(PYTHON_NEWEST[1], PYTHON_OLDEST[1] - 1, -1))]
    )
    newer = ""
    for name in names:
        path = shutil.which(name)
        version = version_of(path) if path else None
        if path and version and version >= PYTHON_OLDEST:
            if version <= PYTHON_NEWEST or wanted:
                return path
            newer = newer or path
    if newer:
        note(f"{newer} is newer than the Pythons Odoo 19 names (3.10 to 3.13); trying it")
        return newer
    raise Problem(
        f"Odoo 19 needs Python 3.10 to 3.13, and there is none{f' at PYTHON={wanted}' if wanted else ' on the PATH'}.",
        "Install one (apt-get install python3 python3-venv), or name one: PYTHON=/path/to/python3.12 make setup",
    )


def ensure(*, with_tools: bool) -> None:
    """Make the venv and install the pinned packages, those for tests and lint too when asked."""
    key = key_of(RUNTIME, OCA)
    runtime = Stamp("venv", key)
    if not (runtime.is_set() and _still_works()):
        python = choose_python()
        with step("Python environment for Odoo (about 60 MB to fetch, 250 MB on disk)"):
            note(f"Python {'.'.join(map(str, version_of(python) or ()))}: {python}")
            Stamp("venv-tools", "").clear()
            _create(python)
            _install(RUNTIME)
            _install(OCA, "--no-deps")
            runtime.set()
    tools = Stamp("venv-tools", key_of(key, TOOLS))
    if with_tools and not tools.is_set():
        with step("Tools for tests and lint (about 25 MB)"):
            _install(TOOLS)
            tools.set()


def _still_works() -> bool:
    """Tell whether the venv starts (its Python may have been removed) and is the one PYTHON asks for."""
    version = version_of(str(VENV_PYTHON)) if VENV_PYTHON.exists() else None
    wanted = os.environ.get("PYTHON")
    return version is not None and (not wanted or version_of(shutil.which(wanted) or wanted) == version)


def _create(python: str) -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    if succeeds([python, "-c", "import venv, ensurepip"]):
        run([python, "-m", "venv", VENV], log="venv", what="creating the Python environment")
        return
    if not succeeds([python, "-c", "import venv"]):
        raise Problem(f"{python} has no venv module.", "As root: apt-get install python3-venv")
    # Debian keeps ensurepip in a package of its own; pip's wheel does as well.
    note("this Python has no ensurepip: taking pip from Debian's python3-pip-whl")
    run([python, "-m", "venv", "--without-pip", VENV], log="venv", what="creating the Python environment")
    archive = PrivateApt().download(PIP_WHEEL_PACKAGE)
    folder = RUN / "apt" / "pip"
    run(["dpkg", "-x", str(archive), folder], log="venv", what="unpacking pip")
    wheel = next((folder / "usr/share/python-wheels").glob("pip-*.whl"))
    environment = {**child_environment(), "PYTHONPATH": str(wheel)}
    run(
        [VENV_PYTHON, "-m", "pip", "install", "--no-index", "--no-deps", wheel],
        log="venv",
        what="installing pip",
        env=environment,
    )


def _install(requirements: Path, *options: str) -> None:
    _check_headers()
    with progress(lambda: folder_size(VENV), what="environment: "):
        run(
            [
                VENV_PYTHON,
                "-m",
                "pip",
                "install",
                "--disable-pip-version-check",
                "--prefer-binary",
                "--retries",
                "5",
                *options,
                "-r",
                requirements,
            ],
            log="venv",
            what=f"installing {requirements.name}",
            attempts=3,
        )


def _check_headers() -> None:
    """Say early that this processor has no ready-made packages, rather than fail in a compiler."""
    platform = sysconfig.get_platform()
    if not platform.endswith(("x86_64", "aarch64", "arm64")):
        note(f"{platform}: some packages may have to be compiled; that needs a compiler and development files")


def is_inside() -> bool:
    """Tell whether this process was started by `reenter`, so that the set-up has just been done."""
    return os.environ.get(INSIDE) == str(VENV)


def reenter(arguments: list[str]) -> None:
    """Go on inside the venv, where psycopg2 and the tools are; does not return unless already there."""
    if not is_inside():
        environment = {**child_environment(), INSIDE: str(VENV)}
        os.execve(str(VENV_PYTHON), [str(VENV_PYTHON), str(ROOT / "bin" / "dev"), *arguments], environment)
