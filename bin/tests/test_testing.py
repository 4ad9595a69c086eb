"""What counts as passed, failed, skipped; what must not be in a log; the closing line."""

import contextlib
import io
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from devtools.runs import judge, unclean  # noqa: E402
from devtools.suite import count_hooks  # noqa: E402
from devtools.tally import Section, Tally  # noqa: E402

HEAD = "2026-01-02 03:04:05,678 4711"
TESTS = "odoo.addons.x.tests.test_y"
FAILED = f"{HEAD} ERROR db {TESTS}: FAIL: TestY.test_a\nTraceback (most recent call last):\nAssertionError: 1 != 2\n"


def total(failed=0, errors=0, tests=12):
    level = "ERROR" if failed or errors else "INFO"
    return f"{HEAD} {level} db odoo.service.server: {failed} failed, {errors} error(s) of {tests} tests when loading database 'db' \n"


def dirty(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log"
        path.write_text(text, encoding="utf-8")
        return unclean(path)


class TestLog(unittest.TestCase):
    def counts(self, text):
        result = judge(text)
        return result.tests, result.passed, result.failures

    def test_clean_run(self):
        text = f"{HEAD} INFO db {TESTS}: Starting TestY.test_a ...\n" + total()
        self.assertEqual((self.counts(text), dirty(text)), ((12, 12, 0), []))

    def test_failed_test_is_counted_once_and_does_not_make_the_log_unclean(self):
        text = FAILED + total(failed=1)
        self.assertEqual((self.counts(text), dirty(text)), ((12, 11, 1), []))
        self.assertEqual(judge(text).failed, ["x.tests.test_y: TestY.test_a"])

    def test_failures_only_in_the_total_still_count(self):
        self.assertEqual(self.counts(total(failed=2, errors=1, tests=5)), (5, 2, 3))

    def test_warning_of_any_logger_makes_the_log_unclean(self):
        found = dirty(f"{HEAD} WARNING db odoo.fields: Field res.partner.x: unknown parameter 'y'\n{total()}")
        self.assertIn("unknown parameter", "".join(found))
        self.assertTrue(dirty(f"{HEAD} ERROR db odoo.sql_db: ERROR: bad query\n"))
        self.assertTrue(dirty(f"\x1b[1m{HEAD} \x1b[31mERROR\x1b[0m db odoo.x: first\n  second line\n{total()}"))

    def test_allowed_line(self):
        self.assertEqual(dirty(f"{HEAD} WARNING db odoo.tests.common: Fetching resource outside …\n{total()}"), [])
        self.assertTrue(dirty(f"{HEAD} WARNING db odoo.z: Fetching resource outside …\n{total()}"))

    def test_a_log_without_any_record_is_not_clean(self):
        self.assertTrue(dirty("Killed\n"))

    def test_browser_test_without_browser_fails_other_skips_do_not(self):
        line = f"{HEAD} INFO db {TESTS}: skipped TestT.test_tour : %s\n"
        self.assertEqual(self.counts(line % "Chrome executable not found" + total(tests=3)), (3, 2, 1))
        self.assertEqual(self.counts(line % "sale_margin is not installed" + total(tests=3)), (3, 2, 0))


class TestTally(unittest.TestCase):
    def run_with(self, *outcomes):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            tally = Tally()
            for number, problems in enumerate(outcomes):
                with tally.section("part") as section:
                    if problems == "crash":
                        raise RuntimeError("broken")
                    section.check(f"check {number}", problems)
            code = tally.finish()
        return code, out.getvalue().splitlines()[-1]

    def test_last_line_and_code(self):
        self.assertEqual(self.run_with([], []), (0, "2 passed, 0 failed"))
        self.assertEqual(self.run_with([], ["bad"]), (1, "1 passed, 1 failed"))
        self.assertEqual(self.run_with([], "crash"), (1, "1 passed, 1 failed"))
        self.assertEqual(self.run_with(), (1, "0 passed, 1 failed"))

    def test_hooks_are_counted(self):
        section = Section("Lint")
        count_hooks(
            section, "ruff....Passed\nhouse....Failed\n- hook id: house\n\nx is wrong\nyaml..(no files)..Skipped\n"
        )
        self.assertEqual((section.passed, section.failures), (1, ["house"]))
        self.assertIn("x is wrong", "".join(section.remarks))


if __name__ == "__main__":
    unittest.main()
