"""Two people spend the same money at the same moment, over two real connections."""

import threading

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

DAY = "2026-05-12"


@tagged("post_install", "-at_install")
class TestTwoApprovals(BaseCase):
    """The records are committed for the length of a test and deleted afterwards."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            self._prepare(api.Environment(cr, SUPERUSER_ID, {}))
        self.addCleanup(self._remove)
        self.first, self.second = (self._connect(request) for request in self.requests)
        self.patch(retrying.__globals__["time"], "sleep", lambda _seconds: None)

    def _connect(self, request):
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        return api.Environment(cr, SUPERUSER_ID, {})["sale.budget.request"].browse(request)

    def _prepare(self, env):
        """Commit a budget of 100 and two requests of 60 that wait for approval."""
        purpose = env["sale.budget.purpose"].create({"name": "Race", "code": "race"})
        budget = env["sale.budget"].create({
            "name": "Race",
            "date_from": "2026-01-01",
            "threshold_ids": [],
            "line_ids": [Command.create({"purpose_id": purpose.id, "amount": 100.0})],
        })
        budget.action_approve()
        requests = env["sale.budget.request"].create([
            {"subject": f"Race {n}", "purpose_id": purpose.id, "estimate": 60.0, "date": DAY} for n in (1, 2)
        ])
        requests.action_submit()
        self.purpose, self.budget, self.requests = purpose.id, budget.id, requests.ids

    def _remove(self):
        """Delete what was committed; the ledger is closed to the ORM, so by SQL."""
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM sale_budget_entry WHERE budget_id = %s", [self.budget])
            cr.execute("DELETE FROM sale_budget_request WHERE purpose_id = %s", [self.purpose])
            cr.execute("DELETE FROM sale_budget WHERE id = %s", [self.budget])
            cr.execute("DELETE FROM sale_budget_purpose WHERE id = %s", [self.purpose])
            env = api.Environment(cr, SUPERUSER_ID, {})
            for model, ids in (("sale.budget.request", self.requests), ("sale.budget", [self.budget])):
                for name, field in (("mail.activity", "res_model"), ("mail.message", "model")):
                    records = env[name].with_context(active_test=False)
                    records.search([(field, "=", model), ("res_id", "in", ids)]).unlink()

    def _figures(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            line = env["sale.budget"].browse(self.budget).line_ids
            states = env["sale.budget.request"].browse(self.requests).mapped("state")
            return line.committed_amount, sum(line.entry_ids.mapped("amount")), states

    def test_the_second_sees_what_the_first_took(self):
        self.assertEqual(self.second.budget_available_amount, 100.0)
        self.first.action_approve()
        self.first.env.cr.commit()
        with self.assertRaises(SerializationFailure), mute_logger("odoo.sql_db"):
            self.second.action_approve()
        self.second.env.cr.rollback()
        with self.assertRaisesRegex(UserError, "60.00.* asked for, .*40.00.* available"):
            self.second.action_approve()
        self.second.env.cr.rollback()
        self.assertEqual(self._figures(), (60.0, 60.0, ["approved", "submitted"]))

    def test_a_call_that_odoo_retries_is_refused_in_words(self):
        self.assertEqual(self.second.budget_available_amount, 100.0)
        self.first.action_approve()
        self.first.env.cr.commit()
        with self.assertRaisesRegex(UserError, "not enough money"), mute_logger("odoo.sql_db", "odoo.service.model"):
            retrying(self.second.action_approve, self.second.env)
        self.assertEqual(self._figures(), (60.0, 60.0, ["approved", "submitted"]))

    def _approve_in_thread(self):
        """Start the second approval, check that it waits, and return what becomes of it.

        Not through ``retrying``: it asks for a lock that the thread of the tests holds.
        """
        outcome = []

        def run():
            threading.current_thread().dbname = get_db_name()
            try:
                outcome.append(self.second.action_approve())
                self.second.env.cr.commit()
            except (UserError, SerializationFailure) as error:
                outcome.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join(1.0)
        self.assertTrue(thread.is_alive(), "the second must wait for the first")
        return thread, outcome

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_the_second_waits_for_the_first(self):
        self.assertEqual(self.second.budget_available_amount, 100.0)
        self.first.action_approve()
        self.first.env.flush_all()
        thread, outcome = self._approve_in_thread()
        self.first.env.cr.commit()
        thread.join(20)
        # Odoo repeats the call on this error; the second time it sees what is left
        self.assertIsInstance(outcome[0], SerializationFailure)
        self.second.env.cr.rollback()
        with self.assertRaises(UserError):
            retrying(self.second.action_approve, self.second.env)
        self.assertEqual(self._figures(), (60.0, 60.0, ["approved", "submitted"]))

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_the_second_gets_the_money_when_the_first_gives_up(self):
        self.first.action_approve()
        self.first.env.flush_all()
        thread, outcome = self._approve_in_thread()
        self.first.env.cr.rollback()
        thread.join(20)
        self.assertEqual(outcome, [True])
        self.assertEqual(self._figures(), (60.0, 60.0, ["submitted", "approved"]))

    def test_approval_while_the_budget_is_closed(self):
        self.assertEqual(self.second.budget_available_amount, 100.0)
        budget = self.first.env["sale.budget"].browse(self.budget)
        budget.action_close()
        self.first.env.cr.commit()
        with self.assertRaisesRegex(UserError, "Race is closed"), mute_logger("odoo.sql_db", "odoo.service.model"):
            retrying(self.second.action_approve, self.second.env)
        self.assertEqual(self._figures(), (0.0, 0, ["submitted", "submitted"]))

    def test_a_release_of_nothing_is_seen_by_a_reset_at_the_same_moment(self):
        """What is given back when nothing is left changes no figure, and counts all the same."""
        self.first.action_approve()
        self.first._budget_record(60.0)
        self.first.env.cr.commit()
        again = self._connect(self.first.id)
        self.assertEqual(again.budget_actual_amount, 60.0)
        self.first.action_done()
        self.first.env.cr.commit()
        with self.assertRaises(SerializationFailure), mute_logger("odoo.sql_db"):
            again._budget_record(-60.0)
        again.env.cr.rollback()
        again._budget_record(-60.0)
        again.env.cr.commit()
        self.assertEqual(self._figures()[0], 0.0)

    def test_two_budgets_for_the_same_reopened_at_once(self):
        """Of two that would pay for the same, one comes back into use."""
        budget = self.first.env["sale.budget"].browse(self.budget)
        budget.action_close()
        other = budget.copy({"date_from": budget.date_from, "date_to": budget.date_to})
        other.action_approve()
        other.action_close()
        self.first.env.cr.commit()
        self.addCleanup(self._remove_budget, other.id)
        second = self.second.env["sale.budget"].browse(other.id)
        self.assertEqual(second.state, "closed")
        budget.action_reopen()
        budget.env.cr.commit()
        with self.assertRaises(SerializationFailure), mute_logger("odoo.sql_db"):
            second.action_reopen()
        second.env.cr.rollback()
        with self.assertRaisesRegex(UserError, "cannot be reopened"):
            second.action_reopen()
        second.env.cr.rollback()

    def _remove_budget(self, budget):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM sale_budget WHERE id = %s", [budget])
            env = api.Environment(cr, SUPERUSER_ID, {})
            for name, field in (("mail.activity", "res_model"), ("mail.message", "model")):
                env[name].with_context(active_test=False).search([
                    (field, "=", "sale.budget"),
                    ("res_id", "=", budget),
                ]).unlink()
