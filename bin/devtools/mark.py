"""Which databases this project may change or drop: those that carry its mark, and no other.

The mark is the comment of the database, so that it is there before the first
table is, is read without entering the database, and is not copied with it.
Used by the tooling and, inside `odoo shell`, by the benchmarks: any cursor does.
"""

from typing import Any

OURS = "sales-department"
COMMENT = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"


class NotOurs(Exception):
    """The database was made by someone else, or for something else."""


def put(cursor: Any, database: str, kind: str) -> None:
    """Mark a database that was just made: `demo`, `test`, `template` or `benchmark`."""
    name = database.replace('"', '""')
    cursor.execute(f'COMMENT ON DATABASE "{name}" IS %s', [f"{OURS}: {kind}"])


def of(cursor: Any, database: str) -> str | None:
    """Return what the database was made for; empty without our mark, None when there is no such database."""
    cursor.execute(COMMENT, [database])
    row = cursor.fetchone()
    return row and (row[0] or "").partition(f"{OURS}: ")[2]


def require(cursor: Any, database: str, kind: str) -> None:
    """Raise NotOurs unless the database is not there at all, or was made by us for this."""
    found = of(cursor, database)
    if found is not None and found != kind:
        made_for = f"made by this project for something else ({found})" if found else "not made by this project"
        raise NotOurs(f"The database {database} is {made_for}: it was left untouched.")
