"""Grade the customers of the retail file without Odoo and without the addons.

    python -m benchmarks.independent_grading --output grades.csv

It reads the CSV itself and shares no code with the loader or with
`customer_grade`, so that agreement with them means something. Every rule is
written out in README.md.
"""

import argparse
import csv
import lzma
import sys
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

SOURCE = Path(__file__).resolve().parents[2] / "shared/data/online-retail.csv.xz"

GRADES = ("A", "B", "C", "D")

# Share of the revenue that better customers have made already, per class.
PARETO_LIMITS = ((Fraction(80, 100), "A"), (Fraction(95, 100), "B"))

# Points of a Pareto class within the weighted scheme.
PARETO_POINTS = {"A": 100, "B": 60, "C": 30, "D": 0}

# Days since the last purchase, up to and including, and the points it is worth.
RECENCY_BANDS = ((30, 100), (90, 70), (180, 40), (365, 10))

# Weight of each criterion, and the least score of each grade.
WEIGHTS = {"revenue": Fraction(50, 100), "orders": Fraction(30, 100), "recency": Fraction(20, 100)}
THRESHOLDS = ((Fraction(75), "A"), (Fraction(50), "B"), (Fraction(25), "C"))

# The last day of the file.
REVIEW_DATE = date(2011, 12, 9)


class Trade(NamedTuple):
    """What one customer did over the whole span.

    `revenue` in GBP, returns net; `orders` counts the invoices of a positive
    amount, so neither cancellations nor free samples; `last_order` is the local
    day of the latest of these, None where there is none.
    """

    revenue: Fraction
    orders: int
    last_order: date | None


def read_trade(path: Path) -> dict[str, Trade]:
    """Sum up the file per customer; lines without a customer are left out."""
    amounts: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    days: dict[tuple[str, str], date] = {}
    with lzma.open(path, "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if not row["customer_id"]:
                continue
            key = row["customer_id"], row["invoice"]
            # Whole cents per line, as an order line has them.
            cents = round_half_up(Fraction(row["unit_price"]) * 100 * int(row["quantity"]))
            amounts[key] += Fraction(cents, 100)
            day = date.fromisoformat(row["invoice_datetime"][:10])
            days[key] = min(days.get(key, day), day)
    trade: dict[str, Trade] = defaultdict(lambda: Trade(Fraction(0), 0, None))
    for (customer, invoice), amount in amounts.items():
        revenue, orders, last = trade[customer]
        if amount > 0:
            orders += 1
            day = days[customer, invoice]
            last = max(last or day, day)
        trade[customer] = Trade(revenue + amount, orders, last)
    return dict(trade)


def round_half_up(value: Fraction) -> int:
    """Round to the nearest whole number, halves away from zero."""
    whole = int(abs(value) + Fraction(1, 2))
    return whole if value >= 0 else -whole


def shares_before(revenues: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Share of all positive revenue made by customers with strictly more.

    Customers of equal revenue have the same share. Those at or below zero are
    not in the result: they have no part in the revenue.
    """
    positive = {name: value for name, value in revenues.items() if value > 0}
    total = sum(positive.values())
    by_value: dict[Fraction, list[str]] = defaultdict(list)
    for name, value in positive.items():
        by_value[value].append(name)
    shares: dict[str, Fraction] = {}
    before = Fraction(0)
    for value in sorted(by_value, reverse=True):
        for name in by_value[value]:
            shares[name] = before / total
        before += value * len(by_value[value])
    return shares


def pareto_classes(revenues: Mapping[str, Fraction]) -> dict[str, str]:
    """Class of each customer by share of revenue, 80/95/100.

    A customer belongs to the class in which the revenue before them ends: who
    crosses 80 % is still A. Zero or negative revenue is D.
    """
    shares = shares_before(revenues)
    return {
        name: next((grade for limit, grade in PARETO_LIMITS if shares[name] < limit), "C") if name in shares else "D"
        for name in revenues
    }


def percentile_points(values: Mapping[str, int]) -> dict[str, Fraction]:
    """Percentile rank 0 to 100: the share of the *other* customers that are below.

    Equal ones count half. The best alone has 100, the worst alone 0; a customer
    without others has 100.
    """
    ordered = sorted(values.values())
    others = len(ordered) - 1
    points = {}
    for name, value in values.items():
        below = bisect_left(ordered, value)
        equal = bisect_right(ordered, value) - below - 1
        points[name] = 100 * (below + Fraction(equal, 2)) / others if others else Fraction(100)
    return points


def recency_points(last: date | None, review: date) -> Fraction:
    """Points of the band in which the days since the last purchase lie."""
    if last is None:
        return Fraction(0)
    days = (review - last).days
    return Fraction(next((points for limit, points in RECENCY_BANDS if days <= limit), 0))


def weighted_scores(trade: Mapping[str, Trade], review: date = REVIEW_DATE) -> dict[str, Fraction]:
    """Score 0 to 100 of each customer: the weighted mean of three criteria."""
    classes = pareto_classes({name: item.revenue for name, item in trade.items()})
    orders = percentile_points({name: item.orders for name, item in trade.items()})
    return {
        name: WEIGHTS["revenue"] * PARETO_POINTS[classes[name]]
        + WEIGHTS["orders"] * orders[name]
        + WEIGHTS["recency"] * recency_points(item.last_order, review)
        for name, item in trade.items()
    }


def grade_of_score(score: Fraction) -> str:
    """Best grade whose least score is reached."""
    return next((grade for least, grade in THRESHOLDS if score >= least), "D")


def summary(title: str, grades: Mapping[str, str], trade: Mapping[str, Trade]) -> str:
    """Customers and revenue per grade, as a small table."""
    total = sum(item.revenue for item in trade.values())
    counts = Counter(grades.values())
    lines = [title, "grade  customers   share          net  share"]
    for grade in GRADES:
        amount = sum(trade[n].revenue for n, given in grades.items() if given == grade)
        lines.append(
            f"{grade:5}  {counts[grade]:9,}  {counts[grade] / len(grades):6.1%}  "
            f"{float(amount):12,.2f}  {float(amount / total):6.1%}"
        )
    return "\n".join(lines)


def write_grades(
    path: Path, trade: Mapping[str, Trade], pareto: Mapping[str, str], scores: Mapping[str, Fraction]
) -> None:
    """Write one line per customer: figures, Pareto class, score and grade."""
    heads = ["customer", "revenue", "orders", "last_order", "pareto", "score", "weighted"]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(heads)
        for name, item in sorted(trade.items()):
            writer.writerow([
                name,
                f"{float(item.revenue):.2f}",
                item.orders,
                item.last_order or "",
                pareto[name],
                f"{float(scores[name]):.6f}",
                grade_of_score(scores[name]),
            ])


def main(arguments: Iterable[str] | None = None) -> None:
    """Grade the file and print how customers and revenue spread."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, default=SOURCE, help="the CSV.xz file")
    parser.add_argument("--output", type=Path, help="write one line per customer here")
    options = parser.parse_args(arguments)
    if not options.source.exists():
        parser.error(f"{options.source} is not there; name the file with --source")
    trade = read_trade(options.source)
    pareto = pareto_classes({name: item.revenue for name, item in trade.items()})
    scores = weighted_scores(trade)
    weighted = {name: grade_of_score(score) for name, score in scores.items()}
    if options.output:
        write_grades(options.output, trade, pareto, scores)
    net = float(sum(item.revenue for item in trade.values()))
    sys.stdout.write(
        f"{len(trade):,} customers, net £{net:,.2f}\n\n"
        f"{summary('Pareto 80/95/100 on net revenue', pareto, trade)}\n\n"
        f"{summary('Weighted 50/30/20', weighted, trade)}\n"
    )


if __name__ == "__main__":
    main()
