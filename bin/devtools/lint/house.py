"""Rules of this repository that no ready-made linter knows; one hook of `.pre-commit-config.yaml`."""

from __future__ import annotations

from collections.abc import Iterable

from ..addons import addons, changed, floor_problems
from ..project import say
from . import classes, po_files, removed_names


def check(names: Iterable[str]) -> dict[str, list[str]]:
    """Return the problems of these addons, by rule."""
    known = addons()
    floors = floor_problems({name: addon.manifest.depends for name, addon in known.items()})
    found: dict[str, list[str]] = {
        "depend only on floors below": [],
        "one class per model": [],
        "no method overridden inside its own addon": [],
        "no names from before Odoo 19": [],
        "zh_CN is complete": [],
    }
    for name in sorted(names):
        folder = known[name].path
        sliced, again = classes.problems(folder)
        dead = [
            f"{path.relative_to(folder)}:{number}: {text}"
            for path in sorted(folder.rglob("*"))
            if path.suffix in removed_names.SUFFIXES and path.is_file()
            for number, text in removed_names.find(path.read_text(encoding="utf-8"), path.suffix)
        ]
        kinds = (floors[name], sliced, again, dead, po_files.check(folder))
        for rule, problems in zip(found, kinds, strict=True):
            found[rule] += [f"{name}: {problem}" for problem in problems]
    return found


def main(*files: str) -> bool:
    """Check the addons in which these files lie, or all; print what breaks a rule, and return the exit code."""
    touched = changed(files) or set(addons())
    result = check(touched)
    for rule, problems in result.items():
        if problems:
            say(f"{rule}: {len(problems)} problems")
            for problem in problems:
                say(f"  {problem}")
    say(f"{sum(not problems for problems in result.values())} rules kept, {sum(map(bool, result.values()))} broken")
    return any(result.values())
