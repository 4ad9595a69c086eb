"""Every field that only the server sets, of every installed addon, over every way in."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from .attack_case import EVERYBODY, AttackCase
from .closed_fields import get_closed_models, get_declaration_faults, get_open_doors


@tagged("post_install", "-at_install", "attack")
class TestClosedFields(AttackCase):
    def test_declarations(self):
        faults = [fault for name in get_closed_models(self.env) for fault in get_declaration_faults(self.env[name])]
        self.assertFalse(faults, "\n".join(faults))

    def test_every_way_in(self):
        """What only the server sets takes nothing from a client, on no way."""
        with self.attacking("closed fields"):
            for name in self.house.get_extended_models():
                names = {field.name for field in self.house.get_server_fields(name)}
                self.counts["models"] += bool(names)
                self.counts["fields"] += len(names)
                for attacker in [*self.attackers, self.insider]:
                    self._try(attacker, name, names)

    def _try(self, attacker, name, names):
        model, record = self.env[name].with_env(self.act(attacker.user)), attacker.own.make(name)
        if record and names and (model.has_access("create") or model.has_access("write")):
            with mute_logger("odoo.sql_db"):
                values, ways = attacker.own.get_values(name), self._get_ways(attacker)
                found, tried = get_open_doors(model, names, record, values, ways)
            self.counts["calls"] += tried
            for door in found:
                place, _colon, way = door.partition(": ")
                self.find(place, attacker.key, way)

    def _get_ways(self, attacker):
        """Who has all rights tries all ways; that each way asks for the field's door holds for all."""
        return () if EVERYBODY or attacker in (self.insider, self.attackers[0]) else ("create", "write", "default_…")
