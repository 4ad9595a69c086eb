from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta, tzinfo

import pytz

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import ormcache
from odoo.tools.date_utils import float_to_time
from odoo.tools.intervals import Intervals

from ..tools.working_time import WorkingTime


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    makeup_day_ids = fields.One2many("resource.calendar.makeup.day", "calendar_id", "Make-up Days", copy=True)

    # ------------------------------------------------------------------
    # Working time of many spans
    # ------------------------------------------------------------------

    def _working_hours_between(self, intervals: Sequence[tuple[datetime, datetime]]) -> list[float]:
        """Return the working hours within each of many intervals.

        The calendar is expanded once over the whole span, so that the number of
        queries does not depend on the number of intervals. Holidays (general
        time off of the calendar's company) do not count, make-up days do. The
        figures are the same for every user.

        :param intervals: (start, stop) pairs in naive UTC
        :return: hours in the order given; negative where stop precedes start
        """
        self.ensure_one()
        if not intervals:
            return []
        moments = [moment for interval in intervals for moment in interval]
        worked = self._working_time(min(moments), max(moments))
        hour = timedelta(hours=1)
        return [worked.between(start, stop) / hour for start, stop in intervals]

    def _working_days_between(self, intervals: Sequence[tuple[datetime, datetime]]) -> list[float]:
        """Return the working days within each of many intervals.

        A day is the calendar's average number of hours a day. See
        :meth:`_working_hours_between`; without such an average all are 0.0.
        """
        hours = self._working_hours_between(intervals)
        return [hour / self.hours_per_day if self.hours_per_day else 0.0 for hour in hours]

    def _working_time(self, start: datetime, stop: datetime) -> WorkingTime:
        """Return the working time of all weeks that two moments (naive UTC) touch.

        Whole weeks, because a calendar with flexible hours fills each week from
        the day the expansion begins: from Monday, whatever is asked.
        """
        zone = pytz.timezone(self.tz)
        first = pytz.utc.localize(start).astimezone(zone).date()
        last = pytz.utc.localize(stop).astimezone(zone).date()
        monday = first - timedelta(days=first.weekday())
        next_monday = last + timedelta(days=7 - last.weekday())
        company = self.company_id or self.env.company
        calendar = self.sudo()  # sudo: holidays count whoever asks
        spans = calendar._work_intervals_batch(
            _day_start(monday, zone),
            _day_start(next_monday, zone),
            domain=[("time_type", "=", "leave"), ("company_id", "in", [company.id, False])],
            tz=zone,
        )[False]
        return WorkingTime((_to_utc(begin), _to_utc(end)) for begin, end, _rec in spans)

    # ------------------------------------------------------------------
    # Make-up days within Odoo's own computation
    # ------------------------------------------------------------------

    def _get_makeup_weekdays(self) -> dict[date, int]:
        """Return the make-up days of this calendar: date → weekday, 0 = Monday.

        A day of the calendar itself comes before one of its company, and that
        before one shared by all companies. Hours that are flexible know no days
        off, hence no make-up days.
        """
        calendar = self._origin
        if len(calendar) != 1 or calendar.flexible_hours:
            return {}
        return self._get_cached_makeup_weekdays(calendar.id, calendar.company_id.id)

    @ormcache("calendar_id", "company_id")
    def _get_cached_makeup_weekdays(self, calendar_id: int, company_id: int) -> dict[date, int]:
        """Search what :meth:`_get_makeup_weekdays` returns; kept between calls."""
        makeup_day = self.env["resource.calendar.makeup.day"]
        days = makeup_day.sudo().search(  # sudo: kept for all users
            Domain("calendar_id", "=", calendar_id)
            | Domain("calendar_id", "=", False) & Domain("company_id", "in", [company_id, False])
        )
        # of several days on one date the last one wins, so the closest goes last
        days = days.sorted(lambda day: (bool(day.calendar_id), bool(day.company_id)))
        return {day.date: int(day.weekday) for day in days}

    def _makeup_days_between(self, start_dt: datetime, end_dt: datetime, zone: tzinfo) -> dict[date, int]:
        """Return the make-up days that a span touches, by the clocks of `zone`."""
        first, last = start_dt.astimezone(zone).date(), end_dt.astimezone(zone).date()
        weekdays = self._get_makeup_weekdays()
        return {day: weekdays[day] for day in weekdays if first <= day <= last}

    def _attendance_intervals_batch(self, start_dt, end_dt, resources=None, domain=None, tz=None, lunch=False):
        result = super()._attendance_intervals_batch(
            start_dt, end_dt, resources=resources, domain=domain, tz=tz, lunch=lunch
        )
        if not self._get_makeup_weekdays():
            return result
        per_zone = defaultdict(list)
        for resource_id, zone in self._fixed_hours_zones(start_dt, resources, tz):
            per_zone[zone].append(resource_id)
        for zone, resource_ids in per_zone.items():
            days = self._makeup_days_between(start_dt, end_dt, zone)
            worked = [
                (max(start, start_dt.astimezone(zone)), min(stop, end_dt.astimezone(zone)), rec)
                for start, stop, rec in self._makeup_attendances(days, zone, domain, lunch)
            ]
            for resource_id in resource_ids:
                kept = result[resource_id] - self._whole_days(days, zone)
                result[resource_id] = Intervals([*kept, *worked], keep_distinct=True)
        return result

    def _leave_intervals_batch(self, start_dt, end_dt, resources=None, domain=None, tz=None):
        result = super()._leave_intervals_batch(start_dt, end_dt, resources=resources, domain=domain, tz=tz)
        if not self._get_makeup_weekdays():
            return result
        # A make-up day is worked even where general time off covers it; a
        # person's own time off stays.
        for resource_id, zone in self._fixed_hours_zones(start_dt, resources, tz):
            days = self._makeup_days_between(start_dt, end_dt, zone)
            general = [item for item in result[resource_id] if not item[2].resource_id]
            personal = [item for item in result[resource_id] if item[2].resource_id]
            kept = Intervals(general) - self._whole_days(days, zone)
            result[resource_id] = Intervals([*kept, *personal])
        return result

    def _fixed_hours_zones(self, start_dt: datetime, resources, tz: tzinfo | None) -> list[tuple[int, tzinfo]]:
        """Return the resources with fixed hours and the time zone of each.

        The calendar itself, for which Odoo uses the key False, is one of them.
        """
        resources = resources or self.env["resource.resource"]
        calendars = resources._get_calendar_at(start_dt, tz)
        fixed = [
            resource for resource in resources if calendars.get(resource) and not calendars[resource].flexible_hours
        ]
        return [
            (resource.id, tz or pytz.timezone((resource or self).tz))
            for resource in [*fixed, self.env["resource.resource"]]
        ]

    def _makeup_attendances(
        self, days: dict[date, int], zone: tzinfo, domain, lunch: bool
    ) -> list[tuple[datetime, datetime, models.Model]]:
        """Return the spans worked on make-up days, with the attendance of each."""
        attendances = self.env["resource.calendar.attendance"].search(
            Domain.AND([
                Domain(domain or Domain.TRUE),
                Domain("calendar_id", "=", self.id),
                Domain("display_type", "=", False),
                Domain("day_period", "=" if lunch else "!=", "lunch"),
            ])
        )
        return [
            (
                zone.localize(datetime.combine(day, float_to_time(attendance.hour_from))),
                zone.localize(datetime.combine(day, float_to_time(attendance.hour_to))),
                attendance,
            )
            for day, weekday in days.items()
            for attendance in attendances
            if int(attendance.dayofweek) == weekday
            and (not self.two_weeks_calendar or int(attendance.week_type) == attendance.get_week_type(day))
        ]

    def _whole_days(self, days: Iterable[date], zone: tzinfo) -> list[tuple[datetime, datetime, models.Model]]:
        """Return days as spans, in the form that Odoo's intervals take."""
        nothing = self.env["resource.calendar.attendance"]
        return [(_day_start(day, zone), _day_start(day + timedelta(days=1), zone), nothing) for day in days]

    def _works_on_date(self, date):
        weekday = self._get_makeup_weekdays().get(date)
        if weekday is None:
            return super()._works_on_date(date)
        week_type = False
        if self.two_weeks_calendar:
            week_type = str(self.env["resource.calendar.attendance"].get_week_type(date))
        return self._get_working_hours()[week_type][str(weekday)]


def _day_start(day: date, zone: tzinfo) -> datetime:
    """Return the local midnight that opens a day."""
    return zone.localize(datetime.combine(day, time.min))


def _to_utc(moment: datetime) -> datetime:
    """Return an aware moment as naive UTC."""
    return moment.astimezone(pytz.utc).replace(tzinfo=None)
