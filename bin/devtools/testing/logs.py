"""Reading Odoo's log: tests that ran, tests that were skipped, and lines that must not be there.

Pure: text in, verdicts out. See docs/decisions/0004 for how lines are judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

RECORD = re.compile(
    r"^(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) (?P<pid>\d+) (?P<level>[A-Z]+) (?P<database>\S+) "
    r"(?P<logger>[\w.\-]+): (?P<message>.*)$"
)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
TOTAL = re.compile(r"^(?P<failed>\d+) failed, (?P<errors>\d+) error\(s\) of (?P<tests>\d+) tests when loading database")
FAILED_TEST = re.compile(r"^(?:FAIL|ERROR): (?P<test>.+)")
SKIPPED_TEST = re.compile(r"^skipped (?P<test>.+?) : (?P<reason>.*)", re.DOTALL)
NO_BROWSER = re.compile(r"chrome|chromium|websocket", re.IGNORECASE)
BAD_LEVELS = frozenset({"WARNING", "ERROR", "CRITICAL"})


@dataclass
class Record:
    """One log record; the message has all its lines."""

    level: str
    logger: str
    message: str

    @property
    def summary(self) -> str:
        """The record in a few lines: the first one, and the last where a traceback ends."""
        lines = [line for line in self.message.splitlines() if line.strip()]
        short = lines[0] if lines else ""
        if len(lines) > 1 and lines[-1] != short:
            short += f" … {lines[-1].strip()}"
        return f"{self.level} {self.logger}: {short[:400]}"


@dataclass(frozen=True)
class Allowed:
    """A line that may be there, and why."""

    logger: str
    message: re.Pattern[str]
    reason: str

    def covers(self, record: Record) -> bool:
        """Tell whether this exception is meant for the record."""
        return record.logger == self.logger and bool(self.message.search(record.message))


ALLOWED: tuple[Allowed, ...] = (
    Allowed("odoo.tests.common", re.compile(r"^Fetching resource? outside"), "the browser was kept from the internet"),
)


@dataclass
class Verdict:
    """What a log says about one run of Odoo."""

    tests: int = 0
    failed: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    without_browser: list[str] = field(default_factory=list)
    findings: list[Record] = field(default_factory=list)
    unnamed_failures: int = 0

    @property
    def failures(self) -> int:
        """How many tests failed, skipped browser tests included."""
        return max(len(self.failed), self.unnamed_failures) + len(self.without_browser)

    @property
    def passed(self) -> int:
        """How many tests passed: those that ran, less the failed and the skipped."""
        return max(0, self.tests - self.failures - len(self.skipped))


def parse(text: str) -> Iterator[Record]:
    """Yield the records of a log; lines without a head belong to the record before them."""
    current: Record | None = None
    for line in COLOUR.sub("", text).splitlines():
        match = RECORD.match(line)
        if match:
            if current:
                yield current
            current = Record(match["level"], match["logger"], match["message"])
        elif current:
            current.message += f"\n{line}"
    if current:
        yield current


def judge(records: Iterable[Record], allowed: Iterable[Allowed] = ALLOWED) -> Verdict:
    """Return what the records say.

    Failed tests are counted as tests; every other record of WARNING or
    above is a finding, whatever logger wrote it, unless it is allowed.
    Odoo's own start is not in these logs: they begin with a database in
    which its addons are installed already.
    """
    verdict = Verdict()
    exceptions = tuple(allowed)
    for record in records:
        if total := TOTAL.match(record.message):
            verdict.tests += int(total["tests"])
            verdict.unnamed_failures += int(total["failed"]) + int(total["errors"])
        elif skipped := SKIPPED_TEST.match(record.message):
            if NO_BROWSER.search(skipped["reason"]):
                verdict.without_browser.append(skipped["test"])
            else:
                verdict.skipped.append((skipped["test"], skipped["reason"].strip()))
        elif record.level in BAD_LEVELS:
            failed = FAILED_TEST.match(record.message)
            if failed and ".tests." in f"{record.logger}.":
                verdict.failed.append(f"{record.logger.removeprefix('odoo.addons.')}: {failed['test']}")
            elif not any(exception.covers(record) for exception in exceptions):
                verdict.findings.append(record)
    return verdict
