from datetime import datetime, timedelta
from random import Random

from odoo.tests import BaseCase, tagged

from ..tools.working_time import WorkingTime


def at(hour: float, day: int = 1) -> datetime:
    return datetime(2026, 3, day) + timedelta(hours=hour)


@tagged("post_install", "-at_install")
class TestWorkingTime(BaseCase):
    def setUp(self):
        super().setUp()
        self.worked = WorkingTime([(at(13), at(17)), (at(8), at(12)), (at(8, 2), at(12, 2))])

    def hours(self, start, stop):
        return self.worked.between(start, stop) / timedelta(hours=1)

    def test_whole_and_part_spans(self):
        self.assertEqual(self.hours(at(0), at(0, 3)), 12)
        self.assertEqual(self.hours(at(9), at(14)), 4)
        self.assertEqual(self.hours(at(9), at(10.5)), 1.5)
        self.assertEqual(self.hours(at(12), at(13)), 0)
        self.assertEqual(self.hours(at(16), at(9, 2)), 2)

    def test_outside_of_all_spans(self):
        self.assertEqual(self.hours(at(0), at(8)), 0)
        self.assertEqual(self.hours(at(13, 2), at(0, 9)), 0)

    def test_backwards_is_negative(self):
        self.assertEqual(self.hours(at(14), at(9)), -4)

    def test_overlap_counts_once(self):
        worked = WorkingTime([(at(8), at(12)), (at(10), at(14)), (at(9), at(10))])
        self.assertEqual(worked.between(at(0), at(24)), timedelta(hours=6))

    def test_overlap_after_a_break_counts_once(self):
        worked = WorkingTime([(at(8), at(9)), (at(10), at(14)), (at(12), at(13)), (at(11), at(16))])
        self.assertEqual(worked.between(at(0), at(24)), timedelta(hours=7))
        self.assertEqual(worked.between(at(10), at(15)), timedelta(hours=5))

    def test_spans_that_touch_or_are_empty_add_nothing(self):
        worked = WorkingTime([(at(8), at(9)), (at(9), at(10)), (at(9), at(9)), (at(12), at(12))])
        self.assertEqual(worked.between(at(8.5), at(24)), timedelta(hours=1.5))

    def test_no_span_no_work(self):
        empty = WorkingTime([])
        self.assertEqual(empty.between(at(0), at(24)), timedelta())
        backwards = WorkingTime([(at(12), at(8))])
        self.assertEqual(backwards.between(at(0), at(24)), timedelta())

    def test_agrees_with_counting_minute_by_minute(self):
        random = Random(7)
        minute = timedelta(minutes=1)
        marks = sorted(random.sample(range(2000), 40))
        spans = [(at(0) + a * minute, at(0) + b * minute) for a, b in zip(marks[::2], marks[1::2], strict=True)]
        minutes = {m for a, b in zip(marks[::2], marks[1::2], strict=True) for m in range(a, b)}
        worked = WorkingTime(spans)
        for _try in range(200):
            a, b = sorted(random.sample(range(2000), 2))
            self.assertEqual(
                worked.between(at(0) + a * minute, at(0) + b * minute), len(minutes.intersection(range(a, b))) * minute
            )
