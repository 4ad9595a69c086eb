"""Every button pressed twice, in every state of its document: what it adds is added once."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg2 import IntegrityError

from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .attack_case import CLEAR, AttackCase

#: Besides our own documents: what a button of ours may put on those of Odoo.
ALSO = ("sale.order", "sale.order.line", "account.move", "account.move.line")


@tagged("post_install", "-at_install", "attack")
class TestTwice(AttackCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        added = [name for name in ALSO if name in cls.env]
        cls.counted = [*cls.house.documents, *added]
        tables = [cls.env[name]._table for name in cls.counted]
        cls.env.cr.execute("SELECT array_agg(one::regclass::oid) FROM unnest(%s) AS one", [tables])
        [cls.counted_oids] = cls.env.cr.fetchone()
        for name in cls.house.dialogs:  # the one who presses has opened them
            if dialog := cls.own.make(name):
                table, user = SQL.identifier(dialog._table), cls.insider.user.id
                cls.env.cr.execute(SQL("UPDATE %s SET create_uid = %s WHERE id = %s", table, user, dialog.id))
        cls.env.invalidate_all(flush=False)

    def test_pressed_twice(self):
        with self.attacking("buttons pressed twice"):
            for name in self.house.stored:
                record = self.own.make(name)
                methods = [one for one in self.house.get_public_methods(name) if one.startswith(("action", "button"))]
                self.counts["methods"] += len(methods)
                for method in methods:
                    for document, state in self._get_states(record):
                        with self._in_state(document, state) as reached:
                            if reached:
                                self._press(record, method, f"{document._name} {state}")

    def _get_states(self, record) -> Iterator[tuple]:
        """Yield (document, state) as they are, then each state of the record, or of what a dialog was opened for."""
        yield record, None
        links = [record[one.name][:1] for one in record._fields.values() if one.comodel_name in self.house.documents]
        for document in [record] if "state" in record._fields or not record._transient else links:
            field = document._fields.get("state")
            if document and field is not None and field.store and field.type == "selection":
                for state in field.get_values(self.env):
                    yield document, state

    @contextmanager
    def _in_state(self, document, state) -> Iterator[bool]:
        """Bring a document into a state, without what usually leads there."""
        with mute_logger("odoo.sql_db"), self.env.cr.savepoint() as undone:
            reached = True
            try:
                if state:
                    table = SQL.identifier(document._table)
                    with self.env.cr.savepoint(flush=False):
                        self.env.cr.execute(SQL("UPDATE %s SET state = %s WHERE id = %s", table, state, document.id))
                    self.env.invalidate_all(flush=False)
            except IntegrityError:
                reached = False
            yield reached
            undone.close()
        self.env.invalidate_all(flush=False)

    def _press(self, record, method, state):
        place, user = f"{record._name}.{method}", self.insider.user

        def again(_result):
            before = self._count_rows()
            try:
                call_kw(self.act(user)[record._name], method, [record.ids], {})
                self.env.flush_all()
            except CLEAR:
                return
            added = [name for name, old, new in zip(self.counted, before, self._count_rows(), strict=True) if new > old]
            if added and place not in self.factory.repeatable:
                self.find(place, state, f"a second time adds {', '.join(added)}")

        outcome = self.attempt(user, record._name, method, record.ids, look=again)
        if outcome.is_traceback:
            self.find(place, state, "own", outcome)

    def _count_rows(self) -> list[int]:
        """Return how many rows this transaction has added to each table."""
        query = "SELECT pg_stat_get_xact_tuples_inserted(oid) FROM unnest(%s::oid[]) WITH ORDINALITY AS one (oid, n) ORDER BY n"
        self.env.cr.execute(query, [self.counted_oids])
        return [row[0] for row in self.env.cr.fetchall()]
