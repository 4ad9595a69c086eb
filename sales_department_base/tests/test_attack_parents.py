"""A part stays with its whole, and nobody adds one to a foreign whole."""

from odoo import Command
from odoo.tests import tagged

from .attack_case import AttackCase


@tagged("post_install", "-at_install", "attack")
class TestParents(AttackCase):
    def test_parents(self):
        with self.attacking("parents"):
            for name in self.house.get_extended_models():
                fields = self.house.get_parent_fields(name)
                self.counts["models"] += bool(fields)
                self.counts["fields"] += len(fields)
                for field in fields:
                    for attacker in [*self.attackers, self.insider]:
                        self._move(attacker, attacker.own.make(name), field)

    def _move(self, attacker, record, field):
        model, place = record.with_env(self.act(attacker.user)), f"{record._name}.{field.name}"
        present = record[field.name]
        for world in {*attacker.foreign, *self.worlds} - {attacker.own}:
            parent = world.make(field.comodel_name)
            if not (parent and record) or parent == present:
                continue
            calls = {}
            # A link that may be empty may also be changed, but not to what the user does not see.
            is_fixed = field.required or not self.may(attacker.user, parent)
            if present and is_fixed and model.has_access("write"):
                calls = {
                    "write": (record.ids, {field.name: parent.id}),
                    "web_save": (record.ids, {field.name: parent.id}, {}),
                }
            is_open = field.name in getattr(model, "_open_parents", ())
            may_add = self.may(attacker.user, parent, "read" if is_open else "write")
            if parent._name in self.house.stored and model.browse().has_access("create") and not may_add:
                calls["create"] = ([{**attacker.own.get_client_values(record._name), field.name: parent.id}],)
            for method, args in calls.items():
                outcome = self.attempt(attacker.user, record._name, method, *args)
                if outcome.is_done or outcome.is_traceback:
                    self.find(place, attacker.key, f"{method} to {world.key}", outcome)
            if field.required:
                self._link(attacker, record, field, parent, place, world)

    def _link(self, attacker, record, field, parent, place, world):
        """The list of another document takes the record in."""
        if not self.may(attacker.user, parent, "write"):
            return
        for link in parent._fields.values():
            if link.type == "one2many" and link.inverse_name == field.name and link.comodel_name == record._name:
                values = {link.name: [Command.link(record.id)]}
                outcome = self.attempt(attacker.user, parent._name, "write", parent.ids, values)
                if outcome.is_traceback or (outcome.is_done and outcome.changed):
                    self.find(place, attacker.key, f"{parent._name}.{link.name} of {world.key}", outcome)
