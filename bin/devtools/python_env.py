"""The Python environment, made by uv: exactly the pinned packages that Odoo and the tools need."""

import os
import shutil
import sys
from pathlib import Path

from .apt import PrivateApt
from .pins import PIP_WHEEL_PACKAGE, PYTHONS, UV
from .project import (
    ROOT,
    RUN,
    VENV,
    VENV_PYTHON,
    Problem,
    child_environment,
    execute,
    is_done,
    key_of,
    run,
    set_done,
    step,
    succeeds,
)

REQUIREMENTS = tuple(ROOT / f"requirements{kind}.txt" for kind in ("", "-oca", "-test"))
ADVICE = "Install one (apt-get install python3), or name one: PYTHON=/path/to/python3.12 make setup"


def key() -> str:
    """Return what changes with the pins, and with the Python that was asked for."""
    return key_of(os.environ.get("PYTHON", ""), *REQUIREMENTS)


def ensure() -> None:
    """Make the environment, or bring it to the pins; nothing is done when it is there already."""
    wanted = os.environ.get("PYTHON", "")
    works = succeeds(VENV_PYTHON, "-c", "")  # its Python may have been removed
    if works and is_done("venv", key()):
        return
    with step("Python environment for Odoo and the tools (90 MB to fetch, 300 MB on disk)"):
        if not works or (wanted and not is_done("venv-python", wanted)):
            shutil.rmtree(VENV, ignore_errors=True)
            try:
                uv("venv", "--python", wanted or PYTHONS, VENV, what=f"looking for a Python {wanted or PYTHONS}")
            except Problem as problem:
                raise Problem(f"Odoo 19 needs Python 3.10 to 3.13.\n{problem.message}", ADVICE) from problem
            set_done("venv-python", wanted)
        uv("pip", "sync", "--python", VENV_PYTHON, *REQUIREMENTS, what="installing the pinned packages")
        set_done("venv", key())


def uv(*arguments: str | Path, what: str) -> None:
    """Run uv, with its cache inside the project and without Pythons of its own."""
    environment = {"UV_CACHE_DIR": str(RUN / "cache" / "uv"), **_index(), **child_environment()}
    environment.update(UV_PYTHON_DOWNLOADS="never", UV_NO_CONFIG="1")
    run(_executable(), *arguments, what=what, env=environment, show=True)


def _executable() -> Path:
    """Return uv: the one on the PATH when it starts, else the pinned one, fetched by pip."""
    found = shutil.which("uv")
    if found and succeeds(found, "--version"):
        return Path(found)
    home = RUN / "uv"
    if not is_done("uv", UV):
        environment = child_environment()
        if not succeeds(sys.executable, "-m", "pip", "--version"):
            environment["PYTHONPATH"] = str(_pip_wheel())  # a wheel of pip runs as it is
        options = ("--disable-pip-version-check", "--no-deps", "--upgrade", "--target", home)
        pip = (sys.executable, "-m", "pip", "install", "-q", *options, UV)
        run(*pip, what="fetching uv", env=environment, show=True)
        set_done("uv", UV)
    return home / "bin" / "uv"


def _pip_wheel() -> Path:
    """Return the wheel of pip that ensurepip has, else Debian's."""
    bundled = Path(os.__file__).parent / "ensurepip/_bundled"
    unpacked = RUN / "apt" / "pip"
    for folder in (bundled, Path("/usr/share/python-wheels"), unpacked / "usr/share/python-wheels"):
        if wheel := next(folder.glob("pip-*.whl"), None):
            return wheel
    run("dpkg", "-x", str(PrivateApt().download(PIP_WHEEL_PACKAGE)), unpacked, what="unpacking pip")
    return _pip_wheel()


def _index() -> dict[str, str]:
    """Return the index that this machine's pip is set to use: uv does not read pip's settings."""
    answer = execute(sys.executable, "-m", "pip", "config", "get", "global.index-url")[1].split()
    chosen = os.environ.get("PIP_INDEX_URL") or next((word for word in answer if word.startswith("http")), "")
    return {"UV_DEFAULT_INDEX": chosen} if chosen else {}


def is_inside() -> bool:
    """Tell whether this process was started by `reenter`, so that the set-up has just been done."""
    return Path(sys.prefix).resolve() == VENV.resolve()


def reenter(arguments: list[str]) -> None:
    """Go on inside the environment, where psycopg2 and the tools are; does not return unless already there."""
    if not is_inside():
        os.execve(VENV_PYTHON, [str(VENV_PYTHON), str(ROOT / "bin" / "dev"), *arguments], child_environment())
