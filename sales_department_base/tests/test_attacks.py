"""Attacks on every model of the house, made up from the registry: nothing is named here, what is new is found."""

from odoo.tests import tagged

from .attack_case import AttackCase


@tagged("post_install", "-at_install", "attack")
class TestAttacks(AttackCase):
    def test_a_record_of_every_model(self):
        lacking = [
            f"{world.key}: {name}: {why}"
            for world in self.worlds
            for name, why in sorted(world.failures.items())
            if name in self.house.models
        ]
        self.assertFalse(lacking, "Say in tests/attack_world.py of the addon what a record of these models needs")
