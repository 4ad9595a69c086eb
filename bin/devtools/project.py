"""Where things lie in this project, and which addons it has."""

from __future__ import annotations

import ast
import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .ui import Problem

ROOT = Path(__file__).resolve().parents[2]
# Everything generated goes here; the folder is ignored by git.
RUN = ROOT / ".run"
LOGS = RUN / "log"
DOWNLOADS = RUN / "downloads"
ODOO_HOME = RUN / "odoo"
VENV = RUN / "venv"
VENV_PYTHON = VENV / "bin" / "python"
WKHTMLTOX = RUN / "wkhtmltox"
ODOO_CONF = RUN / "odoo.conf"
DATA = RUN / "data"
# Two clones may share one database server: this keeps their databases apart.
PROJECT_KEY = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Addon:
    """One addon of this repository, as its manifest declares it."""

    name: str
    path: Path
    manifest: dict[str, Any]

    @property
    def depends(self) -> tuple[str, ...]:
        """Names of the addons it depends on, ours and Odoo's."""
        return tuple(self.manifest.get("depends", ()))


def addons() -> dict[str, Addon]:
    """Return the addons at the top level of the repository, by name."""
    found = {}
    for manifest in sorted(ROOT.glob("*/__manifest__.py")):
        try:
            declared = ast.literal_eval(manifest.read_text(encoding="utf-8"))
        except (SyntaxError, ValueError) as error:
            raise Problem(f"{manifest} cannot be read: {error}", "Correct the manifest.") from error
        if declared.get("installable", True):
            found[manifest.parent.name] = Addon(manifest.parent.name, manifest.parent, declared)
    return found


def select_addons(wanted: str) -> dict[str, Addon]:
    """Return the addons named in `wanted` (comma separated), or all when it is empty.

    :raises Problem: when a name is not an addon of this repository, because
        Odoo itself only warns about a misspelt name and then tests nothing.
    """
    known = addons()
    if not known:
        raise Problem(f"There is no addon in {ROOT}.", "Addons are top-level folders with a __manifest__.py.")
    names = [name.strip() for name in wanted.split(",") if name.strip()]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Problem(f"No such addon in this repository: {', '.join(unknown)}.", f"It has: {', '.join(known)}.")
    return {name: known[name] for name in names} if names else known


def closure(names: Iterable[str], known: dict[str, Addon]) -> list[str]:
    """Return `names` and those of our addons they need, each after what it depends on."""
    ordered: list[str] = []

    def visit(name: str, path: tuple[str, ...] = ()) -> None:
        if name in path:
            raise Problem(f"Addons depend on each other in a circle: {' → '.join((*path, name))}.")
        if name in known and name not in ordered:
            for dependency in known[name].depends:
                visit(dependency, (*path, name))
            ordered.append(name)

    for name in names:
        visit(name)
    return ordered


def core_dependencies(names: Iterable[str], known: dict[str, Addon]) -> frozenset[str]:
    """Return the addons outside this repository that `names` need directly or through ours."""
    return frozenset(
        dependency for name in closure(names, known) for dependency in known[name].depends if dependency not in known
    )


def content_hash(folder: Path) -> str:
    """Return a hash of an addon's files, to notice that it changed."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(folder)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def child_environment() -> dict[str, str]:
    """Return the environment for child processes: ours, with a UTF-8 locale."""
    environment = dict(os.environ)
    environment.setdefault("LANG", "C.UTF-8")
    environment.pop("PYTHONHOME", None)
    return environment
