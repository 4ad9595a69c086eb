from odoo.tests import BaseCase, tagged

from ..tools.article import Article, same_article
from ..tools.sizes import SYSTEMS, convert, foot_length, size_label, size_problem, size_range


@tagged("post_install", "-at_install")
class TestSizes(BaseCase):
    def test_usual_conversions(self):
        # a foot of 265 mm, as size tables of shoe makers have it
        sizes = {system: convert(42, "eu", system) for system in ("cn", "eu", "uk", "us_men", "us_women")}
        self.assertEqual(sizes, {"cn": 265, "eu": 42, "uk": 8.5, "us_men": 9.5, "us_women": 11})
        self.assertEqual(convert(250, "cn", "eu"), 40)
        self.assertEqual(convert(28, "eu", "uk_child"), 10.5)

    def test_children_count_from_thirteen_lower(self):
        self.assertAlmostEqual(foot_length("uk_child", 13), foot_length("uk", 0))
        self.assertAlmostEqual(foot_length("us_child", 37 / 3), foot_length("us_men", 0))

    def test_a_size_survives_its_own_system(self):
        for system, rule in SYSTEMS.items():
            smallest, largest = size_range(system)
            size = smallest
            while size <= largest:
                self.assertAlmostEqual(convert(size, system, system), size)
                self.assertIsNone(size_problem(system, size))
                size += rule.step

    def test_smallest_and_largest(self):
        """Feet of 85 to 335 mm; adults' sizes in inches begin where children's end, at 194 mm."""
        for system, smallest, largest in (
            ("cn", 85, 335),
            ("eu", 15, 52.5),
            ("uk", 0, 16.5),
            ("us_men", 1, 17.5),
            ("us_women", 2.5, 19),
            ("uk_child", 0, 13.5),
            ("us_child", 0.5, 13.5),
        ):
            step = 5 if system == "cn" else 0.5
            with self.subTest(system=system):
                self.assertEqual(size_range(system), (smallest, largest))
                for size, problem in (
                    (smallest - step, "too_small"),
                    (smallest, None),
                    (smallest + step, None),
                    (smallest + step / 2, "not_a_step"),
                    (largest, None),
                    (largest + step, "too_large"),
                ):
                    self.assertEqual(size_problem(system, size), problem, size)

    def test_a_chinese_size_is_the_foot(self):
        self.assertEqual([foot_length("cn", size) for size in (85, 250)], [85, 250])

    def test_absurd_sizes(self):
        self.assertEqual(size_problem("eu", -3), "too_small")
        self.assertEqual(size_problem("eu", 420), "too_large")
        self.assertEqual(size_problem("eu", 40.3), "not_a_step")
        self.assertEqual(size_problem("cn", 252), "not_a_step")
        self.assertIsNone(size_problem("cn", 255))

    def test_label(self):
        self.assertEqual([size_label(40.0), size_label(6.5)], ["40", "6.5"])


@tagged("post_install", "-at_install")
class TestArticle(BaseCase):
    def test_products_decide_where_both_have_one(self):
        self.assertTrue(same_article(Article(1, 5, "A"), Article(1, 6, "B")))
        self.assertFalse(same_article(Article(1, 5, "A"), Article(2, 5, "A")))

    def test_style_within_the_family(self):
        self.assertTrue(same_article(Article(0, 5, " Runner  X"), Article(2, 5, "runner x")))
        self.assertFalse(same_article(Article(0, 5, "Runner X"), Article(0, 6, "Runner X")))
        self.assertFalse(same_article(Article(0, 5, "Runner X"), Article(0, 5, "")))

    def test_family_alone(self):
        self.assertTrue(same_article(Article(0, 5), Article(0, 5)))
        self.assertFalse(same_article(Article(), Article()))
