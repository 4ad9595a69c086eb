from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged, users
from odoo.tools import mute_logger

from .common import BudgetCase


@tagged("post_install", "-at_install")
class TestRequest(BudgetCase):
    @users("budget_salesman")
    def test_salesperson_asks_owner_approves(self):
        with Form(self.env["sale.budget.request"]) as form:
            form.subject = "Samples for Huafeng"
            form.purpose_id = self.sample
            form.partner_id = self.customer
            form.estimate = 1200.0
            self.assertEqual(form.budget_available_amount, 1000.0)
            self.assertEqual(form.budget_shortfall_amount, 200.0)
            form.estimate = 200.0
            self.assertEqual(form.budget_shortfall_amount, 0.0)
        request = form.record
        self.assertRegex(request.name, r"^BR/2026/\d{4}$")
        self.assertEqual(request.team_id, self.team)
        request.action_submit()
        self.assertEqual(request.approver_id, self.owner)
        self.assertEqual(request.activity_ids.user_id, self.owner)
        self.assertFalse(request.can_approve)
        with self.assertRefused("only the owner of the budget", AccessError):
            request.action_approve()
        by_owner = request.with_user(self.owner)
        self.assertTrue(by_owner.can_approve)
        by_owner.action_approve()
        self.assertEqual((request.state, request.approved_by_id), ("approved", self.owner))
        self.assertFalse(request.sudo().activity_ids)
        wizard = Form(self.env["sale.budget.request.spend"].with_context(default_request_ids=request.ids))
        self.assertEqual(wizard.amount, 200.0)
        wizard.amount = 180.0
        wizard.save().action_confirm()
        self.assertEqual((request.state, request.budget_actual_amount), ("done", 180.0))
        self.assertBalance(self.line, 0.0, 180.0, 820.0)

    def test_spending_in_parts(self):
        request = self._request(300.0, "approved")
        Spend = self.env["sale.budget.request.spend"].with_user(self.salesman)
        for amount, final in ((100.0, False), (50.0, True)):
            wizard = Spend.with_context(default_request_ids=request.ids).create({"amount": amount, "is_final": final})
            wizard.action_confirm()
        self.assertEqual(request.state, "done")
        self.assertBalance(self.line, 0.0, 150.0, 850.0)
        with self.assertRefused("only approved requests can be spent"):
            request._record_cost(5.0, True, request.date)

    def test_close_releases_the_rest(self):
        request = self._request(300.0, "approved")
        with self.assertRefused("nothing was spent so far"):
            request.action_done()
        request._record_cost(100.0, False, request.date)
        request.action_done()
        self.assertBalance(self.line, 0.0, 100.0, 900.0)

    def test_overspend_wizard(self):
        request = self._request(1200.0, "submitted").with_user(self.overspender)
        action = request.action_approve_over()
        wizard = self.env["sale.budget.overspend"].with_user(self.overspender)
        wizard = wizard.with_context(**action["context"]).create({"reason": "Key customer"})
        self.assertEqual(wizard.shortfall_amount, 200.0)
        wizard.action_confirm()
        self.assertEqual(request.state, "approved")
        with self.assertRaises(AccessError):
            wizard.with_user(self.manager).action_confirm()

    def test_overspend_wizard_serves_no_other_model(self):
        wizard = (
            self
            .env["sale.budget.overspend"]
            .with_user(self.overspender)
            .create({"res_model": "res.partner", "res_ids": str(self.customer.id), "reason": "x"})
        )
        with self.assertRefused("no document"):
            wizard.action_confirm()

    def test_refused_with_reason(self):
        request = self._request(100.0, "submitted")
        wizard = (
            self
            .env["sale.budget.request.refuse"]
            .with_user(self.owner)
            .create({"request_ids": request.ids, "reason": "Ask again in autumn"})
        )
        wizard.action_confirm()
        self.assertEqual((request.state, request.refuse_reason), ("refused", "Ask again in autumn"))
        request.with_user(self.salesman).action_draft()
        self.assertFalse(request.refuse_reason)
        with self.assertRaises(AccessError):
            self.env["sale.budget.request.refuse"].with_user(self.salesman).create({
                "request_ids": self._request(10.0, "submitted").ids,
                "reason": "No",
            }).action_confirm()

    def test_bad_amounts(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._request(-1.0)
        with self.assertRefused("estimate above zero"):
            self._request(0.0).action_submit()

    def test_approved_terms_are_fixed(self):
        request = self._request(100.0, "approved")
        for vals in ({"estimate": 500.0}, {"purpose_id": self.visit.id}, {"user_id": self.colleague.id}):
            with self.assertRefused("what was approved is fixed"):
                request.write(vals)
        request.description = "<p>More about it</p>"
        request = self._request(100.0, "submitted")
        with self.assertRefused("Take it back to draft"):
            request.estimate = 500.0
        request.action_draft()
        request.estimate = 500.0

    def test_foreign_currency(self):
        usd = self._currency("USD")
        usd.rate_ids.unlink()
        with self.assertRefused("no exchange rate of USD to CNY"):
            self._request(100.0, currency_id=usd.id)
        self.env["res.currency.rate"].create({
            "currency_id": usd.id,
            "rate": 0.125,
            "name": "2026-01-01",
            "company_id": self.company.id,
        })
        request = self._request(100.0, "approved", currency_id=usd.id)
        self.assertEqual(request.estimate_company, 800.0)
        self.assertBalance(self.line, 800.0, 0.0, 200.0)

    @users("budget_salesman")
    def test_state_and_budget_are_closed_to_rpc(self):
        request = self._request(100.0).with_env(self.env)
        for vals in (
            {"state": "approved"},
            {"budget_line_id": self.line.id},
            {"approver_id": self.env.uid},
            {"approved_by_id": self.env.uid},
        ):
            with self.assertRaises(AccessError):
                request.write(vals)
            with self.assertRaises(AccessError):
                request.create({"subject": "x", "purpose_id": self.sample.id, "estimate": 1.0, **vals})
        with self.assertRaises(UserError):
            request.name = "BR/1"

    def test_buttons_on_customer_and_lead(self):
        lead = self.env["crm.lead"].create({"name": "New sole", "partner_id": self.customer.id, "type": "opportunity"})
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id})
        self._request(10.0, lead_id=lead.id)
        self._request(10.0, partner_id=contact.id)
        self.assertEqual(self.customer.with_user(self.salesman).sale_budget_request_count, 2)
        self.assertEqual(self.customer.with_user(self.colleague).sale_budget_request_count, 0)
        self.assertEqual(lead.with_user(self.manager).sale_budget_request_count, 1)
        other = self.env["crm.lead"].create({"name": "Same sole", "type": "opportunity"})
        (lead + other).merge_opportunity()
        self.assertEqual((lead + other).exists().sale_budget_request_count, 1)
