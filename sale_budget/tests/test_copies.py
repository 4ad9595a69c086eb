"""What is copied or comes again names the budget of its own day, and no request; what fails by night is told by day."""

from datetime import date
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from .test_bills import BillCase


@tagged("post_install", "-at_install")
class TestCopies(BillCase):
    def _tasks(self, bill):
        kind = self.env.ref("sale_budget.mail_activity_type_bill")
        return bill.activity_ids.filtered(lambda task: task.activity_type_id == kind)

    def _next(self):
        return self._budget({self.sample: 1000.0}, name="Budget 2027", date_from="2027-01-01")

    def _december(self, **values):
        return self._bill(
            100.0,
            line=self.line,
            invoice_date="2026-12-10",
            date="2026-12-10",
            auto_post="monthly",
            post=False,
            **values,
        )

    def _copy_of(self, bill):
        return self.env["account.move"].search([("auto_post_origin_id", "=", bill.id), ("id", "!=", bill.id)])

    def test_december_comes_again_in_january(self):
        line = self._next().line_ids
        bill = self._december()
        with freeze_time("2026-12-10"):
            bill.action_post()
        self.assertBalance(self.line, 0.0, 100.0, 900.0)
        copy = self._copy_of(bill)
        self.assertEqual((copy.invoice_date, copy.invoice_line_ids.sale_budget_line_id), (date(2027, 1, 10), line))
        with freeze_time("2027-01-10"):
            copy.action_post()
        self.assertBalance(self.line, 0.0, 100.0, 900.0)
        self.assertBalance(line, 0.0, 100.0, 900.0)
        self.assertFalse(self._tasks(copy))

    def test_no_budget_in_january(self):
        bill = self._december().with_user(self.accountant)
        with freeze_time("2026-12-10"):
            bill.action_post()
        copy = self._copy_of(bill)
        self.assertFalse(copy.invoice_line_ids.sale_budget_line_id)
        task = self._tasks(copy)
        self.assertEqual(len(task), 1)
        self.assertTrue(task.user_id.active)
        self.assertIn("Budget 2026", task.note)

    def test_november_stays_in_its_year(self):
        bill = self._bill(
            100.0, line=self.line, invoice_date="2026-05-10", date="2026-05-10", auto_post="monthly", post=False
        )
        bill.action_post()
        self.assertEqual(self._copy_of(bill).invoice_line_ids.sale_budget_line_id, self.line)

    def test_the_scope_stays(self):
        team = self._budget(
            {self.sample: 10.0}, name="South", team_id=self.team.id, period_kind="month", date_from="2026-05-01"
        )
        june = self._budget(
            {self.sample: 10.0}, name="South", team_id=self.team.id, period_kind="month", date_from="2026-06-01"
        )
        bill = self._bill(
            1.0, line=team.line_ids, auto_post="monthly", post=False, date="2026-05-10", invoice_date="2026-05-10"
        )
        bill.action_post()
        self.assertEqual(self._copy_of(bill).invoice_line_ids.sale_budget_line_id, june.line_ids)

    def test_a_copy_names_no_request_but_its_budget(self):
        request = self._request(300.0, "approved")
        bill = self._bill(100.0, request=request)
        copy = bill.copy()
        self.assertFalse(copy.invoice_line_ids.sale_budget_request_id)
        self.assertEqual(copy.invoice_line_ids.sale_budget_line_id, self.line)
        copy.invoice_date = "2026-05-20"
        copy.action_post()
        self.assertBalance(self.line, 200.0, 200.0, 600.0)

    def test_a_recurring_bill_names_no_request(self):
        request = self._request(300.0, "approved")
        bill = self._bill(
            100.0, request=request, auto_post="monthly", post=False, date="2026-05-10", invoice_date="2026-05-10"
        )
        bill.action_post()
        self.assertFalse(self._copy_of(bill).invoice_line_ids.sale_budget_request_id)

    def test_a_duplicate_follows_its_day(self):
        line = self._next().line_ids
        copy = self._bill(100.0, line=self.line).copy()
        self.assertEqual(copy.invoice_line_ids.sale_budget_line_id, self.line)
        copy.invoice_date = "2027-01-05"
        self.assertEqual(copy.invoice_line_ids.sale_budget_line_id, line)
        copy.invoice_date = "2026-12-30"
        self.assertEqual(copy.invoice_line_ids.sale_budget_line_id, self.line)

    def test_what_was_chosen_stays(self):
        """Last year's cost, billed this year."""
        self._next()
        bill = self._bill(100.0, line=self.line, post=False, invoice_date="2027-01-05", date="2027-01-05")
        self.assertEqual(bill.invoice_line_ids.sale_budget_line_id, self.line)
        bill.invoice_date = "2027-01-06"
        self.assertEqual(bill.invoice_line_ids.sale_budget_line_id, self.line)

    def test_a_copy_names_no_closed_budget(self):
        bill = self._bill(100.0, line=self.line)
        self.budget.action_close()
        copy = bill.with_user(self.accountant).copy()
        self.assertFalse(copy.invoice_line_ids.sale_budget_line_id)
        self.assertEqual(self._tasks(copy).user_id, self.accountant)
        bill.copy()  # by nobody who could be asked
        self.assertIn("No sales budget for", " ".join(self.budget.activity_ids.mapped("summary")))

    def test_credit_notes_and_what_is_made_instead_keep_all(self):
        request = self._request(300.0, "approved")
        for redo in (False, True):
            bill = self._bill(100.0, request=request)
            wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=bill.ids)
            wizard = wizard.create({"date": "2026-05-12", "journal_id": bill.journal_id.id})
            action = wizard.modify_moves() if redo else wizard.refund_moves()
            made = self.env["account.move"].browse(action["res_id"])
            self.assertEqual(made.invoice_line_ids.sale_budget_request_id, request)
            self.assertEqual(made.invoice_line_ids.sale_budget_line_id, self.line)

    def test_automatic_posting_that_is_refused(self):
        bill = self._bill(
            100.0, line=self.line, post=False, auto_post="at_date", invoice_date="2026-05-10", date="2026-05-10"
        )
        fine = self._bill(
            50.0, line=self.line, post=False, auto_post="at_date", invoice_date="2026-05-10", date="2026-05-10"
        )
        bill.partner_id = False
        bill.invoice_user_id = self.accountant
        self.env.flush_all()
        for _night in range(2):
            with patch.object(self.env.cr, "commit"), patch.object(self.env.cr, "rollback", self.env.invalidate_all):
                self.env["account.move"]._autopost_draft_entries()
            self.assertEqual((bill.state, fine.state), ("draft", "posted"))
            task = self._tasks(bill)
            self.assertEqual(task.user_id, self.accountant)
            self.assertFalse(self._tasks(fine))

    def test_copied_requests_start_anew(self):
        request = self._request(300.0, "approved")
        request._record_cost(300.0, True, request.date)
        copy = request.copy()
        self.assertRecordValues(
            copy,
            [
                {
                    "state": "draft",
                    "budget_line_id": False,
                    "approver_id": False,
                    "approved_by_id": False,
                    "told_cost_amount": 0.0,
                    "budget_actual_amount": 0.0,
                }
            ],
        )
        self.assertNotEqual(copy.name, request.name)
