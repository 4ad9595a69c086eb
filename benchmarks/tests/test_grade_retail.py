import unittest
from fractions import Fraction
from types import SimpleNamespace

from benchmarks.grade_retail import RECENCY, SCHEMES, compare
from benchmarks.independent_grading import PARETO_LIMITS, RECENCY_BANDS, THRESHOLDS, WEIGHTS, Trade


def assessment(code, revenue, orders):
    return SimpleNamespace(
        grade_id=SimpleNamespace(code=code), revenue=revenue, order_count=orders, score=80.0, points={"revenue": 100.0}
    )


class TestCompare(unittest.TestCase):
    trade = {"7": Trade(Fraction("16.10"), 2, None), "8": Trade(Fraction(-1), 0, None)}
    expected = {"7": "A", "8": "D"}

    def test_agreement(self):
        found = {"7": assessment("A", 16.1, 2), "8": assessment("D", -1.0, 0)}
        self.assertEqual(compare(self.expected, found, self.trade), [])

    def test_each_kind_of_difference(self):
        good = assessment("D", -1.0, 0)
        cases = {
            "grade": {"7": assessment("B", 16.1, 2), "8": good},
            "a cent of revenue": {"7": assessment("A", 16.11, 2), "8": good},
            "orders": {"7": assessment("A", 16.1, 3), "8": good},
            "missing": {"8": good},
            "unknown": {"7": assessment("A", 16.1, 2), "8": good, "9": good},
        }
        for case, found in cases.items():
            with self.subTest(case):
                self.assertEqual(len(compare(self.expected, found, self.trade)), 1)


class TestSchemes(unittest.TestCase):
    """The schemes given to the addon are those of the independent grading."""

    def test_recency_bands(self):
        # The addon's upper bound is excluded, the other one's is included.
        bands = [values for _zero, _new, values in RECENCY["band_ids"]]
        ours = [(band["upper"] - 1, band["points"]) for band in bands[:-1]]
        self.assertEqual(tuple(ours), RECENCY_BANDS)
        self.assertEqual(bands[-1]["points"], 0)

    def test_weights_and_thresholds(self):
        criteria, thresholds = SCHEMES["Weighted 50/30/20"]
        self.assertEqual([criterion["weight"] for criterion in criteria], [100 * weight for weight in WEIGHTS.values()])
        reached = {grade: least for least, grade in THRESHOLDS}
        self.assertEqual(thresholds, reached | {"D": 0})

    def test_pareto_shares(self):
        revenue = SCHEMES["Pareto 80/95/100"][0][0]
        shares = [values["share"] for _zero, _new, values in revenue["pareto_ids"]]
        self.assertEqual(shares, [100 * limit for limit, _grade in PARETO_LIMITS] + [100])


if __name__ == "__main__":
    unittest.main()
