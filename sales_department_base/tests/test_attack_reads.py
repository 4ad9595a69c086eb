"""A field with groups is read by nobody else: not itself, nor by order, search, group, export or a link to it."""

from collections.abc import Iterator
from typing import Any

from odoo.tests import tagged
from odoo.tools import mute_logger

from .attack_case import EVERYBODY, AttackCase

#: Where a field that may not be read is left out instead of refused.
LEFT_OUT = frozenset({"fields_get", "copy_data", "onchange", "web_read"})
#: The first argument with which these methods are asked for nothing.
NOTHING = {"read": [], "web_read": [], "export_data": [], "copy_data": []}
NUMBERS = frozenset({"integer", "float", "monetary"})


def get_reads(record, field) -> Iterator[tuple[str, str, list[Any], dict[str, Any]]]:
    """Yield (way, method, arguments, keywords) of the calls that read a field of a record, or by which it shows."""
    name, ids = field.name, record.ids
    mine = [("id", "in", ids)] if ids else []  # of nothing at all Odoo asks nothing
    yield "read", "read", [ids, [name]], {}
    yield "search_read", "search_read", [mine, [name]], {}
    yield "web_read", "web_read", [ids, {name: {}}], {}
    yield "web_search_read", "web_search_read", [mine, {name: {}}], {}
    yield "export", "export_data", [ids, [name]], {}
    yield "order", "search", [mine], {"order": name}
    yield "domain", "search", [[(name, "!=", False)]], {}
    yield "count", "search_count", [[(name, "=", False)]], {}
    yield "name_search", "name_search", ["", [(name, "!=", False)]], {}
    yield "group", "formatted_read_group", [mine, [name], ["__count"]], {}
    yield "web group", "web_read_group", [mine, [name], ["__count"]], {}
    yield "old group", "read_group", [mine, [name], [name]], {}
    yield "fields_get", "fields_get", [[name]], {}
    yield "copy_data", "copy_data", [ids], {}
    yield "onchange", "onchange", [ids, {}, [], {name: {}}], {}
    if field.type in NUMBERS:
        yield "total", "formatted_read_group", [mine, [], [f"{name}:sum"]], {}
        yield (
            "having",
            "formatted_read_group",
            [mine, ["create_uid"], ["__count"]],
            {"having": [(f"{name}:sum", ">", 0)]},
        )
    else:
        yield "smallest", "formatted_read_group", [mine, [], [f"{name}:min"]], {}
    if field.type in ("selection", "boolean"):
        bar = {"field": name, "colors": {"x": "success"}}
        yield "progress bar", "read_progress_bar", [mine, "create_uid", bar], {}
    if field.type in ("many2one", "selection"):
        yield "search panel", "search_panel_select_range", [name], {"enable_counters": True}
        yield "multi panel", "search_panel_select_multi_range", [name], {"enable_counters": True}


def get_reads_by_link(record, link, name: str) -> Iterator[tuple[str, str, list[Any], dict[str, Any]]]:
    """Yield the calls that read a field through a link that a record of another model has to its own."""
    path = f"{link.name}.{name}"
    yield f"domain {path}", "search", [[(path, "!=", False)]], {}
    yield f"any {path}", "search", [[(link.name, "any", [(name, "!=", False)])]], {}
    yield f"nested {path}", "web_read", [record.ids, {link.name: {"fields": {name: {}}}}], {}
    yield f"export {path}", "export_data", [record.ids, [f"{link.name}/{name}"]], {}
    if link.type == "many2one":
        yield f"group {path}", "formatted_read_group", [[], [path], ["__count"]], {}
    else:
        yield f"nested order {path}", "web_read", [record.ids, {link.name: {"fields": {}, "order": name}}], {}


@tagged("post_install", "-at_install", "attack")
class TestReads(AttackCase):
    @mute_logger("py.warnings")  # the old read_group, too, is a way to read
    def test_restricted_fields(self):
        with self.attacking("restricted fields"):
            for name in self.house.get_extended_models():
                fields = self.house.get_restricted_fields(name)
                self.counts["models"] += bool(fields)
                self.counts["fields"] += len(fields)
                for attacker in self.attackers:
                    refused = [field for field in fields if not attacker.user.has_groups(field.groups)]
                    if refused and self.env[name].with_env(self.act(attacker.user)).has_access("read"):
                        self._read(attacker, name, refused)

    def _read(self, attacker, name, fields):
        record = next((one for one in self._get_readable(attacker, name)), self.env[name])
        for field in fields:
            for way, method, args, keywords in get_reads(record, field):
                self._try(attacker, f"{name}.{field.name}", name, way, method, args, keywords)
        for owner, link in self._get_links(attacker, name):
            for way, method, args, keywords in get_reads_by_link(owner, link, fields[0].name):
                self._try(
                    attacker, f"{name}.{fields[0].name}", owner._name, f"{owner._name}: {way}", method, args, keywords
                )

    def _get_readable(self, attacker, name):
        """Yield the records of a model that the attacker may read."""
        for world in self.worlds:
            if self.may(attacker.user, record := world.make(name)):
                yield record

    def _get_links(self, attacker, name):
        """Yield a record of another model that the attacker may read, with a link to the model; of each type one will do."""
        seen = set()
        for owner, link in self.house.get_links(name, "many2one", "one2many", "many2many"):
            model = self.env[owner].with_env(self.act(attacker.user))
            if (link.type in seen and not EVERYBODY) or not (
                model.has_access("read") and model._has_field_access(link, "read")
            ):
                continue
            if record := model.search([(link.name, "!=", False)], limit=1):
                seen.add(link.type)
                yield record, link

    def _try(self, attacker, place, model, way, method, args, keywords):
        outcome = self.attempt(attacker.user, model, method, *args, **keywords)
        name = place.rpartition(".")[2]
        left_out = method in LEFT_OUT and f'"{name}"' not in outcome.text
        if outcome.is_done and not left_out and (args or keywords) and args[0] != NOTHING.get(method):
            self.find(place, attacker.key, way)
