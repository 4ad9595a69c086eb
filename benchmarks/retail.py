"""Read the retail file into customers, products and orders. No Odoo here.

What each kind of line becomes is written down in README.md.
"""

import csv
import lzma
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.trade import Customer, Line, Order, Product

SOURCE = Path(__file__).resolve().parents[2] / "shared/data/online-retail.csv.xz"

# Source document of the orders, by which a load knows its own.
ORIGIN = "Online Retail"

# The file gives local times of a British wholesaler, without a zone.
LOCAL_ZONE = ZoneInfo("Europe/London")

# Postage, carriage, discount, manual entries, fees, samples: nothing that lies
# on a shelf. Gift vouchers (gift_0001_…) are services as well.
SERVICE_CODES = frozenset(("POST", "DOT", "C2", "D", "M", "S", "B", "BANK CHARGES", "AMAZONFEE", "CRUK"))
SERVICE_PREFIX = "GIFT_"

# "Channel Islands", "European Community" and "Unspecified" are no countries of
# ISO 3166; customers from there stay without a country.
COUNTRY_CODES = {
    "Australia": "AU",
    "Austria": "AT",
    "Bahrain": "BH",
    "Belgium": "BE",
    "Brazil": "BR",
    "Canada": "CA",
    "Channel Islands": None,
    "Cyprus": "CY",
    "Czech Republic": "CZ",
    "Denmark": "DK",
    "EIRE": "IE",
    "European Community": None,
    "Finland": "FI",
    "France": "FR",
    "Germany": "DE",
    "Greece": "GR",
    "Hong Kong": "HK",
    "Iceland": "IS",
    "Israel": "IL",
    "Italy": "IT",
    "Japan": "JP",
    "Lebanon": "LB",
    "Lithuania": "LT",
    "Malta": "MT",
    "Netherlands": "NL",
    "Norway": "NO",
    "Poland": "PL",
    "Portugal": "PT",
    "RSA": "ZA",
    "Saudi Arabia": "SA",
    "Singapore": "SG",
    "Spain": "ES",
    "Sweden": "SE",
    "Switzerland": "CH",
    "USA": "US",
    "United Arab Emirates": "AE",
    "United Kingdom": "GB",
    "Unspecified": None,
}


@dataclass(frozen=True, slots=True)
class RetailBook:
    """The retail file as trade data.

    `left_out` counts the lines (and their invoices) that have no customer;
    `left_out_amount` is their net amount in GBP.
    """

    customers: list[Customer]
    products: list[Product]
    orders: list[Order]
    left_out: Counter = field(default_factory=Counter)
    left_out_amount: Decimal = Decimal(0)


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the lines of the xz-compressed CSV file as dictionaries."""
    with lzma.open(path, "rt", encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def to_utc(local: str) -> datetime:
    """Turn a local time of the file into UTC without zone, as Odoo stores it."""
    moment = datetime.fromisoformat(local).replace(tzinfo=LOCAL_ZONE)
    return moment.astimezone(timezone.utc).replace(tzinfo=None)


def product_code(stock_code: str) -> str:
    """Return the code of the product: `85123a` and `85123A` are one article."""
    return stock_code.strip().upper()


def is_service(code: str) -> bool:
    """Tell whether a product code stands for a service."""
    return code in SERVICE_CODES or code.startswith(SERVICE_PREFIX)


def build_book(rows: Iterable[dict[str, str]]) -> RetailBook:
    """Group CSV rows into customers, products and orders.

    Raises ValueError where one invoice names two customers, and KeyError for a
    country that COUNTRY_CODES does not know.
    """
    invoices: dict[str, list[dict[str, str]]] = defaultdict(list)
    left_out: Counter = Counter()
    anonymous: set[str] = set()
    left_out_amount = Decimal(0)
    for row in rows:
        if row["customer_id"]:
            invoices[row["invoice"]].append(row)
        else:
            left_out["lines"] += 1
            anonymous.add(row["invoice"])
            left_out_amount += Decimal(row["unit_price"]) * int(row["quantity"])
    left_out["invoices"] = len(anonymous - invoices.keys())
    orders = sorted(
        (_order(name, lines) for name, lines in invoices.items()), key=lambda order: (order.ordered_at, order.name)
    )
    return RetailBook(
        customers=_customers(invoices),
        products=_products(orders),
        orders=orders,
        left_out=left_out,
        left_out_amount=left_out_amount,
    )


def read_book(path: Path = SOURCE) -> RetailBook:
    """Read the retail file at `path`."""
    return build_book(read_rows(path))


def _order(invoice: str, rows: list[dict[str, str]]) -> Order:
    customers = {row["customer_id"] for row in rows}
    if len(customers) > 1:
        raise ValueError(f"Invoice {invoice} names customers {sorted(customers)}")
    return Order(
        name=invoice,
        customer=customers.pop(),
        # Some invoices were keyed in over several minutes: the first counts.
        ordered_at=to_utc(min(row["invoice_datetime"] for row in rows)),
        lines=tuple(
            Line(
                product=product_code(row["stock_code"]),
                label=row["description"].strip() or product_code(row["stock_code"]),
                quantity=int(row["quantity"]),
                price=Decimal(row["unit_price"]),
            )
            for row in rows
        ),
    )


def _customers(invoices: dict[str, list[dict[str, str]]]) -> list[Customer]:
    """One customer per number; of several countries the latest one is kept."""
    latest: dict[str, tuple[str, str]] = {}
    for rows in invoices.values():
        for row in rows:
            seen = (row["invoice_datetime"], row["country"])
            latest[row["customer_id"]] = max(latest.get(row["customer_id"], seen), seen)
    return [
        Customer(ref, f"Retail customer {ref}", COUNTRY_CODES[country])
        for ref, (_moment, country) in sorted(latest.items())
    ]


def _products(orders: list[Order]) -> list[Product]:
    """One product per code, named by its most frequent description."""
    labels: dict[str, Counter] = defaultdict(Counter)
    for order in orders:
        for line in order.lines:
            labels[line.product][line.label] += 1
    return [Product(code, _most_common(names), is_service(code)) for code, names in sorted(labels.items())]


def _most_common(names: Counter) -> str:
    """The most frequent name, ties in alphabetical order."""
    return min(names, key=lambda name: (-names[name], name))
