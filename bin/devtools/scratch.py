"""Scratch databases for tests, copied from templates that have Odoo's own addons; and what an uninstall left in them."""

import threading
from collections import defaultdict
from collections.abc import Iterable

from . import databases, odoo_source
from .addons import needed
from .project import PROJECT_KEY, RUN, VENV, human_time, key_of, note
from .runs import odoo, run_logged

# Two sections may ask for the same template at the same time.
_BUILDING: dict[tuple[object, ...], threading.Lock] = defaultdict(threading.Lock)


def template(modules: list[str], *, demo: bool) -> str:
    """Return a database with just these modules of Odoo, built by click-odoo-initdb if needed.

    Attachments are in the database, so that a copy needs no file store. With
    demo data it has Chinese too: an install on top of it also loads ours.
    """
    stamp = RUN / "stamps" / "odoo"
    build = stamp.read_text(encoding="utf-8") if stamp.is_file() else ""
    name = f"sd_{PROJECT_KEY}_tpl_{key_of(str(odoo_source.choose().pythonpath), build, str(demo), *modules)[:10]}"
    if name in databases.ours("template"):
        return name
    building, log = f"{name}_building", f"test/{name[-10:]}"
    databases.create(building, "template")
    options = ("--unless-initialized", "--no-cache", "--attachments-in-db-persistent", "--log-level", "info")
    command = (str(VENV / "bin/click-odoo-initdb"), *options, "--demo" if demo else "--no-demo")
    built = run_logged(log, *command, "-n", building, "-m", ",".join(modules))
    built.require_success("building a template database")
    if demo:
        odoo(f"{log}-zh", "i18n", "loadlang", "-d", building, "-l", "zh_CN").require_success("loading Chinese")
    databases.rename(building, name)
    kind = "with demo data and Chinese" if demo else "without demo data"
    note(f"built a template database {kind}, {len(modules)} modules, in {human_time(built.seconds)} (once)")
    return name


def scratch(purpose: str, names: Iterable[str], *, demo: bool = False, also: Iterable[str] = ()) -> str:
    """Return a fresh database for one purpose, in which all that these addons of ours need is installed.

    :param also: more addons of Odoo to have there.
    """
    modules = needed([*needed(names)[1], *also])[1]
    name = f"sd_{PROJECT_KEY}_test_{purpose}"[:60]
    with _BUILDING[(demo, *modules)]:
        databases.create(name, "test", template(modules, demo=demo))
    return name


# Tables of models and relations, and columns of any table, that only this addon declares.
OWN = """
      SELECT replace(m.model, '.', '_') AS relation, NULL AS attribute
        FROM ir_model m JOIN ir_model_data d ON d.model = 'ir.model' AND d.res_id = m.id
    GROUP BY m.model HAVING array_agg(DISTINCT d.module::text) = ARRAY[%(addon)s]
       UNION
      SELECT r.name, NULL FROM ir_model_relation r JOIN ir_module_module o ON o.id = r.module
    GROUP BY r.name HAVING array_agg(DISTINCT o.name::text) = ARRAY[%(addon)s]
       UNION
      SELECT replace(f.model, '.', '_'), f.name
        FROM ir_model_fields f JOIN ir_model_data d ON d.model = 'ir.model.fields' AND d.res_id = f.id
       WHERE f.store
    GROUP BY f.model, f.name HAVING array_agg(DISTINCT d.module::text) = ARRAY[%(addon)s]
"""
EXISTING = """
    SELECT table_name, NULL FROM information_schema.tables WHERE table_schema = 'public'
     UNION SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'
"""
REMAINING_DATA = "SELECT model || ' ' || name FROM ir_model_data WHERE module = %s"
STATE = "SELECT state FROM ir_module_module WHERE name = %s AND state != 'uninstalled'"

# A table, or a column of it.
Thing = tuple[str, str | None]


def footprint(database: str, addon: str) -> set[Thing]:
    """Return the tables and columns that belong to `addon` alone, to be looked for after its uninstall."""
    own = databases.query(database, OWN, {"addon": addon})
    return set(own) & set(databases.query(database, EXISTING))  # type: ignore[arg-type]


def leftovers(database: str, addon: str, before: set[Thing]) -> list[str]:
    """Return in words what is still there after the uninstall."""
    remaining = before & set(databases.query(database, EXISTING))  # type: ignore[arg-type]
    return [
        *(f"its state is {row[0]}" for row in databases.query(database, STATE, [addon])),
        *(f"{table}{f'.{column}' if column else ''} is still there" for table, column in sorted(remaining, key=str)),
        *(f"record {row[0]} is still there" for row in databases.query(database, REMAINING_DATA, [addon])),
    ]
