from datetime import date

from odoo.tests import BaseCase

from ..tools.refund import RefundStep, net_pairs, step_amounts, step_progress

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
