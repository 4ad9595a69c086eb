"""Adding up what passed and failed, and saying so in the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ..ui import human_time, say

# Two sections may run at the same time: each prints its lines in one block.
_PRINTING = threading.Lock()


@dataclass
class Section:
    """One part of the run: its counts and what failed in it."""

    title: str
    passed: int = 0
    failures: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def remark(self, text: str) -> None:
        """Keep a line for the end of the section."""
        self.remarks.append(text)

    def check(self, name: str, problems: Iterable[str] = ()) -> bool:
        """Count one check: passed without `problems`, else failed; return whether it passed."""
        listed = list(problems)
        if not listed:
            self.passed += 1
            return True
        self.failures.append(name)
        self.remark(f"FAILED  {name}")
        for problem in listed[:40]:
            for line in problem.splitlines():
                self.remark(f"        {line}")
        if len(listed) > 40:
            self.remark(f"        … and {len(listed) - 40} more")
        return False


class Tally:
    """All sections of a run."""

    def __init__(self) -> None:
        self.sections: list[Section] = []
        self._started = time.monotonic()

    @contextmanager
    def section(self, title: str) -> Iterator[Section]:
        """Announce a section and time it; an exception in it is a failure of it."""
        section = Section(title)
        self.sections.append(section)
        say(f"==> {title}")
        started = time.monotonic()
        try:
            yield section
        except Exception as error:
            section.check(title, [f"{type(error).__name__}: {error}"])
        section.seconds = time.monotonic() - started
        with _PRINTING:
            say(f"    {title}: {section.passed} passed, {len(section.failures)} failed ({human_time(section.seconds)})")
            for line in section.remarks:
                say(f"      {line}")

    def finish(self) -> int:
        """Print the summary, its last line `N passed, N failed`; return the exit code."""
        passed = sum(section.passed for section in self.sections)
        failed = sum(len(section.failures) for section in self.sections)
        if not passed and not failed:
            failed = 1
            say("Nothing ran at all.")
        say()
        say("Summary")
        for section in self.sections:
            say(
                f"  {section.title:<48} {section.passed:>5} passed {len(section.failures):>4} failed  {human_time(section.seconds):>12}"
            )
        for section in self.sections:
            for failure in section.failures:
                say(f"  FAILED  {section.title}: {failure}")
        say(f"  Total time: {human_time(time.monotonic() - self._started)}")
        say(f"{passed} passed, {failed} failed")
        return 1 if failed else 0
