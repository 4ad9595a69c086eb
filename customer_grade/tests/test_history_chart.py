from datetime import date
from xml.etree import ElementTree

from odoo.tests import BaseCase, tagged

from ..tools.history_chart import BOTTOM, LEFT, RIGHT, TOP, Entry, Level, history_svg, step_path, step_points

SVG = "{http://www.w3.org/2000/svg}"


def entry(day, score, mark="A"):
    return Entry(day, score, mark, day.isoformat())


@tagged("-at_install", "post_install")
class TestHistoryChart(BaseCase):
    def test_points_lie_by_day_and_score(self):
        points = step_points(
            [entry(date(2026, 1, 1), 0.0), entry(date(2026, 1, 6), 50.0), entry(date(2026, 1, 11), 100.0)],
            LEFT + RIGHT + 100,
            TOP + BOTTOM + 100,
        )
        self.assertEqual(points, [(LEFT, TOP + 100), (LEFT + 50, TOP + 50), (LEFT + 100, TOP)])

    def test_one_day_lies_in_the_middle(self):
        self.assertEqual(step_points([entry(date(2026, 1, 1), 100.0)], LEFT + RIGHT + 80, 200)[0], (LEFT + 40, TOP))

    def test_unknown_score_keeps_the_height(self):
        points = step_points(
            [entry(date(2026, 1, 1), 70.0), entry(date(2026, 2, 1), None), entry(date(2026, 3, 1), 20.0)], 680, 190
        )
        self.assertEqual(points[0][1], points[1][1])
        self.assertLess(points[1][1], points[2][1])

    def test_score_holds_until_the_next(self):
        self.assertEqual(step_path([(0, 10), (5, 20), (9, 5)]), "M0.0 10.0H5.0V20.0H9.0V5.0")
        self.assertEqual(step_path([]), "")

    def test_drawing_is_sound_and_escaped(self):
        svg = history_svg(
            [entry(date(2026, 1, 1), 10.0, "<C>"), entry(date(2026, 6, 1), 80.0, "A & B")], [Level("<A>", 80.0)]
        )
        root = ElementTree.fromstring(svg)
        texts = [node.text for node in root.iter(f"{SVG}text")]
        self.assertIn("<C>", texts)
        self.assertIn("A & B", texts)
        self.assertIn("<A>", texts)
        self.assertEqual(len(list(root.iter(f"{SVG}circle"))), 2)

    def test_grade_is_written_where_it_changes(self):
        svg = history_svg([
            entry(date(2026, month, 1), 50.0, mark) for month, mark in ((1, "C"), (3, "C"), (5, "B"), (7, "B"))
        ])
        texts = [node.text for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]
        self.assertEqual((texts.count("C"), texts.count("B")), (1, 1))

    def test_crowded_days_keep_the_last(self):
        entries = [entry(date(2026, 1, day), 50.0) for day in range(1, 29)]
        texts = [node.text for node in ElementTree.fromstring(history_svg(entries)).iter(f"{SVG}text")]
        self.assertIn("2026-01-28", texts)
        self.assertNotIn("2026-01-27", texts)

    def test_nothing_to_draw(self):
        self.assertEqual(history_svg([]), "")
