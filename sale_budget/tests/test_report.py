from datetime import date, datetime

from odoo import Command
from odoo.tests import tagged, users

from .common import BudgetCase

MEASURES = ["planned:sum", "amended:sum", "committed:sum", "actual:sum", "available:sum"]


@tagged("post_install", "-at_install")
class TestReport(BudgetCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls.env["sale.budget.report"]
        cls.domain = [("company_id", "=", cls.company.id)]
        cls.other_customer = cls.env["res.partner"].create({"name": "Yuxing", "is_company": True})
        cls.product = cls.env["product.product"].create({
            "name": "Outsole",
            "type": "service",
            "taxes_id": [Command.clear()],
        })
        # 31 May in Shanghai, 30 May in UTC … and 1 June in Shanghai, 31 May in UTC
        cls._order(cls.customer, 4000.0, datetime(2026, 5, 30, 17, 0), cls.salesman)
        cls._order(cls.other_customer, 1000.0, datetime(2026, 5, 31, 17, 0), cls.colleague)
        request = cls._request(300.0, "approved")
        request._record_cost(200.0, True, date(2026, 5, 25))
        request = cls._request(
            100.0,
            "approved",
            purpose_id=cls.visit.id,
            user_id=cls.colleague.id,
            partner_id=cls.other_customer.id,
            date="2026-06-02",
        )
        request._record_cost(50.0, False, date(2026, 6, 2))
        cls._amend(100.0)

    @classmethod
    def _order(cls, partner, amount, moment, user):
        order = cls.env["sale.order"].create({
            "partner_id": partner.id,
            "company_id": cls.company.id,
            "user_id": user.id,
            "order_line": [Command.create({"product_id": cls.product.id, "price_unit": amount, "tax_ids": []})],
        })
        order.action_confirm()
        order.date_order = moment
        return order

    def _groups(self, groupby, aggregates, domain=()):
        rows = self.report._read_group([*self.domain, *domain], [groupby], aggregates)
        return {row[0]: row[1:] for row in rows}

    def test_budget_against_committed_and_actual(self):
        groups = self._groups("purpose_id", MEASURES, [("kind", "!=", "revenue")])
        self.assertEqual(groups[self.sample], (1000.0, 100.0, 0.0, 200.0, 900.0))
        self.assertEqual(groups[self.visit], (500.0, 0.0, 50.0, 50.0, 400.0))

    def test_report_agrees_with_the_lines(self):
        groups = self._groups("line_id", ["available:sum"], [("kind", "!=", "revenue")])
        for line in self.budget.line_ids:
            self.assertEqual(groups[line], (line.available_amount,))

    def test_expenses_by_customer_and_salesperson(self):
        wanted = ["actual:sum", "revenue:sum", "expense_share:avg"]
        self.assertEqual(
            {key.name: value for key, value in self._groups("partner_id", wanted).items() if key},
            {"Huafeng": (200.0, 4000.0, 0.05), "Yuxing": (50.0, 1000.0, 0.05)},
        )
        by_user = self._groups("user_id", wanted)
        self.assertEqual(by_user[self.salesman], (200.0, 4000.0, 0.05))

    def test_month_is_that_of_the_company(self):
        by_month = self._groups("date:month", ["actual:sum", "revenue:sum", "expense_share:avg"])
        self.assertEqual(by_month[date(2026, 5, 1)], (200.0, 4000.0, 0.05))
        self.assertEqual(by_month[date(2026, 6, 1)], (50.0, 1000.0, 0.05))

    def test_share_of_a_purpose_is_of_all_revenue(self):
        shares = self._groups("purpose_id", ["expense_share:avg"])
        self.assertEqual(shares[self.sample], (0.04,))
        self.assertEqual(shares[self.visit], (0.01,))
        [[total]] = self.report._read_group(self.domain, [], ["expense_share:avg"])
        self.assertEqual(total, 0.05)
        # with a filter on the purpose, and by customer within it
        filtered = self._groups("partner_id", ["expense_share:avg"], [("purpose_id", "=", self.sample.id)])
        self.assertEqual(filtered[self.customer], (0.05,))
        excluded = self._groups("partner_id", ["expense_share:avg"], ["!", ("purpose_id", "=", self.visit.id)])
        self.assertEqual(excluded[self.customer], (0.05,))

    def test_pivot_of_the_web_client(self):
        [total], purposes = self.report._read_grouping_sets(
            self.domain, [[], ["purpose_id"]], ["actual:sum", "expense_share:avg"]
        )
        self.assertEqual(total, (250.0, 0.05))
        self.assertEqual({row[0]: row[2] for row in purposes}[self.sample], 0.04)
        data = self.report.formatted_read_group(self.domain, ["user_id"], ["expense_share:avg"])
        self.assertIn(0.05, [row["expense_share:avg"] for row in data])

    def test_no_revenue_is_no_share(self):
        self.env["sale.order"].search([("company_id", "=", self.company.id)])._action_cancel()
        [[share]] = self.report._read_group(self.domain, [], ["expense_share:avg"])
        self.assertFalse(share)

    def test_drill_down(self):
        for kind, model in (("plan", "sale.budget"), ("ledger", "sale.budget.request"), ("revenue", "sale.order")):
            row = self.report.search([*self.domain, ("kind", "=", kind)], limit=1)
            self.assertEqual(row.action_open_document()["res_model"], model)

    @users("budget_salesman")
    def test_salesperson_sees_own_figures(self):
        rows = self.env["sale.budget.report"].search(self.domain)
        self.assertEqual(rows.user_id, self.env.user)
        self.assertEqual(sum(rows.mapped("actual")), 200.0)

    @users("budget_leader", "budget_manager", "budget_finance")
    def test_others_see_all(self):
        rows = self.env["sale.budget.report"].search(self.domain)
        self.assertEqual(sum(rows.mapped("actual")), 250.0)
        self.assertEqual(sum(rows.mapped("revenue")), 5000.0)

    def test_drafts_are_no_budget(self):
        self._budget({self.gift: 100.0}, approve=False)
        self.assertNotIn(self.gift, self._groups("purpose_id", ["planned:sum"]))
