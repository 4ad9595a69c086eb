"""One model, one class: models cut into several bodies, and methods overridden inside their own addon."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path


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


def problems(addon: Path) -> tuple[list[str], list[str]]:
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
