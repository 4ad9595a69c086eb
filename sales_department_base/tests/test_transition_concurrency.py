"""Two users, two real connections, one record."""

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from .common import throwaway_model

NAME = "sales.department.test.race"


class Race(models.Model):
    _module = None
    _name = NAME
    _description = "Race"
    _inherit = ["sales.department.transition.mixin"]
    _log_access = False
    _TRANSITIONS = {"draft": {"done"}}

    name = fields.Char()
    state = fields.Selection([("draft", "Draft"), ("done", "Done")], default="draft")


@tagged("post_install", "-at_install")
class TestTransitionConcurrency(BaseCase):
    """The table is committed for the length of a test and dropped afterwards."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self._execute("CREATE TABLE sales_department_test_race (id serial PRIMARY KEY, name varchar, state varchar)")
        self.addCleanup(self._execute, "DROP TABLE sales_department_test_race")
        setup_cr = self.registry.cursor()
        self.addCleanup(setup_cr.close)
        model = throwaway_model(self.registry, setup_cr, Race)
        model.__enter__()
        self.addCleanup(model.__exit__, None, None, None)
        first_cr, second_cr = self.registry.cursor(), self.registry.cursor()
        self.addCleanup(first_cr.close)
        self.addCleanup(second_cr.close)
        self.first = api.Environment(first_cr, SUPERUSER_ID, {})
        self.second = api.Environment(second_cr, SUPERUSER_ID, {})
        self.record = self.first[NAME].create({"name": "R1"})
        first_cr.commit()

    def _execute(self, query):
        with self.registry.cursor() as cr:
            cr.execute(query)

    def test_one_of_two_passes(self):
        mine = self.record
        theirs = mine.with_env(self.second)
        self.assertEqual(theirs.state, "draft")

        mine._change_state("done")
        with self.assertRaisesRegex(UserError, "Another user is processing"):
            theirs._change_state("done")
        self.first.cr.commit()

        # their transaction still sees the draft: PostgreSQL refuses, Odoo retries
        with self.assertRaises(SerializationFailure), mute_logger("odoo.sql_db"):
            theirs._change_state("done")
        self.second.cr.rollback()
        with self.assertRaisesRegex(UserError, "R1 is “Done”, which is final"):
            theirs._change_state("done")

    def test_a_call_that_odoo_retries_is_refused_in_words(self):
        theirs = self.record.with_env(self.second)
        self.assertEqual(theirs.state, "draft")
        self.record._change_state("done")
        self.first.cr.commit()
        self.patch(retrying.__globals__["time"], "sleep", lambda _seconds: None)
        with self.assertRaisesRegex(UserError, "which is final"), mute_logger("odoo.sql_db", "odoo.service.model"):
            retrying(lambda: theirs._change_state("done"), self.second)

    def test_the_lock_ends_with_the_transaction(self):
        self.record._change_state("done")
        self.first.cr.rollback()
        theirs = self.record.with_env(self.second)
        theirs._change_state("done")
        self.assertEqual(theirs.state, "done")
