from datetime import date
from xml.etree import ElementTree

from odoo.tests import BaseCase, tagged

from ..tools.svg_charts import (
    BOTTOM,
    DARK,
    LEFT,
    LIGHT,
    STEP_BOTTOM,
    STEP_LEFT,
    STEP_RIGHT,
    STEP_TOP,
    TOP,
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


class Drawing:
    """What is drawn, in the order of the markup: places and sizes as numbers, rounded as they are written."""

    def __init__(self, svg):
        root = ElementTree.fromstring(svg)
        self.size = (float(root.get("width")), float(root.get("height")))
        self.view = root.get("viewBox")
        #: (x, y, width, height, colour)
        self.bars = self._all(root, "rect", "x y width height", "fill")
        #: (x from, x to, y, whether dashed)
        self.lines = [
            (*self._numbers(node, "x1 x2 y1"), "stroke-dasharray" in node.attrib)
            for node in root.iter(f"{SVG}line")
            if node.get("y1") == node.get("y2")
        ]
        #: (text, x, y, anchor, size)
        self.texts = [
            (node.text, *self._numbers(node, "x y"), node.get("text-anchor"), int(node.get("font-size")))
            for node in root.iter(f"{SVG}text")
        ]
        #: (x, y, colour)
        self.circles = self._all(root, "circle", "cx cy", "fill")

    @staticmethod
    def _numbers(node, names):
        return tuple(float(node.get(name)) for name in names.split())

    def _all(self, root, tag, numbers, word):
        return [(*self._numbers(node, numbers), node.get(word)) for node in root.iter(f"{SVG}{tag}")]

    def text(self, words):
        """Return place, anchor and size of the only text with these words."""
        (found,) = [rest for text, *rest in self.texts if text == words]
        return tuple(found)


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

    def test_a_score_without_bounds_stays_on_the_drawing(self):
        days = [date(2026, month, 1) for month in (1, 2, 3, 4, 5)]
        points = step_points(
            [step(day, score) for day, score in zip(days, (None, -7, 0.5, 100.5, 300), strict=True)], 680, 138
        )
        heights = [y - STEP_TOP for _x, y in points]
        self.assertEqual(heights, [100, 100, 99.5, 0, 0])

    def test_drawing(self):
        """A drawing with room for 100 by 100 between the frame's sides, read element by element."""
        days = [date(2026, 1, 1), date(2026, 3, 2), date(2026, 4, 11)]  # 0, 60 and 100 of 100 days
        steps = [step(days[0], 40, "C"), step(days[1], 75, "B"), step(days[2], None, "A")]
        levels = [Level("A", 80), Level("B", 50), Level("C", 0)]
        width, height = STEP_LEFT + 100 + STEP_RIGHT, STEP_TOP + 100 + STEP_BOTTOM
        drawing = Drawing(steps_svg(steps, levels, width=width, height=height))
        left, right, top, bottom = STEP_LEFT, STEP_LEFT + 100, STEP_TOP, STEP_TOP + 100
        self.assertEqual(drawing.size, (width, height))
        self.assertEqual(drawing.view, f"0 0 {width:g} {height:g}")
        self.assertEqual(drawing.bars, [(left, top, 100, 100, "none")])
        self.assertEqual(
            drawing.circles,
            [(left, bottom - 40, DARK), (left + 60, bottom - 75, DARK), (left + 100, bottom - 75, "#fff")],
            "a level that was set, not computed, is hollow",
        )
        # A threshold of zero is the base line itself: it has a name, above the line, and no line of its own.
        self.assertEqual(drawing.lines, [(left, right, bottom - 80, True), (left, right, bottom - 50, True)])
        self.assertEqual(
            drawing.texts,
            [
                ("0", left - 6, bottom + 3.5, "end", 10),
                ("50", left - 6, bottom - 50 + 3.5, "end", 10),
                ("100", left - 6, top + 3.5, "end", 10),
                ("A", right + 6, bottom - 80 + 3.5, "start", 10),
                ("B", right + 6, bottom - 50 + 3.5, "start", 10),
                ("C", right + 6, bottom, "start", 10),
                # marks stand above their points; those at the ends beside the frame rather than on it
                ("C", left + 4, bottom - 40 - 6, "start", 11),
                ("B", left + 60, bottom - 75 - 6, "middle", 11),
                ("A", right - 4, bottom - 75 - 6, "end", 11),
                # that of the second day would touch the last
                ("2026-01-01", left, height - 6, "middle", 10),
                ("2026-04-11", right, height - 6, "middle", 10),
            ],
        )

    def test_lines_of_levels_lie_within_the_frame(self):
        for score, drawn in ((0, False), (0.5, True), (1, True), (100, True), (100.5, False), (101, False)):
            with self.subTest(score=score):
                drawing = Drawing(steps_svg([step(date(2026, 1, 1), 50.0)], [Level("A", score)]))
                self.assertEqual(len(drawing.lines), drawn)

    def test_marks_near_the_ends_stand_inside(self):
        """Of 50 days each has 4 pixels, or a bit less: marks nearer than 4 to the frame keep clear of it."""

        def anchor(day, inner=200):
            width = STEP_LEFT + inner + STEP_RIGHT
            days = sorted({date(2026, 1, 1), day, date(2026, 2, 20)})
            steps = [step(one, 50.0, "" if one < day else "X") for one in days]
            return Drawing(steps_svg(steps, width=width)).text("X")[::2]

        self.assertEqual(anchor(date(2026, 1, 1)), (STEP_LEFT + 4, "start"))
        self.assertEqual(anchor(date(2026, 1, 2)), (STEP_LEFT + 4, "middle"))
        self.assertEqual(anchor(date(2026, 2, 19)), (STEP_LEFT + 196, "middle"))
        self.assertEqual(anchor(date(2026, 2, 20)), (STEP_LEFT + 196, "end"))
        self.assertEqual(anchor(date(2026, 1, 2), 195), (round(STEP_LEFT + 3.9, 1) + 4, "start"))
        self.assertEqual(anchor(date(2026, 2, 19), 195), (round(STEP_LEFT + 195 - 3.9, 1) - 4, "end"))

    def test_marks_do_not_leave_the_paper_at_the_top(self):
        steps = [step(date(2026, 1, 1), 100.0, "A")]
        self.assertEqual(Drawing(steps_svg(steps)).text("A")[1], STEP_TOP - 6)

    def test_labels_that_just_fit_stand_from_left_to_right(self):
        """Days need 78 pixels, marks 14: what is nearer to the next one is left out, the last always stands."""
        days = [date(2026, 1, day) for day in (1, 2, 3, 4)]
        for apart, shown in ((78, "1234"), (77.9, "24"), (39, "24"), (26, "14"), (25.9, "4")):
            with self.subTest(apart=apart):
                steps = [Step(day, 50.0, "A", str(day.day)) for day in days]
                drawing = Drawing(steps_svg(steps, width=STEP_LEFT + 3 * apart + STEP_RIGHT))
                self.assertEqual("".join(text for text, *_rest, size in drawing.texts[3:] if size == 10), shown)
        for apart, shown in ((14, "abcd"), (13.9, "bd"), (7, "bd")):
            with self.subTest(apart=apart):
                steps = [Step(day, 50.0, mark, "") for day, mark in zip(days, "abcd", strict=True)]
                drawing = Drawing(steps_svg(steps, width=STEP_LEFT + 3 * apart + STEP_RIGHT))
                self.assertEqual("".join(text for text, *_rest, size in drawing.texts if size == 11), shown)

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
        for value, ceiling in (
            (0, 4),
            (3, 4),
            (4, 4),
            (4.1, 5),
            (5, 5),
            (5.1, 10),
            (11, 20),
            (20.5, 40),
            (41, 50),
            (50.5, 100),
            (450, 500),
        ):
            with self.subTest(value=value):
                self.assertEqual(nice_ceiling(value), ceiling)

    def test_columns(self):
        svg = columns_svg([Pair("6 <b>", 3, None), Pair("7", 0, 8)], ("Requested", "通过"))
        self.assertIn("6 &lt;b&gt;", svg)
        self.assertEqual(svg.count("<rect"), 4)  # two of the legend
        self.assertEqual(columns_svg([], ("a", "b")), "")

    def test_drawing_of_columns(self):
        """Two months with room for 100 by 100 each; the scale ends at 4, so 1 is 25 high."""
        width, height = LEFT + 200 + 6, TOP + 100 + BOTTOM
        drawing = Drawing(
            columns_svg([Pair("May", 2, 4), Pair("June", None, 3)], ("Asked", "通过"), width=width, height=height)
        )
        base = TOP + 100
        self.assertEqual(drawing.size, (width, height))
        self.assertEqual(
            drawing.lines, [(LEFT, width, base, False), (LEFT, width, base - 50, False), (LEFT, width, TOP, False)]
        )
        self.assertEqual(
            drawing.bars[2:],
            [
                (LEFT + 50 - 26, base - 50, 25, 50, DARK),
                (LEFT + 50, base - 100, 25, 100, LIGHT),
                (LEFT + 150, base - 75, 25, 75, LIGHT),
            ],
        )
        self.assertEqual(
            drawing.texts[2:],
            [
                ("0", LEFT - 6, base + 3.5, "end", 10),
                ("2", LEFT - 6, base - 50 + 3.5, "end", 10),
                ("4", LEFT - 6, TOP + 3.5, "end", 10),
                ("2", LEFT + 50 - 13, base - 50 - 3, "middle", 8),
                ("4", LEFT + 50 + 13, base - 100 - 3, "middle", 8),
                ("May", LEFT + 50, height - 8, "middle", 10),
                ("3", LEFT + 150 + 13, base - 75 - 3, "middle", 8),
                ("June", LEFT + 150, height - 8, "middle", 10),
            ],
        )

    def test_many_columns_grow_thin_and_do_not_touch(self):
        width = LEFT + 600 + 6
        bars = Drawing(columns_svg([Pair("", 2, 2)] * 12, ("a", "b"), width=width)).bars[2:]
        self.assertEqual([bar[2] for bar in bars], [50 * 0.36 - 1] * 24)
        for (x, _y, thick, *_rest), (following, *_others) in zip(bars, bars[1:], strict=False):
            self.assertLess(x + thick, following)

    def test_legend_leaves_room_for_the_words(self):
        """Chinese characters are as wide as two others; those of the European block end at U+2E80."""
        for name, wide in (("abc", 18), ("通过", 22), ("", 0), ("\u2e80", 6), ("\u2e81", 11)):
            with self.subTest(name=name):
                drawing = Drawing(columns_svg([Pair("", 1, 1)], (name, "second")))
                self.assertEqual(drawing.bars[:2], [(LEFT, 3, 10, 10, DARK), (LEFT + 36 + wide, 3, 10, 10, LIGHT)])
                second = LEFT + 36 + wide + 15
                self.assertEqual(drawing.texts[1], ("second", second, 12, "start", 10))
                self.assertEqual(drawing.texts[0][1:], (LEFT + 15, 12, "start", 10))

    def test_rows(self):
        svg = rows_svg([Pair("Making", 4.5, 9.0), Pair("Sending", 0.0, None)], ("Median", "P90"))
        self.assertEqual(svg.count("<rect"), 5)
        self.assertIn(">4.5<", svg)
        self.assertEqual(rows_svg([], ("a", "b")), "")

    def test_drawing_of_rows(self):
        """Two stages with room for 100; the longest bar fills it, none is too short to be seen."""
        drawing = Drawing(
            rows_svg([Pair("Making", 4, 8), Pair("Sending", 0, None)], ("Median", "P90"), width=250, label_width=100)
        )
        self.assertEqual(drawing.size, (250, TOP + 2 * 30))
        self.assertEqual(drawing.bars[0], (100, 3, 10, 10, DARK))  # of the legend
        self.assertEqual(
            drawing.bars[2:], [(100, TOP, 50, 11, DARK), (100, TOP + 12, 100, 11, LIGHT), (100, TOP + 30, 1, 11, DARK)]
        )
        self.assertEqual(
            drawing.texts[2:],
            [
                ("Making", 92, TOP + 15, "end", 10),
                ("4.0", 154, TOP + 9, "start", 9),
                ("8.0", 204, TOP + 12 + 9, "start", 9),
                ("Sending", 92, TOP + 30 + 15, "end", 10),
                ("0.0", 105, TOP + 30 + 9, "start", 9),
            ],
        )

    def test_nothing_but_zero(self):
        drawing = Drawing(rows_svg([Pair("a", 0, 0)], ("", "")))
        self.assertEqual([bar[2] for bar in drawing.bars[2:]], [1, 1])
        self.assertEqual(len(Drawing(columns_svg([Pair("a", 0, None)], ("", ""))).bars), 2)

    def test_usual_size(self):
        """On A4 between margins; the rooms around the drawings are those that their texts need."""
        self.assertEqual(Drawing(columns_svg([Pair("a", 1, 1)], ("", ""))).size, (680, 190))
        rows = Drawing(rows_svg([Pair("a", 1, 1)], ("", "")))
        self.assertEqual((rows.size[0], rows.bars[0][0]), (680, 190))
        self.assertEqual(Drawing(steps_svg([step(date(2026, 1, 1), 1.0)])).size, (680, 190))
        self.assertEqual((LEFT, TOP, BOTTOM), (36, 26, 24))
        self.assertEqual((STEP_LEFT, STEP_RIGHT, STEP_TOP, STEP_BOTTOM), (34, 46, 16, 22))
