from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged, users

from .common import BudgetCase


@tagged("post_install", "-at_install")
class TestAccess(BudgetCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.south = cls._budget({cls.gift: 10.0}, name="South", team_id=cls.team.id)
        cls.north = cls._budget({cls.gift: 10.0}, name="North", team_id=cls.other_team.id)
        cls.mine = cls._budget({cls.visit: 10.0}, name="Mine", user_id=cls.salesman.id)
        cls.theirs = cls._budget({cls.visit: 10.0}, name="Theirs", user_id=cls.colleague.id)
        cls.draft = cls._budget({cls.env.ref("sale_budget.purpose_other"): 10.0}, name="Plan", approve=False)
        cls.all_budgets = cls.budget | cls.south | cls.north | cls.mine | cls.theirs | cls.draft
        cls.my_request = cls._request(10.0, "approved")
        cls.their_request = cls._request(10.0, "approved", user_id=cls.colleague.id)

    def _seen(self, model):
        return self.env[model].search([("company_id", "=", self.company.id)])

    @users("budget_salesman")
    def test_salesperson(self):
        self.assertEqual(self._seen("sale.budget"), self.budget | self.south | self.mine)
        self.assertEqual(self._seen("sale.budget.line").budget_id, self.budget | self.south | self.mine)
        # what is left of a company budget, but not who used it
        self.assertEqual(self.line.with_env(self.env).available_amount, 980.0)
        self.assertEqual(self._seen("sale.budget.entry").user_id, self.env.user)
        self.assertEqual(self._seen("sale.budget.request"), self.my_request)
        with self.assertRaises(AccessError):
            self.their_request.with_env(self.env).subject = "x"
        with self.assertRaises(AccessError):
            self.budget.with_env(self.env).name = "x"
        with self.assertRaises(AccessError):
            self._amend(5.0).with_env(self.env).read(["reason"])
        with self.assertRaises(AccessError):
            self.env["sale.budget"].create({"name": "Mine"})

    @users("budget_owner")
    def test_owner_sees_his_budgets_with_documents(self):
        self.assertIn(self.draft, self._seen("sale.budget"))
        self.assertEqual(self._seen("sale.budget.entry").user_id, self.salesman | self.colleague)
        self.assertEqual(self._seen("sale.budget.request"), self.my_request | self.their_request)

    @users("budget_leader", "budget_manager", "budget_finance", "budget_policy_admin", "budget_overspender")
    def test_those_who_see_all(self):
        self.assertEqual(self._seen("sale.budget"), self.all_budgets)
        self.assertEqual(self._seen("sale.budget.request"), self.my_request | self.their_request)
        self.assertEqual(self._seen("sale.budget.entry").user_id, self.salesman | self.colleague)

    @users("budget_leader", "budget_finance", "budget_policy_admin", "budget_overspender", "budget_accountant")
    def test_only_managers_plan(self):
        for change in (
            lambda: self.draft.with_env(self.env).write({"name": "x"}),
            lambda: self.draft.line_ids.with_env(self.env).write({"amount": 99.0}),
            lambda: self.draft.with_env(self.env).unlink(),
            lambda: self.env["sale.budget.amendment"].create({"line_id": self.line.id, "amount": 1.0, "reason": "x"}),
        ):
            with self.assertRaises(AccessError):
                change()

    @users("budget_manager")
    def test_ledger_and_figures_are_closed_to_rpc(self):
        entry = self.env["sale.budget.entry"].search([("line_id", "=", self.line.id)], limit=1)
        for change in (
            lambda: entry.create({
                "line_id": self.line.id,
                "kind": "actual",
                "origin": "spend",
                "amount": -99.0,
                "date": "2026-05-01",
            }),
            lambda: entry.write({"amount": 1.0}),
            lambda: entry.unlink(),
            lambda: self.line.with_env(self.env).write({"committed_amount": 0.0}),
            lambda: self.line.with_env(self.env).write({"available_amount": 9999.0}),
            lambda: self.line.with_env(self.env).write({"notified_share": 9.0}),
            lambda: self.budget.with_env(self.env).write({"state": "draft"}),
            lambda: self.draft.with_env(self.env).write({"approved_by_id": self.env.uid}),
            lambda: self.budget.with_env(self.env).write({
                "line_ids": [Command.update(self.line.id, {"actual_amount": 0.0})]
            }),
            lambda: self.env["sale.budget.amendment"].create({
                "line_id": self.line.id,
                "amount": 1.0,
                "reason": "x",
                "user_id": self.salesman.id,
            }),
        ):
            # of the ledger itself not even a superuser may change a row: that is a UserError
            with self.assertRaises(UserError):
                change()

    @users("budget_internal")
    def test_other_employees_see_no_money(self):
        for model in (
            "sale.budget",
            "sale.budget.line",
            "sale.budget.entry",
            "sale.budget.request",
            "sale.budget.amendment",
            "sale.budget.report",
        ):
            with self.assertRaises(AccessError):
                self.env[model].search([])

    def test_portal_sees_nothing(self):
        portal = new_test_user(self.env, "budget_portal", groups="base.group_portal")
        for model in ("sale.budget", "sale.budget.line", "sale.budget.request", "sale.budget.purpose"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(portal).search([])

    @users("budget_policy_admin", "budget_manager")
    def test_purposes_and_notices_are_policy(self):
        self.env["sale.budget.purpose"].create({"name": "Ads", "code": self.env.user.login}).note = "x"
        self.env["sale.budget.threshold"].create({"share": 0.9}).unlink()

    @users("budget_salesman", "budget_finance")
    def test_others_read_policy_only(self):
        with self.assertRaises(AccessError):
            self.env["sale.budget.purpose"].create({"name": "Ads", "code": "ads"})
        with self.assertRaises(AccessError):
            self.env["sale.budget.threshold"].create({"share": 0.9})

    def test_companies_are_kept_apart(self):
        other = self._make_company("Elsewhere")
        stranger = new_test_user(
            self.env,
            "budget_stranger",
            groups="sales_team.group_sale_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        env = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        for records in (self.budget, self.line, self.my_request, self.line.entry_ids):
            self.assertFalse(env[records._name].search([("id", "in", records.ids)]))
            with self.assertRaises(AccessError):
                records.with_env(env).read(["company_id"])
        self.assertFalse(env["sale.budget.report"].search([]))

    def test_deciders_may_not_be_bypassed_by_owner_of_another_budget(self):
        request = self._request(10.0, "submitted")
        self.assertEqual(request.approver_id, self.owner)
        for user in (self.colleague, self.finance, self.policy_admin):
            with self.assertRaises(AccessError):
                request.with_user(user).action_approve()
