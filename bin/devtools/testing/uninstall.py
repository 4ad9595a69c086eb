"""Does an addon leave nothing behind when it is uninstalled?"""

from __future__ import annotations

from dataclasses import dataclass

from .. import databases


@dataclass(frozen=True)
class Footprint:
    """What only this addon brought into a database: tables, and columns of other tables."""

    tables: frozenset[str]
    columns: frozenset[tuple[str, str]]


OWN_TABLES = """
    SELECT DISTINCT replace(m.model, '.', '_')
      FROM ir_model m JOIN ir_model_data d ON d.model = 'ir.model' AND d.res_id = m.id
  GROUP BY m.model HAVING array_agg(DISTINCT d.module::text) = ARRAY[%s]
     UNION
    SELECT r.name FROM ir_model_relation r JOIN ir_module_module o ON o.id = r.module
  GROUP BY r.name HAVING array_agg(DISTINCT o.name::text) = ARRAY[%s]
"""
OWN_COLUMNS = """
    SELECT replace(f.model, '.', '_'), f.name
      FROM ir_model_fields f JOIN ir_model_data d ON d.model = 'ir.model.fields' AND d.res_id = f.id
     WHERE f.store
  GROUP BY f.model, f.name HAVING array_agg(DISTINCT d.module::text) = ARRAY[%s]
"""
EXISTING_TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
EXISTING_COLUMNS = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
REMAINING_DATA = "SELECT model || ' ' || name FROM ir_model_data WHERE module = %s"


def footprint(database: str, addon: str) -> Footprint:
    """Return what belongs to `addon` alone, to be looked for after its uninstall."""
    tables = frozenset(row[0] for row in databases.query(database, OWN_TABLES, [addon, addon]))
    columns = frozenset(tuple(row) for row in databases.query(database, OWN_COLUMNS, [addon]))
    existing_tables = {row[0] for row in databases.query(database, EXISTING_TABLES)}
    existing_columns = {tuple(row) for row in databases.query(database, EXISTING_COLUMNS)}
    return Footprint(tables & existing_tables, columns & existing_columns)  # type: ignore[arg-type]


def leftovers(database: str, addon: str, before: Footprint) -> list[str]:
    """Return in words what is still there after the uninstall."""
    tables = {row[0] for row in databases.query(database, EXISTING_TABLES)}
    columns = {tuple(row) for row in databases.query(database, EXISTING_COLUMNS)}
    state = databases.query(database, "SELECT state FROM ir_module_module WHERE name = %s", [addon])
    return [
        *(f"its state is {row[0]}" for row in state if row[0] != "uninstalled"),
        *(f"table {name} is still there" for name in sorted(before.tables & tables)),
        *(
            f"column {table}.{name} is still there"
            for table, name in sorted(before.columns & columns)
            if table not in before.tables
        ),
        *(f"record {row[0]} is still there" for row in databases.query(database, REMAINING_DATA, [addon])),
    ]
