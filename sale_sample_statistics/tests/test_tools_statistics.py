from datetime import date

from odoo.tests import BaseCase

from ..tools.refund import RefundStep, net_pairs, step_amounts, step_progress
from ..tools.report_charts import Pair, columns_svg, nice_ceiling, rows_svg
from ..tools.report_sentences import main_stage, sentences

JUNE, JULY, AUGUST = date(2026, 6, 10), date(2026, 7, 10), date(2026, 8, 10)


class TestRefundArithmetic(BaseCase):
    """Pairs against thresholds, net of returns and within deadlines."""

    def _states(self, entries, granted=(), today=AUGUST):
        steps = [RefundStep("half", 1000, 50, date(2026, 6, 30)), RefundStep("rest", 2000, 50)]
        return [progress.state for progress in step_progress(entries, steps, granted, today)]

    def test_net_pairs(self):
        entries = [(JUNE, 900), (JULY, -100), (AUGUST, 300)]
        self.assertEqual(net_pairs(entries), 1100)
        self.assertEqual(net_pairs(entries, JULY), 800)
        self.assertEqual(net_pairs([]), 0)

    def test_each_state(self):
        self.assertEqual(self._states([], today=JUNE), ["open", "open"])
        self.assertEqual(self._states([(JUNE, 800)], today=JUNE), ["near", "open"])
        self.assertEqual(self._states([(JUNE, 1000)]), ["reached", "open"])
        self.assertEqual(self._states([(JUNE, 999.5)]), ["missed", "open"])
        self.assertEqual(self._states([(JUNE, 1000), (JULY, 1000)]), ["reached", "reached"])

    def test_pairs_after_the_deadline_do_not_count(self):
        self.assertEqual(self._states([(JUNE, 999), (JULY, 700)]), ["missed", "near"])

    def test_booked_late_but_left_in_time(self):
        self.assertEqual(self._states([(JUNE, 600), (JUNE, 400)], today=AUGUST)[0], "reached")

    def test_granted_stays_when_goods_come_back(self):
        entries = [(JUNE, 1000), (JUNE, -300)]
        self.assertEqual(self._states(entries, granted={"half"}), ["fallen", "open"])
        self.assertEqual(self._states([(JUNE, 1000)], granted={"half"}), ["granted", "open"])

    def test_share_and_missing(self):
        progress = step_progress([(JUNE, -50)], [RefundStep("all", 2000, 100)], (), JUNE)[0]
        self.assertEqual((progress.share, progress.missing), (0.0, 2050))
        progress = step_progress([(JUNE, 3000)], [RefundStep("all", 2000, 100)], (), JUNE)[0]
        self.assertEqual((progress.share, progress.missing), (1.0, 0.0))

    def test_amounts_add_up_to_the_fee(self):
        amounts = step_amounts(1000, {1: 33.33, 2: 33.33, 3: 33.34})
        self.assertEqual(amounts, {1: 333.3, 2: 333.3, 3: 333.4})
        thirds = step_amounts(100, {"a": 100 / 3, "b": 100 / 3, "c": 100 / 3})
        self.assertEqual(round(sum(thirds.values()), 2), 100.0)
        self.assertEqual(step_amounts(1000, {1: 25}), {1: 250.0})
        self.assertEqual(sum(step_amounts(1001, {1: 50, 2: 50}, digits=0).values()), 1001)

    def test_more_than_the_fee(self):
        with self.assertRaises(ValueError):
            step_amounts(100, {1: 60, 2: 50})


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

    def test_main_stage(self):
        self.assertEqual(main_stage({"a": 1.0, "b": 5.0}, {"a": 4.0, "b": 6.0}, longer=False), "a")
        self.assertIsNone(main_stage({"a": 1.2}, {"a": 1.0}, longer=True))
        self.assertIsNone(main_stage({"a": 1.2}, {}, longer=True))

    def test_nothing_happened(self):
        said = sentences({"requested": 0}, {"requested": 3, "made": 2}, {}, {})
        self.assertEqual([(one.code, one.before) for one in said], [("nothing", 3.0)])

    def test_same_cycle_is_told(self):
        self.assertIn("cycle_same", self._codes({"requested": 1, "cycle": 5.0}, {"requested": 1, "cycle": 5.1}))


class TestCharts(BaseCase):
    """Charts are finished markup: nothing that a user writes may break out of it."""

    def test_ceiling(self):
        self.assertEqual([nice_ceiling(value) for value in (0, 3, 5, 11, 41, 450)], [4, 4, 5, 20, 50, 500])

    def test_columns(self):
        svg = columns_svg([Pair("6 <b>", 3, None), Pair("7", 0, 8)], ("Requested", "通过"))
        self.assertIn("6 &lt;b&gt;", svg)
        self.assertEqual(svg.count("<rect"), 4)  # two of the legend
        self.assertEqual(columns_svg([], ("a", "b")), "")

    def test_rows(self):
        svg = rows_svg([Pair("Making", 4.5, 9.0), Pair("Sending", 0.0, None)], ("Median", "P90"))
        self.assertEqual(svg.count("<rect"), 5)
        self.assertIn(">4.5<", svg)
        self.assertEqual(rows_svg([], ("a", "b")), "")
