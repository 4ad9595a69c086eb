"""Adding up what passed and failed, and saying so in the end."""

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from .project import human_time, say

# Two sections may run at the same time: each prints its lines in one block.
_PRINTING = threading.Lock()


@dataclass
class Section:
    """One part of the run: its counts and what failed in it."""

    title: str
    passed: int = 0
    failures: list[str] = field(default_factory=list)
    # Lines for the end of the section.
    remarks: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def check(self, name: str, problems: Iterable[str] = ()) -> bool:
        """Count one check: passed without `problems`, else failed; return whether it passed."""
        lines = [line for problem in problems for line in problem.splitlines()]
        if not lines:
            self.passed += 1
            return True
        self.failures.append(name)
        self.remarks += [f"FAILED  {name}", *(f"        {line}" for line in lines[:80])]
        if len(lines) > 80:
            self.remarks.append(f"        … and {len(lines) - 80} lines more")
        return False


class Tally:
    """All sections of a run."""

    def __init__(self) -> None:
        self.sections: list[Section] = []
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """How long this run has been going on."""
        return time.monotonic() - self._started

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
        say("\nSummary")
        for one in self.sections:
            time_taken = human_time(one.seconds)
            say(f"  {one.title:<48} {one.passed:>5} passed {len(one.failures):>4} failed  {time_taken:>12}")
        for one in self.sections:
            for failure in one.failures:
                say(f"  FAILED  {one.title}: {failure}")
        say(f"  Total time: {human_time(self.seconds)}")
        say(f"{passed} passed, {failed} failed")
        return 1 if failed else 0
