from odoo.tests import BaseCase, tagged

from ..tools.measurement import FLOAT_NOISE, LIMIT_KINDS, Limit, deviation, judge, summarise
from ..tools.photo import MEGABYTE, photo_problem, picture_kind
from ..tools.verdict import Contradiction, contradictions, new_points, proposed_verdict


@tagged("post_install", "-at_install")
class TestMeasurement(BaseCase):
    def test_range_includes_its_ends(self):
        hardness = Limit("range", 65.0, 3.0, 2.0)
        self.assertEqual((hardness.lower, hardness.upper), (62.0, 67.0))
        for value, result in ((61.9, "fail"), (62.0, "pass"), (65.0, "pass"), (67.0, "pass"), (67.1, "fail")):
            with self.subTest(value=value):
                self.assertEqual(judge(value, hardness), result)

    def test_one_sided_limits(self):
        tear = Limit("at_least", 8.0, 0.5, 99.0)
        self.assertEqual([judge(value, tear) for value in (7.4, 7.5, 80.0)], ["fail", "pass", "pass"])
        abrasion = Limit("at_most", 150.0, 99.0, 10.0)
        self.assertEqual([judge(value, abrasion) for value in (0.0, 160.0, 160.5)], ["pass", "pass", "fail"])

    def test_noise_of_floats_does_not_fail(self):
        self.assertEqual(judge(0.1 + 0.2, Limit("at_most", 0.3)), "pass")
        self.assertEqual(judge(0.3001, Limit("at_most", 0.3)), "fail")
        # Bounds near zero are as noisy as what they are worked out from, 10 - 10.
        for limit, noisy, wrong in (
            (Limit("range", 10.0, 10.0, 0.0), -1e-8, -3e-8),
            (Limit("range", -10.0, 0.0, 10.0), 1e-8, 3e-8),
        ):
            self.assertEqual([judge(noisy, limit), judge(wrong, limit)], ["pass", "fail"])
        self.assertEqual(judge(8.0 - FLOAT_NOISE * 8.0, Limit("at_least", 8.0)), "pass", "as far as noise goes")
        self.assertEqual(judge(8.0 + FLOAT_NOISE * 8.0, Limit("at_most", 8.0)), "pass", "as far as noise goes")

    def test_without_tolerance_only_the_target_passes(self):
        exact = Limit("range", 10.0)
        self.assertEqual([judge(value, exact) for value in (9.5, 10.0, 10.5)], ["fail", "pass", "fail"])

    def test_zero_is_a_value_and_none_is_not(self):
        self.assertEqual(judge(0.0, Limit("at_most", 0.0)), "pass")
        self.assertEqual(judge(0.0, Limit("at_least", 1.0)), "fail")
        self.assertEqual(judge(None, Limit("at_least", 1.0)), "none")

    def test_words_are_not_judged(self):
        self.assertEqual(judge(4.0, Limit("text", 0.0)), "none")

    def test_unknown_kind(self):
        with self.assertRaises(ValueError):
            judge(1.0, Limit("about", 1.0))
        self.assertEqual(set(LIMIT_KINDS), {"range", "at_least", "at_most", "text"})

    def test_deviation_has_a_sign(self):
        limit = Limit("range", 10.0, 1.0, 1.0)
        self.assertEqual([deviation(value, limit) for value in (8.0, 9.0, 10.5, 12.5)], [-1.0, 0.0, 0.0, 1.5])
        self.assertEqual(deviation(5.0, Limit("at_most", 3.0)), 2.0)

    def test_one_failure_fails_the_round(self):
        self.assertEqual(summarise(["pass", "fail", "none"]), "fail")
        self.assertEqual(summarise(["pass", "none"]), "pass")
        self.assertEqual(summarise(["none"]), "none")
        self.assertEqual(summarise([]), "none")


@tagged("post_install", "-at_install")
class TestVerdict(BaseCase):
    def test_any_change_means_changes(self):
        self.assertEqual(proposed_verdict({"style": False, "packing": True}), "changes")
        self.assertEqual(proposed_verdict({"style": False}), "approved")

    def test_approval_that_wants_changes(self):
        found = contradictions("approved", {"style": True}, {"style": "Toe too round"})
        self.assertEqual(found, [Contradiction("approved_with_changes", ("style",))])
        found = contradictions("approved", {}, {}, ["Toe too round"])
        self.assertEqual(found, [Contradiction("approved_with_changes")])

    def test_changes_need_something_to_change(self):
        self.assertEqual(contradictions("changes", {"style": False}, {}), [Contradiction("changes_without_any")])
        self.assertEqual(contradictions("changes", {"style": False}, {}, ["Old point"]), [])

    def test_each_change_needs_words(self):
        found = contradictions("changes", {"style": True, "packing": True}, {"packing": "  ", "style": "Toe"})
        self.assertEqual(found, [Contradiction("change_without_words", ("packing",))])
        self.assertEqual(contradictions("rejected", {"style": True}, {}), [])

    def test_each_line_is_a_point(self):
        points = new_points(
            {"style": True, "function": False}, {"style": "- Toe too round\n\n• Heel 2 mm lower", "function": "fine"}
        )
        self.assertEqual(points, [("style", "Toe too round"), ("style", "Heel 2 mm lower")])


@tagged("post_install", "-at_install")
class TestPhoto(BaseCase):
    def test_kind_follows_content(self):
        self.assertEqual(picture_kind(b"\xff\xd8\xff\xe0rest"), "jpeg")
        self.assertEqual(picture_kind(b"\x89PNG\r\n\x1a\nrest"), "png")
        self.assertEqual(picture_kind(b"GIF89arest"), "gif")
        self.assertEqual(picture_kind(b"RIFF\x00\x00\x00\x00WEBPrest"), "webp")
        for content in (b"", b"RIFF\x00\x00\x00\x00WAVE", b"%PDF-1.7", b"<svg xmlns='x'/>", b"MZ\x90"):
            with self.subTest(content=content):
                self.assertIsNone(picture_kind(content))

    def test_problems(self):
        picture = b"\xff\xd8\xff" + b"x" * 97
        self.assertIsNone(photo_problem(picture, 100))
        self.assertEqual(photo_problem(picture, 99), "too_big")
        self.assertIsNone(photo_problem(picture, 0))
        self.assertIsNone(photo_problem(picture, -1))
        self.assertEqual(photo_problem(picture, 1), "too_big")
        self.assertEqual(photo_problem(picture.ljust(1_048_577), MEGABYTE), "too_big")
        self.assertIsNone(photo_problem(picture.ljust(1_048_576), MEGABYTE))
        self.assertEqual(photo_problem(b"", 100), "empty")
        self.assertEqual(photo_problem(b"%PDF-1.7", 100), "not_a_picture")
