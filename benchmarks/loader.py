"""Write trade data into a scratch database, batch by batch. Runs inside `odoo shell`."""

from collections.abc import Iterable

from odoo.tools import SQL

from benchmarks.bulk import BulkWriter
from benchmarks.columns import LINE_COLUMNS, ORDER_COLUMNS, PARTNER_COLUMNS, PRODUCT_COLUMNS, TEMPLATE_COLUMNS
from benchmarks.guard import prepare_company, require_scratch
from benchmarks.progress import Progress
from benchmarks.trade import Customer, Order, Product, batched

BATCH = 5000


class Loader:
    """Loads one source of trade data into one scratch database.

    Each batch is committed with its orders complete, so a killed load is run
    again with the same arguments: what is there already is left out.

    `origin` marks the orders of this load; `currency` (code) and `zone` become the
    company's; `trust_keys` is that of BulkWriter.
    """

    def __init__(self, env, origin: str, currency: str, zone: str, *, trust_keys: bool = False) -> None:
        require_scratch(env, origin)
        # Before the prototypes: they take the company's currency.
        prepare_company(env, currency, zone)
        self.env = env
        self.origin = origin
        self.writer = BulkWriter(env, trust_keys)

    def load_customers(self, customers: list[Customer]) -> None:
        """Write the customers that are not there yet, companies first."""
        known = self.writer.ids("res.partner", "ref")
        countries = dict(self.writer.rows(SQL("SELECT code, id FROM res_country")))
        missing = [customer for customer in customers if customer.ref not in known]
        progress = Progress("customers", len(missing))
        names = {customer.ref: customer.name for customer in customers}
        for kind in ("company", "contact"):
            chosen = [c for c in missing if bool(c.parent) == (kind == "contact")]
            for batch in batched(chosen, BATCH):
                ids = self.writer.reserve("res_partner", len(batch))
                self.writer.stage(
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
                known.update((customer.ref, number) for number, customer in zip(ids, batch, strict=True))
                self.writer.insert("res_partner", kind, "bench_partner", PARTNER_COLUMNS)
                self.env.cr.commit()
                progress.add(len(batch))

    def load_products(self, products: list[Product]) -> None:
        """Write the products that are not there yet."""
        known = self.writer.ids("product.product", "default_code")
        missing = [product for product in products if product.code not in known]
        progress = Progress("products", len(missing))
        for kind in ("goods", "service"):
            chosen = [p for p in missing if p.is_service == (kind == "service")]
            for batch in batched(chosen, BATCH):
                ids = self.writer.reserve("product_product", len(batch))
                templates = self.writer.reserve("product_template", len(batch))
                self.writer.stage(
                    "bench_product",
                    (
                        (number, template, p.code, p.name, p.price, p.cost)
                        for number, template, p in zip(ids, templates, batch, strict=True)
                    ),
                )
                self.writer.insert("product_template", kind, "bench_product", TEMPLATE_COLUMNS)
                costs = {"standard_price": SQL("jsonb_build_object(%s, s.cost)", str(self.env.company.id))}
                self.writer.insert("product_product", kind, "bench_product", PRODUCT_COLUMNS | costs)
                self.env.cr.commit()
                progress.add(len(batch))

    def load_orders(self, orders: Iterable[Order], total: int) -> float:
        """Write the confirmed orders that are not there yet; give the seconds.

        `orders` may be an endless-looking stream: only one batch is in memory.
        """
        known = self.writer.ids("sale.order", "name")
        partners = self.writer.ids("res.partner", "ref")
        products = self.writer.ids("product.product", "default_code")
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

    def _load_batch(
        self, orders: list[Order], partners: dict[str, int], products: dict[str, int], costs: dict[str, float]
    ) -> None:
        """Write orders with their lines, as one set each."""
        order_ids = self.writer.reserve("sale_order", len(orders))
        line_count = sum(len(order.lines) for order in orders)
        line_ids = iter(self.writer.reserve("sale_order_line", line_count))
        numbered = list(zip(order_ids, orders, strict=True))
        self.writer.stage(
            "bench_order",
            ((number, order.name, partners[order.customer], order.ordered_at) for number, order in numbered),
        )
        self.writer.stage(
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
        self.writer.insert("sale_order", "order", source, ORDER_COLUMNS | origin)
        source = SQL(
            """(SELECT *, ROUND(price * quantity, 2) AS amount,
                       ROUND(price * quantity, 2) - cost * quantity AS margin
                  FROM bench_line)"""
        )
        columns = dict(LINE_COLUMNS)
        # Where stock moves measure what was delivered, we made no moves.
        if self.writer.prototypes["sale_order_line", "line"]["qty_delivered_method"] == "manual":
            columns["qty_delivered"] = SQL("s.quantity")
        self.writer.insert("sale_order_line", "line", source, columns)
