import csv
import lzma
import tempfile
import unittest
from datetime import date
from fractions import Fraction
from pathlib import Path

from benchmarks import independent_grading as grading

HEAD = "invoice,stock_code,description,quantity,invoice_datetime,unit_price,customer_id,country"


def trade(revenue, orders=1, last_order=date(2011, 12, 1)):
    return grading.Trade(Fraction(revenue), orders, last_order)


class TestPareto(unittest.TestCase):
    def test_who_crosses_the_limit_belongs_to_the_better_class(self):
        # Before b: 50 %, before c: 80 % exactly, before d: 95 % exactly.
        revenues = {"a": 50, "b": 30, "c": 15, "d": 5}
        self.assertEqual(grading.pareto_classes(revenues), {"a": "A", "b": "A", "c": "B", "d": "C"})

    def test_equal_revenue_gets_equal_class(self):
        # The second 30 starts at 70 %, were it ranked after its twin at 40 %.
        revenues = {"a": 40, "b": 20, "c": 20, "d": 20}
        classes = grading.pareto_classes(revenues)
        self.assertEqual({classes[name] for name in "bcd"}, {"A"})

    def test_zero_and_negative_are_d_and_no_part_of_the_total(self):
        revenues = {"a": 80, "b": 15, "c": 5, "d": 0, "e": -1000}
        self.assertEqual(grading.pareto_classes(revenues), {"a": "A", "b": "B", "c": "C", "d": "D", "e": "D"})

    def test_nobody_buys(self):
        self.assertEqual(grading.pareto_classes({"a": 0, "b": -1}), {"a": "D", "b": "D"})


class TestWeighted(unittest.TestCase):
    def test_percentile_counts_equal_customers_half(self):
        points = grading.percentile_points({"a": 1, "b": 2, "c": 2, "d": 5})
        self.assertEqual(points, {"a": 0, "b": 50, "c": 50, "d": 100})

    def test_percentile_of_a_lone_customer(self):
        self.assertEqual(grading.percentile_points({"a": 3}), {"a": 100})

    def test_recency_limits_belong_to_the_better_band(self):
        review = date(2011, 12, 31)
        days = {
            date(2011, 12, 31): 100,
            date(2011, 12, 1): 100,
            date(2011, 11, 30): 70,
            date(2010, 12, 31): 10,
            date(2010, 12, 30): 0,
            None: 0,
        }
        for last, points in days.items():
            with self.subTest(last=last):
                self.assertEqual(grading.recency_points(last, review), points)

    def test_score_is_the_weighted_mean(self):
        scores = grading.weighted_scores(
            {"a": trade(90, 10), "b": trade(10, 1, date(2011, 1, 1)), "c": trade(-1, 0, None)}, review=date(2011, 12, 9)
        )
        self.assertEqual(scores["a"], 100)
        # B by revenue 60, half of the others order less, 342 days ago.
        self.assertEqual(scores["b"], 30 + 15 + 2)
        self.assertEqual(scores["c"], 0)

    def test_thresholds_are_reached_not_passed(self):
        grades = {"75": "A", "74.999": "B", "50": "B", "25": "C", "24.9": "D"}
        for score, grade in grades.items():
            with self.subTest(score=score):
                self.assertEqual(grading.grade_of_score(Fraction(score)), grade)


class TestReading(unittest.TestCase):
    def read(self, *lines):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "trade.csv.xz"
            path.write_bytes(lzma.compress("\n".join([HEAD, *lines]).encode()))
            return grading.read_trade(path)

    def test_returns_are_net_and_no_orders(self):
        found = self.read(
            "1,A,Mug,10,2011-01-05 10:00:00,2.50,7,France",
            "1,B,Pot,1,2011-01-05 10:01:00,1.00,7,France",
            "C2,A,Mug,-4,2011-02-01 09:00:00,2.50,7,France",
            "3,A,Mug,1,2011-03-01 09:00:00,9.99,,France",
        )
        self.assertEqual(found, {"7": trade(16, 1, date(2011, 1, 5))})

    def test_only_cancellations(self):
        found = self.read("C2,A,Mug,-4,2011-02-01 09:00:00,2.50,7,France")
        self.assertEqual(found, {"7": trade(-10, 0, None)})

    def test_free_goods_are_no_order(self):
        found = self.read("1,A,Mug,10,2011-01-05 10:00:00,2.50,7,France", "2,A,Mug,1,2011-05-05 10:00:00,0,7,France")
        self.assertEqual(found, {"7": trade(25, 1, date(2011, 1, 5))})

    def test_lines_are_whole_cents(self):
        found = self.read(
            "1,A,Mug,1,2011-01-05 10:00:00,0.001,7,France",
            "1,A,Mug,5,2011-01-05 10:00:00,0.001,7,France",
            "1,A,Mug,-5,2011-01-05 10:00:00,0.001,8,France",
        )
        self.assertEqual(found["7"].revenue, Fraction("0.01"))
        self.assertEqual(found["8"].revenue, Fraction("-0.01"))

    def test_output_has_one_line_per_customer(self):
        customers = {"7": trade(16), "8": trade(-1, 0, None)}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "grades.csv"
            grading.write_grades(path, customers, {"7": "A", "8": "D"}, grading.weighted_scores(customers))
            with path.open(encoding="utf-8", newline="") as stream:
                rows = list(csv.DictReader(stream))
        self.assertEqual([row["customer"] for row in rows], ["7", "8"])
        self.assertEqual((rows[1]["revenue"], rows[1]["last_order"]), ("-1.00", ""))


if __name__ == "__main__":
    unittest.main()
