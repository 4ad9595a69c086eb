"""Calendar periods and their bounds, as plain arithmetic.

Dates are local dates of a company; datetimes are naive UTC, as Odoo stores them.
The end of every span is exclusive, so that spans meet without a gap.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, get_args

import pytz

PeriodKind = Literal["month", "quarter", "half_year", "year"]

#: How many months a period of each kind lasts; each kind divides the year.
MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
assert set(MONTHS) == set(get_args(PeriodKind))

#: Choices of a field that names a kind of period; a field may add its own.
PERIODS = [("month", "Month"), ("quarter", "Quarter"), ("half_year", "Half Year"), ("year", "Year")]


@dataclass(frozen=True, slots=True)
class Period:
    """One calendar month, quarter, half year or year.

    :param kind: "month", "quarter", "half_year" or "year"
    :param start: first day of the period
    :param stop: first day *after* the period
    """

    kind: PeriodKind
    start: date
    stop: date

    @classmethod
    def of(cls, kind: PeriodKind, day: date) -> "Period":
        """Return the period of this kind that holds `day`.

        :raises ValueError: when `kind` is none of :data:`MONTHS`
        """
        if kind not in MONTHS:
            raise ValueError(f"unknown kind of period: {kind!r}")
        length = MONTHS[kind]
        start = date(day.year, (day.month - 1) // length * length + 1, 1)
        return cls(kind, start, months_before(start, -length))

    def next(self, n: int = 1) -> "Period":
        """Return the period `n` periods later (earlier when negative)."""
        start = months_before(self.start, -n * MONTHS[self.kind])
        return type(self).of(self.kind, start)

    def previous(self, n: int = 1) -> "Period":
        """Return the period `n` periods earlier."""
        return self.next(-n)

    @property
    def last_day(self) -> date:
        """The last day within the period."""
        return self.stop - timedelta(days=1)

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.stop


def months_before(day: date, months: int) -> date:
    """Return the day `months` months earlier (later when negative).

    A day that the month does not have becomes its last day: one month before
    31 March is 28 or 29 February.
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def utc_bounds(start: date, stop: date, tz: str) -> tuple[datetime, datetime]:
    """Return the moments, in naive UTC, at which two local days begin.

    Together they bound the local days from `start` up to, not including, `stop`:
    ``begin <= moment < end``.

    :param tz: name of the time zone, such as "Asia/Shanghai"
    :raises pytz.UnknownTimeZoneError: when there is no such time zone
    """
    zone = pytz.timezone(tz)
    return _local_midnight(start, zone), _local_midnight(stop, zone)


def _local_midnight(day: date, zone: pytz.BaseTzInfo) -> datetime:
    """Return the moment in naive UTC at which the local `day` begins.

    Where clocks are put back over midnight, the first of the two midnights
    counts. Where they are put forward over it, midnight does not exist and the
    day begins when they are: that is midnight by the clock of the day before.
    """
    midnight = datetime.combine(day, time.min)
    readings = [zone.localize(midnight, is_dst=is_dst).astimezone(pytz.utc) for is_dst in (False, True)]
    midnights = [moment for moment in readings if moment.astimezone(zone).replace(tzinfo=None) == midnight]
    return min(midnights, default=max(readings)).replace(tzinfo=None)
