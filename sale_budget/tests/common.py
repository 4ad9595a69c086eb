"""Budgets, requests and users for the tests of budgets."""

from datetime import date

from odoo import Command
from odoo.tests import freeze_time

from odoo.addons.sales_department_base.tests.common import DepartmentCase

TODAY = "2026-05-12"
GROUPS = {
    "salesman": "sales_team.group_sale_salesman",
    "colleague": "sales_team.group_sale_salesman",
    "owner": "sales_team.group_sale_salesman",
    "leader": "sales_team.group_sale_salesman_all_leads",
    "manager": "sales_team.group_sale_manager",
    "overspender": "sale_budget.group_overspend",
    "finance": "sales_department_base.group_collaborator_finance",
    "policy_admin": "sales_department_base.group_policy_admin",
    "accountant": "account.group_account_invoice",
    "internal": "base.group_user",
}
"""Groups of one user a role; the attribute and the end of the login are the key."""


@freeze_time(TODAY)
class BudgetCase(DepartmentCase):
    """A company of its own in China with a budget for 2026; today is 12 May 2026."""

    ROLES = GROUPS
    LOGIN = "budget"
    COMPANY = "Outsole Works"
    NOW = TODAY

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team, cls.other_team = cls.env["crm.team"].create([
            {"name": "South", "company_id": cls.company.id},
            {"name": "North", "company_id": cls.company.id},
        ])
        cls.env["crm.team.member"].create([
            {"crm_team_id": cls.team.id, "user_id": cls.salesman.id},
            {"crm_team_id": cls.other_team.id, "user_id": cls.colleague.id},
        ])
        cls.sample = cls.env.ref("sale_budget.purpose_sample")
        cls.visit = cls.env.ref("sale_budget.purpose_visit")
        cls.gift = cls.env.ref("sale_budget.purpose_gift")
        cls.customer = cls.env["res.partner"].create({"name": "Huafeng", "is_company": True})
        cls.budget = cls._budget({cls.sample: 1000.0, cls.visit: 500.0})
        cls.line = cls._line(cls.budget, cls.sample)

    @classmethod
    def _dollar(cls):
        """Return the dollar at its only rate: one is worth 8 of the company's currency."""
        usd = cls._currency("USD")
        usd.rate_ids.unlink()
        cls.env["res.currency.rate"].create({
            "currency_id": usd.id,
            "rate": 0.125,
            "name": "2026-01-01",
            "company_id": cls.company.id,
        })
        return usd

    @classmethod
    def _budget(cls, amounts, approve=True, **values):
        """Create a budget with an amount for each purpose."""
        budget = cls.env["sale.budget"].create({
            "name": "Budget 2026",
            "company_id": cls.company.id,
            "date_from": "2026-01-01",
            "owner_id": cls.owner.id,
            "line_ids": [
                Command.create({"purpose_id": purpose.id, "amount": amount}) for purpose, amount in amounts.items()
            ],
            **values,
        })
        if approve:
            budget.action_approve()
        return budget

    @staticmethod
    def _line(budget, purpose):
        return budget.line_ids.filtered(lambda line: line.purpose_id == purpose)

    @classmethod
    def _request(cls, estimate=100.0, state="draft", **values):
        """Create a request of the salesperson and take it to a state."""
        request = cls.env["sale.budget.request"].create({
            "subject": "Samples for the autumn line",
            "company_id": cls.company.id,
            "purpose_id": cls.sample.id,
            "partner_id": cls.customer.id,
            "user_id": cls.salesman.id,
            "date": date(2026, 5, 20),
            "currency_id": cls.company.currency_id.id,
            "estimate": estimate,
            **values,
        })
        if state in ("submitted", "approved"):
            request.action_submit()
        if state == "approved":
            request.action_approve()
        return request

    @classmethod
    def _amend(cls, amount, line=None, reason="Management decision"):
        return cls.env["sale.budget.amendment"].create({
            "line_id": (line or cls.line).id,
            "amount": amount,
            "reason": reason,
        })

    def assertBalance(self, line, committed, actual, available):
        """Check the figures of a line."""
        self.assertRecordValues(
            line, [{"committed_amount": committed, "actual_amount": actual, "available_amount": available}]
        )
