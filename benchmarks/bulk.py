"""Insert rows into Odoo's tables in bulk. Runs inside `odoo shell`.

One record of each kind is made through the ORM, read back as a row, and rolled
back. That prototype gives each column its value; the bulk INSERT replaces only
what differs from row to row. So columns that other addons add are filled as the
ORM would, and the load still runs at the speed of COPY. `verification.py` lets the
ORM compute a sample again.
"""

import io
import json
from collections.abc import Iterable
from contextlib import closing
from typing import Any

from odoo.tools import SQL

from benchmarks.columns import STAGES

QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True, "mail_notrack": True}


class BulkWriter:
    """Staging tables, prototypes and the INSERT that joins them.

    `trust_keys` leaves out the checks of foreign keys for this session, which are
    three quarters of the time; PostgreSQL allows that to a superuser only.
    """

    def __init__(self, env, trust_keys: bool = False) -> None:
        self.env = env
        if trust_keys:
            # The keys come from this database, a moment before.
            env.cr.execute(SQL("SET session_replication_role = replica"))
        for stage, columns in STAGES.items():
            definition = SQL(", ").join(SQL("%s %s", SQL.identifier(name), kind) for name, kind in columns)
            env.cr.execute(SQL("CREATE TEMP TABLE %s (%s)", SQL.identifier(stage), definition))
        self.prototypes = self._read_prototypes()
        env.cr.commit()

    def _read_prototypes(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Make one record of each kind through the ORM and keep only its row."""
        env = self.env(context=dict(self.env.context, **QUIET))
        salesman = env.ref("base.user_admin")
        with closing(env.cr.savepoint()):
            company = env["res.partner"].create({"name": "Prototype", "is_company": True, "user_id": salesman.id})
            contact = env["res.partner"].create({"name": "Contact", "parent_id": company.id})
            goods, service = env["product.product"].create([
                {"name": kind, "type": kind, "taxes_id": [], "list_price": 1.0} for kind in ("consu", "service")
            ])
            order = env["sale.order"].create({
                "partner_id": company.id,
                "user_id": salesman.id,
                "order_line": [(0, 0, {"product_id": service.id, "tax_ids": [(5,)]})],
            })
            order.action_confirm()
            env.flush_all()
            records = {
                "company": company,
                "contact": contact,
                "goods": goods,
                "service": service,
                "order": order,
                "line": order.order_line,
            }
            prototypes = {(record._table, kind): self._read_row(record) for kind, record in records.items()}
            for kind in ("goods", "service"):
                template = records[kind].product_tmpl_id
                prototypes[template._table, kind] = self._read_row(template)
        return prototypes

    def _read_row(self, record) -> dict[str, Any]:
        [[row]] = self.rows(SQL("SELECT to_jsonb(t) FROM %s t WHERE id = %s", SQL.identifier(record._table), record.id))
        return row

    def rows(self, query: SQL) -> list[tuple]:
        """Run a query and give its rows."""
        self.env.cr.execute(query)
        return self.env.cr.fetchall()

    def ids(self, model: str, field: str) -> dict[str, int]:
        """Ids of all records of a model by a field of theirs."""
        return dict(
            self.rows(
                SQL(
                    "SELECT %(field)s, id FROM %(table)s WHERE %(field)s IS NOT NULL",
                    field=SQL.identifier(field),
                    table=SQL.identifier(self.env[model]._table),
                )
            )
        )

    def reserve(self, table: str, count: int) -> list[int]:
        """Take `count` ids from the sequence of a table."""
        query = SQL("SELECT nextval(%s) FROM generate_series(1, %s)", f"{table}_id_seq", count)
        return [number for (number,) in self.rows(query)]

    def stage(self, stage: str, rows: Iterable[tuple]) -> None:
        """Replace the content of a staging table, through COPY."""
        self.env.cr.execute(SQL("TRUNCATE %s", SQL.identifier(stage)))
        stream = io.StringIO()
        for row in rows:
            stream.write("\t".join(map(copy_field, row)) + "\n")
        stream.seek(0)
        columns = [name for name, _kind in STAGES[stage]]
        self.env.cr.copy_from(stream, stage, columns=columns)

    def insert(self, table: str, kind: str, source: SQL | str, columns: dict[str, SQL]) -> None:
        """Insert one row per row of `source` (alias s), on top of the prototype.

        `kind` names the prototype; `columns` what replaces its values.
        """
        prototype = self.prototypes[table, kind]
        if isinstance(source, str):
            source = SQL.identifier(source)
        self.env.cr.execute(
            SQL(
                """INSERT INTO %(table)s (%(names)s)
                   SELECT %(values)s
                     FROM jsonb_populate_record(NULL::%(table)s, %(row)s::jsonb) p,
                          %(source)s s
                    ORDER BY s.id""",
                table=SQL.identifier(table),
                names=SQL(", ").join(map(SQL.identifier, prototype)),
                values=SQL(", ").join(columns.get(name, SQL.identifier("p", name)) for name in prototype),
                row=json.dumps(prototype),
                source=source,
            )
        )


def copy_field(value: Any) -> str:
    """Write a value the way COPY reads it; None is NULL."""
    if value is None:
        return r"\N"
    text = str(value)
    if "\\" in text or "\t" in text or "\n" in text or "\r" in text:
        for plain, escaped in (("\\", r"\\"), ("\t", r"\t"), ("\n", r"\n"), ("\r", r"\r")):
            text = text.replace(plain, escaped)
    return text
