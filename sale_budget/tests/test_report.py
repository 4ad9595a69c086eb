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


@tagged("post_install", "-at_install")
class TestRevenue(BudgetCase):
    """What counts as revenue: net of credits, at a rate, in one currency."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading("generic_coa", company=cls.company, install_demo=False)
        cls.company.currency_id = cls._currency("CNY")
        cls.report = cls.env["sale.budget.report"]
        cls.product = cls.env["product.product"].create({
            "name": "Outsole",
            "type": "service",
            "invoice_policy": "order",
            "taxes_id": [Command.clear()],
        })

    @classmethod
    def _order(cls, amount=1000.0, company=None, quantity=10, **values):
        company = company or cls.company
        order = (
            cls
            .env["sale.order"]
            .with_company(company)
            .create({
                "partner_id": cls.customer.id,
                "company_id": company.id,
                "user_id": cls.salesman.id,
                "order_line": [
                    Command.create({
                        "product_id": cls.product.id,
                        "product_uom_qty": quantity,
                        "price_unit": amount / quantity,
                        "tax_ids": [],
                    })
                ],
                **values,
            })
        )
        order.action_confirm()
        return order

    def _sums(self, *names, companies=None):
        self.env.flush_all()
        companies = companies or self.company
        report = self.report.with_context(allowed_company_ids=companies.ids)
        [values] = report._read_group([("company_id", "in", companies.ids)], [], names)
        return values

    def _dollar_pricelist(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        dollar.sudo().rate_ids.unlink()
        return dollar, self.env["product.pricelist"].create({"name": "Export", "currency_id": dollar.id})

    def test_net_of_a_price_allowance(self):
        invoice = self._order()._create_invoices()
        invoice.invoice_date = "2026-05-20"
        invoice.action_post()
        note = invoice._reverse_moves([{"invoice_date": "2026-05-21"}])
        note.invoice_line_ids.price_unit = 10.0
        note.action_post()
        self.assertEqual(self._sums("revenue:sum"), (900.0,))
        note.button_draft()
        self.assertEqual(self._sums("revenue:sum"), (1000.0,))

    def test_a_credit_note_without_an_order_on_its_day(self):
        self._order()
        note = self.env["account.move"].create({
            "move_type": "out_refund",
            "partner_id": self.customer.id,
            "invoice_date": "2026-04-02",
            "invoice_user_id": self.salesman.id,
            "invoice_line_ids": [Command.create({"name": "Bonus", "price_unit": 80.0, "tax_ids": []})],
        })
        note.action_post()
        self.assertEqual(self._sums("revenue:sum"), (920.0,))
        row = self.report.search([("document_name", "=", note.name)])
        self.assertEqual(
            (row.date, row.revenue, row.partner_id, row.user_id),
            (date(2026, 4, 2), -80.0, self.customer.commercial_partner_id, self.salesman),
        )
        self.assertEqual(row.action_open_document()["res_id"], note.id)

    def test_an_order_before_its_currency_had_a_rate(self):
        """100 USD: marked, and not counted as 100 CNY; 800 once there is a rate of 0.125."""
        dollar, pricelist = self._dollar_pricelist()
        order = self._order(100.0, pricelist_id=pricelist.id)
        self.assertEqual((order.currency_id, order.currency_rate), (dollar, 1.0))
        self._request(300.0, "approved")._record_cost(200.0, True, date(2026, 5, 25))
        self.assertEqual(self._sums("revenue:sum", "expense_share:avg"), (0.0, False))
        row = self.report.search([("kind", "=", "revenue"), ("company_id", "=", self.company.id)])
        self.assertTrue(row.is_unconverted)
        self._order(800.0)
        self.assertEqual(self._sums("revenue:sum", "expense_share:avg"), (800.0, False), "part of it is unknown")
        self.env["res.currency.rate"].create({
            "currency_id": dollar.id,
            "rate": 0.125,
            "name": "2026-07-01",
            "company_id": self.company.id,
        })
        self.assertEqual(self._sums("revenue:sum", "expense_share:avg"), (1600.0, 0.125))
        row.invalidate_recordset()
        self.assertFalse(row.is_unconverted)

    def test_no_share_of_two_currencies(self):
        """200 CNY of 4,000 CNY, and a company that sold 1,000 USD: no share of a sum of both."""
        dollars = self.env["res.company"].create({"name": "Heels Inc.", "currency_id": self.env.ref("base.USD").id})
        self.env.user.company_ids += dollars
        self.salesman.company_ids += dollars
        self._order(4000.0)
        self._order(1000.0, dollars, team_id=False)
        self._request(300.0, "approved")._record_cost(200.0, True, date(2026, 5, 25))
        both = self.company | dollars
        self.assertEqual(self._sums("expense_share:avg"), (0.05,))
        self.assertEqual(self._sums("expense_share:avg", companies=both), (False,))
        report = self.report.with_context(allowed_company_ids=both.ids)
        domain = [("company_id", "in", both.ids)]
        self.assertEqual(
            dict(report._read_group(domain, ["company_id"], ["expense_share:avg"])), {self.company: 0.05, dollars: 0.0}
        )
        for groupby in ("purpose_id", "user_id"):
            shares = {key: share for key, share in report._read_group(domain, [groupby], ["expense_share:avg"]) if key}
            self.assertFalse(any(shares.values()), groupby)
        sets = report._read_grouping_sets(domain, [[], ["purpose_id"], ["company_id"]], ["expense_share:avg"])
        self.assertEqual((sets[0], dict(sets[2])[self.company]), ([(False,)], 0.05))

    def test_nobody_writes_the_sums_of_an_order(self):
        """Revenue follows from the lines: what Odoo computes is closed to those who may change the order."""
        order = self._order()
        line = order.order_line.with_user(self.salesman)
        dollar = self._currency("USD")
        tries = [
            (order, {"amount_untaxed": 9e9}),
            (order, {"amount_total": 9e9}),
            (order, {"currency_rate": 0.0001}),
            (line, {"price_subtotal": 9e9}),
        ]
        for record, values in tries:
            with self.subTest(values=values), self.assertClosed():
                record.with_user(self.salesman).write(values)
        with self.assertRefused("confirmed in its currency"):
            order.with_user(self.salesman).write({"currency_id": dollar.id})
        self.assertEqual(self._sums("revenue:sum"), (1000.0,))
