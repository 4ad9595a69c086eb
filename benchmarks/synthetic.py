"""Trade data of any size from a seed. Plain Python, no Odoo.

The same size and seed give the same data, on any machine: only
`random.Random.random` is drawn from, whose sequence Python guarantees.
"""

import math
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from random import Random

from benchmarks.trade import Customer, Line, Order, Product

# Relative trade of the months, January first: a quiet summer, a strong autumn.
SEASON = (0.8, 0.8, 1.0, 0.95, 1.0, 0.95, 0.85, 0.8, 1.15, 1.3, 1.45, 0.95)
WEEKDAYS = (1.0, 1.1, 1.1, 1.1, 0.9, 0.15, 0.1)
COUNTRIES = ("CN", "DE", "FR", "GB", "IT", "NL", "US", "VN", None)

# Spread of customer sizes: the best fifth makes about four fifths of the orders.
CUSTOMER_SIGMA = 1.7
DISCOUNTS = (100, 98, 95, 90, 85)
RETURN_SHARE = 0.04
SERVICE_SHARE = 0.02
NEWCOMER_SHARE = 0.3
LEAVER_SHARE = 0.2
MAX_PRODUCTS = 5000


@dataclass(frozen=True, slots=True)
class Size:
    """What to generate.

    `customers` are companies; a share of them (`contact_share`) has a contact in
    addition, who places half of their orders. `orders` lie in the `days` days up to
    and including `until`; `lines` is the exact total over all orders.
    Raises ValueError when a number makes no sense.
    """

    customers: int
    orders: int
    lines: int
    seed: int = 1
    until: date = date(2025, 12, 31)
    days: int = 730
    contact_share: float = 0.2

    def __post_init__(self) -> None:
        if min(self.customers, self.orders, self.days) < 1:
            raise ValueError("customers, orders and days must be 1 or more")
        if self.lines < self.orders:
            raise ValueError(f"{self.lines} lines do not suffice for {self.orders} orders: each has one or more")
        if not 0 <= self.contact_share <= 1:
            raise ValueError("the share of contacts lies between 0 and 1")

    @property
    def products(self) -> int:
        """Number of products: a fiftieth of the orders, 20 to 5000."""
        return max(20, min(MAX_PRODUCTS, self.orders // 50))

    def stream(self, purpose: str) -> Random:
        """Return random numbers of their own for one purpose."""
        return Random(f"{self.seed}/{purpose}")


def make_size(values: dict) -> Size:
    """Return the Size of plain values, `until` in ISO form."""
    return Size(**values | {"until": date.fromisoformat(values["until"])})


def normal(random: Random) -> float:
    """Draw from the standard normal distribution (Box and Muller)."""
    radius = math.sqrt(-2.0 * math.log(1.0 - random.random()))
    return radius * math.cos(2.0 * math.pi * random.random())


def build_customers(size: Size) -> list[Customer]:
    """Customers, each followed by its contact where it has one."""
    random = size.stream("customers")
    customers = []
    for number in range(1, size.customers + 1):
        ref = f"G{number:07}"
        country = COUNTRIES[int(random.random() * len(COUNTRIES))]
        customers.append(Customer(ref, f"Generated customer {number}", country))
        if random.random() < size.contact_share:
            contact = f"Buyer of {number}"
            customers.append(Customer(f"{ref}-1", contact, country, parent=ref))
    return customers


def build_products(size: Size) -> list[Product]:
    """Products with a log-normal price; the cost is 40 to 80 % of it."""
    random = size.stream("products")
    products = []
    for number in range(1, size.products + 1):
        cents = max(50, round(800 * math.exp(normal(random))))
        cost = round(cents * (0.4 + 0.4 * random.random()))
        products.append(
            Product(
                code=f"P{number:05}",
                name=f"Generated product {number}",
                is_service=random.random() < SERVICE_SHARE,
                price=Decimal(cents).scaleb(-2),
                cost=Decimal(cost).scaleb(-2),
            )
        )
    return products


def build_orders(size: Size, customers: list[Customer], products: list[Product]) -> Iterator[Order]:
    """Yield the orders from the oldest to the newest."""
    random = size.stream("orders")
    buyers = _Buyers(size, customers)
    articles = _Articles(size, products)
    left = size.lines - size.orders
    for position, day in enumerate(_order_days(size)):
        buyer, discount = buyers.draw(random, day)
        extra = left
        if position < size.orders - 1:
            mean = left / (size.orders - position)
            extra = min(left, int(-math.log(1.0 - random.random()) * (mean + 0.5)))
        left -= extra
        sign = -1 if random.random() < RETURN_SHARE else 1
        seconds = int(random.random() * 9 * 3600)
        yield Order(
            name=f"G{position + 1:08}",
            customer=buyer,
            ordered_at=day_of(size, day) + timedelta(hours=8, seconds=seconds),
            lines=tuple(articles.draw(random, discount, sign) for _line in range(extra + 1)),
        )


def day_of(size: Size, index: int) -> datetime:
    """Midnight (UTC) of the day `index` of the span, counted from 0."""
    first = size.until - timedelta(days=size.days - 1)
    return datetime(first.year, first.month, first.day) + timedelta(days=index)


def _order_days(size: Size) -> list[int]:
    """Day of each order, ascending: seasonal, with quiet weekends."""
    random = size.stream("days")
    days = [day_of(size, index) for index in range(size.days)]
    weights = list(accumulate(SEASON[d.month - 1] * WEEKDAYS[d.weekday()] for d in days))
    return sorted(bisect(weights, random.random() * weights[-1]) for _order in range(size.orders))


class _Buyers:
    """Who orders: a few large customers, many small; some come late, some leave."""

    TRIES = 50

    def __init__(self, size: Size, customers: list[Customer]) -> None:
        random = size.stream("buyers")
        contacts = {c.parent: c.ref for c in customers if c.parent}
        self.companies = [c.ref for c in customers if not c.parent]
        self.contacts = [contacts.get(ref) for ref in self.companies]
        self.spans = []
        self.discounts = []
        sizes = []
        for _company in self.companies:
            sizes.append(math.exp(CUSTOMER_SIGMA * normal(random)))
            first, last = 0.0, 1.0
            if random.random() < NEWCOMER_SHARE:
                first = random.random()
            if random.random() < LEAVER_SHARE:
                last = first + (1.0 - first) * random.random()
            self.spans.append((first * size.days, last * size.days))
            self.discounts.append(int(random.random() * len(DISCOUNTS)))
        self.weights = list(accumulate(sizes))

    def draw(self, random: Random, day: int) -> tuple[str, int]:
        """Return the ref of who orders on a day and the index of the discount."""
        for _try in range(self.TRIES):
            index = bisect(self.weights, random.random() * self.weights[-1])
            first, last = self.spans[index]
            if first <= day <= last:
                break
        # With very few customers none may be active: then the last one drawn is.
        contact = self.contacts[index]
        ref = contact if contact and random.random() < 0.5 else self.companies[index]
        return ref, self.discounts[index]


class _Articles:
    """What is ordered: some products often, most of them seldom."""

    def __init__(self, size: Size, products: list[Product]) -> None:
        ranks = list(range(1, len(products) + 1))
        random = size.stream("articles")
        ranks.sort(key=lambda _rank: random.random())
        self.weights = list(accumulate(rank**-0.8 for rank in ranks))
        self.products = products
        self.prices = [
            tuple((product.price * share / 100).quantize(Decimal("0.01")) for share in DISCOUNTS)
            for product in products
        ]

    def draw(self, random: Random, discount: int, sign: int) -> Line:
        """Return one line; `sign` -1 makes it a return."""
        index = bisect(self.weights, random.random() * self.weights[-1])
        product = self.products[index]
        quantity = 1 + int(-math.log(1.0 - random.random()) * 12)
        return Line(product.code, product.name, sign * quantity, self.prices[index][discount])
