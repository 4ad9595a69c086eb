from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import BudgetCase


@tagged("post_install", "-at_install")
class TestTours(HttpCase, BudgetCase):
    """What people do in the browser, as the people who do it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = new_test_user(
            cls.env,
            "budget_boss",
            groups="sales_team.group_sale_manager,sale_budget.group_overspend",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.budget.owner_id = cls.boss

    def test_ask_approve_spend(self):
        self.start_tour("/odoo/spending-requests", "sale_budget_ask_tour", login=self.salesman.login)
        request = self.env["sale.budget.request"].search([("subject", "=", "Samples for the tour")])
        self.assertEqual((request.state, request.approver_id), ("submitted", self.boss))
        over = self._request(700.0, "submitted", subject="Too many samples")

        with mute_logger("odoo.http"):  # the refusal
            self.start_tour("/odoo/spending-to-approve", "sale_budget_approve_tour", login=self.boss.login)
        self.assertEqual((request + over).mapped("state"), ["approved", "approved"])
        entry = self.env["sale.budget.entry"].search([("reason", "=", "The buyer decides this week")])
        self.assertEqual((entry.res_id, entry.overspend_amount), (over.id, 300.0))

        self.start_tour("/odoo/spending-requests", "sale_budget_spend_tour", login=self.salesman.login)
        self.assertEqual((request.state, request.budget_actual_amount), ("done", 550.0))

    def test_manager_plans_and_amends(self):
        self.start_tour("/odoo/sales-budgets", "sale_budget_plan_tour", login=self.boss.login)
        budget = self.env["sale.budget"].search([("name", "=", "Tour Budget")])
        self.assertEqual((budget.state, budget.amount, budget.available_amount), ("approved", 800.0, 1000.0))
