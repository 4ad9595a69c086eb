from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.sales_department_base.tests.properties import reproducible

from ..tools.requirement import NOTHING, Asked, Change, clip, differences

HARD = Asked("h", "Hardness", "65 ± 3", "Shore A", "23 °C", ("ISO 48", ""))
SIZE = Asked("size 42", "Size 42", "2", "pairs")
LAST = Asked("last", "Last", "")


@st.composite
def requirements(draw):
    """Return a requirement: each subject and variant once, as the database has it."""
    keys = draw(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["", "1", "2"])), unique=True))
    return [Asked(subject, subject.upper(), draw(st.sampled_from("567")), "", variant) for subject, variant in keys]


@tagged("post_install", "-at_install")
class TestDifferences(BaseCase):
    """What changed between two requirements."""

    def test_nothing(self):
        self.assertEqual(differences([], []), [])
        self.assertEqual(differences([HARD, SIZE], [SIZE, HARD]), [], "another order is no change")

    def test_changed_added_removed_in_this_order(self):
        softer, new = replace(HARD, value="60 ± 3"), Asked("d", "Density", "1.1")
        found = differences([SIZE, HARD, LAST], [new, softer, LAST])
        self.assertEqual(found, [Change(None, new), Change(HARD, softer), Change(SIZE, None)])
        self.assertEqual([change.kind for change in found], ["added", "changed", "removed"])
        self.assertEqual([change.line for change in found], [new, softer, SIZE])

    def test_the_only_two_left_of_a_subject_belong_together(self):
        cold = replace(HARD, variant="-20 °C")
        self.assertEqual(differences([HARD], [cold]), [Change(HARD, cold)])
        dry, wet = replace(HARD, variant="dry"), replace(HARD, variant="wet")
        self.assertEqual(
            differences([HARD], [dry, wet]), [Change(None, dry), Change(None, wet), Change(HARD, None)], "which is it?"
        )
        self.assertEqual(differences([dry, wet], [HARD]), [Change(None, HARD), Change(dry, None), Change(wet, None)])
        self.assertEqual(differences([HARD, dry], [HARD, wet]), [Change(dry, wet)])

    def test_another_subject_is_another_line(self):
        size = replace(SIZE, subject="size 43", name="Size 43")
        self.assertEqual(differences([SIZE], [size]), [Change(None, size), Change(SIZE, None)])

    def test_a_change_of_nothing_is_none(self):
        with self.assertRaises(ValueError):
            _line = Change(None, None).line

    @settings(reproducible, max_examples=300)
    @given(requirements(), requirements())
    def test_the_changes_lead_from_one_to_the_other(self, before, after):
        changes = differences(before, after)
        lost = {change.before for change in changes if change.before}
        gained = {change.after for change in changes if change.after}
        self.assertEqual((set(before) - lost) | gained, set(after))
        self.assertEqual(lost | gained, set(before) ^ set(after))
        self.assertEqual(len(lost) + len(gained), sum(1 + (change.kind == "changed") for change in changes))
        for change in changes:
            self.assertNotEqual(change.before, change.after)
            if change.kind == "changed":
                self.assertEqual(change.before.subject, change.after.subject)
        order = [after.index(change.after) for change in changes if change.after]
        self.assertEqual(order, sorted(order))
        self.assertEqual(differences(before, before), [])


@tagged("post_install", "-at_install")
class TestChangeInWords(BaseCase):
    """A change as people write it."""

    def test_a_line(self):
        self.assertEqual(HARD.in_words(), "65 ± 3 Shore A")
        self.assertEqual(replace(HARD, unit="").in_words(), "65 ± 3")
        self.assertEqual((LAST.in_words(), NOTHING), ("–", "–"))
        self.assertEqual((LAST.unit, LAST.variant, LAST.details), ("", "", ()))

    def test_the_value(self):
        for before, after, words in (
            (HARD, replace(HARD, value="60 ± 3"), "65 ± 3 → 60 ± 3 Shore A"),
            (SIZE, replace(SIZE, value="4"), "2 → 4 pairs"),
            (LAST, replace(LAST, value="L-7"), "– → L-7"),
            (replace(LAST, value="L-7"), LAST, "L-7 → –"),
            (HARD, replace(HARD, unit="Shore C"), "65 ± 3 Shore A → 65 ± 3 Shore C"),
            (None, SIZE, "2 pairs"),
            (SIZE, None, "2 pairs"),
        ):
            with self.subTest(words=words):
                self.assertEqual(Change(before, after).in_words(), words)

    def test_details_where_they_change(self):
        for change, words in (
            ({"details": ("GB/T 531", "")}, "65 ± 3 Shore A (ISO 48) → 65 ± 3 Shore A (GB/T 531)"),
            ({"details": ("ISO 48", "wet")}, "65 ± 3 Shore A → 65 ± 3 Shore A (wet)"),
            ({"details": ()}, "65 ± 3 Shore A (ISO 48) → 65 ± 3 Shore A"),
            ({"variant": "5 °C", "value": "60"}, "65 ± 3 Shore A (23 °C) → 60 Shore A (5 °C)"),
            ({"variant": "5 °C", "details": ("X",)}, "65 ± 3 Shore A (23 °C, ISO 48) → 65 ± 3 Shore A (5 °C, X)"),
        ):
            with self.subTest(words=words):
                self.assertEqual(Change(HARD, replace(HARD, **change)).in_words(), words)

    def test_long_texts_are_cut_not_compared_short(self):
        before, after = (replace(LAST, value="x" * 90 + end) for end in "ab")
        (change,) = differences([before], [after])
        self.assertEqual(change.in_words(), f"{'x' * 79}… → {'x' * 79}…")

    def test_clip(self):
        self.assertEqual(clip("a  b\n c"), "a b c")
        self.assertEqual((clip("abcd", 4), clip("abcde", 4)), ("abcd", "abc…"))
        self.assertEqual((clip("y" * 80), clip("y" * 81)), ("y" * 80, "y" * 79 + "…"))
