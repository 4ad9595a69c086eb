from datetime import date

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged, users
from odoo.tools import mute_logger

from odoo.addons.sales_department_base.tests.common import assert_transitions_declared

from .common import BudgetCase


@tagged("post_install", "-at_install")
class TestBudget(BudgetCase):
    def test_transitions(self):
        assert_transitions_declared(self.env["sale.budget"])
        assert_transitions_declared(self.env["sale.budget.request"])

    @users("budget_manager")
    def test_manager_plans_and_approves(self):
        with Form(self.env["sale.budget"]) as form:
            form.name = "Gifts"
            form.period_kind = "quarter"
            form.date_from = date(2026, 5, 12)
            self.assertEqual((form.date_from, form.date_to), (date(2026, 4, 1), date(2026, 6, 30)))
            with form.line_ids.new() as line:
                line.purpose_id = self.gift
                line.amount = 300.0
        budget = form.record
        self.assertEqual(budget.threshold_ids.mapped("share"), [0.8, 1.0])
        budget.action_approve()
        self.assertEqual((budget.state, budget.approved_by_id), ("approved", self.env.user))
        self.assertEqual((budget.amount, budget.available_amount, budget.share_used), (300.0, 300.0, 0.0))

    def test_import_of_a_month(self):
        budget = self._budget({self.gift: 10.0}, period_kind="month", date_from="2026-02-01", approve=False)
        self.assertEqual(budget.date_to, date(2026, 2, 28))

    def test_period_upside_down(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._budget({self.gift: 1.0}, period_kind="free", date_from="2026-03-02", date_to="2026-03-01")

    def test_period_that_is_none(self):
        with self.assertRefused("must run from 2026-04-01 to 2026-06-30", ValidationError):
            self._budget({self.gift: 1.0}, period_kind="quarter", date_from="2026-04-02")

    def test_negative_plan(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._budget({self.gift: -1.0})

    def test_one_line_a_purpose(self):
        budget = self._budget({self.gift: 1.0}, approve=False)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            budget.line_ids = [Command.create({"purpose_id": self.gift.id})]

    def test_two_budgets_for_the_same_are_refused(self):
        with self.assertRefused("would both pay for “Samples”", ValidationError):
            self._budget({self.sample: 1.0}, name="Again", period_kind="month", date_from="2026-12-01")
        draft = self._budget({self.gift: 1.0}, approve=False)
        with self.assertRefused("would both pay", ValidationError):
            draft.line_ids.purpose_id = self.sample
        team = self._budget({self.sample: 1.0}, approve=False, team_id=self.team.id)
        with self.assertRefused("would both pay", ValidationError):
            team.team_id = False
        later = self._budget({self.sample: 1.0}, date_from="2027-01-01")
        self.assertEqual(later.state, "approved")

    def test_empty_budget_is_not_approved(self):
        with self.assertRefused("at least one purpose"):
            self._budget({})

    def test_plan_is_fixed_by_approval(self):
        for change in (
            lambda: self.line.write({"amount": 5000.0}),
            lambda: self.line.write({"purpose_id": self.gift.id}),
            lambda: self.line.unlink(),
            lambda: self.budget.write({"line_ids": [Command.create({"purpose_id": self.gift.id, "amount": 5.0})]}),
        ):
            with self.assertRefused("fixed since the approval"):
                change()
        for change in ({"date_from": "2026-02-01"}, {"team_id": self.team.id}, {"user_id": self.salesman.id}):
            with self.assertRefused("fixed since the approval"):
                self.budget.write(change)
        with self.assertRefused("only drafts can be deleted"):
            self.budget.unlink()

    def test_amendments_add_and_take_away(self):
        self._amend(200.0)
        self._amend(-50.0)
        self.assertRecordValues(self.line, [{"amount": 1000.0, "amendment_amount": 150.0, "available_amount": 1150.0}])
        self.assertIn("amended by", self.budget.message_ids[0].body)

    def test_new_purpose_in_an_approved_budget(self):
        self.budget.line_ids = [Command.create({"purpose_id": self.gift.id})]
        line = self._line(self.budget, self.gift)
        self._amend(80.0, line)
        self.assertEqual(line.available_amount, 80.0)

    def test_amendments_stay(self):
        amendment = self._amend(200.0)
        with self.assertRefused("Amendments stay as they are"):
            amendment.amount = 300.0
        with self.assertRefused("Amendments stay as they are"):
            amendment.unlink()

    def test_amendment_of_nothing_or_without_reason(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._amend(0.0)
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._amend(5.0, reason=" ")

    def test_amendment_of_a_draft_or_closed_budget(self):
        draft = self._budget({self.gift: 1.0}, approve=False)
        with self.assertRefused("not approved yet"):
            self._amend(5.0, draft.line_ids)
        self.budget.action_close()
        with self.assertRefused("is closed"):
            self._amend(5.0)

    def test_amendment_leaves_what_is_reserved(self):
        self._request(900.0, "approved")
        with self.assertRefused("more is reserved and spent"):
            self._amend(-200.0)
        self._amend(-100.0)
        self.assertEqual(self.line.available_amount, 0.0)

    @users("budget_finance")
    def test_finance_closes(self):
        budget = self.budget.with_env(self.env)
        budget.action_close()
        self.assertEqual((budget.state, budget.closed_by_id), ("closed", self.env.user))
        with self.assertRaises(AccessError):
            budget.action_reopen()
        with self.assertRaises(AccessError):
            budget.name = "Mine"

    @users("budget_leader", "budget_overspender")
    def test_others_do_not_close(self):
        with self.assertRefused("Only sales managers and finance", AccessError):
            self.budget.with_env(self.env).action_close()
        with self.assertRaises(AccessError):
            self._budget({self.gift: 5.0}, approve=False).with_env(self.env).action_approve()

    def test_close_waits_for_reserved_money(self):
        request = self._request(100.0, "approved")
        with self.assertRefused("still hold reserved money: BR/2026/"):
            self.budget.action_close()
        request.action_cancel()
        self.budget.action_close()
        with self.assertRaises(UserError):
            self.budget.action_approve()
        self.budget.action_reopen()
        self.assertEqual(self.budget.state, "approved")

    def test_copy_is_the_next_period(self):
        copy = self.budget.copy()
        self.assertEqual((copy.state, copy.date_from, copy.date_to), ("draft", date(2027, 1, 1), date(2027, 12, 31)))
        self.assertEqual(sum(copy.line_ids.mapped("amount")), 1500.0)
        free = self._budget({self.gift: 1.0}, period_kind="free", date_from="2026-01-01", date_to="2026-01-10").copy()
        self.assertEqual((free.date_from, free.date_to), (date(2026, 1, 11), date(2026, 1, 20)))

    def test_purpose_in_use_is_not_deleted(self):
        purpose = self.env["sale.budget.purpose"].create({"name": "Fairs", "code": "fairs"})
        self._budget({purpose: 1.0}, approve=False)
        with self.assertRefused("Fairs: budgets or spending requests use"):
            purpose.unlink()
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            purpose.copy({"code": "FAIRS"})
