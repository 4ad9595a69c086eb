"""A line of progress on the terminal, seldom enough for a log file."""

import sys
import time


class Progress:
    """Print how far a step is: at its start, every few seconds, at its end."""

    def __init__(self, label: str, total: int, *, every: float = 5.0) -> None:
        """`total` is the number of items; `every` the seconds between lines."""
        self.label, self.total, self.every = label, total, every
        self.done = 0
        self.started = self.shown = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since the step began."""
        return time.monotonic() - self.started

    def add(self, count: int) -> None:
        """Count `count` more items as done."""
        self.done += count
        if time.monotonic() - self.shown >= self.every or self.done >= self.total:
            self.shown = time.monotonic()
            share = f"{self.done / self.total:4.0%}" if self.total else "100%"
            say(f"{self.label}: {self.done:,} of {self.total:,} ({share}), {self.seconds:.0f} s")


def say(text: str) -> None:
    """Write one line at once, also when the output is a pipe."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
