"""What was answered, signed, sent or applied stays: nobody changes it, deletes it, or adds to it."""

from collections.abc import Iterator

from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .attack_case import AttackCase
from .closed_fields import get_hostile_value


@tagged("post_install", "-at_install", "attack")
class TestSettled(AttackCase):
    def test_settled_records(self):
        mixin = type(self.env["sales.department.closed.mixin"])._get_settled
        with self.attacking("settled records"):
            for name in self.house.documents:
                if getattr(type(self.env[name]), "_get_settled", mixin) is mixin:
                    continue
                self.counts["models"] += 1
                record = self.own.make(name)
                with self.env.cr.savepoint() as undone:
                    if self._settle(record):
                        self._touch(record)
                    else:
                        self.find(name, "the test", "no state of it or of what it belongs to settles it")
                    undone.close()
                self.env.invalidate_all(flush=False)

    def _settle(self, record) -> bool:
        """Bring the record, or a document it belongs to, into the first state in which it counts as evidence."""
        self.factory.settle(self.own, record)
        if record._get_settled():
            return True
        for document, state in self._get_states(record):
            try:
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                    table = SQL.identifier(document._table)
                    self.env.cr.execute(SQL("UPDATE %s SET state = %s WHERE id = %s", table, state, document.id))
                    self.env.invalidate_all(flush=False)
                    if record._get_settled():
                        return True
                    raise IntegrityError  # noqa: TRY301 - the next state is tried from the present one
            except IntegrityError:
                self.env.invalidate_all(flush=False)
        return False

    def _get_states(self, record) -> Iterator[tuple]:
        """Yield (document, state) of the record and of what it belongs to."""
        parents = [record[field.name] for field in self.house.get_parent_fields(record._name)]
        for document in [record, *parents]:
            field = document._fields.get("state")
            if document and field is not None and field.store and field.type == "selection":
                for state in reversed(field.get_values(self.env)):
                    yield document, state

    def _touch(self, record):
        name = record._name
        closed = record._closed_field_names()
        fields = [one for one in self.house.get_fields(name) if one.store and one.name not in closed]
        for attacker in (*self.attackers, self.insider):
            user = attacker.user
            for field in fields if self.may(user, record, "write") else ():
                if record._is_settled_field(field.name):
                    self.counts["fields"] += 1
                    value = get_hostile_value(self.env, field)
                    self._expect_refusal(
                        attacker, name, f"write {field.name}", "write", record.ids, {field.name: value}
                    )
            if self.may(user, record, "unlink"):
                self._expect_refusal(attacker, name, "unlink", "unlink", record.ids)
            if self.house.get_parent_fields(name) and self.may(user, record, "create"):
                values = self.own.get_client_values(name)
                outcome = self.attempt(user, name, "create", [values], look=self._look_for(record))
                if outcome.is_traceback:
                    self.find(name, attacker.key, "create", outcome)

    def _look_for(self, record):
        """Return what notes a new record that is evidence at once."""

        def look(ids):
            if record.browse(ids)._get_settled():
                self.find(record._name, "client", "created as evidence")

        return look

    def _expect_refusal(self, attacker, name, way, method, *args):
        outcome = self.attempt(attacker.user, name, method, *args)
        if outcome.is_traceback or (outcome.is_done and outcome.changed):
            self.find(name, attacker.key, way, outcome)
