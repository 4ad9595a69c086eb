"""Who moves from which grade to which, counted: the migration matrix and its totals."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple


class Move(NamedTuple):
    """One customer's grade before and after; None is "no grade"."""

    before: int | None
    after: int | None
    revenue: float = 0.0


@dataclass(slots=True)
class Total:
    """Customers and revenue of one grade, on both sides."""

    count_before: int = 0
    revenue_before: float = 0.0
    count_after: int = 0
    revenue_after: float = 0.0


@dataclass(slots=True)
class Migration:
    """What became of a set of customers.

    :param cells: ``{"from,to": {"count", "revenue"}}``, 0 for "no grade"; the shape of the
        matrix widget
    :param totals: ``{grade or 0: Total}``
    """

    cells: dict[str, dict[str, float]] = field(default_factory=dict)
    totals: dict[int, Total] = field(default_factory=dict)
    count: int = 0
    moved: int = 0

    def add(self, move: Move, revenue_after: float | None = None) -> None:
        """Count one customer.

        :param revenue_after: revenue on the other side where the two sides look at
            different windows; the cell counts ``move.revenue``
        """
        before, after = move.before or 0, move.after or 0
        cell = self.cells.setdefault(f"{before},{after}", {"count": 0, "revenue": 0.0})
        cell["count"] += 1
        cell["revenue"] += move.revenue
        left = self.totals.setdefault(before, Total())
        left.count_before += 1
        left.revenue_before += move.revenue
        right = self.totals.setdefault(after, Total())
        right.count_after += 1
        right.revenue_after += move.revenue if revenue_after is None else revenue_after
        self.count += 1
        self.moved += before != after


def migration(moves: Iterable[Move]) -> Migration:
    """Count all moves."""
    result = Migration()
    for move in moves:
        result.add(move)
    return result
