"""`make access`: the page of who may do what, written from the data of the addons (`tests/access*.csv`)."""

import ast
import importlib.util
import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from .addons import addons
from .project import ROOT, say

BASE = "sales_department_base"
PAGE = ROOT / "docs/access.md"
INTRODUCTION = """\
# Who may do what

Written by `make access` from `tests/access*.csv` of the addons, which the tests compare with what Odoo really allows
a client to do: do not change this page by hand. After a change of rights, `make access WRITE=1` writes the data anew
from a database; what has changed is then reviewed like any other change.

**c** create, **r** read, **w** write, **d** delete. One set of letters holds for all records of the company;
*own*, *team* and *all* tell them apart: records of one's own, of one's team, of everybody in the company. *elsewhere*
are records of a company that the user has not chosen, *everywhere* means those, too. A letter is a right: a record's state can still refuse
(nobody changes what was signed, whoever they are). A dialog belongs to whoever opened it. Who has several roles has
the rights of all of them. Roles without any right on an addon's records have no column.
"""


def data() -> ModuleType:
    """Return the module that reads the data; it lies with the tests that compare it and needs no Odoo."""
    path = ROOT / BASE / "tests/access_data.py"
    spec = importlib.util.spec_from_file_location("access_data", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def model_names(addon: Path) -> dict[str, str]:
    """Return the name in words of each model that an addon defines, as its Python says."""
    names = {}
    for path in sorted(addon.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                told = {
                    target.id: part.value.value
                    for part in node.body
                    if isinstance(part, ast.Assign) and isinstance(part.value, ast.Constant)
                    for target in part.targets
                    if isinstance(target, ast.Name)
                }
                if {"_name", "_description"} <= told.keys():
                    names[told["_name"]] = told["_description"]
    return names


def cell(own: str, team: str, everybody: str, other: str) -> str:
    """Return what a role may do, in as few words as tell it."""
    parts = []
    if own == team == everybody == other:
        return "" if own == "-" else f"{own} *everywhere*"
    if own == team == everybody:
        parts.append("" if own == "-" else own)
    else:
        named = {"own": own, "team": team, "all": everybody}
        if team == everybody:
            del named["team"]
        parts += [f"*{scope}* {letters}" for scope, letters in named.items() if letters != "-"]
    if other != "-":
        parts.append(f"*elsewhere* {other}")
    return ", ".join(part for part in parts if part)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """Return a table of Markdown."""
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(line)} |" for line in lines] + [""]


def page() -> str:
    """Return the page as the data of the addons has it now."""
    source, paths = (
        data(),
        {name: addons()[name].path for name in sorted(addons(), key=lambda name: (name != BASE, name))},
    )
    roles = {role.role: role for path in paths.values() for role in source.read(source.Role, path)}
    by_groups: dict[str, str] = {}
    for role in roles.values():
        by_groups.setdefault(role.groups.split()[-1], role.name)
    names = {model: words for path in paths.values() for model, words in model_names(path).items()}
    lines = [INTRODUCTION, "## Roles", ""]
    lines += table(
        ("Role", "Groups"),
        ((role.name, ", ".join(f"`{group}`" for group in role.groups.split())) for role in roles.values()),
    )
    for name, path in paths.items():
        rights, fields = source.read(source.Right, path), source.read(source.FieldRight, path)
        if rights or fields:
            lines += [f"## {name}", ""]
        lines += _models(source.by_role(rights, roles), roles, names)
        lines += _fields(fields, by_groups, {role.role: role.name for role in roles.values()})
    return "\n".join(lines).rstrip("\n") + "\n"


def _models(rights: dict, roles: dict, names: dict[str, str]) -> list[str]:
    cells: dict[str, dict[str, str]] = defaultdict(dict)
    for (model, role), scopes in rights.items():
        cells[model][role] = cell(*scopes)
    used = [key for key in roles if any(row.get(key) for row in cells.values())]
    rows = [
        [f"{names.get(model, model)}<br>`{model}`", *(row.get(key) or "" for key in used)]
        for model, row in cells.items()
    ]
    return table(("", *(roles[key].name for key in used)), rows) if rows else []


def _fields(fields: list, by_groups: dict[str, str], names: dict[str, str]) -> list[str]:
    if not fields:
        return []
    rows: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in fields:
        groups = ", ".join(by_groups.get(group, f"`{group}`") for group in row.groups.split())
        outsiders = ", ".join(names[role] for role in row.read_by.split())
        rows[row.model, groups, outsiders].append(f"`{row.field}`")
    head = ("Fields", "Of", "Only for", "Also without a role of the department")
    return table(head, ([", ".join(found), f"`{model}`", groups, out] for (model, groups, out), found in rows.items()))


def write() -> int:
    """Write the page; with WRITE set, the data first, from a database with all addons."""
    if os.environ.get("WRITE"):
        from . import suite

        suite.write_access()
    PAGE.write_text(page(), encoding="utf-8")
    say(f"{PAGE.relative_to(ROOT)} is written. What has changed: git diff docs/access.md '*/tests/access*.csv'")
    return 0
