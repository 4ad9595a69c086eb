"""Databases with their file stores: look, make, copy, rename, drop. Only marked ones are touched.

Runs inside the environment (psycopg2).
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from psycopg2 import sql

from . import mark, postgres
from .odoo_server import environment
from .project import DATA, PROJECT_KEY, Problem

FILESTORE = DATA / "filestore"


@contextmanager
def cursor(database: str = "postgres") -> Iterator[Any]:
    """Open a database; each statement is a transaction of its own, as CREATE DATABASE wants it."""
    variables = environment()
    names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password"}
    chosen = {name: variables[key] for key, name in names.items() if variables.get(key)}
    try:
        connection = psycopg2.connect(dbname=database, connect_timeout=15, **chosen)
    except psycopg2.OperationalError as error:
        raise Problem(
            f"The database server does not let us in: {str(error).strip()}",
            "Check PGHOST, PGPORT, PGUSER and PGPASSWORD; the user must be allowed to create databases.",
        ) from error
    connection.autocommit = True
    try:
        yield connection.cursor()
    finally:
        connection.close()


def query(database: str, statement: str, parameters: Any = ()) -> list[tuple[Any, ...]]:
    """Return the rows of one statement in one database."""
    with cursor(database) as opened:
        opened.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = opened.fetchall()
        return rows


def _administer(statement: str, *names: str) -> None:
    with cursor() as opened:
        opened.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _kind(kind: str) -> str:
    """Return the mark of this clone: on a server that others use, too, each clone has its own."""
    return f"{kind} {PROJECT_KEY}" if postgres.is_external() else kind


def exists(name: str) -> bool:
    """Tell whether the server has a database of that name."""
    return bool(query("postgres", "SELECT 1 FROM pg_database WHERE datname = %s", [name]))


def ours(kind: str) -> list[str]:
    """Return the databases that this clone made for one purpose."""
    found = "SELECT datname FROM pg_database WHERE shobj_description(oid, 'pg_database') = %s ORDER BY 1"
    return [row[0] for row in query("postgres", found, [f"{mark.OURS}: {_kind(kind)}"])]


def require_ours(name: str, kind: str) -> None:
    """Raise Problem when there is such a database and we did not make it for this."""
    try:
        with cursor() as opened:
            mark.require(opened, name, _kind(kind))
    except mark.NotOurs as error:
        raise Problem(str(error), "Choose another name: DB=name. Drop it yourself if it is not needed.") from error


def drop(name: str, kind: str) -> None:
    """Drop a database of ours and its file store, disconnecting whoever uses it; no error when it is not there."""
    require_ours(name, kind)
    _administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    shutil.rmtree(FILESTORE / name, ignore_errors=True)


def create(name: str, kind: str, template: str = "") -> None:
    """Make a marked database, empty or as a copy; an earlier one of ours is dropped.

    An empty one is as Odoo would make it, but marked at once: a killed
    build leaves nothing that we could not drop.
    """
    drop(name, kind)
    if template:
        _administer("CREATE DATABASE {} TEMPLATE {}", name, template)
    else:
        _administer("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C'", name)
    with cursor() as opened:
        mark.put(opened, name, _kind(kind))
    with cursor(name) as opened:
        opened.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    if template and (FILESTORE / template).is_dir():
        shutil.copytree(FILESTORE / template, FILESTORE / name)


def rename(old: str, new: str) -> None:
    """Rename a database and its file store; it marks a finished build, so it comes last."""
    shutil.rmtree(FILESTORE / new, ignore_errors=True)
    if (FILESTORE / old).is_dir():
        (FILESTORE / old).rename(FILESTORE / new)
    _administer("ALTER DATABASE {} RENAME TO {}", old, new)
