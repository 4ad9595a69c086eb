from odoo.tests import BaseCase, tagged

from ..tools.report_sentences import Sentence, direction, largest_change, moved


@tagged("at_install")
class TestToolsReportSentences(BaseCase):
    def test_direction(self):
        went = [direction(change, 0.5) for change in (-0.6, -0.5, -0.4, 0.0, 0.4, 0.5, 0.6)]
        self.assertEqual(went, ["down", "down", "same", "same", "same", "up", "up"])

    def test_moved(self):
        self.assertEqual(moved("cycle", {"cycle": 8.0}, {"cycle": 5.0}, 0.5), Sentence("cycle_up", 8.0, 5.0, 3.0))
        self.assertEqual(moved("cycle", {"cycle": 8.0}, {}, 0.5), Sentence("cycle_new", 8.0))
        self.assertIsNone(moved("cycle", {"cycle": 5.1}, {"cycle": 5.0}, 0.5))
        self.assertIsNone(moved("cycle", {"cycle": None}, {"cycle": 5.0}, 0.5))

    def test_largest_change(self):
        longer, shorter = {"a": 3.0, "b": 2.5, "c": 1.0, "d": None}, {"a": 2.0, "b": 1.0, "c": 3.0, "d": 9.0}
        for now, before, upwards, least, expected in (
            (longer, shorter, True, 1.5, "b"),  # as much as the least counts
            (longer, shorter, True, 1.51, None),
            (longer, shorter, False, 2.0, "c"),
            (longer, shorter, False, 2.01, None),
            (shorter, longer, True, 2.0, "c"),
            (shorter, longer, False, 1.5, "b"),
        ):
            with self.subTest(now=now, upwards=upwards, least=least):
                self.assertEqual(largest_change(now, before, upwards=upwards, least=least), expected)
        self.assertIsNone(largest_change({"a": 1.2}, {"a": 1.0}, upwards=True, least=0.5))
        self.assertIsNone(largest_change({"a": 1.2}, {}, upwards=True, least=0.5))
