"""Running other programs: logged, retried, with the end of their output on failure."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from .project import LOGS, child_environment
from .ui import Problem, note

NO_SPACE = "No space left on device"
NETWORK_SIGNS = (
    "Temporary failure resolving",
    "Could not resolve",
    "Name or service not known",
    "Network is unreachable",
    "Connection refused",
    "Connection timed out",
    "Failed to establish a new connection",
    "getaddrinfo",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "Could not connect",
    "Failed to fetch",
)


def tail(text: str, lines: int = 12) -> str:
    """Return the last non-empty lines of a program's output, indented."""
    return "\n".join(f"      {line}" for line in [one for one in text.splitlines() if one.strip()][-lines:])


def explain(output: str) -> str:
    """Return what to do about a failed download, judged by its output."""
    if NO_SPACE in output:
        return "The disk is full: free some space, then run the same command again."
    if any(sign in output for sign in NETWORK_SIGNS):
        return (
            "The network did not answer. Check the connection (and http_proxy/https_proxy if you need one), "
            "then run the same command again: finished steps are kept."
        )
    return "See the lines above; after mending it, run the same command again: finished steps are kept."


def run(
    command: Sequence[str | Path],
    *,
    log: str,
    what: str,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    attempts: int = 1,
    user: int | None = None,
    group: int | None = None,
) -> str:
    """Run a program and return its output, which is also added to the log file named `log`.

    :param what: what the program is doing, for the message when it fails.
    :param attempts: how often to try, with a growing pause in between; for downloads.
    :raises Problem: when the program is missing or the last attempt fails.
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    logfile = LOGS / f"{log}.log"
    words = [str(word) for word in command]
    if not shutil.which(words[0]):
        raise Problem(f"{what} needs the program {words[0]}, which is not installed.")
    identity = {} if user is None else {"user": user, "group": group, "extra_groups": []}
    for attempt in range(1, attempts + 1):
        done = subprocess.run(
            words,
            cwd=cwd,
            env=dict(env) if env is not None else child_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            **identity,
        )
        with logfile.open("a", encoding="utf-8") as file:
            file.write(f"$ {' '.join(words)}\n{done.stdout}\n")
        if done.returncode == 0:
            return done.stdout
        if NO_SPACE in done.stdout:
            break  # trying again cannot help
        if attempt < attempts:
            note(f"{what}: attempt {attempt} of {attempts} failed, trying again in {3 * attempt} s")
            time.sleep(3 * attempt)
    raise Problem(f"{what} failed (whole output: {logfile}):\n{tail(done.stdout)}", explain(done.stdout))


def succeeds(command: Sequence[str | Path]) -> bool:
    """Tell whether a program exists and ends with success; its output is dropped."""
    try:
        return (
            subprocess.run(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
            ).returncode
            == 0
        )
    except OSError:
        return False
