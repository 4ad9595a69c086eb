"""One run of Odoo: its log in a file of its own, judged when it ends.

The tests are counted here; whether the rest of the log is clean is checklog-odoo's
to say. See docs/decisions/0004 for how lines are judged.
"""

import re
import time
from dataclasses import dataclass
from pathlib import Path

from . import odoo_server
from .project import LOGS, ROOT, VENV, Problem, execute, tail
from .tally import Section

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


# A run that takes longer hangs. On an idle machine the whole `make test` stays below 40 minutes.
LONGEST_RUN = 45 * 60


def unclean(log: Path) -> list[str]:
    """Return the records that must not be in a log, as checklog-odoo finds them."""
    code, output = execute(VENV / "bin/checklog-odoo", "--no-echo", "--config", ROOT / "checklog-odoo.cfg", log)
    found = output.rpartition("errors that caused failure (")[2] if code else ""
    return [line for line in found.splitlines() if line.strip() and line != "Error: Errors detected in log."]


@dataclass(frozen=True)
class OdooRun:
    """A finished run."""

    code: int
    seconds: float
    log: Path
    text: str

    def require_success(self, what: str) -> None:
        """Raise when it ended with an error; for runs that prepare something."""
        if self.code:
            hint = "Correct the addon, then run the same command again."
            raise Problem(f"{what} failed (whole log: {self.log}):\n{tail(self.text, 20)}", hint)

    def report(self, section: Section, title: str, *, tests_expected: bool = False) -> bool:
        """Count this run in a section: its tests one by one, its end, and its log.

        :return: True when nothing failed.
        """
        verdict = judge(self.text)
        before = len(section.failures)
        section.passed += verdict.passed
        unnamed = [f"{title}: a test failed without a name"] * verdict.unnamed_failures
        for test in [*verdict.failed, *unnamed]:
            section.check(test, [f"see {self.log}"])
        for test in verdict.without_browser:
            section.check(test, ["skipped, because there is no browser: install chromium, then `make setup`"])
        section.remarks += [f"skipped {test}: {reason}" for test, reason in verdict.skipped]
        if tests_expected:
            section.check(f"{title}: tests ran", [] if verdict.tests else ["no test ran at all"])
        problems = unclean(self.log)
        if self.code and not verdict.failures and not problems:
            problems = [f"Odoo ended with code {self.code}", tail(self.text)]
        section.check(f"{title}: clean log", problems and [*problems, f"whole log: {self.log}"])
        return len(section.failures) == before


def run_logged(name: str, *command: str, longest: float = LONGEST_RUN) -> OdooRun:
    """Run a command in Odoo's environment to its end; the log goes to `.run/log/<name>.log`.

    :param longest: seconds after which it is stopped
    """
    log, started = LOGS / f"{name}.log", time.monotonic()
    code, text = execute(*command, log=log, env=odoo_server.environment(), timeout=longest)
    return OdooRun(code, time.monotonic() - started, log, text)


def odoo(name: str, *arguments: str, longest: float = LONGEST_RUN) -> OdooRun:
    """Run Odoo to its end and return what came of it."""
    return run_logged(name, *odoo_server.command(*arguments), longest=longest)
