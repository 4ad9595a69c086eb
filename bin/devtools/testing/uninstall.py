"""Does an addon leave nothing behind when it is uninstalled?"""

from __future__ import annotations

from .. import databases

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
