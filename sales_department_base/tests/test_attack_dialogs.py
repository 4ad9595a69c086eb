"""A dialog shows nothing of what its user may not read, and belongs to whoever opened it."""

from odoo import Command
from odoo.tests import tagged

from .attack_case import AttackCase


@tagged("post_install", "-at_install", "attack")
class TestDialogs(AttackCase):
    def test_foreign_records(self):
        """Opened for what the user may not read, a dialog is refused."""
        with self.attacking("dialogs: foreign records"):
            for name in self.house.dialogs:
                self.counts["models"] += 1
                model = self.env[name]
                links = [
                    field
                    for field in model._fields.values()
                    if field.comodel_name in self.house.documents and field.store and not field.related
                ]
                for attacker in [*self.attackers, self.insider]:
                    for field in links if model.with_env(self.act(attacker.user)).has_access("create") else ():
                        self._open(attacker, name, field)

    def _open(self, attacker, name, field):
        spec = {one: {} for one in self.env[name]._fields if one != "id"}
        for world in attacker.foreign:
            record = world.make(field.comodel_name)
            if not record or self.may(attacker.user, record):
                continue
            many = field.type != "many2one"
            value = [Command.set(record.ids)] if many else record.id
            values = {**attacker.own.get_client_values(name), field.name: value}
            default = {f"default_{field.name}": record.ids if many else record.id}
            active = {"active_model": record._name, "active_id": record.id, "active_ids": record.ids}
            names = list(spec)
            for way, method, args, context in (
                ("create", "create", [[values]], {}),
                ("web_save", "web_save", [[], values, spec], {}),
                ("onchange", "onchange", [[], {field.name: value}, [field.name], spec], {}),
                ("first onchange by default", "onchange", [[], {}, [], spec], default),
                ("first onchange by active_id", "onchange", [[], {}, [], spec], active),
                ("default_get by default", "default_get", [names], default),
                ("default_get by active_id", "default_get", [names], active),
            ):
                outcome = self.attempt(attacker.user, name, method, *args, context=context)
                if outcome.is_traceback or (outcome.is_done and self._shows(way, outcome, field, record, world)):
                    self.find(f"{name}.{field.name}", attacker.key, f"{way}: {world.key}", outcome)

    def _shows(self, way, outcome, field, record, world):
        """Tell whether a dialog took the record in; one that leaves it aside shows nothing."""
        if not way.startswith(("first", "default_get")):
            return True
        values = outcome.result.get("value", outcome.result)
        given = values.get(field.name) or ()
        return bool(given) or world.marker in outcome.text

    def test_another_users_dialog(self):
        """Nobody reads, changes, deletes or presses the buttons of another's dialog."""
        with self.attacking("dialogs of others"):
            for name in self.house.dialogs:
                self.counts["models"] += 1
                for attacker in [*self.attackers, self.insider]:
                    dialog = next((one.make(name) for one in self.worlds if one.user != attacker.user), self.env[name])
                    if dialog and self.env[name].with_env(self.act(attacker.user)).has_access("read"):
                        self._use(attacker, dialog)

    def _use(self, attacker, dialog):
        ids, name = dialog.ids, dialog._name
        char = next((one.name for one in dialog._fields.values() if one.type in ("char", "text") and one.store), None)
        calls = [("read", [ids, ["display_name"]]), ("unlink", [ids]), ("write", [ids, {char: "x"} if char else {}])]
        calls += [(method, [ids]) for method in self.house.get_public_methods(name) if method.startswith("action")]
        for method, args in calls:
            outcome = self.attempt(attacker.user, name, method, *args)
            if outcome.is_done or outcome.is_traceback:
                self.find(name, attacker.key, method, outcome)
