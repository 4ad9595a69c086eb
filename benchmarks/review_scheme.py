"""The scheme that `bench_review` grades by, for the addon and for the SQL alike."""

WINDOW_MONTHS = 12

PARETO = ((80, 100), (95, 60), (100, 30))
"""(per cent of the total, points)"""
GROWTH = ((None, 0), (-20, 40), (0, 70), (20, 100))
"""(from per cent, points)"""
RECENCY = ((None, 100), (31, 70), (91, 40), (181, 0))
"""(from days, points)"""
MARGIN = ((None, 0), (0, 20), (500, 60), (5000, 100))
"""(from company currency, points)"""
MISSING_GROWTH = 50
WEIGHTS = {"revenue": 40, "order_count": 20, "margin": 15, "growth": 10, "recency": 15}
THRESHOLDS = (("A", 75), ("B", 50), ("C", 25), ("D", 0))
VETO = ("recency", ">", 300, "C")
"""Silent for longer: at best this grade."""


def scheme_values(grades: dict[str, int]) -> dict:
    """Return the values of the scheme for ``create``.

    `grades` are the ids of the grades by their code.
    """
    criteria = [
        {
            "metric": "revenue",
            "method": "pareto",
            "pareto_ids": [(0, 0, {"share": share, "points": points}) for share, points in PARETO],
        },
        {"metric": "order_count", "method": "percentile"},
        {"metric": "margin", "method": "bands", "band_ids": _bands(MARGIN)},
        {"metric": "growth", "method": "bands", "band_ids": _bands(GROWTH), "missing_points": MISSING_GROWTH},
        {"metric": "recency", "method": "bands", "band_ids": _bands(RECENCY)},
    ]
    metric, operator, limit, cap = VETO
    return {
        "name": "Benchmark",
        "window_months": WINDOW_MONTHS,
        "criterion_ids": [(0, 0, {**values, "weight": WEIGHTS[values["metric"]]}) for values in criteria],
        "threshold_ids": [(0, 0, {"grade_id": grades[code], "minimum": minimum}) for code, minimum in THRESHOLDS],
        "veto_ids": [(0, 0, {"metric": metric, "operator": operator, "limit": limit, "grade_id": grades[cap]})],
    }


def _bands(steps: tuple) -> list[tuple]:
    uppers = [*(lower for lower, _points in steps[1:]), None]
    return [
        (
            0,
            0,
            {
                "open_below": lower is None,
                "lower": lower or 0.0,
                "open_above": upper is None,
                "upper": upper or 0.0,
                "points": points,
            },
        )
        for (lower, points), upper in zip(steps, uppers, strict=True)
    ]
