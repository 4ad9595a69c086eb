"""Databases with their file stores: look, create from a template, rename, drop.

Runs inside the venv (psycopg2).
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import psycopg2
from psycopg2 import sql

from .odoo_server import environment
from .project import DATA
from .ui import Problem

FILESTORE = DATA / "filestore"


def _connect(database: str) -> Any:
    variables = environment()
    names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password"}
    chosen = {name: variables[key] for key, name in names.items() if variables.get(key)}
    try:
        return psycopg2.connect(dbname=database, connect_timeout=15, **chosen)
    except psycopg2.OperationalError as error:
        raise Problem(
            f"The database server does not let us in: {str(error).strip()}",
            "Check PGHOST, PGPORT, PGUSER and PGPASSWORD; the user must be allowed to create databases.",
        ) from error


def query(database: str, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Return the rows of one statement in one database."""
    with closing(_connect(database)) as connection, connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _administer(statement: sql.Composable) -> None:
    with closing(_connect("postgres")) as connection:
        connection.autocommit = True  # CREATE DATABASE cannot run in a transaction
        with connection.cursor() as cursor:
            cursor.execute(statement)


def exists(name: str) -> bool:
    """Tell whether the server has a database of that name."""
    return bool(query("postgres", "SELECT 1 FROM pg_database WHERE datname = %s", [name]))


def names(prefix: str) -> list[str]:
    """Return the databases whose names begin with `prefix`."""
    rows = query("postgres", "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY 1", [prefix])
    return [row[0] for row in rows]


def drop(name: str) -> None:
    """Drop a database and its file store, disconnecting whoever uses it; no error when it is not there."""
    _administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    shutil.rmtree(FILESTORE / name, ignore_errors=True)


def clone(template: str, name: str) -> None:
    """Make `name` a copy of `template`, file store included; an earlier `name` is dropped."""
    drop(name)
    _administer(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
    if (FILESTORE / template).is_dir():
        shutil.copytree(FILESTORE / template, FILESTORE / name)


def rename(old: str, new: str) -> None:
    """Rename a database and its file store; it marks a finished build, so it comes last."""
    shutil.rmtree(FILESTORE / new, ignore_errors=True)
    if (FILESTORE / old).is_dir():
        (FILESTORE / old).rename(FILESTORE / new)
    _administer(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))
