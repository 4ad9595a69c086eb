from datetime import date, datetime

import pytz

from odoo.tests import BaseCase, tagged

from ..tools.periods import MONTHS, Period, months_before, utc_bounds


@tagged("post_install", "-at_install")
class TestPeriods(BaseCase):
    def test_bounds_of_each_kind(self):
        day = date(2026, 8, 31)
        for kind, start, stop in (
            ("month", date(2026, 8, 1), date(2026, 9, 1)),
            ("quarter", date(2026, 7, 1), date(2026, 10, 1)),
            ("half_year", date(2026, 7, 1), date(2027, 1, 1)),
            ("year", date(2026, 1, 1), date(2027, 1, 1)),
        ):
            with self.subTest(kind=kind):
                self.assertEqual(Period.of(kind, day), Period(kind, start, stop))

    def test_unknown_kind_is_refused(self):
        with self.assertRaisesRegex(ValueError, "fortnight"):
            Period.of("fortnight", date(2026, 1, 1))

    def test_periods_meet_without_gap(self):
        for kind in MONTHS:
            with self.subTest(kind=kind):
                period = Period.of(kind, date(2024, 2, 29))
                for _step in range(30):
                    self.assertEqual(period.next().start, period.stop)
                    self.assertEqual(period.next().previous(), period)
                    self.assertIn(period.last_day, period)
                    self.assertNotIn(period.stop, period)
                    self.assertIn(period.start, period)
                    period = period.next()

    def test_several_steps(self):
        quarter = Period.of("quarter", date(2026, 2, 10))
        self.assertEqual(quarter.previous(5).start, date(2024, 10, 1))
        self.assertEqual(quarter.next(3).last_day, date(2026, 12, 31))
        self.assertEqual(quarter.next(0), quarter)

    def test_months_before_clamps_to_the_end_of_the_month(self):
        self.assertEqual(months_before(date(2026, 3, 31), 1), date(2026, 2, 28))
        self.assertEqual(months_before(date(2024, 3, 31), 1), date(2024, 2, 29))
        self.assertEqual(months_before(date(2024, 2, 29), 12), date(2023, 2, 28))
        self.assertEqual(months_before(date(2026, 1, 15), 13), date(2024, 12, 15))
        self.assertEqual(months_before(date(2026, 11, 30), -3), date(2027, 2, 28))


@tagged("post_install", "-at_install")
class TestUtcBounds(BaseCase):
    def test_no_summer_time(self):
        self.assertEqual(
            utc_bounds(date(2026, 10, 1), date(2026, 11, 1), "Asia/Shanghai"),
            (datetime(2026, 9, 30, 16), datetime(2026, 10, 31, 16)),
        )

    def test_month_over_the_end_of_summer_time(self):
        # clocks go back on 1 November 2026
        self.assertEqual(
            utc_bounds(date(2026, 11, 1), date(2026, 12, 1), "America/New_York"),
            (datetime(2026, 11, 1, 4), datetime(2026, 12, 1, 5)),
        )

    def test_midnight_that_does_not_exist(self):
        # clocks went from 0:00 to 1:00: the day had 23 hours
        self.assertEqual(
            utc_bounds(date(2018, 11, 4), date(2018, 11, 5), "America/Sao_Paulo"),
            (datetime(2018, 11, 4, 3), datetime(2018, 11, 5, 2)),
        )

    def test_midnight_that_comes_twice(self):
        # clocks went from 1:00 to 0:00: the day had 25 hours
        self.assertEqual(
            utc_bounds(date(2018, 11, 4), date(2018, 11, 5), "America/Havana"),
            (datetime(2018, 11, 4, 4), datetime(2018, 11, 5, 5)),
        )

    def test_day_that_does_not_exist(self):
        # Samoa crossed the date line: 30 December 2011 never came
        self.assertEqual(
            utc_bounds(date(2011, 12, 30), date(2011, 12, 31), "Pacific/Apia"),
            (datetime(2011, 12, 30, 10), datetime(2011, 12, 30, 10)),
        )

    def test_every_day_begins_when_the_one_before_ends(self):
        for tz in ("America/Sao_Paulo", "America/Havana", "Europe/Berlin"):
            zone = pytz.timezone(tz)
            for month in range(1, 13):
                begin, end = utc_bounds(date(2018, month, 1), date(2018, month, 2), tz)
                local = pytz.utc.localize(begin).astimezone(zone)
                self.assertEqual(local.date(), date(2018, month, 1))
                self.assertLess(begin, end)

    def test_unknown_time_zone_is_refused(self):
        with self.assertRaises(pytz.UnknownTimeZoneError):
            utc_bounds(date(2026, 1, 1), date(2026, 2, 1), "Mars/Olympus")
