from odoo import Command
from odoo.tests import tagged

from .test_bills import BillCase


@tagged("post_install", "-at_install")
class TestCorrections(BillCase):
    """However accountants and salespeople correct themselves, a request holds what its papers say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._amend(9000.0)

    def assertHolds(self, request, reserved, actual):
        """Check the figures of a request, also on a budget line that pays for nothing else."""
        figures = (request.budget_committed_amount, request.budget_actual_amount)
        self.assertEqual(figures, (reserved, actual))
        self.assertEqual(sum(request.budget_line_id.entry_ids.mapped("amount")), self.before + reserved + actual)

    def _start(self):
        """Return a request of 300 of the salesperson, approved by the owner of the budget."""
        self.before = sum(self.line.entry_ids.mapped("amount"))
        request = self._request(300.0)
        request.with_user(self.salesman).action_submit()
        request.with_user(self.owner).action_approve()
        return request

    def _reverse(self, bill, again=False):
        """Reverse a bill as the accountant; with ``again``, return the new draft instead of the credit note."""
        wizard = self.env["account.move.reversal"].with_user(self.accountant)
        wizard = wizard.with_context(active_model="account.move", active_ids=bill.ids)
        wizard = wizard.create({"date": "2026-05-12", "journal_id": bill.journal_id.id})
        action = wizard.modify_moves() if again else wizard.refund_moves()
        return self.env["account.move"].browse(action["res_id"]).with_user(self.accountant)

    def test_any_order_of_posting_and_resetting(self):
        """Bill a is posted, reset and posted again, bill b posted and reset, between them cost is entered by hand."""
        for order in ("aaabbm", "ambaba", "bamaab", "mababa", "bbmaaa"):
            with self.subTest(order=order):
                request = self._start()
                bills = {
                    name: self._bill(amount, request=request, post=False).with_user(self.accountant)
                    for name, amount in (("a", 100.0), ("b", 150.0))
                }
                for name in order:
                    if name == "m":
                        request.with_user(self.salesman)._record_cost(30.0, False, request.date)
                    elif bills[name].state == "draft":
                        bills[name].action_post()
                    else:
                        bills[name].button_draft()
                self.assertHolds(request, 170.0, 130.0)
                request.with_user(self.salesman).action_done()
                self.assertHolds(request, 0.0, 130.0)
                bills["a"].button_draft()
                self.assertHolds(request, 0.0, 30.0)
                bills["a"].action_post()
                self.assertHolds(request, 0.0, 130.0)

    def test_bill_keeps_its_place_before_cost_entered_later(self):
        request = self._start()
        bill = self._bill(300.0, request=request).with_user(self.accountant)
        request.with_user(self.salesman)._record_cost(50.0, False, request.date, reason="Freight")
        self.assertHolds(request, 0.0, 350.0)
        bill.button_draft()
        self.assertHolds(request, 250.0, 50.0)
        bill.action_post()
        self.assertHolds(request, 0.0, 350.0)

    def test_cost_entered_while_the_bill_was_reset(self):
        """What is entered when the bill does not count is proved by it once it is posted again, not added to it."""
        request = self._start()
        bill = self._bill(300.0, request=request).with_user(self.accountant)
        bill.button_draft()
        request.with_user(self.salesman)._record_cost(300.0, False, request.date)
        self.assertHolds(request, 0.0, 300.0)
        bill.action_post()
        self.assertHolds(request, 0.0, 300.0)

    def test_reverse_and_create_invoice(self):
        request = self._start()
        bill = self._bill(200.0, request=request)
        new = self._reverse(bill, again=True)
        self.assertHolds(request, 300.0, 0.0)
        new.invoice_line_ids.price_unit = 180.0
        new.invoice_date = "2026-05-12"
        new.action_post()
        self.assertHolds(request, 120.0, 180.0)

    def test_credit_note_of_a_part(self):
        request = self._start()
        credit = self._reverse(self._bill(200.0, request=request))
        credit.invoice_line_ids.price_unit = 50.0
        credit.action_post()
        self.assertHolds(request, 100.0, 150.0)
        credit.button_draft()
        self.assertHolds(request, 100.0, 200.0)

    def test_bill_of_another_purpose_leaves_the_reservation(self):
        request = self._start()
        visits = self._line(self.budget, self.visit)
        bill = self._bill(100.0, request=request)
        bill.invoice_line_ids.sale_budget_line_id = visits
        self.assertBalance(self.line, 300.0, 0.0, 9700.0)
        self.assertBalance(visits, 0.0, 100.0, 400.0)
        bill.button_draft()
        self.assertBalance(visits, 0.0, 0.0, 500.0)

    def test_bill_between_cancelled_and_approved_again(self):
        request = self._start()
        request.with_user(self.salesman).action_cancel()
        self._bill(200.0, request=request)
        self.assertHolds(request, 0.0, 200.0)
        for action in ("action_draft", "action_submit"):
            getattr(request.with_user(self.salesman), action)()
        request.with_user(self.owner).action_approve()
        self.assertHolds(request, 100.0, 200.0)

    def test_bill_reset_before_and_posted_after_a_new_approval(self):
        request = self._start()
        bill = self._bill(200.0, request=request).with_user(self.accountant)
        bill.button_draft()
        for action in ("action_cancel", "action_draft", "action_submit"):
            getattr(request.with_user(self.salesman), action)()
        request.with_user(self.owner).action_approve()
        self.assertHolds(request, 300.0, 0.0)
        bill.action_post()
        self.assertHolds(request, 100.0, 200.0)

    def test_bill_moves_to_another_request(self):
        request = self._start()
        other = self._request(100.0, "approved")
        bill = self._bill(80.0, request=request)
        bill.invoice_line_ids.sale_budget_request_id = other
        self.assertEqual((request.budget_committed_amount, request.budget_actual_amount), (300.0, 0.0))
        self.assertEqual((other.budget_committed_amount, other.budget_actual_amount), (20.0, 80.0))

    def test_bill_taken_back_in_a_closed_budget(self):
        request = self._start()
        bill = self._bill(300.0, request=request).with_user(self.accountant)
        request.action_done()
        self.budget.action_close()
        bill.button_draft()
        self.assertHolds(request, 0.0, 0.0)
        bill.action_post()
        self.assertHolds(request, 0.0, 300.0)

    def test_reverse_and_create_the_same_again(self):
        request = self._start()
        new = self._reverse(self._bill(200.0, request=request), again=True)
        self.assertHolds(request, 300.0, 0.0)
        new.invoice_date = "2026-05-12"
        new.action_post()
        self.assertHolds(request, 100.0, 200.0)
        new.button_draft()
        self.assertHolds(request, 300.0, 0.0)

    def test_first_of_two_bills_is_reset(self):
        request = self._start()
        first = self._bill(200.0, request=request).with_user(self.accountant)
        self._bill(150.0, request=request)
        self.assertHolds(request, 0.0, 350.0)
        first.button_draft()
        self.assertHolds(request, 150.0, 150.0)

    def test_discount_line_is_part_of_its_bill(self):
        request = self._start()
        bill = self._bill(150.0, request=request, post=False)
        discount = {"name": "Discount", "price_unit": -50.0, "tax_ids": [], "sale_budget_request_id": request.id}
        bill.invoice_line_ids = [Command.create(discount)]
        bill.action_post()
        self.assertHolds(request, 200.0, 100.0)
        credit = self._reverse(bill)
        credit.action_post()
        self.assertHolds(request, 300.0, 0.0)
        credit.button_draft()
        bill.button_draft()
        self.assertHolds(request, 300.0, 0.0)
