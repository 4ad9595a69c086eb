from datetime import date, datetime

import pytz
from psycopg2.errors import UniqueViolation

from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

SHANGHAI = pytz.timezone("Asia/Shanghai")


def local(*when) -> datetime:
    """Return a Shanghai time as naive UTC."""
    return SHANGHAI.localize(datetime(*when)).astimezone(pytz.utc).replace(tzinfo=None)


@tagged("post_install", "-at_install")
class TestCalendarMakeupDays(TransactionCase):
    """National Day 2026: off from 1 to 7 October, two days made up for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Shoe Parts"})
        cls.calendar = cls.company.resource_calendar_id
        cls.calendar.tz = "Asia/Shanghai"
        # Friday is short, to see whose hours are worked
        cls.calendar.attendance_ids.filtered(
            lambda line: line.dayofweek == "4" and line.day_period == "afternoon"
        ).unlink()
        cls.env["resource.calendar.leaves"].create({
            "name": "National Day",
            "calendar_id": cls.calendar.id,
            "date_from": local(2026, 10, 1),
            "date_to": local(2026, 10, 7, 23, 59, 59),
        })
        cls.sunday = date(2026, 9, 27)
        cls.saturday = date(2026, 10, 10)
        cls.span = (local(2026, 9, 21), local(2026, 10, 12))

    def _makeup_day(self, day, weekday="0", **values):
        return self.env["resource.calendar.makeup.day"].create({
            "name": "National Day",
            "date": day,
            "weekday": weekday,
            "company_id": self.company.id,
            **values,
        })

    def _hours(self, *days):
        return [
            self.calendar._working_hours_between([
                (local(d.year, d.month, d.day), local(d.year, d.month, d.day, 23, 59, 59))
            ])[0]
            for d in days
        ]

    def test_without_makeup_days_nothing_changes(self):
        self.assertEqual(self._hours(self.sunday, self.saturday), [0.0, 0.0])

    def test_makeup_day_works_the_hours_of_its_weekday(self):
        self._makeup_day(self.sunday, "0")
        self._makeup_day(self.saturday, "4")
        self.assertEqual(self._hours(self.sunday, self.saturday), [8.0, 4.0])

    def test_whole_weeks_around_the_holiday(self):
        # 21–30 September: 8 weekdays, one a short Friday; 8–9 October: 12 hours
        before = (7 * 8 + 4) + (8 + 4)
        self.assertAlmostEqual(self.calendar._working_hours_between([self.span])[0], before, places=2)
        self._makeup_day(self.sunday, "0")
        self._makeup_day(self.saturday, "4")
        self.assertAlmostEqual(self.calendar._working_hours_between([self.span])[0], before + 12, places=2)

    def test_odoo_itself_counts_makeup_days(self):
        """Planning and statistics must not disagree."""
        self._makeup_day(self.sunday)
        start, stop = local(2026, 9, 27), local(2026, 9, 28)
        self.assertEqual(self.calendar.get_work_hours_count(start, stop), 8.0)
        planned = self.calendar.plan_hours(2, local(2026, 9, 26, 12), compute_leaves=True)
        self.assertEqual(planned, local(2026, 9, 27, 10))
        data = self.calendar.get_work_duration_data(start, stop)
        self.assertEqual(data, {"days": 1.0, "hours": 8.0})
        unusual = self.calendar._get_unusual_days(
            SHANGHAI.localize(datetime(2026, 9, 26)), SHANGHAI.localize(datetime(2026, 9, 28, 23))
        )
        self.assertEqual(unusual, {"2026-09-26": True, "2026-09-27": False, "2026-09-28": False})
        self.assertTrue(self.calendar._works_on_date(self.sunday))
        self.assertFalse(self.calendar._works_on_date(date(2026, 9, 20)))

    def test_part_of_a_makeup_day(self):
        self._makeup_day(self.sunday)
        self.assertEqual(
            self.calendar._working_hours_between([
                (local(2026, 9, 27, 9), local(2026, 9, 27, 14)),
                (local(2026, 9, 26, 9), local(2026, 9, 27, 9)),
            ]),
            [4.0, 1.0],
        )
        self.assertEqual(self.calendar.get_work_hours_count(local(2026, 9, 27, 9), local(2026, 9, 27, 14)), 4.0)

    def test_makeup_day_replaces_the_hours_of_its_date(self):
        monday = date(2026, 9, 28)
        self._makeup_day(monday, "4")
        self.assertEqual(self._hours(monday), [4.0])

    def test_weekday_without_hours_is_not_worked(self):
        monday = date(2026, 9, 28)
        self._makeup_day(monday, "6")
        self.assertEqual(self._hours(monday), [0.0])
        self.assertFalse(self.calendar._works_on_date(monday))

    def test_makeup_day_is_worked_though_a_holiday_covers_it(self):
        self._makeup_day(date(2026, 10, 5), "0")
        self.assertEqual(self._hours(date(2026, 10, 4), date(2026, 10, 5), date(2026, 10, 6)), [0.0, 8.0, 0.0])

    def test_a_person_s_own_leave_stays(self):
        resource = self.env["resource.resource"].create({
            "name": "Wang",
            "calendar_id": self.calendar.id,
            "tz": "Asia/Shanghai",
            "company_id": self.company.id,
        })
        self._makeup_day(self.sunday)
        start, stop = (SHANGHAI.localize(datetime(2026, 9, 27)), SHANGHAI.localize(datetime(2026, 9, 28)))

        def hours():
            intervals = self.calendar._work_intervals_batch(start, stop, resource)
            return sum((b - a).total_seconds() / 3600 for a, b, _r in intervals[resource.id])

        self.assertEqual(hours(), 8.0)
        self.env["resource.calendar.leaves"].create({
            "name": "Own leave",
            "calendar_id": self.calendar.id,
            "resource_id": resource.id,
            "date_from": local(2026, 9, 27, 13),
            "date_to": local(2026, 9, 27, 18),
        })
        self.assertEqual(hours(), 4.0)

    def test_a_person_in_another_time_zone(self):
        resource = self.env["resource.resource"].create({
            "name": "Smith",
            "calendar_id": self.calendar.id,
            "tz": "America/New_York",
            "company_id": self.company.id,
        })
        self._makeup_day(self.sunday)
        zone = pytz.timezone("America/New_York")
        intervals = self.calendar._work_intervals_batch(
            zone.localize(datetime(2026, 9, 27)), zone.localize(datetime(2026, 9, 28)), resource
        )[resource.id]
        self.assertEqual([(start.hour, stop.hour) for start, stop, _rec in intervals], [(8, 12), (13, 17)])

    def test_lunch_is_moved_too(self):
        self._makeup_day(self.sunday)
        lunch = self.calendar._attendance_intervals_batch(
            SHANGHAI.localize(datetime(2026, 9, 27)), SHANGHAI.localize(datetime(2026, 9, 28)), lunch=True
        )[False]
        self.assertEqual([(a.hour, b.hour) for a, b, _r in lunch], [(12, 13)])

    def test_two_week_hours(self):
        """The week of the make-up day decides, not that of the day off."""
        self.calendar.switch_calendar_type()
        attendance = self.env["resource.calendar.attendance"]
        week_type = str(attendance.get_week_type(self.sunday))
        self.calendar.attendance_ids.filtered(
            lambda line: line.week_type == week_type and line.dayofweek == "0" and line.day_period == "afternoon"
        ).unlink()
        self._makeup_day(self.sunday)
        self._makeup_day(date(2026, 10, 4))
        self.assertEqual(self._hours(self.sunday, date(2026, 10, 4)), [4.0, 8.0])
        self.assertTrue(self.calendar._works_on_date(self.sunday))

    def test_flexible_hours_know_no_makeup_days(self):
        self.calendar.schedule_type = "flexible"
        before = self._hours(self.sunday)
        self._makeup_day(self.sunday)
        self.assertEqual(self._hours(self.sunday), before)

    # ---- whose day it is ----

    def test_the_closest_day_wins(self):
        shared = self._makeup_day(self.sunday, "6")
        shared.company_id = False
        self.assertEqual(self._hours(self.sunday), [0.0])
        self._makeup_day(self.sunday, "4")
        self.assertEqual(self._hours(self.sunday), [4.0])
        own = self._makeup_day(self.sunday, "0", calendar_id=self.calendar.id)
        self.assertEqual(self._hours(self.sunday), [8.0])
        own.unlink()
        self.assertEqual(self._hours(self.sunday), [4.0])

    def test_days_of_others_do_not_count(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self._makeup_day(self.sunday, company_id=other.id)
        self._makeup_day(self.sunday, calendar_id=self.calendar.copy().id)
        self.assertEqual(self._hours(self.sunday), [0.0])

    def test_company_follows_the_working_hours(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        day = self._makeup_day(self.sunday)
        day.calendar_id = other.resource_calendar_id
        self.assertEqual(day.company_id, other)
        day.calendar_id = self.calendar
        self.assertEqual(day.company_id, self.company)

    def test_changes_are_seen_at_once(self):
        day = self._makeup_day(self.sunday)
        self.assertEqual(self._hours(self.sunday), [8.0])
        day.weekday = "4"
        self.assertEqual(self._hours(self.sunday), [4.0])
        day.date = self.saturday
        self.assertEqual(self._hours(self.sunday, self.saturday), [0.0, 4.0])
        day.unlink()
        self.assertEqual(self._hours(self.saturday), [0.0])

    def test_a_copy_of_the_working_hours_keeps_its_days(self):
        self._makeup_day(self.sunday, calendar_id=self.calendar.id)
        self.assertEqual(self.calendar.copy().makeup_day_ids.mapped("date"), [self.sunday])

    def test_one_day_per_date(self):
        self._makeup_day(self.sunday)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self._makeup_day(self.sunday)
        self._makeup_day(self.sunday, calendar_id=self.calendar.id)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self._makeup_day(self.sunday, calendar_id=self.calendar.id)
