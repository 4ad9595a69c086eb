"""Where things lie, what the user sees, and how other programs are run. Standard library only."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# Everything generated goes here; the folder is ignored by git.
RUN = ROOT / ".run"
LOGS = RUN / "log"
DOWNLOADS = RUN / "downloads"
ODOO_HOME = RUN / "odoo"
VENV = RUN / "venv"
VENV_PYTHON = VENV / "bin" / "python"
DATA = RUN / "data"
# Two clones may share one database server: this keeps their databases apart.
PROJECT_KEY = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]


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


def child_environment() -> dict[str, str]:
    """Return the environment for child processes: ours, with a UTF-8 locale."""
    return {"LANG": "C.UTF-8", **{name: value for name, value in os.environ.items() if name != "PYTHONHOME"}}


def execute(
    *command: str | Path, log: Path | None = None, env: Mapping[str, str] | None = None, cwd: Path = ROOT, **more: Any
) -> tuple[int, str]:
    """Run a program to its end; return its exit code and what it printed, which also goes to `log`.

    The output goes to a file rather than a pipe when there is a log: a pipe
    would stay open as long as a server that was started.
    """
    file = None
    if log:
        log.parent.mkdir(parents=True, exist_ok=True)
        file = log.open("w+", encoding="utf-8", errors="replace")
    try:
        words = [str(word) for word in command]
        streams = {"stdin": subprocess.DEVNULL, "stdout": file or subprocess.PIPE, "stderr": subprocess.STDOUT}
        options = {"text": True, "errors": "replace", "check": False, **streams, **more}
        done = subprocess.run(words, cwd=cwd, env=dict(env or child_environment()), **options)
    except FileNotFoundError:
        return 127, f"the program {command[0]} is not installed"
    except subprocess.TimeoutExpired as error:
        return 124, f"Stopped: it took longer than {error.timeout} s."
    finally:
        if file:
            file.close()
    return done.returncode, log.read_text(encoding="utf-8", errors="replace") if log else done.stdout or ""


def run(*command: str | Path, what: str, show: bool = False, **options: Any) -> str:
    """Run a program like `execute` and return what it printed.

    :param what: what the program is doing, for the message when it fails.
    :param show: on a terminal let it write there, where it shows its own progress.
    :raises Problem: when the program is missing or fails, with the end of its output.
    """
    if show and sys.stdout.isatty():
        options |= {"stdout": None, "stderr": None}
    code, output = execute(*command, **options)
    if code:
        hint = "After mending it, run the same command again: finished steps are kept."
        raise Problem(f"{what} failed:\n{tail(output) or '      see above'}", hint)
    return output


def succeeds(*command: str | Path) -> bool:
    """Tell whether a program exists and ends with success; its output is dropped."""
    return execute(*command)[0] == 0


def tail(text: str, lines: int = 12) -> str:
    """Return the last non-empty lines of a program's output, indented."""
    return "\n".join(f"      {line}" for line in [one for one in text.splitlines() if one.strip()][-lines:])


def key_of(*parts: str | Path) -> str:
    """Return a key for a step: changes when a pin (text) or a file's content changes."""
    contents = [part.read_bytes() if isinstance(part, Path) else part.encode() for part in parts]
    return hashlib.sha256(b"".join(content + b"\0" for content in contents)).hexdigest()[:16]


def is_done(name: str, key: str) -> bool:
    """Tell whether a step of the set-up was finished with this very key."""
    stamp = RUN / "stamps" / name
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == key


def set_done(name: str, key: str) -> None:
    """Record that a step is finished, so that a second or interrupted run only does the rest."""
    (RUN / "stamps").mkdir(parents=True, exist_ok=True)
    (RUN / "stamps" / name).write_text(key, encoding="utf-8")
