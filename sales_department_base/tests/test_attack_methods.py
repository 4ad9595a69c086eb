"""Every public method, with ids and arguments of every kind: no traceback, and nothing of others changes or shows."""

import inspect
from collections.abc import Iterator

from odoo.tests import tagged

from .attack_case import EVERYBODY, AttackCase

#: Methods of Odoo that ours extend; they are attacked by the other tests, with arguments that make sense.
EVERYDAY = frozenset({"create", "write", "unlink", "copy", "copy_data", "default_get", "onchange", "web_save", "load"})
#: What stands in place of an argument: nothing, numbers out of range, text, markup, lists.
ARGUMENTS = (None, 0, -1, 10**18, "x", "²", "<b onclick='x'>x</b>", [], [0], ["x"], {}, True)
MISSING = 2_000_000_000
MANY = 10_000
#: No call may take longer.
SECONDS = 20


@tagged("post_install", "-at_install", "attack")
class TestMethods(AttackCase):
    def test_every_method(self):
        with self.attacking("methods"):
            for name in sorted({*self.house.models, *self.house.get_extended_models()}):
                methods = [one for one in self.house.get_public_methods(name) if one not in EVERYDAY]
                self.counts["models"] += bool(methods)
                self.counts["methods"] += len(methods)
                for method in methods:
                    for attacker in self.attackers:
                        self._call(attacker, name, method)

    def _call(self, attacker, name, method):
        function, place = getattr(type(self.env[name]), method), f"{name}.{method}"
        needed, optional = self._get_parameters(function)
        is_new = self.house.is_new_method(name, method)
        if needed and not is_new:
            return  # Odoo's own code does not bear with arguments of the wrong kind
        for_all = getattr(function, "_api_model", False)
        for ids, whose in [([], "no")] if for_all else self._get_ids(attacker, name):
            first = [] if for_all else [ids]
            outcome = self.attempt(attacker.user, name, method, *first, *[None] * len(needed))
            self._judge(attacker, place, f"{whose} ids", whose, outcome)
        for position in range(len(needed) + len(optional)) if is_new and self._is_thorough(attacker) else ():
            for value in ARGUMENTS:
                given = [*[None] * position, value, *[None] * (len(needed) - position - 1)]
                outcome = self.attempt(attacker.user, name, method, *first, *given)
                self._judge(attacker, place, f"argument {position + 1}: {value!r}", "own", outcome)

    def _is_thorough(self, attacker) -> bool:
        """Tell whether this one tries odd arguments and many ids, which break a method whoever calls it."""
        return EVERYBODY or attacker is self.attackers[0]

    @staticmethod
    def _get_parameters(function) -> tuple[list[str], list[str]]:
        """Return the names of the arguments that a method needs, and of those it takes besides."""
        kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        found = [one for one in inspect.signature(function).parameters.values() if one.kind in kinds][1:]
        needed = [one.name for one in found if one.default is inspect.Parameter.empty]
        return needed, [one.name for one in found if one.name not in needed]

    def _get_ids(self, attacker, name) -> Iterator[tuple[list[int], str]]:
        """Yield ids of every kind, in the end those that are the attacker's own, and whose they are."""
        yield [], "empty"
        yield [0], "zero"
        yield [MISSING], "missing"
        if self.env[name]._abstract:
            return
        for world in attacker.foreign:
            if (record := world.make(name)) and not self.may(attacker.user, record):
                yield record.ids, f"foreign ({world.key})"
        if own := attacker.own.make(name):
            if self._is_thorough(attacker):
                yield [*own.ids, *range(MISSING, MISSING + MANY - 1)], f"{MANY}"
            yield [*own.ids, MISSING], "own and missing"
            yield own.ids, "own"

    def _judge(self, attacker, place, way, whose, outcome):
        foreign = next((world for world in attacker.foreign if f"({world.key})" in whose), None)
        if outcome.is_traceback or (foreign and outcome.changed):
            self.find(place, attacker.key, way, outcome)
        elif outcome.seconds > SECONDS:
            self.find(place, attacker.key, f"{way}: took {outcome.seconds:.0f} s")
        elif foreign and foreign.marker in outcome.text:
            self.find(place, attacker.key, f"{way}: shows {outcome.text[:150]}")
