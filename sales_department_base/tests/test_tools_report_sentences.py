from odoo.tests import BaseCase, tagged

from ..tools.report_sentences import Sentence, direction, largest_change, moved


@tagged("at_install")
class TestToolsReportSentences(BaseCase):
    def test_direction(self):
        self.assertEqual([direction(change, 0.5) for change in (-0.5, -0.4, 0.0, 0.5)], ["down", "same", "same", "up"])

    def test_moved(self):
        self.assertEqual(moved("cycle", {"cycle": 8.0}, {"cycle": 5.0}, 0.5), Sentence("cycle_up", 8.0, 5.0, 3.0))
        self.assertEqual(moved("cycle", {"cycle": 8.0}, {}, 0.5), Sentence("cycle_new", 8.0))
        self.assertIsNone(moved("cycle", {"cycle": 5.1}, {"cycle": 5.0}, 0.5))
        self.assertIsNone(moved("cycle", {"cycle": None}, {"cycle": 5.0}, 0.5))

    def test_largest_change(self):
        self.assertEqual(largest_change({"a": 1.0, "b": 5.0}, {"a": 4.0, "b": 6.0}, upwards=False, least=0.5), "a")
        self.assertIsNone(largest_change({"a": 1.2}, {"a": 1.0}, upwards=True, least=0.5))
        self.assertIsNone(largest_change({"a": 1.2}, {}, upwards=True, least=0.5))
