"""What each role may do with the records of each model and read of its fields, against the data of the addons."""

from collections import defaultdict
from contextlib import contextmanager

from odoo import Command
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import tagged

from .access_data import NONE, OPERATIONS, SCOPES, FieldRight, Right, Role, by_role, group, read, write
from .attack_case import NO_STAFF, AttackCase

#: Who reads a field though they have no role of the department.
OUTSIDERS = ("employee", "portal", "public")


class AccessCase(AttackCase):
    """Tries every right of every role, as a client."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scopes = dict(zip(SCOPES, (cls.own, cls.mate, cls.colleague, cls.stranger), strict=True))

    @contextmanager
    def playing(self, role: Role):
        """Give a user who has this role and no other: the salesperson of the first world, where that can be."""
        if role.role in NO_STAFF:
            yield self.portal if role.role == "portal" else self.env.ref("base.public_user")
            return
        user, groups = self.own.user, [self._ref(group).id for group in role.groups.split()]
        user.group_ids = [Command.set(groups)]
        self.team.user_id = user if role.role == "team_leader" else False
        self.env.flush_all()
        yield user

    def _is_complete(self) -> bool:
        """Tell whether all addons with such data are installed."""
        folders = {path.parent for path in self.addons.values()}
        return all(file.parts[-3] in self.addons for folder in folders for file in folder.glob("*/tests/access.csv"))

    def measure(self, addon: str | None = None) -> dict[tuple[str, str], tuple[str, ...]]:
        """Return what each role may really do with the records of each model, or of each model of one addon."""
        names = [*self.house.stored, *self.house.views]
        if addon:
            names = [name for name in names if self.env[name]._original_module == addon]
        found = {}
        for role in self.roles.values():
            with self.playing(role) as user:
                for name in names:
                    found[name, role.role] = tuple(self._measure(user, name, scope) for scope in SCOPES)
        return found

    def compare(self, addon: str | None = None) -> dict[tuple[str, str], tuple[str, ...]]:
        """Fail where the data tells another right than Odoo allows, for all models or those of one addon; return it."""
        told = self._get_told()
        with self.attacking("rights"):
            found = self.measure(addon)
            self.counts["models"] = len({name for name, _role in found})
            self.counts["roles"] = len(self.roles)
            for (name, role), scopes in sorted(found.items()):
                if told.get((name, role)) != scopes:
                    told_now = "/".join(told.get((name, role), ["nothing"]))
                    self.find(name, role, f"access.csv tells {told_now}, Odoo allows {'/'.join(scopes)}")
        return told

    def _get_told(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """Return what the data tells; what an addon says of the models of others goes before what those say."""
        rows = [(addon, right) for addon, path in self.addons.items() for right in read(Right, path)]
        rows.sort(key=lambda row: row[0] != self._get_home(row[1].model))
        return by_role((right for _addon, right in rows), self.roles)

    def _get_home(self, name):
        """Return the addon that brings a model; none for one that is not installed."""
        return self.env[name]._original_module if name in self.env else None

    def _measure(self, user, name, scope):
        model, world = self.env[name].with_env(self.act(user)), self.scopes[scope]
        allowed = [letter for letter, operation in OPERATIONS.items() if model.has_access(operation)]
        return "".join(letter for letter in allowed if self._may(user, world, world.make(name), letter)) or NONE

    def _may(self, user, world, record, letter):
        """Try an operation; what is refused for another reason than missing rights was not for want of them."""
        name = record._name
        if letter == "r":
            model = self.env[name].with_env(self.act(user))
            return call_kw(model, "search_count", [[("id", "=", record.id)]], {}) == 1
        if letter == "w":
            outcome = self.attempt(user, name, "write", record.ids, {})
        elif letter == "d":
            outcome = self.attempt(user, name, "unlink", record.ids)
        else:
            fields, env = record._fields, self.act(user)
            values = {
                key: value
                for key, value in world.get_client_values(name).items()
                if self.env[name].with_env(env)._has_field_access(fields[key], "write")
            }
            outcome = self.attempt(user, name, "create", [values])
            if not outcome.is_done and not isinstance(outcome.error, AccessError):
                return self.may(user, record, "create")
        return not isinstance(outcome.error, AccessError)

    def measure_fields(self) -> set[FieldRight]:
        """Return the groups of each field of ours that has some, and who reads it without any role."""
        readers = defaultdict(list)
        for key in OUTSIDERS:
            with self.playing(self.roles[key]) as user:
                for name in self.house.get_extended_models():
                    model = self.env[name].with_env(self.act(user))
                    if key == "employee" and name in self.house.models or not model.has_access("read"):
                        continue
                    for field in self.house.get_fields(name):
                        if model._has_field_access(field, "read"):
                            readers[name, field.name].append(key)
        return {
            FieldRight(name, field.name, " ".join(sorted((field.groups or "").split(","))), " ".join(read_by))
            for name in self.house.get_extended_models()
            for field in self.house.get_fields(name)
            if (read_by := readers[name, field.name]) or field.groups
        }


@tagged("post_install", "-at_install", "attack")
class TestAccessMatrix(AccessCase):
    def test_every_group_of_ours_is_a_role(self):
        names = [("model", "=", "res.groups"), ("module", "in", list(self.house.modules))]
        ours = set(self.env["ir.model.data"].search(names).mapped("complete_name"))
        missing = ours - {group for role in self.roles.values() for group in role.groups.split()}
        self.assertFalse(missing, "Add these groups to access_roles.csv of their addon")

    def test_models(self):
        """A model or a role that is missing from the data fails, as does each right that differs."""
        told = self.compare()
        gone = {name for name, _role in told if name not in self.env}
        if self._is_complete():
            gone |= {role for _name, role in told} - self.roles.keys()
        self.assertFalse(gone, "access.csv tells of models or roles that are no more")

    def test_fields(self):
        """Nobody reads a field of ours whom the data does not name."""
        told = {row for path in self.addons.values() for row in read(FieldRight, path)}
        if not self._is_complete():  # an addon may bring a field to the model of another
            told = {row for row in told if row.field in self.env[row.model]._fields}
        found = self.measure_fields()
        names = {"told, but not so": told - found, "so, but not told": found - told}
        faults = [
            f"{row.model}.{row.field} ({row.groups}; {row.read_by}): {why}"
            for why, rows in names.items()
            for row in sorted(rows)
        ]
        self.assertFalse(faults, "access_fields.csv and Odoo differ:\n" + "\n".join(faults))


@tagged("post_install", "-at_install", "-standard", "access_write")
class TestWriteAccess(AccessCase):
    def test_write(self):
        """Write the data anew from what Odoo allows now, to be reviewed: `make access WRITE=1`."""
        found, fields = self.measure(), sorted(self.measure_fields())
        told = {addon: read(Right, path) for addon, path in self.addons.items()}
        by_hand = {addon: [row for row in rows if self._get_home(row.model) != addon] for addon, rows in told.items()}
        above = by_role((row for rows in by_hand.values() for row in rows), ())
        for addon, path in self.addons.items():
            now = by_role(told[addon], self.roles)
            rights = {
                key: now.get(key, scopes) if key in above else scopes
                for key, scopes in found.items()
                if self._get_home(key[0]) == addon
            }
            write(group(rights) + by_hand[addon], Right, path)
            rows = [row for row in fields if self._get_addon(row) == addon]
            write(rows, FieldRight, path)

    def _get_addon(self, row):
        """Return the addon that must be installed for the row to hold: of the field or, for one of a mixin, the model."""
        field, model = self.env[row.model]._fields[row.field], self.env[row.model]
        both = [field._modules[0], *([model._original_module] if row.model in self.house.models else [])]
        return max(both, key=list(self.addons).index)
