"""Who may do what, as data of each addon: ``tests/access.csv``, ``access_fields.csv`` and ``access_roles.csv``.

Plain Python: ``make access`` reads it without Odoo.

- ``access_roles.csv``: the roles that an addon brings, with their groups.
- ``access.csv``: for each model and the roles that have the same rights, what they may do with their own records, those
  of their team, of everybody in the company, and of another company: c(reate), r(ead), w(rite), d(elete) or ``-``.
  ``others`` are all roles that the model's other lines do not name. Lines about a model of another addon are written
  by hand: they say what is different where this addon is installed, too.
- ``access_fields.csv``: the fields that only members of some groups read, and those that employees without any role,
  customers on the portal or visitors of the website read.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

SCOPES = ("own", "team", "all", "other")
OPERATIONS = {"c": "create", "r": "read", "w": "write", "d": "unlink"}
NONE = "-"
OTHERS = "others"


@dataclass(frozen=True, order=True)
class Role:
    """Somebody to try the rights of: external ids of groups, separated by spaces."""

    role: str
    name: str
    groups: str


@dataclass(frozen=True, order=True)
class Right:
    """What some roles may do with the records of a model, by whose they are."""

    model: str
    roles: str
    own: str
    team: str
    all: str
    other: str

    @property
    def scopes(self) -> tuple[str, ...]:
        """The letters by scope."""
        return tuple(getattr(self, scope) for scope in SCOPES)


@dataclass(frozen=True, order=True)
class FieldRight:
    """Who may read a field: the groups it is limited to, and who reads it without any role."""

    model: str
    field: str
    groups: str
    read_by: str


FILES = {Role: "access_roles.csv", Right: "access.csv", FieldRight: "access_fields.csv"}


def read(kind: type, addon: Path) -> list:
    """Return the rows of a kind that an addon has, in the order of the file."""
    path = addon / "tests" / FILES[kind]
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [kind(**row) for row in csv.DictReader(file)]


def write(rows: list, kind: type, addon: Path) -> None:
    """Write the rows of a kind of an addon; nothing is left of the file when there are none."""
    path = addon / "tests" / FILES[kind]
    path.unlink(missing_ok=True)
    if rows:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(field.name for field in fields(kind))
            writer.writerows(astuple(row) for row in rows)


def by_role(rights: Iterable[Right], roles: Iterable[str]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the letters by scope of each (model, role).

    A role's own line goes before that of the others, and of two lines the later one.
    """
    rows = sorted(rights, key=lambda right: right.roles != OTHERS)
    return {
        (right.model, role): right.scopes
        for right in rows
        for role in (roles if right.roles == OTHERS else right.roles.split())
    }


def group(found: dict[tuple[str, str], tuple[str, ...]]) -> list[Right]:
    """Return rows in which the roles with the same rights on a model stand together, those with most rights first.

    The others are those without any right, if there are some: a right is always given by name.
    """
    roles: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for (model, role), scopes in found.items():
        roles[model, scopes].append(role)
    rows = []
    for (model, scopes), names in roles.items():
        nothing = not set("".join(scopes)) - {NONE}
        rows.append(Right(model, OTHERS if nothing else " ".join(names), *scopes))
    return sorted(rows, key=lambda row: (row.model, -len("".join(row.scopes).replace(NONE, "")), row.scopes))
