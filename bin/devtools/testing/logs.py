"""Counting the tests in Odoo's log. Whether the rest of the log is clean is checklog-odoo's to say.

Pure: text in, verdict out. See docs/decisions/0004 for how lines are judged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
HEAD = r"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ [A-Z]+ \S+ "
TOTAL = re.compile(HEAD + r"\S+: (\d+) failed, (\d+) error\(s\) of (\d+) tests when loading database")
FAILED_TEST = re.compile(HEAD + r"odoo\.addons\.(\S+\.tests\.\S+): (?:FAIL|ERROR): (.+)$")
SKIPPED_TEST = re.compile(HEAD + r"\S+: skipped (.+?) : (.*)$")
NO_BROWSER = re.compile(r"chrome|chromium|websocket", re.IGNORECASE)


@dataclass(frozen=True)
class Verdict:
    """What a log says about the tests of one run."""

    tests: int
    failed: list[str]
    unnamed_failures: int
    skipped: list[tuple[str, str]]
    without_browser: list[str]

    @property
    def failures(self) -> int:
        """How many tests failed, skipped browser tests included."""
        return len(self.failed) + self.unnamed_failures + len(self.without_browser)

    @property
    def passed(self) -> int:
        """How many tests passed: those that ran, less the failed and the skipped."""
        return max(0, self.tests - self.failures - len(self.skipped))


def judge(text: str) -> Verdict:
    """Return what a log says; a failure that only the total knows is counted without a name."""
    text = COLOUR.sub("", text)
    totals = [[int(count) for count in found] for found in TOTAL.findall(text)]
    failed = [f"{logger}: {test}" for logger, test in FAILED_TEST.findall(text)]
    skipped = [(test, reason.strip()) for test, reason in SKIPPED_TEST.findall(text)]
    return Verdict(
        tests=sum(tests for _failed, _errors, tests in totals),
        failed=failed,
        unnamed_failures=max(0, sum(bad + errors for bad, errors, _tests in totals) - len(failed)),
        skipped=[(test, reason) for test, reason in skipped if not NO_BROWSER.search(reason)],
        without_browser=[test for test, reason in skipped if NO_BROWSER.search(reason)],
    )
