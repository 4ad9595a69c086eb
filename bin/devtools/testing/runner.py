"""One run of Odoo for the tests: its log in a file of its own, judged when it ends."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .. import odoo_server
from ..project import LOGS, ROOT
from ..ui import Problem
from .logs import Verdict, judge, parse
from .tally import Section

TEST_LOGS = LOGS / "test"
# A run that takes longer hangs: the whole `make test` stays below 40 minutes.
LONGEST_RUN = 25 * 60


@dataclass(frozen=True)
class OdooRun:
    """A finished run."""

    name: str
    code: int
    seconds: float
    log: Path

    @cached_property
    def text(self) -> str:
        """The whole log."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    @cached_property
    def verdict(self) -> Verdict:
        """What the log says."""
        return judge(parse(self.text))

    def tail(self, lines: int = 15) -> str:
        """The end of the log."""
        return "\n".join(self.text.splitlines()[-lines:])

    def require_success(self, what: str) -> None:
        """Raise when Odoo ended with an error; for runs that prepare something."""
        if self.code:
            raise Problem(f"{what} failed (whole log: {self.log}):\n{self.tail()}")

    def report(self, section: Section, title: str, *, tests_expected: bool = False) -> bool:
        """Count this run in a section: its tests one by one, its end, and its log.

        :return: True when nothing failed.
        """
        verdict = self.verdict
        before = len(section.failures)
        section.passed += verdict.passed
        for test in verdict.failed:
            section.check(test, [f"see {self.log}"])
        for _unnamed in range(verdict.unnamed_failures - len(verdict.failed)):
            section.check(f"{title}: a test failed without a name", [f"see {self.log}"])
        for test in verdict.without_browser:
            section.check(test, ["skipped, because there is no browser: install chromium, then `make setup`"])
        for test, reason in verdict.skipped:
            section.remark(f"skipped {test}: {reason}")
        if tests_expected:
            section.check(f"{title}: tests ran", [] if verdict.tests else ["no test ran at all"])
        problems = [record.summary for record in verdict.findings]
        if self.code and not verdict.failures and not problems:
            problems = [f"Odoo ended with code {self.code}", self.tail()]
        section.check(f"{title}: clean log", problems and [*problems, f"whole log: {self.log}"])
        return len(section.failures) == before


def odoo(name: str, *arguments: str) -> OdooRun:
    """Run Odoo to its end and return what came of it; the log goes to `.run/log/test/<name>.log`."""
    TEST_LOGS.mkdir(parents=True, exist_ok=True)
    log = TEST_LOGS / f"{name}.log"
    started = time.monotonic()
    with log.open("wb") as file:
        try:
            code = subprocess.run(
                odoo_server.command(*arguments),
                env=odoo_server.environment(),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                timeout=LONGEST_RUN,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            code = -9
            file.write(f"\nStopped: it took longer than {LONGEST_RUN} s.\n".encode())
    return OdooRun(name, code, time.monotonic() - started, log)
