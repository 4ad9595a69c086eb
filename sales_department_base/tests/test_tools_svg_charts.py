from datetime import date
from xml.etree import ElementTree

from odoo.tests import BaseCase, tagged

from ..tools.svg_charts import (
    STEP_BOTTOM,
    STEP_LEFT,
    STEP_RIGHT,
    STEP_TOP,
    Level,
    Pair,
    Step,
    columns_svg,
    nice_ceiling,
    rows_svg,
    step_path,
    step_points,
    steps_svg,
)

SVG = "{http://www.w3.org/2000/svg}"


def step(day, score, mark="A"):
    return Step(day, score, mark, day.isoformat())


@tagged("at_install")
class TestStepChart(BaseCase):
    def test_points_lie_by_day_and_score(self):
        points = step_points(
            [step(date(2026, 1, 1), 0.0), step(date(2026, 1, 6), 50.0), step(date(2026, 1, 11), 100.0)],
            STEP_LEFT + STEP_RIGHT + 100,
            STEP_TOP + STEP_BOTTOM + 100,
        )
        self.assertEqual(
            points, [(STEP_LEFT, STEP_TOP + 100), (STEP_LEFT + 50, STEP_TOP + 50), (STEP_LEFT + 100, STEP_TOP)]
        )

    def test_one_day_lies_in_the_middle(self):
        self.assertEqual(
            step_points([step(date(2026, 1, 1), 100.0)], STEP_LEFT + STEP_RIGHT + 80, 200)[0],
            (STEP_LEFT + 40, STEP_TOP),
        )

    def test_unknown_score_keeps_the_height(self):
        points = step_points(
            [step(date(2026, 1, 1), 70.0), step(date(2026, 2, 1), None), step(date(2026, 3, 1), 20.0)], 680, 190
        )
        self.assertEqual(points[0][1], points[1][1])
        self.assertLess(points[1][1], points[2][1])

    def test_score_holds_until_the_next(self):
        self.assertEqual(step_path([(0, 10), (5, 20), (9, 5)]), "M0.0 10.0H5.0V20.0H9.0V5.0")
        self.assertEqual(step_path([]), "")

    def test_drawing_is_sound_and_escaped(self):
        svg = steps_svg(
            [step(date(2026, 1, 1), 10.0, "<C>"), step(date(2026, 6, 1), 80.0, "A & B")], [Level("<A>", 80.0)]
        )
        root = ElementTree.fromstring(svg)
        texts = [node.text for node in root.iter(f"{SVG}text")]
        self.assertIn("<C>", texts)
        self.assertIn("A & B", texts)
        self.assertIn("<A>", texts)
        self.assertEqual(len(list(root.iter(f"{SVG}circle"))), 2)

    def test_grade_is_written_where_it_changes(self):
        svg = steps_svg([
            step(date(2026, month, 1), 50.0, mark) for month, mark in ((1, "C"), (3, "C"), (5, "B"), (7, "B"))
        ])
        texts = [node.text for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]
        self.assertEqual((texts.count("C"), texts.count("B")), (1, 1))

    def test_crowded_days_keep_the_last(self):
        steps = [step(date(2026, 1, day), 50.0) for day in range(1, 29)]
        texts = [node.text for node in ElementTree.fromstring(steps_svg(steps)).iter(f"{SVG}text")]
        self.assertIn("2026-01-28", texts)
        self.assertNotIn("2026-01-27", texts)

    def test_nothing_to_draw(self):
        self.assertEqual(steps_svg([]), "")


@tagged("at_install")
class TestBarCharts(BaseCase):
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
