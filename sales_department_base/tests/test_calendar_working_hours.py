from datetime import datetime, timedelta
from random import Random

from odoo.tests import TransactionCase, freeze_time, new_test_user, tagged

START = datetime(2026, 1, 5)


@tagged("post_install", "-at_install")
class TestCalendarWorkingHours(TransactionCase):
    """Working time of many intervals, against Odoo's own count one by one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Shoe Parts"})
        cls.calendar = cls.company.resource_calendar_id
        cls.calendar.tz = "Asia/Shanghai"
        # of another company: the rules hide this company's holidays from the user
        cls.user = new_test_user(cls.env, login="cycle_reader")

    def _random_intervals(self, number, seed=19, span_days=900):
        random = Random(seed)
        intervals = []
        for _n in range(number):
            start = START + timedelta(minutes=random.randrange(span_days * 1440))
            length = timedelta(minutes=random.randrange(1, 40 * 1440))
            intervals.append((start, start + length))
        return intervals

    def _holiday(self, start, stop, **values):
        return self.env["resource.calendar.leaves"].create({
            "name": "Holiday",
            "calendar_id": self.calendar.id,
            "date_from": start,
            "date_to": stop,
            **values,
        })

    def _assert_agrees(self, calendar, intervals):
        figures = calendar._working_hours_between(intervals)
        self.assertEqual(len(figures), len(intervals))
        for (start, stop), hours in zip(intervals, figures, strict=True):
            self.assertAlmostEqual(hours, calendar.get_work_hours_count(start, stop), places=6)

    def test_one_day(self):
        day = (datetime(2026, 3, 2), datetime(2026, 3, 3))  # Monday 8:00 Shanghai time
        night = (datetime(2026, 3, 2, 10), datetime(2026, 3, 2, 20))
        self.assertEqual(self.calendar._working_hours_between([day, night]), [8.0, 0.0])
        self.assertEqual(self.calendar._working_days_between([day, night]), [1.0, 0.0])

    def test_nothing_asked(self):
        self.assertEqual(self.calendar._working_hours_between([]), [])

    def test_backwards_is_negative(self):
        late, early = datetime(2026, 3, 3), datetime(2026, 3, 2)
        self.assertEqual(self.calendar._working_hours_between([(late, early)]), [-8.0])

    def test_agrees_with_odoo_one_by_one(self):
        self._holiday(datetime(2026, 9, 30, 16), datetime(2026, 10, 7, 15, 59, 59))
        self._assert_agrees(self.calendar, self._random_intervals(150))

    def test_agrees_over_summer_time(self):
        self.calendar.tz = "America/New_York"
        self._assert_agrees(self.calendar, self._random_intervals(100, seed=3))

    def test_agrees_with_two_week_hours(self):
        self.calendar.switch_calendar_type()
        self.assertTrue(self.calendar.two_weeks_calendar)
        friday = self.calendar.attendance_ids.filtered(lambda line: line.week_type == "1" and line.dayofweek == "4")
        friday.unlink()
        self._assert_agrees(self.calendar, self._random_intervals(100, seed=5))

    def test_flexible_hours_do_not_depend_on_what_else_is_asked(self):
        self.calendar.schedule_type = "flexible"
        self.calendar.write({"full_time_required_hours": 40, "hours_per_day": 8})
        week = (datetime(2026, 3, 1, 16), datetime(2026, 3, 8, 16))
        saturday = (datetime(2026, 3, 6, 16), datetime(2026, 3, 7, 16))
        tuesday = (datetime(2026, 3, 2, 16), datetime(2026, 3, 3, 16))
        for asked in ([week, tuesday, saturday], [tuesday, saturday, week]):
            hours = dict(zip(asked, self.calendar._working_hours_between(asked), strict=True))
            self.assertEqual((hours[week], hours[tuesday], hours[saturday]), (40.0, 8.0, 0.0))
        # alone, too: the hours fill the week from Monday on
        self.assertEqual(self.calendar._working_hours_between([saturday]), [0.0])
        self.assertEqual(self.calendar._working_hours_between([tuesday]), [8.0])

    def test_holidays_do_not_count(self):
        self._holiday(datetime(2026, 9, 30, 16), datetime(2026, 10, 7, 15, 59, 59))
        october = (datetime(2026, 9, 30, 16), datetime(2026, 10, 31, 16))
        # 22 weekdays, 5 of them from the 1st to the 7th
        self.assertAlmostEqual(self.calendar._working_hours_between([october])[0], 17 * 8, places=2)

    def test_holidays_of_another_company_count(self):
        """They do count as working time: they are not ours."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        leave = self._holiday(datetime(2026, 9, 30, 16), datetime(2026, 10, 7, 15, 59, 59), calendar_id=False)
        leave.company_id = other
        october = (datetime(2026, 9, 30, 16), datetime(2026, 10, 31, 16))
        self.assertEqual(self.calendar._working_hours_between([october]), [22 * 8])

    def test_leave_of_one_person_does_not_count(self):
        resource = self.env["resource.resource"].create({"name": "Wang", "calendar_id": self.calendar.id})
        self._holiday(datetime(2026, 3, 1, 16), datetime(2026, 3, 2, 16), resource_id=resource.id)
        day = (datetime(2026, 3, 1, 16), datetime(2026, 3, 2, 16))
        self.assertEqual(self.calendar._working_hours_between([day]), [8.0])

    def test_same_figures_for_every_user(self):
        holiday = self._holiday(datetime(2026, 9, 30, 16), datetime(2026, 10, 7, 15, 59, 59))
        self.assertFalse(holiday.with_user(self.user).has_access("read"))
        october = (datetime(2026, 9, 30, 16), datetime(2026, 10, 31, 16))
        calendar = self.calendar.with_user(self.user)
        self.assertAlmostEqual(calendar._working_hours_between([october])[0], 17 * 8, places=2)

    @freeze_time("2026-06-15")
    def test_number_of_queries_does_not_grow(self):
        self._holiday(datetime(2026, 9, 30, 16), datetime(2026, 10, 7, 15, 59, 59))
        calendar = self.calendar.with_user(self.user)
        calendar._working_hours_between(self._random_intervals(1))  # warm caches
        for size in (1, 1000):
            intervals = self._random_intervals(size)
            self.env.flush_all()
            self.env.invalidate_all()
            # calendar, attendances, holidays, and who may read them
            with self.subTest(size=size), self.assertQueryCount(8):
                calendar._working_hours_between(intervals)
