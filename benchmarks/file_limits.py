"""What `bench_review` measured of customer files, as a table, and the limit it is held to. Plain Python."""

from dataclasses import dataclass

STEPS = ("first", "nothing new", "half changed")
MAX_GROWTH = 2.2
"""Twice the files may take so many times as long."""
BINDING_FILES = 20_000
"""With fewer files fixed costs outweigh: times are shown, not judged."""


@dataclass(frozen=True, slots=True)
class FileRun:
    """The files of all customers of one database, computed one after the other in three situations.

    :param seconds: of each step
    :param files: customers and prospects that have a file
    :param gaps: fields that are missing or to be confirmed, at the end
    :param memory: peak of the process, in bytes
    """

    seconds: dict[str, float]
    files: int
    gaps: int
    memory: int


def broken_file_limits(half: FileRun, full: FileRun) -> list[str]:
    """Say in one line each which steps grow faster than the files."""
    if half.files < BINDING_FILES:
        return []
    found = []
    for step in STEPS:
        allowed = MAX_GROWTH * full.files / (2 * half.files)
        times = full.seconds[step] / half.seconds[step]
        if times > allowed:
            found.append(f"files, {step}: {times:.2f} times as long, the limit is {allowed:.2f}")
    return found


def file_table(runs: list[FileRun]) -> str:
    """Return the figures as a Markdown table."""
    rows = [["customer files", "gaps", *(f"{step} s" for step in STEPS), "MB"], ["---:"] * (len(STEPS) + 3)]
    rows += [
        [f"{run.files:,}", f"{run.gaps:,}", *(f"{run.seconds[step]:.1f}" for step in STEPS), f"{run.memory / 1e6:,.0f}"]
        for run in runs
    ]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
