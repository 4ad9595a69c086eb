"""Write trade data into Odoo's tables in bulk. Runs inside `odoo shell`.

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
from dataclasses import dataclass
from typing import Any

from odoo.tools import SQL

from benchmarks.progress import Progress
from benchmarks.scratch import MARK
from benchmarks.trade import Customer, Order, Product, batched

BATCH = 5000

QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
}

# (name, type) of the columns of the staging tables; the ids are the final ones.
STAGES = {
    "bench_partner": (
        ("id", "integer"),
        ("ref", "text"),
        ("name", "text"),
        ("country_id", "integer"),
        ("parent_id", "integer"),
        ("parent_name", "text"),
    ),
    "bench_product": (
        ("id", "integer"),
        ("template_id", "integer"),
        ("code", "text"),
        ("name", "text"),
        ("price", "numeric"),
        ("cost", "numeric"),
    ),
    "bench_order": (
        ("id", "integer"),
        ("name", "text"),
        ("partner_id", "integer"),
        ("ordered_at", "timestamp"),
    ),
    "bench_line": (
        ("id", "integer"),
        ("order_id", "integer"),
        ("partner_id", "integer"),
        ("sequence", "integer"),
        ("product_id", "integer"),
        ("label", "text"),
        ("quantity", "numeric"),
        ("price", "numeric"),
        ("cost", "numeric"),
    ),
}


def mark_scratch(env) -> None:
    """Mark the database as scratch, so that the loaders accept it."""
    env["ir.config_parameter"].set_param(MARK, "yes")
    env.cr.commit()


def require_scratch(env, origin: str) -> None:
    """Raise SystemExit unless the database is scratch and holds only our orders.

    `origin` is the source document of the orders that this load writes.
    """
    if not env["ir.config_parameter"].get_param(MARK):
        raise SystemExit(
            f"{env.cr.dbname} is not marked as a scratch database. Make one with "
            "--create; nothing is loaded into any other."
        )
    foreign = (
        env["sale.order"]
        .with_context(active_test=False)
        .search_count(["|", ("origin", "=", False), ("origin", "!=", origin)])
    )
    if foreign:
        raise SystemExit(
            f"{env.cr.dbname} holds {foreign} sale orders that are not from "
            f"“{origin}”. Use a database of its own for each load."
        )


def prepare_company(env, currency: str, zone: str) -> None:
    """Give the main company its only active currency and its time zone."""
    company = env.company
    money = env.ref(f"base.{currency}")
    money.active = True
    if company.currency_id != money:
        company.currency_id = money
        (env["res.currency"].search([]) - money).active = False
    company.partner_id.tz = zone
    env.cr.commit()


@dataclass
class Loader:
    """Bulk writer for one source of trade data on one scratch database.

    Each batch is committed with its orders complete, so a killed load is run
    again with the same arguments: what is there already is left out.

    `origin` marks the orders of this load; `currency` (code) and `zone` become the
    company's. `trust_keys` leaves out the checks of foreign keys, which are three
    quarters of the time; PostgreSQL allows that to a superuser only.
    """

    env: Any
    origin: str
    currency: str
    zone: str
    trust_keys: bool = False

    def __post_init__(self) -> None:
        require_scratch(self.env, self.origin)
        if self.trust_keys:
            # For this session; the keys come from the database a moment before.
            self.env.cr.execute(SQL("SET session_replication_role = replica"))
        # Before the prototypes: they take the company's currency.
        prepare_company(self.env, self.currency, self.zone)
        for stage, columns in STAGES.items():
            self.env.cr.execute(
                SQL(
                    "CREATE TEMP TABLE %s (%s)",
                    SQL.identifier(stage),
                    # column types are the constants above
                    SQL(", ").join(
                        SQL("%s " + kind, SQL.identifier(name))  # pylint: disable=sql-injection
                        for name, kind in columns
                    ),
                )
            )
        self.prototypes = self._read_prototypes()
        self.env.cr.commit()

    # -- customers and products ------------------------------------------

    def load_customers(self, customers: list[Customer]) -> None:
        """Write the customers that are not there yet, companies first."""
        known = self._ids("res.partner", "ref")
        countries = dict(self._rows(SQL("SELECT code, id FROM res_country")))
        missing = [customer for customer in customers if customer.ref not in known]
        progress = Progress("customers", len(missing))
        names = {customer.ref: customer.name for customer in customers}
        for kind in ("company", "contact"):
            chosen = [c for c in missing if bool(c.parent) == (kind == "contact")]
            for batch in batched(chosen, BATCH):
                ids = self._reserve("res_partner", len(batch))
                self._stage(
                    "bench_partner",
                    (
                        (
                            number,
                            customer.ref,
                            customer.name,
                            countries.get(customer.country),
                            known.get(customer.parent),
                            names.get(customer.parent),
                        )
                        for number, customer in zip(ids, batch, strict=True)
                    ),
                )
                known.update(
                    (customer.ref, number) for number, customer in zip(ids, batch, strict=True)
                )
                self._insert("res_partner", kind, "bench_partner", PARTNER_COLUMNS)
                self.env.cr.commit()
                progress.add(len(batch))

    def load_products(self, products: list[Product]) -> None:
        """Write the products that are not there yet."""
        known = self._ids("product.product", "default_code")
        missing = [product for product in products if product.code not in known]
        progress = Progress("products", len(missing))
        for kind in ("goods", "service"):
            chosen = [p for p in missing if p.is_service == (kind == "service")]
            for batch in batched(chosen, BATCH):
                ids = self._reserve("product_product", len(batch))
                templates = self._reserve("product_template", len(batch))
                self._stage(
                    "bench_product",
                    (
                        (number, template, p.code, p.name, p.price, p.cost)
                        for number, template, p in zip(ids, templates, batch, strict=True)
                    ),
                )
                self._insert("product_template", kind, "bench_product", TEMPLATE_COLUMNS)
                costs = {
                    "standard_price": SQL(
                        "jsonb_build_object(%s, s.cost)", str(self.env.company.id)
                    )
                }
                self._insert("product_product", kind, "bench_product", PRODUCT_COLUMNS | costs)
                self.env.cr.commit()
                progress.add(len(batch))

    # -- orders ----------------------------------------------------------

    def load_orders(self, orders: Iterable[Order], total: int) -> float:
        """Write the confirmed orders that are not there yet; give the seconds.

        `orders` may be an endless-looking stream: only one batch is in memory.
        """
        known = self._ids("sale.order", "name")
        partners = self._ids("res.partner", "ref")
        products = self._ids("product.product", "default_code")
        costs = {
            product.default_code: product.standard_price
            for product in self.env["product.product"].search([("default_code", "!=", False)])
        }
        progress = Progress("orders", total)
        for batch in batched(orders, BATCH):
            missing = [order for order in batch if order.name not in known]
            if missing:
                self._load_batch(missing, partners, products, costs)
                self.env.cr.commit()
            progress.add(len(batch))
        for table in ("res_partner", "product_product", "sale_order", "sale_order_line"):
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
        self.env.cr.commit()
        self.env.invalidate_all()
        return progress.seconds

    def _load_batch(self, orders, partners, products, costs) -> None:
        order_ids = self._reserve("sale_order", len(orders))
        line_count = sum(len(order.lines) for order in orders)
        line_ids = iter(self._reserve("sale_order_line", line_count))
        numbered = list(zip(order_ids, orders, strict=True))
        self._stage(
            "bench_order",
            (
                (number, order.name, partners[order.customer], order.ordered_at)
                for number, order in numbered
            ),
        )
        self._stage(
            "bench_line",
            (
                (
                    next(line_ids),
                    number,
                    partners[order.customer],
                    10 * position,
                    products[line.product],
                    line.label,
                    line.quantity,
                    line.price,
                    costs[line.product],
                )
                for number, order in numbered
                for position, line in enumerate(order.lines, 1)
            ),
        )
        source = SQL(
            """(SELECT o.*, l.amount, l.margin
                  FROM bench_order o
                  JOIN (SELECT order_id,
                               SUM(ROUND(price * quantity, 2)) AS amount,
                               SUM(ROUND(price * quantity, 2) - cost * quantity)
                                   AS margin
                          FROM bench_line GROUP BY order_id) l ON l.order_id = o.id)"""
        )
        origin = {"origin": SQL("%s", self.origin)}
        self._insert("sale_order", "order", source, ORDER_COLUMNS | origin)
        source = SQL(
            """(SELECT *, ROUND(price * quantity, 2) AS amount,
                       ROUND(price * quantity, 2) - cost * quantity AS margin
                  FROM bench_line)"""
        )
        columns = dict(LINE_COLUMNS)
        # Where stock moves measure what was delivered, we made no moves.
        if self.prototypes["sale_order_line", "line"]["qty_delivered_method"] == "manual":
            columns["qty_delivered"] = SQL("s.quantity")
        self._insert("sale_order_line", "line", source, columns)

    # -- plumbing --------------------------------------------------------

    def _read_prototypes(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Make one record of each kind through the ORM and keep only its row."""
        env = self.env(context=dict(self.env.context, **QUIET))
        salesman = env.ref("base.user_admin")
        with closing(env.cr.savepoint()):
            company = env["res.partner"].create(
                {"name": "Prototype", "is_company": True, "user_id": salesman.id}
            )
            contact = env["res.partner"].create({"name": "Contact", "parent_id": company.id})
            goods, service = env["product.product"].create(
                [
                    {"name": kind, "type": kind, "taxes_id": [], "list_price": 1.0}
                    for kind in ("consu", "service")
                ]
            )
            order = env["sale.order"].create(
                {
                    "partner_id": company.id,
                    "user_id": salesman.id,
                    "order_line": [(0, 0, {"product_id": service.id, "tax_ids": [(5,)]})],
                }
            )
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
            prototypes = {
                (record._table, kind): self._read_row(record) for kind, record in records.items()
            }
            for kind in ("goods", "service"):
                template = records[kind].product_tmpl_id
                prototypes[template._table, kind] = self._read_row(template)
        return prototypes

    def _read_row(self, record) -> dict[str, Any]:
        [[row]] = self._rows(
            SQL(
                "SELECT to_jsonb(t) FROM %s t WHERE id = %s",
                SQL.identifier(record._table),
                record.id,
            )
        )
        return row

    def _rows(self, query: SQL) -> list[tuple]:
        self.env.cr.execute(query)
        return self.env.cr.fetchall()

    def _ids(self, model: str, field: str) -> dict[str, int]:
        """Ids of all records of a model by a field of theirs."""
        return dict(
            self._rows(
                SQL(
                    "SELECT %(field)s, id FROM %(table)s WHERE %(field)s IS NOT NULL",
                    field=SQL.identifier(field),
                    table=SQL.identifier(self.env[model]._table),
                )
            )
        )

    def _reserve(self, table: str, count: int) -> list[int]:
        """Take `count` ids from the sequence of a table."""
        query = SQL("SELECT nextval(%s) FROM generate_series(1, %s)", f"{table}_id_seq", count)
        return [number for (number,) in self._rows(query)]

    def _stage(self, stage: str, rows: Iterable[tuple]) -> None:
        """Replace the content of a staging table, through COPY."""
        self.env.cr.execute(SQL("TRUNCATE %s", SQL.identifier(stage)))
        stream = io.StringIO()
        for row in rows:
            stream.write("\t".join(map(copy_field, row)) + "\n")
        stream.seek(0)
        columns = [name for name, _kind in STAGES[stage]]
        self.env.cr.copy_from(stream, stage, columns=columns)

    def _insert(self, table: str, kind: str, source: SQL | str, columns: dict[str, SQL]) -> None:
        """Insert one row per row of `source` (alias s), on top of the prototype."""
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
                values=SQL(", ").join(
                    columns.get(name, SQL.identifier("p", name)) for name in prototype
                ),
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


# What differs from the prototype, by column. `s` is the staged row, `p` the
# prototype. A column that the installed addons do not have is passed over.
PARTNER_COLUMNS = {
    "id": SQL("s.id"),
    "ref": SQL("s.ref"),
    "name": SQL("s.name"),
    "complete_name": SQL("CONCAT_WS(', ', s.parent_name, s.name)"),
    "country_id": SQL("s.country_id"),
    "parent_id": SQL("s.parent_id"),
    "commercial_partner_id": SQL("COALESCE(s.parent_id, s.id)"),
    "commercial_company_name": SQL("COALESCE(s.parent_name, s.name)"),
    "customer_rank": SQL("1"),
}
TEMPLATE_COLUMNS = {
    "id": SQL("s.template_id"),
    "name": SQL("jsonb_build_object('en_US', s.name)"),
    "default_code": SQL("s.code"),
    "list_price": SQL("s.price"),
}
PRODUCT_COLUMNS = {
    "id": SQL("s.id"),
    "product_tmpl_id": SQL("s.template_id"),
    "default_code": SQL("s.code"),
}
ORDER_COLUMNS = {
    "id": SQL("s.id"),
    "name": SQL("s.name"),
    "client_order_ref": SQL("s.name"),
    "partner_id": SQL("s.partner_id"),
    "partner_invoice_id": SQL("s.partner_id"),
    "partner_shipping_id": SQL("s.partner_id"),
    "date_order": SQL("s.ordered_at"),
    "create_date": SQL("s.ordered_at"),
    "amount_untaxed": SQL("s.amount"),
    "amount_tax": SQL("0"),
    "amount_total": SQL("s.amount"),
    "margin": SQL("s.margin"),
    "margin_percent": SQL("COALESCE(s.margin / NULLIF(s.amount, 0), 0)"),
    "access_token": SQL("NULL"),
}
LINE_COLUMNS = {
    "id": SQL("s.id"),
    "order_id": SQL("s.order_id"),
    "sequence": SQL("s.sequence"),
    "order_partner_id": SQL("s.partner_id"),
    "product_id": SQL("s.product_id"),
    "name": SQL("s.label"),
    "product_uom_qty": SQL("s.quantity"),
    "price_unit": SQL("s.price"),
    "technical_price_unit": SQL("s.price"),
    "discount": SQL("0"),
    "price_subtotal": SQL("s.amount"),
    "price_tax": SQL("0"),
    "price_total": SQL("s.amount"),
    "price_reduce_taxexcl": SQL("ROUND(s.amount / s.quantity, 2)"),
    "price_reduce_taxinc": SQL("ROUND(s.amount / s.quantity, 2)"),
    "qty_to_invoice": SQL("s.quantity"),
    "untaxed_amount_to_invoice": SQL("s.amount"),
    "purchase_price": SQL("s.cost"),
    "margin": SQL("s.margin"),
    "margin_percent": SQL("COALESCE(s.margin / NULLIF(s.amount, 0), 0)"),
}
