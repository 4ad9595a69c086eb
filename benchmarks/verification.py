"""Check a bulk load against the ORM and against the source. Runs in the shell."""

import random
from contextlib import closing
from decimal import Decimal
from typing import Any

from odoo.tools import SQL

RELATIONAL = ("one2many", "many2many")


def stored_computes(model) -> list[str]:
    """Names of the stored fields whose value the ORM alone decides."""
    return [
        name
        for name, field in model._fields.items()
        if field.store and field.compute and field.readonly and field.type not in RELATIONAL
    ]


def differences(records) -> list[str]:
    """Compute the stored fields of `records` again and name what changes.

    Nothing is kept: the work is rolled back.
    """
    names = stored_computes(records)
    found = []
    with closing(records.env.cr.savepoint()):
        before = {values["id"]: values for values in records.read(names, load="")}
        for name in names:
            records.env.add_to_compute(records._fields[name], records)
        records.env.flush_all()
        records.env.invalidate_all()
        for values in records.read(names, load=""):
            found += [
                f"{records._name} {values['id']} {name}: {before[values['id']][name]!r} became {values[name]!r}"
                for name in names
                if not _same(before[values["id"]][name], values[name])
            ]
    return found


def check_load(env, origin: str, expected: dict[str, Any], sample: int) -> list[str]:
    """Compare the database with what the source says; give the differences.

    `expected` holds `orders`, `lines` and `amount` (Decimal, untaxed); `sample`
    orders, chosen with a fixed seed, are computed again through the ORM, with
    their lines, customers and products.
    """
    # Sums as text: Odoo reads a numeric as a float.
    env.cr.execute(
        SQL(
            """SELECT COUNT(*), SUM(amount_untaxed)::text, SUM(amount_total)::text,
                      array_agg(id ORDER BY id)
                 FROM sale_order WHERE origin = %s AND state = 'sale'""",
            origin,
        )
    )
    orders, untaxed, total, ids = env.cr.fetchone()
    env.cr.execute(
        SQL(
            """SELECT COUNT(*), SUM(l.price_subtotal)::text FROM sale_order_line l
                 JOIN sale_order o ON o.id = l.order_id WHERE o.origin = %s""",
            origin,
        )
    )
    lines, subtotal = env.cr.fetchone()
    amount = Decimal(expected["amount"])
    figures = {
        "orders": (orders, expected["orders"]),
        "lines": (lines, expected["lines"]),
        "sum of amount_untaxed": (Decimal(untaxed or 0), amount),
        "sum of amount_total": (Decimal(total or 0), amount),
        "sum of price_subtotal": (Decimal(subtotal or 0), amount),
    }
    found = [
        f"{name}: {actual}, the source says {wanted}" for name, (actual, wanted) in figures.items() if actual != wanted
    ]
    chosen = random.Random(1).sample(ids or [], min(sample, orders))
    records = env["sale.order"].browse(chosen)
    for checked in (
        records,
        records.order_line,
        records.partner_id,
        records.order_line.product_id,
        records.order_line.product_id.product_tmpl_id,
    ):
        found += differences(checked)
    return found


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, float) and isinstance(after, float):
        return abs(before - after) < 1e-6
    return before == after
