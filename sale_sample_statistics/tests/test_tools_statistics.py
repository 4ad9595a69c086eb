from odoo.tests import BaseCase

from ..tools.report_sentences import sentences


class TestSentences(BaseCase):
    """What is worth saying, and in which order."""

    NOW = {
        "requested": 24,
        "made": 30,
        "approved": 12,
        "rejected": 0,
        "cycle": 21.5,
        "on_time_needed": 0.8,
        "on_time_promised": 0.9,
        "first_round": 0.5,
        "hit_rate": 0.2,
        "cost": 5000.0,
        "mould_cost": 800.0,
    }
    BEFORE = {
        "requested": 18,
        "made": 30,
        "approved": 14,
        "rejected": 0,
        "cycle": 18.5,
        "on_time_needed": 0.7,
        "on_time_promised": 0.895,
        "first_round": None,
        "hit_rate": 0.5,
        "cost": 4000.0,
        "mould_cost": 900.0,
    }

    def _codes(self, now, before, stages=None, stages_before=None):
        return [said.code for said in sentences(now, before, stages or {}, stages_before or {})]

    def test_codes_in_order(self):
        self.assertEqual(
            self._codes(self.NOW, self.BEFORE),
            [
                "requested_up",
                "made_same",
                "approved_down",
                "cycle_up",
                "on_time_needed_up",
                "first_round_new",
                "cost_up",
                "mould_cost_down",
            ],
        )

    def test_numbers_and_the_stage_that_explains_most(self):
        said = sentences(
            self.NOW,
            self.BEFORE,
            {"making": 9.0, "sending": 1.0, "answering": None},
            {"making": 7.0, "sending": 1.5, "answering": 4.0},
        )
        requested, cycle = said[0], said[3]
        self.assertEqual((requested.now, requested.before, requested.change), (24, 18, 6))
        self.assertEqual((cycle.now, cycle.change, cycle.detail), (21.5, 3.0, "making"))

    def test_nothing_happened(self):
        said = sentences({"requested": 0}, {"requested": 3, "made": 2}, {}, {})
        self.assertEqual([(one.code, one.now, one.before) for one in said], [("nothing", 0, 3)])
        said = sentences({}, {}, {}, {})
        self.assertEqual([(one.code, one.now, one.before) for one in said], [("nothing", 0, 0)])

    def test_requests_are_always_told_other_counts_where_there_are_any(self):
        for now, before, codes in (
            ({"made": 1}, {}, ["requested_same", "made_up"]),
            ({"made": 1}, {"made": 1}, ["requested_same", "made_same"]),
            ({"requested": 1}, {"rejected": 1}, ["requested_up", "rejected_down"]),
            ({"requested": 1, "approved": 0}, {"requested": 2}, ["requested_down"]),
        ):
            with self.subTest(now=now, before=before):
                self.assertEqual(self._codes(now, before), codes)

    def test_smallest_changes_that_are_told(self):
        """Half a working day, two points of a share, a cent."""
        for name, value, before, told in (
            ("cycle", 5.5, 5.0, "cycle_up"),
            ("cycle", 5.4, 5.0, "cycle_same"),
            ("cycle", 5.0, 5.5, "cycle_down"),
            ("first_round", 0.53, 0.5, "first_round_up"),
            ("first_round", 0.51, 0.5, None),
            ("cost", 100.01, 100.0, "cost_up"),
            ("cost", 100.0, 100.0, None),
            ("mould_cost", 99.99, 100.0, "mould_cost_down"),
        ):
            with self.subTest(name=name, value=value):
                codes = self._codes({"requested": 1, name: value}, {"requested": 1, name: before})
                self.assertEqual(codes, ["requested_same", *([told] if told else [])])

    def test_same_cycle_is_told(self):
        self.assertIn("cycle_same", self._codes({"requested": 1, "cycle": 5.0}, {"requested": 1, "cycle": 5.1}))
