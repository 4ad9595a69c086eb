"""The log judge: what counts as passed, failed, skipped, and what must not be in a log."""

import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from devtools.testing.logs import Allowed, judge, parse  # noqa: E402

HEAD = "2026-01-02 03:04:05,678 4711"
GOOD = f"{HEAD} INFO db odoo.addons.x.tests.test_y: Starting TestY.test_a ...\n"
TOTAL = f"{HEAD} INFO db odoo.service.server: 0 failed, 0 error(s) of 12 tests when loading database 'db' \n"


def verdict(text, **options):
    return judge(parse(text), **options)


class TestJudge(unittest.TestCase):
    def test_clean_run(self):
        result = verdict(GOOD + TOTAL)
        self.assertEqual((result.tests, result.passed, result.failures, result.findings), (12, 12, 0, []))

    def test_failed_test_is_counted_once_and_is_no_finding(self):
        result = verdict(
            f"{HEAD} ERROR db odoo.addons.x.tests.test_y: FAIL: TestY.test_a\nTraceback (most recent call last):\n"
            "AssertionError: 1 != 2\n"
            f"{HEAD} ERROR db odoo.service.server: 1 failed, 0 error(s) of 12 tests when loading database 'db' \n"
        )
        self.assertEqual(result.failed, ["x.tests.test_y: TestY.test_a"])
        self.assertEqual((result.passed, result.failures, result.findings), (11, 1, []))

    def test_failures_only_in_the_total_still_count(self):
        result = verdict(
            f"{HEAD} ERROR db odoo.service.server: 2 failed, 1 error(s) of 5 tests when loading database 'db'"
        )
        self.assertEqual((result.failures, result.passed), (3, 2))

    def test_warning_of_any_logger_is_a_finding(self):
        result = verdict(f"{HEAD} WARNING db odoo.fields: Field res.partner.x: unknown parameter 'y'\n{TOTAL}")
        self.assertEqual(len(result.findings), 1)
        self.assertIn("unknown parameter", result.findings[0].summary)

    def test_error_that_only_looks_like_a_test(self):
        result = verdict(f"{HEAD} ERROR db odoo.sql_db: ERROR: bad query\n")
        self.assertEqual((len(result.findings), result.failures), (1, 0))

    def test_allowed_line(self):
        allowed = [Allowed("odoo.x", re.compile("harmless"), "for a reason")]
        text = f"{HEAD} WARNING db odoo.x: harmless\n{HEAD} WARNING db odoo.z: harmless\n"
        self.assertEqual([record.logger for record in verdict(text, allowed=allowed).findings], ["odoo.z"])

    def test_browser_test_without_browser_fails(self):
        result = verdict(
            f"{HEAD} INFO db odoo.addons.x.tests.test_t: skipped TestT.test_tour : Chrome executable not found\n"
            f"{HEAD} INFO db odoo.service.server: 0 failed, 0 error(s) of 3 tests when loading database 'db'"
        )
        self.assertEqual((result.without_browser, result.failures, result.passed), (["TestT.test_tour"], 1, 2))

    def test_other_skips_are_neither_passed_nor_failed(self):
        result = verdict(
            f"{HEAD} INFO db odoo.addons.x.tests.test_t: skipped TestT.test_margin : sale_margin is not installed\n"
            f"{HEAD} INFO db odoo.service.server: 0 failed, 0 error(s) of 3 tests when loading database 'db'"
        )
        self.assertEqual((result.failures, result.passed), (0, 2))

    def test_no_test_ran(self):
        self.assertEqual(verdict(GOOD).tests, 0)

    def test_colours_and_lines_of_several_records(self):
        text = f"\x1b[1m{HEAD} \x1b[31mERROR\x1b[0m db odoo.x: first\n  second line\n{TOTAL}"
        records = list(parse(text))
        self.assertEqual(len(records), 2)
        self.assertIn("second line", records[0].message)


if __name__ == "__main__":
    unittest.main()
