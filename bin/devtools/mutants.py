"""Small mistakes put into a source, one at a time: cosmic-ray makes them, here is chosen which.

Left out are changes that say nothing about tests: of type hints and decorators, and of a kind that
fails for any input (a shift of a float) or never shows (`is` for `==`). Text is never changed.
"""

import contextlib
import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .project import ROOT, RUN, VENV_PYTHON, is_done, key_of, set_done, step
from .python_env import uv

REQUIREMENTS = ROOT / "requirements-mutate.txt"
PACKAGES = RUN / "mutate"
# Arithmetic becomes its opposite, a comparison loses or gains its limit or is turned round.
CHOSEN = re.compile(
    r"ReplaceBinaryOperator_(Add_Sub|Sub_Add|Mul_Div|Div_Mul|FloorDiv_Mul|FloorDiv_Div|Mod_Mul|Pow_Mul"
    r"|BitOr_BitAnd|BitAnd_BitOr)"
    r"|ReplaceComparisonOperator_(Eq_NotEq|NotEq_Eq|Lt_LtE|Lt_GtE|LtE_Lt|LtE_Gt|Gt_GtE|Gt_LtE|GtE_Gt|GtE_Lt"
    r"|Is_IsNot|IsNot_Is)"
    r"|ReplaceUnaryOperator_(Delete_Not|USub_UAdd)"
    r"|AddNot|ReplaceTrueWithFalse|ReplaceFalseWithTrue|ReplaceAndWithOr|ReplaceOrWithAnd"
    r"|ReplaceBreakWithContinue|ReplaceContinueWithBreak|ExceptionReplacer|NumberReplacer|ZeroIterationForLoop"
)
# What cosmic-ray has no operator for: words that become their opposite.
SWAPS = {"+=": "-=", "-=": "+=", "min": "max", "max": "min", "any": "all", "all": "any", "in": "not in", "not": ""}
# Those that mean a comparison only as part of one.
COMPARING = {"in": "comparison", "not": "comp_op"}


@dataclass(frozen=True)
class Mutant:
    """A source with one change; `before` and `after` are the changed line."""

    line: int
    before: str
    after: str
    source: str

    @property
    def key(self) -> tuple[str, str]:
        """What names the change as long as its line stays as it is."""
        return self.before, self.after


def ensure() -> None:
    """Fetch cosmic-ray, once."""
    key = key_of(REQUIREMENTS)
    if PACKAGES.is_dir() and is_done("mutate", key):
        return
    with step("Cosmic Ray, which makes the mistakes (5 MB to fetch)"):
        shutil.rmtree(PACKAGES, ignore_errors=True)
        options = ("--python", VENV_PYTHON, "--target", PACKAGES, "--no-deps")
        uv("pip", "install", *options, "-r", REQUIREMENTS, what="installing cosmic-ray")
        set_done("mutate", key)


def mutants(source: str) -> list[Mutant]:
    """Return all that is made of a source, in the order of its lines. Needs `ensure`."""
    if str(PACKAGES) not in sys.path:
        sys.path.append(str(PACKAGES))
    os.environ["XDG_CACHE_HOME"] = str(RUN / "cache")  # where a package it uses keeps a list of plugins
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code

    found = {}
    nodes = list(ast_nodes(get_ast(source)))
    for operator in _operators():
        places = ((node, place) for node in nodes for place in operator.mutation_positions(node))
        for number, (node, (start, _stop)) in enumerate(places):
            if _is_noise(node.get_leaf_for_position(start) if hasattr(node, "children") else node):
                continue
            with contextlib.suppress(AttributeError):  # cosmic-ray 8.7 stumbles over `except (module.Error, …)`
                mutant = _compared(source, mutate_code(source, operator, number))
                found[mutant.source] = mutant
    return sorted(found.values(), key=lambda mutant: (mutant.line, mutant.after))


def _operators() -> Iterator[Any]:
    from cosmic_ray.operators.operator import Operator
    from cosmic_ray.operators.provider import OperatorProvider

    class Swap(Operator):
        """Replaces a word or sign by its opposite, see `SWAPS`."""

        def mutation_positions(self, node: Any) -> Iterator[Any]:
            word = getattr(node, "value", None)
            if word in SWAPS and COMPARING.get(word, node.parent.type) == node.parent.type:
                yield node.start_pos, node.end_pos

        def mutate(self, node: Any, index: int) -> Any:
            node.value = SWAPS[node.value]
            return node

        @classmethod
        def examples(cls) -> tuple[()]:
            return ()

    provider = OperatorProvider()
    yield from (provider[name]() for name in provider if CHOSEN.fullmatch(name))
    yield Swap()


def _is_noise(node: Any) -> bool:
    """Tell whether a node says nothing about tests.

    It is (in) a type hint, an alias of types, a decorator, the bare `*` between parameters, or `strict=True`, a guard.
    """
    if node.parent.type == "parameters":
        return True
    while node.parent:
        inside, node = node, node.parent
        hints = {"annassign": node.children[1:2], "funcdef": [getattr(node, "annotation", None)]}.get(node.type, ())
        guard = node.type == "argument" and node.children[0].get_code().strip() == "strict"
        if guard or node.type in ("decorator", "tfpdef") or any(inside is hint for hint in hints) or _is_alias(inside):
            return True
    return False


def _is_alias(node: Any) -> bool:
    """Tell whether a node is the right-hand side of `Name = Literal[…]` at the top of a module."""
    if node.type != "atom_expr" or node.parent.type != "expr_stmt" or node.parent.parent.parent.type != "file_input":
        return False
    return node.children[0].type == "name" and node.children[1].get_first_leaf().value == "["


def _compared(source: str, changed: str) -> Mutant:
    lines = zip(source.splitlines(), changed.splitlines(), strict=False)
    number, before, after = next((place, old, new) for place, (old, new) in enumerate(lines, 1) if old != new)
    return Mutant(number, *(" ".join(line.split()) for line in (before, after)), changed)


def tools(addon: Path) -> list[Path]:
    """Return the files of an addon's `tools/`."""
    return [path for path in sorted(addon.glob("tools/**/*.py")) if path.name != "__init__.py"]
