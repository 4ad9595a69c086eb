"""One run of Odoo for the tests: its log in a file of its own, judged when it ends."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from .. import odoo_server
from ..project import LOGS, ROOT, VENV, Problem, execute, tail
from .logs import judge
from .tally import Section

TEST_LOGS = LOGS / "test"
# A run that takes longer hangs: the whole `make test` stays below 40 minutes.
LONGEST_RUN = 25 * 60


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
            raise Problem(f"{what} failed (whole log: {self.log}):\n{tail(self.text, 20)}")

    def report(self, section: Section, title: str, *, tests_expected: bool = False) -> bool:
        """Count this run in a section: its tests one by one, its end, and its log.

        :return: True when nothing failed.
        """
        verdict = judge(self.text)
        before = len(section.failures)
        section.passed += verdict.passed
        for test in verdict.failed:
            section.check(test, [f"see {self.log}"])
        for _unnamed in range(verdict.unnamed_failures):
            section.check(f"{title}: a test failed without a name", [f"see {self.log}"])
        for test in verdict.without_browser:
            section.check(test, ["skipped, because there is no browser: install chromium, then `make setup`"])
        for test, reason in verdict.skipped:
            section.remarks.append(f"skipped {test}: {reason}")
        if tests_expected:
            section.check(f"{title}: tests ran", [] if verdict.tests else ["no test ran at all"])
        problems = unclean(self.log)
        if self.code and not verdict.failures and not problems:
            problems = [f"Odoo ended with code {self.code}", tail(self.text)]
        section.check(f"{title}: clean log", problems and [*problems, f"whole log: {self.log}"])
        return len(section.failures) == before


def run(name: str, *command: str) -> OdooRun:
    """Run a command in Odoo's environment to its end; the log goes to `.run/log/test/<name>.log`."""
    log, started = TEST_LOGS / f"{name}.log", time.monotonic()
    code, text = execute(*command, log=log, env=odoo_server.environment(), timeout=LONGEST_RUN)
    return OdooRun(code, time.monotonic() - started, log, text)


def odoo(name: str, *arguments: str) -> OdooRun:
    """Run Odoo to its end and return what came of it."""
    return run(name, *odoo_server.command(*arguments))
