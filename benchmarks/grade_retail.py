"""Grade the loaded retail customers with the addon and compare. See README.md.

python3 -m benchmarks.grade_retail --database scratch_retail
"""

import argparse
import time
from pathlib import Path

from benchmarks import independent_grading as independent
from benchmarks.progress import say
from benchmarks.retail import ORIGIN
from benchmarks.scratch import run_in_odoo

# From December 2010 on: the whole file, seen from its last day.
WINDOW_MONTHS = 13

REVENUE = {
    "metric": "revenue",
    "method": "pareto",
    "weight": 50,
    "pareto_ids": [(0, 0, {"share": share, "points": points}) for share, points in ((80, 100), (95, 60), (100, 30))],
}
ORDERS = {"metric": "order_count", "method": "percentile", "weight": 30}
RECENCY = {
    "metric": "recency",
    "method": "bands",
    "weight": 20,
    "band_ids": [
        (0, 0, {"open_below": True, "upper": 31, "points": 100}),
        (0, 0, {"lower": 31, "upper": 91, "points": 70}),
        (0, 0, {"lower": 91, "upper": 181, "points": 40}),
        (0, 0, {"lower": 181, "upper": 366, "points": 10}),
        (0, 0, {"lower": 366, "open_above": True, "points": 0}),
    ],
}
SCHEMES = {
    "Pareto 80/95/100": ([REVENUE], {"A": 100, "B": 60, "C": 30, "D": 0}),
    "Weighted 50/30/20": ([REVENUE, ORDERS, RECENCY], {"A": 75, "B": 50, "C": 25, "D": 0}),
}


def main() -> None:
    """Read the command line and grade; installs the addon where it is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True, help="made by load_retail")
    parser.add_argument("--source", type=Path, default=independent.SOURCE)
    options = parser.parse_args()
    run_in_odoo(options.database, "benchmarks.guard", "install", addon="customer_grade", origin=ORIGIN)
    run_in_odoo(options.database, "benchmarks.grade_retail", "grade", source=str(options.source.resolve()))


def grade(env, source: str) -> None:
    """Run a review for each scheme, apply it, and print where the CSV disagrees."""
    trade = independent.read_trade(Path(source))
    scores = independent.weighted_scores(trade)
    expected = {
        "Pareto 80/95/100": independent.pareto_classes({name: item.revenue for name, item in trade.items()}),
        "Weighted 50/30/20": {name: independent.grade_of_score(score) for name, score in scores.items()},
    }
    failed = 0
    for name, (criteria, thresholds) in SCHEMES.items():
        review = run_review(env, name, criteria, thresholds)
        found = {
            assessment.partner_id.ref: assessment
            for assessment in env["customer.grade.assessment"].search([("review_id", "=", review.id)])
        }
        grades = {ref: assessment.grade_id.code for ref, assessment in found.items()}
        known = {ref: code for ref, code in grades.items() if ref in trade}
        say(independent.summary(f"\n{name}, graded by the addon", known, trade))
        differences = compare(expected[name], found, trade)
        failed += len(differences)
        say("\n".join(differences) or f"all {len(trade):,} customers as from the CSV")
        check_partners(env, grades)
    env.cr.commit()
    if failed:
        raise SystemExit(f"{failed} differences")


def run_review(env, name: str, criteria: list[dict], thresholds: dict[str, int]):
    """Put a scheme in force, review by it, accept and apply; give the review.

    Any other scheme in force is retired. Prints the seconds of each step.
    """
    grades = {grade.code: grade for grade in env["customer.grade"].search([])}
    schemes = env["customer.grading.scheme"]
    schemes.search([("state", "=", "active")]).action_retire()
    scheme = schemes.create({
        "name": name,
        "window_months": WINDOW_MONTHS,
        "criterion_ids": [(0, 0, values) for values in criteria],
        "threshold_ids": [
            (0, 0, {"grade_id": grades[code].id, "minimum": minimum}) for code, minimum in thresholds.items()
        ],
    })
    scheme.action_activate()
    review = env["customer.grade.review"].create({"scheme_id": scheme.id, "date": independent.REVIEW_DATE})
    for step in ("action_compute", "action_accept_all", "action_decide", "action_apply"):
        started = time.monotonic()
        getattr(review, step)()
        env.flush_all()
        say(f"{name}: {step} {time.monotonic() - started:.1f} s")
    return review


def compare(expected: dict[str, str], found: dict, trade: dict) -> list[str]:
    """Say in one line each where the addon's grade or figures are others."""
    differences = []
    for ref in sorted(expected.keys() | found.keys(), key=str):
        if ref not in found or ref not in expected:
            where = "not graded by the addon" if ref in expected else "not in the file"
            differences.append(f"{ref}: {where}")
            continue
        assessment, item = found[ref], trade[ref]
        ours = (expected[ref], round(float(item.revenue), 2), item.orders)
        theirs = (assessment.grade_id.code, round(assessment.revenue, 2), assessment.order_count)
        if ours != theirs:
            differences.append(
                f"{ref}: addon {theirs} at {assessment.score:.1f} points {assessment.points}, file {ours}"
            )
    return differences


def check_partners(env, grades: dict[str, str]) -> None:
    """Raise SystemExit unless the applied grades stand on the partners."""
    partners = env["res.partner"].search([("ref", "in", list(grades))])
    wrong = [p.ref for p in partners if p.customer_grade_id.code != grades[p.ref]]
    if wrong or len(partners) != len(grades):
        raise SystemExit(f"{len(partners)} partners, wrong grade on {wrong[:20]}")


if __name__ == "__main__":
    main()
