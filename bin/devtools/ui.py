"""What the user sees: steps, progress, and problems that say what to do."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Problem(Exception):
    """Something the user can mend: `message` says what, `hint` what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  → {self.hint}" if self.hint else self.message


def say(text: str = "") -> None:
    """Print one line at once, also into a pipe."""
    print(text, flush=True)


def note(text: str) -> None:
    """Print a remark that belongs to the step above it."""
    say(f"    {text}")


def human_size(count: float) -> str:
    """Return a byte count in words: `human_size(122533504) == "116.9 MB"`."""
    for unit in ("B", "kB", "MB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} GB"


def human_time(seconds: float) -> str:
    """Return a duration in words: `human_time(75) == "1 min 15 s"`."""
    whole = round(seconds)
    return f"{whole // 60} min {whole % 60} s" if whole >= 60 else f"{seconds:.1f} s"


@contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a step, and say how long it took once it is done."""
    say(f"==> {title}")
    started = time.monotonic()
    yield
    note(f"done in {human_time(time.monotonic() - started)}")


@contextmanager
def progress(measure: Callable[[], int], total: int = 0, what: str = "") -> Iterator[None]:
    """Show a growing byte count while the body runs.

    On a terminal the line is redrawn each second; in a pipe a line is
    added every 15 seconds, so that a log stays readable.
    """
    stop = threading.Event()
    live = sys.stdout.isatty()

    def line() -> str:
        done = measure()
        share = f" of {human_size(total)} ({min(100, 100 * done // total)}%)" if total else ""
        return f"    {what}{human_size(done)}{share}"

    def watch() -> None:
        while not stop.wait(1 if live else 15):
            if live:
                sys.stdout.write(f"\r{line()}   ")
                sys.stdout.flush()
            else:
                say(line())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        stop.set()
        watcher.join()
        if live:
            sys.stdout.write("\r\033[K")
            sys.stdout.flush()
