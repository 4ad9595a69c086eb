"""Rules of this repository that no ready-made linter knows; one hook of `.pre-commit-config.yaml`."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from .addons import addons, changed, floor_problems
from .project import ROOT, say
from .translations import complete

_TABLE = (ROOT / "bin/removed_names.tsv").read_text(encoding="utf-8").splitlines()
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


def dead_names(text: str, suffix: str) -> Iterator[tuple[int, str]]:
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


def model_of(node: ast.ClassDef) -> str | None:
    """Return the model that a class declares or extends; None for an ordinary class."""
    said = {}
    for one in node.body:
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name):
            try:
                said[one.targets[0].id] = ast.literal_eval(one.value)
            except ValueError:
                continue
    inherit = said.get("_inherit")
    if isinstance(inherit, (list, tuple)):
        inherit = inherit[0] if len(inherit) == 1 else None
    name = said.get("_name") or inherit
    return name if isinstance(name, str) else None


def several_classes(addon: Path) -> tuple[list[str], list[str]]:
    """Return, in words, the models of an addon with several classes, and its methods defined more than once."""
    bodies: dict[str, list[tuple[str, set[str]]]] = defaultdict(list)
    for path in sorted(addon.rglob("*.py")):
        if "tests" in path.relative_to(addon).parts:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            model = model_of(node) if isinstance(node, ast.ClassDef) else None
            if model:
                methods = {one.name for one in node.body if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))}
                bodies[model].append((str(path.relative_to(addon)), methods))
    sliced, again = [], []
    for model, parts in bodies.items():
        if len(parts) > 1:
            sliced.append(f"{model} is {len(parts)} classes: {', '.join(file for file, _methods in parts)}")
        for method in sorted(set().union(*(methods for _file, methods in parts))):
            files = [file for file, methods in parts if method in methods]
            if len(files) > 1:
                again.append(f"{model}.{method} is defined {len(files)} times: {', '.join(files)}")
    return sliced, again


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
        sliced, again = several_classes(folder)
        dead = [
            f"{path.relative_to(folder)}:{number}: {text}"
            for path in sorted(folder.rglob("*"))
            if path.suffix in SUFFIXES and path.is_file()
            for number, text in dead_names(path.read_text(encoding="utf-8"), path.suffix)
        ]
        kinds = (floors[name], sliced, again, dead, complete(folder))
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
