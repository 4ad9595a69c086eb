from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged, users

from odoo.addons.sale_budget.tests.test_bills import BillCase
from odoo.addons.sale_budget.tests.test_lost_tax import LostTaxCase


class ExpenseMixin:
    """An employee, who approves, and a product with 13 % tax."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        approver = new_test_user(
            cls.env,
            "budget_expense_approver",
            groups="hr_expense.group_hr_expense_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.employee = cls.env["hr.employee"].create({
            "name": "Wang Li",
            "user_id": cls.salesman.id,
            "company_id": cls.company.id,
            "expense_manager_id": approver.id,
        })
        cls.env["hr.employee"].create({"name": "Approver", "user_id": cls.env.user.id, "company_id": cls.company.id})
        cls.product = cls.env["product.product"].create({
            "name": "Train ticket",
            "type": "service",
            "can_be_expensed": True,
            "supplier_taxes_id": [Command.set(cls.tax.ids)],
        })

    @classmethod
    def _expense(cls, amount, request=None, line=None, approve=True, **values):
        """Create an expense; its amount includes 13 % tax."""
        expense = cls.env["hr.expense"].create({
            "name": "Train to Wenzhou",
            "employee_id": cls.employee.id,
            "company_id": cls.company.id,
            "product_id": cls.product.id,
            "total_amount_currency": amount,
            "date": "2026-05-11",
            "payment_mode": "own_account",
            "sale_budget_request_id": request.id if request else False,
            **({"sale_budget_line_id": line.id} if line else {}),
            **values,
        })
        if approve:
            expense.action_submit()
            expense._do_approve(check=False)
        return expense


@tagged("post_install", "-at_install")
class TestExpenses(ExpenseMixin, BillCase):
    def test_counts_from_approval_net_of_tax(self):
        expense = self._expense(113.0, line=self.line, approve=False)
        self.assertBalance(self.line, 0.0, 0.0, 1000.0)
        expense.action_submit()
        self.assertBalance(self.line, 0.0, 0.0, 1000.0)
        expense._do_approve(check=False)
        self.assertBalance(self.line, 0.0, 100.0, 900.0)
        entry = self.line.entry_ids
        self.assertEqual((entry.user_id, entry.team_id, entry.document_name), (self.salesman, self.team, expense.name))
        self.assertEqual(entry.action_open_document()["res_model"], "hr.expense")

    def test_posting_does_not_count_again(self):
        expense = self._expense(113.0, line=self.line)
        expense._post_without_wizard()
        self.assertEqual(expense.account_move_id.state, "posted")
        self.assertBalance(self.line, 0.0, 100.0, 900.0)
        # not even when someone names the budget on the entry, too
        move_line = expense.account_move_id.invoice_line_ids
        move_line.sale_budget_line_id = self.line
        self.assertBalance(self.line, 0.0, 100.0, 900.0)

    def test_paid_by_the_company(self):
        expense = self._expense(113.0, line=self.line, payment_mode="company_account", vendor_id=self.vendor.id)
        expense.action_post()
        self.assertTrue(expense.account_move_id)
        self.assertBalance(self.line, 0.0, 100.0, 900.0)

    def test_reset_and_approved_again_counts_once(self):
        expense = self._expense(113.0, line=self.line)
        expense.action_reset()
        self.assertBalance(self.line, 0.0, 0.0, 1000.0)
        expense.total_amount_currency = 226.0
        expense.action_submit()
        expense._do_approve(check=False)
        self.assertBalance(self.line, 0.0, 200.0, 800.0)
        expense._do_refuse("Wrong trip")
        self.assertBalance(self.line, 0.0, 0.0, 1000.0)

    def test_expense_of_a_request(self):
        request = self._request(300.0, "approved")
        expense = self._expense(113.0, request=request)
        self.assertEqual(expense.sale_budget_line_id, self.line)
        self.assertBalance(self.line, 200.0, 100.0, 700.0)
        self.assertEqual(self.line.entry_ids.partner_id, self.customer)
        request.action_done()
        self.assertBalance(self.line, 0.0, 100.0, 900.0)

    def test_expense_after_the_cost_was_entered_by_hand(self):
        request = self._request(300.0, "approved")
        request._record_cost(120.0, True, request.date)
        self._expense(113.0, request=request)
        self.assertBalance(self.line, 0.0, 120.0, 880.0)

    def test_bill_and_expense_of_one_request(self):
        request = self._request(300.0, "approved")
        self._expense(113.0, request=request)
        self._bill(150.0, request=request)
        self.assertBalance(self.line, 50.0, 250.0, 700.0)

    def test_request_that_is_not_approved(self):
        request = self._request(100.0, "submitted")
        expense = self._expense(113.0, request=request, approve=False)
        expense.action_submit()
        with self.assertRefused("is not approved yet, so no budget pays"):
            expense._do_approve(check=False)

    def test_closed_budget_counts_late_expenses(self):
        expense = self._expense(113.0, line=self.line, approve=False)
        expense.action_submit()
        self.budget.action_close()
        expense._do_approve(check=False)
        self.assertBalance(self.line, 0.0, 100.0, 900.0)
        kind = self.env.ref("sale_budget.mail_activity_type_uncovered")
        task = self.budget.activity_ids.filtered(lambda one: one.activity_type_id == kind)
        self.assertEqual(task.user_id, self.owner)
        self.assertIn("Train to Wenzhou", task.note)

    def test_a_copy_names_no_request_and_the_budget_of_its_day(self):
        request = self._request(300.0, "approved")
        expense = self._expense(113.0, request=request)
        copy = expense.copy()
        self.assertEqual(copy.sale_budget_request_id, request.browse())
        self.assertEqual(copy.sale_budget_line_id, self.line)
        later = self._budget({self.sample: 10.0}, name="Budget 2027", date_from="2027-01-01").line_ids
        copy.date = "2027-02-01"
        self.assertEqual(copy.sale_budget_line_id, later)
        copy.date = "2028-02-01"
        self.assertFalse(copy.sale_budget_line_id)
        self.assertIn("Budget 2027", copy.message_ids[0].body)
        expense._do_refuse("Wrong trip")
        request.action_cancel()
        self.budget.action_close()
        self.assertFalse(expense.copy().sale_budget_line_id)

    def test_parts_of_a_split_expense_are_for_the_same_request(self):
        request = self._request(300.0, "approved")
        expense = self._expense(113.0, request=request, approve=False)
        split = self.env["hr.expense.split.wizard"].browse(expense.action_split_wizard()["res_id"])
        split.action_split_expense()
        parts = self.env["hr.expense"].search([("sale_budget_request_id", "=", request.id)])
        self.assertEqual(len(parts), 2)
        parts.action_submit()
        parts._do_approve(check=False)
        self.assertEqual((request.budget_committed_amount, request.budget_actual_amount), (200.0, 100.0))

    @users("budget_expense_approver")
    def test_approver_needs_no_right_to_budgets(self):
        expense = self._expense(113.0, line=self.line, approve=False)
        expense.action_submit()
        expense.with_env(self.env)._do_approve(check=False)
        self.assertBalance(self.line, 0.0, 100.0, 900.0)
        with self.assertRaises(AccessError):
            self.line.with_env(self.env).read(["available_amount"])

    def test_queries_do_not_grow_with_the_expenses(self):
        def count(size):
            expenses = self.env["hr.expense"].union(
                *(self._expense(113.0, line=self.line, approve=False) for _n in range(size))
            )
            self.env.flush_all()
            sources = [
                expense._get_sale_budget_source(1.0, expense.sale_budget_request_id or None) for expense in expenses
            ]
            before = self.cr.sql_log_count
            self.env["sale.budget.entry"]._sync_sources(sources)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(2)
        self.assertEqual(count(2), count(20))

    @users("budget_salesman")
    def test_an_employee_names_what_they_may_see_while_it_is_a_draft(self):
        theirs = self._request(50.0, "approved", user_id=self.colleague.id)
        north = self._budget({self.gift: 500.0}, name="North", team_id=self.other_team.id).line_ids
        expense = self._expense(113.0, line=self.line, approve=False).with_env(self.env)
        for vals in ({"sale_budget_request_id": theirs.id}, {"sale_budget_line_id": north.id}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                expense.write(vals)
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                expense.create({"name": "x", "employee_id": self.employee.id, **vals})
        mine = self._request(60.0, "approved")
        expense.sale_budget_request_id = mine
        expense.sudo().action_submit()
        expense.sudo()._do_approve(check=False)
        self.env.invalidate_all()
        for vals in ({"sale_budget_request_id": False}, {"sale_budget_line_id": False}):
            with self.assertRefused("what pays for it is decided"), self.env.cr.savepoint():
                expense.write(vals)
        self.assertEqual(expense.sale_budget_request_id, mine)
        self.assertBalance(north, 0.0, 0.0, 500.0)


@tagged("post_install", "-at_install")
class TestLostTaxOfExpenses(ExpenseMixin, LostTaxCase):
    """An employee has paid 1,130, tax included: what is not recovered of the tax is cost."""

    def test_nothing_half_or_all_is_recovered(self):
        for tax, actual in ((self.lost, 1130.0), (self.half, 1065.0), (self.tax, 1000.0), (self.lost.browse(), 1130.0)):
            with self.subTest(tax=tax.name):
                expense = self._expense(1130.0, line=self.line, tax_ids=[Command.set(tax.ids)])
                self.assertActual(actual)
                expense._post_without_wizard()
                self.assertActual(actual)
                costs = expense.account_move_id.line_ids.filtered(
                    lambda line, account=expense.account_id: line.account_id == account
                )
                self.assertAlmostEqual(sum(costs.mapped("balance")), actual, 2)  # as the journal entry has it
                self.env["sale.budget.entry"]._sync_sources([expense._get_sale_budget_source(0.0, None)])

    def test_in_foreign_currency_and_paid_by_the_company(self):
        usd = self._dollar()
        values = {"tax_ids": [Command.set(self.half.ids)], "currency_id": usd.id}
        self._expense(113.0, line=self.line, **values)
        self.assertActual(852.0)
        expense = self._expense(
            113.0, line=self.line, payment_mode="company_account", vendor_id=self.vendor.id, **values
        )
        expense.action_post()
        self.assertActual(1704.0)

    def test_rounding(self):
        expense = self._expense(9.99, line=self.line, tax_ids=[Command.set(self.half.ids)])
        self.assertAlmostEqual(expense._get_recovered_tax() + self.line.actual_amount, 9.99, 6)
