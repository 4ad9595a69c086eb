"""What a metric is and over which time it is taken."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from odoo.tools import SQL

Unit = Literal["money", "count", "days", "percent"]
Kind = Literal["customer", "prospect"]


@dataclass(frozen=True, slots=True)
class GradingWindow:
    """The time a review looks at, for one company.

    Days are days of the company's time zone; the ``_utc`` moments are the naive
    UTC datetimes at which these days begin, ready to compare with stored ones.
    """

    company_id: int
    currency_id: int
    timezone: str
    as_of: date
    """Last day counted."""
    start: date
    """First day counted."""
    start_utc: datetime
    stop_utc: datetime
    """First moment no longer counted: midnight after ``as_of``."""
    previous_start: date
    """First day of the window of the same length before this one."""
    previous_start_utc: datetime


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure per customer.

    :param key: technical name; stored in criteria, vetoes and evidence
    :param label: translated name shown to the user
    :param unit: how the figure is written: company currency, a count, days, per cent
    :param source: name of the method of ``customer.grade.metric`` whose query
        gives the columns; metrics of one source share one query
    :param value: SQL expression over the columns of the source, None for the column
        named like the metric; NULL means that the customer has no such figure
    :param higher_is_better: False where a small figure is the good one
    :param help: translated explanation for the person who configures a scheme
    :param kinds: kinds of schemes that may use the metric
    """

    key: str
    label: str
    unit: Unit
    source: str
    value: SQL | None = None
    higher_is_better: bool = True
    help: str = ""
    kinds: frozenset[Kind] = frozenset({"customer"})

    @property
    def expression(self) -> SQL:
        """What stands in the query for this metric."""
        return SQL.identifier(self.key) if self.value is None else self.value
