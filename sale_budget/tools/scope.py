"""Which budget pays for a document: the most specific one that covers it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom and when a budget covers; `None` for a salesperson or team means all of them."""

    key: int
    date_from: date
    date_to: date
    user: int | None = None
    team: int | None = None

    def covers(self, day: date, user: int | None, team: int | None) -> bool:
        """Tell whether the budget pays for this salesperson and team on this day."""
        return self.date_from <= day <= self.date_to and self.user in (None, user) and self.team in (None, team)


def most_specific(scopes: Iterable[Scope], day: date, user: int | None, team: int | None) -> int | None:
    """Return the key of the budget that pays, or None when none covers the document.

    A budget of the salesperson comes before one of the team, that before one of the company; of two alike, the one
    that ends first, then the older one.
    """
    covering = [scope for scope in scopes if scope.covers(day, user, team)]
    if not covering:
        return None
    return min(covering, key=lambda scope: (scope.user is None, scope.team is None, scope.date_to, scope.key)).key


def overlap(one: Scope, other: Scope) -> bool:
    """Tell whether two budgets would pay for the same: same scope, and a day in common."""
    same = (one.user, one.team) == (other.user, other.team)
    return same and one.date_from <= other.date_to and other.date_from <= one.date_to
