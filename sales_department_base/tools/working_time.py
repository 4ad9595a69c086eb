"""Working time of many spans at once, as plain arithmetic.

The calendar is expanded once; each span then costs two binary searches.
"""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import accumulate


class WorkingTime:
    """A stretch of a working calendar that answers many questions quickly.

    Built from the spans in which work is done, as (start, stop) pairs of
    datetimes of one kind (all naive, or all aware). Spans may come in any order
    and may touch or overlap; time covered twice counts once.

    With m spans and n questions the cost is O(m log m + n log m).
    """

    __slots__ = ("_before", "_starts", "_stops")

    def __init__(self, spans: Iterable[tuple[datetime, datetime]]) -> None:
        self._starts: list[datetime] = []
        self._stops: list[datetime] = []
        for start, stop in sorted(span for span in spans if span[0] < span[1]):
            if self._stops and start <= self._stops[-1]:
                self._stops[-1] = max(self._stops[-1], stop)
            else:
                self._starts.append(start)
                self._stops.append(stop)
        lengths = (stop - start for start, stop in zip(self._starts, self._stops, strict=True))
        # _before[i] is the time worked before the i-th span begins
        self._before = list(accumulate(lengths, initial=timedelta()))

    def worked_until(self, moment: datetime) -> timedelta:
        """Return the time worked from the first span up to `moment`."""
        index = bisect_right(self._starts, moment) - 1
        if index < 0:
            return timedelta()
        return self._before[index] + min(moment, self._stops[index]) - self._starts[index]

    def between(self, start: datetime, stop: datetime) -> timedelta:
        """Return the time worked from `start` to `stop`.

        It is negative when `stop` comes before `start`, so that being early and
        being late are told apart by the sign.
        """
        return self.worked_until(stop) - self.worked_until(start)
