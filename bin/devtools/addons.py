"""The addons of this repository: what depends on what (manifestoo), on which floor each stands, what changed."""

import os
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from manifestoo.addon_sorter import AddonSorterTopological
from manifestoo.commands.list_codepends import list_codepends_command
from manifestoo.commands.list_depends import list_depends_command
from manifestoo_core.addons_set import AddonsSet

from . import odoo_source
from .project import ROOT, VENV, Problem, execute

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FLOORS = ROOT / "bin" / "floors.toml"
# Without a tag or BASE, what so many last commits touched counts as changed.
RECENT = 20


def addons() -> AddonsSet:
    """Return the addons at the top level of the repository, by name."""
    found = AddonsSet()
    found.add_from_addons_dir(ROOT)
    return found


def select(wanted: str) -> list[str]:
    """Return the addons named in `wanted` (comma separated), or all when it is empty, each after what it needs.

    :raises Problem: when a name is not an addon of this repository, because
        Odoo itself only warns about a misspelt name and then tests nothing.
    """
    known = addons()
    names = [name.strip() for name in wanted.split(",") if name.strip()]
    unknown = [name for name in names if name not in known]
    if unknown or not known:
        raise Problem(f"No such addon in {ROOT}: {', '.join(unknown)}.", f"It has: {', '.join(sorted(known))}.")
    return in_order(names or known)


def in_order(names: Iterable[str]) -> list[str]:
    """Return addons of ours, each after what it depends on."""
    return list(AddonSorterTopological().sort(set(names), addons()))


@cache
def _odoos() -> AddonsSet:
    """Return Odoo's addons, wherever its tree has them, and OCA's."""
    found = AddonsSet()
    for folder in (odoo_source.choose().pythonpath, *VENV.glob("lib/python3*/site-packages")):
        found.add_from_addons_dirs(path for path in (folder / "addons", folder / "odoo/addons") if path.is_dir())
    return found


def needed(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return `names` with those of our addons that they need, in order; and all of Odoo's and OCA's that these need."""
    known = AddonsSet({**_odoos(), **addons()})
    found, missing = list_depends_command(set(names), known, transitive=True, include_selected=True)
    if missing:
        raise Problem(f"This Odoo has no addon {', '.join(sorted(missing))}.", "Correct the manifests.")
    ours = addons()
    return in_order(name for name in found if name in ours), sorted(name for name in found if name not in ours)


def dependents(names: Iterable[str]) -> list[str]:
    """Return those of our addons that need one of `names`, in order."""
    return in_order(list_codepends_command(set(names), addons(), include_selected=False))


def changed(paths: Iterable[str]) -> set[str]:
    """Return the addons in which these files lie."""
    known = addons()
    return {name for path in paths if (name := path.partition("/")[0]) in known}


def since_base() -> tuple[str, set[str]]:
    """Return from when on changes count, in words, and the addons changed since: BASE, else the last tag."""
    base = os.environ.get("BASE") or _git("describe", "--tags", "--abbrev=0").strip()
    words = f"since {base}"
    if not base:
        commits = _git("rev-list", "--first-parent", f"--max-count={RECENT + 1}", "HEAD").split()
        base, words = (commits or [""])[-1], f"in the last {RECENT} commits (there is no tag; BASE=commit says another)"
    if not _git("rev-parse", "--verify", "--quiet", f"{base}^{{commit}}"):
        return f"(git knows no {base or 'commit'}: all)", set(addons())
    files = _git("diff", "--name-only", base) + _git("ls-files", "--others", "--exclude-standard")
    return words, changed(files.splitlines())


def _git(*arguments: str) -> str:
    code, output = execute("git", *arguments)
    return "" if code else output


def apart() -> list[str]:
    """Return the addons that are tested in a database of their own, as they change what the others take for granted."""
    known = addons()
    return [name for name in tomllib.loads(FLOORS.read_text(encoding="utf-8"))["apart"]["addons"] if name in known]


def floor_problems(
    depends: Mapping[str, Iterable[str]], table: Mapping[str, Any] | None = None
) -> dict[str, list[str]]:
    """Return, for each addon, in words which of its dependencies stand beside or above it.

    :param depends: what each addon of ours depends on.
    :param table: the content of `bin/floors.toml`.
    """
    table = table or tomllib.loads(FLOORS.read_text(encoding="utf-8"))

    def floor(name: str) -> float | None:
        glued = any(name.endswith(f"_{suffix}") for suffix in table["glue"]["suffixes"])
        listed: float | None = table["floors"].get(name)
        return table["glue"]["floor"] if glued and listed is None else listed

    found: dict[str, list[str]] = {}
    for name, needs in depends.items():
        own = floor(name)
        if own is None:
            found[name] = [f"{name} has no floor yet: add it to bin/floors.toml, and to docs/architecture.md"]
        else:
            edges = [(need, other) for need in needs if need in depends and (other := floor(need)) is not None]
            found[name] = [
                f"{name} (floor {own}) depends on {need} (floor {other}): only on floors below it"
                for need, other in edges
                if other >= own
            ]
    return found
