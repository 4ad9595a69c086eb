"""Finds the names of `removed_names.tsv`: those that Odoo dropped before 19. Pure: text in, problems out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_TABLE = Path(__file__).with_suffix(".tsv").read_text(encoding="utf-8").splitlines()
_ROWS = [line.split("\t") for line in _TABLE if line and not line.startswith("#")]
REMOVED = [({f".{kind}" for kind in kinds.split()}, re.compile(name), instead) for kinds, name, instead in _ROWS]
SUFFIXES = frozenset().union(*(suffixes for suffixes, _name, _instead in REMOVED))
# What is not looked at: comments, and a privilege, which does have a category.
IGNORED = {
    ".xml": re.compile(r"<!--.*?-->|<record\b[^>]*model=\"res\.groups\.privilege\".*?</record>", re.DOTALL),
    ".py": re.compile(r"(?m)^\s*#.*$"),
    ".js": re.compile(r"(?m)^\s*//.*$"),
}
SKIP_LINE = re.compile(r"removed-name:\s*\S")


def find(text: str, suffix: str) -> Iterator[tuple[int, str]]:
    """Yield (line number, what to write instead) for each dead name in a file's text.

    A line whose comment says `removed-name: <reason>` is left alone: some
    names are dead on one model and alive on another.
    """
    if suffix in IGNORED:
        text = IGNORED[suffix].sub(lambda match: "\n" * match[0].count("\n"), text)
    for number, line in enumerate(text.splitlines(), 1):
        if not SKIP_LINE.search(line):
            for suffixes, name, instead in REMOVED:
                if suffix in suffixes and (match := name.search(line)):
                    yield number, f"{match[0].strip()!r} is not for Odoo 19: write {instead}"
