import unittest

from benchmarks.review_limits import STEPS, Case, Run, broken_limits, growth, table


def run(seconds, memory=300_000_000, summary=None):
    return Run(dict.fromkeys(STEPS, seconds / len(STEPS)), memory, summary or {"assessments": 7, "revenue": "10.00"})


def case(*rounds, orders=1_000_000):
    return Case("first review", orders, [(run(sql), run(addon)) for sql, addon in rounds])


HALF = case((10, 15), orders=500_000)


class TestCase(unittest.TestCase):
    def test_fastest_round_of_each_side_counts(self):
        found = case((10, 40), (20, 30))
        self.assertEqual((found.sql.total, found.addon.total), (10, 30))
        self.assertEqual(found.ratio, 3)

    def test_largest_memory_counts(self):
        found = Case("x", 1, [(run(1), run(1, memory=5)), (run(1), run(1, memory=9))])
        self.assertEqual(found.memory, 9)

    def test_growth(self):
        self.assertEqual(growth(HALF, case((10, 30))), 2)


class TestLimits(unittest.TestCase):
    def test_all_hold(self):
        self.assertEqual(broken_limits([(HALF, case((11, 33)))]), [])

    def test_ratio(self):
        [text] = broken_limits([(HALF, case((10, 30.3)))])
        self.assertEqual(text, "first review, 1,000,000 orders: 3.03 times the hand-written SQL, the limit is 3")

    def test_ratio_of_the_half(self):
        self.assertEqual(len(broken_limits([(case((10, 31), orders=500_000), case((30, 40)))])), 1)

    def test_growth(self):
        [text] = broken_limits([(HALF, case((20, 33.2)))])
        self.assertIn("2.21 times as long on twice the trade", text)

    def test_memory(self):
        full = Case("first review", 1_000_000, [(run(20), run(30, memory=1_000_000_000))])
        [text] = broken_limits([(HALF, full)])
        self.assertIn("1,000 MB", text)

    def test_other_rows_are_no_result(self):
        other = {"assessments": 7, "revenue": "10.01"}
        full = Case("first review", 1_000_000, [(run(20), run(30)), (run(20), run(30, summary=other))])
        [text] = broken_limits([(HALF, full)])
        self.assertIn("revenue is 10.01 after the addon of round 2, not 10.00", text)

    def test_little_trade_is_judged_by_its_rows_only(self):
        small = case((1, 9), orders=20_000)
        self.assertEqual(broken_limits([(small, small)]), [])
        other = Case("first review", 20_000, [(run(1), run(1, summary={"assessments": 6, "revenue": "10.00"}))])
        self.assertEqual(len(broken_limits([(small, other)])), 1)


class TestTable(unittest.TestCase):
    def test_table(self):
        lines = table([(HALF, case((10, 30)))]).splitlines()
        self.assertEqual(len(lines), 5)
        self.assertIn("| first review | 1,000,000 | 7 | 10.0 | 30.0 | 7.5 |", lines[3])
        self.assertIn("2.00 times as long", lines[4])
