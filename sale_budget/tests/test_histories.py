"""Random histories of a request: what the ledger says is what the arithmetic makes of the papers as they stand."""

from random import Random

from odoo import Command
from odoo.tests import tagged

from .test_bills import BillCase
from .test_target import Ledger

#: Odoo's bills take a while.
STEPS = 14


@tagged("post_install", "-at_install")
class TestHistories(BillCase):
    """The arithmetic itself is compared with books made from scratch in `test_target`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._amend(99000.0)

    def test_whatever_happens(self):
        for seed in (12, 34):
            random = Random(seed)
            self.request, self.ledger, self.bills, self.entered = self._request(500.0, "approved"), Ledger(), [], 0
            self.ledger.approve(500)
            log = []
            for _step in range(STEPS):
                action = random.choice([
                    self._by_hand,
                    self._take_back,
                    self._new,
                    self._change,
                    self._credit,
                    self._redo,
                ])
                log.append(action(random))
                with self.subTest(seed=seed, history=log):
                    figures = self.request.budget_committed_amount, self.request.budget_actual_amount
                    self.assertEqual(figures, tuple(map(float, self.ledger.figures())))
            self.ledger.release()
            self.request.action_done() if self.request.budget_actual_amount > 0 else self.request._budget_release()
            figures = self.request.budget_committed_amount, self.request.budget_actual_amount
            self.assertEqual(figures, tuple(map(float, self.ledger.figures())))
            rows = self.env["sale.budget.entry"].search([("res_id", "=", self.request.id)])
            self.assertAlmostEqual(sum(rows.mapped("amount")), sum(figures), 6)

    def _by_hand(self, random):
        amount, follows = random.randrange(10, 200), random.choice([None, True, False])
        self.request._record_cost(amount, False, self.request.date, reason="x", bill_follows=follows)
        self.ledger.manual(amount, follows)
        self.entered += amount
        return "by hand", amount, follows

    def _take_back(self, random):
        amount = min(random.randrange(10, 100), self.entered)
        if amount:
            self.request._record_cost(-amount, False, self.request.date, reason="x")
            self.ledger.correct(-amount)
            self.entered -= amount
        return "take back", amount

    def _new(self, random):
        amount, discount = random.randrange(50, 300), random.choice([0, 0, 20])
        bill = self._bill(amount, request=self.request, post=False)
        values = {"name": "Discount", "price_unit": -discount, "tax_ids": [], "sale_budget_request_id": self.request.id}
        bill.invoice_line_ids = [Command.create(values)] if discount else []
        bill.action_post()
        self.ledger.post(bill, amount, bill=bill, discount=discount)
        self.bills.append(bill)
        return "bill", amount, discount

    def _change(self, random):
        """Reset a bill or credit note, or post it again with another amount."""
        bill = random.choice(self.bills or [self._bill(10.0, line=self.line, post=False)])
        reversed_bill = bill.reversed_entry_id
        if bill not in self.bills:
            return "nothing"
        if bill.state == "posted":
            bill.button_draft()
            self.ledger.post(bill, 0, bill=reversed_bill or bill)
            return "reset", bill.id
        line = bill.invoice_line_ids[0]
        line.price_unit = line.price_unit + 10
        bill.action_post()
        amount = sum(bill.invoice_line_ids.mapped("balance"))
        self.ledger.post(bill, int(amount), bill=reversed_bill or bill)
        return "post again", bill.id, amount

    def _posted(self, random):
        posted = [bill for bill in self.bills if bill.state == "posted" and bill.move_type == "in_invoice"]
        return random.choice(posted) if posted else None

    def _credit(self, random, method="refund_moves"):
        bill = self._posted(random)
        if not bill:
            return "nothing"
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=bill.ids)
        wizard = wizard.create({"date": "2026-05-12", "journal_id": bill.journal_id.id})
        made = self.env["account.move"].browse(getattr(wizard, method)()["res_id"])
        credit = made if method == "refund_moves" else bill.reversal_move_ids.sorted("id")[-1]
        if method == "refund_moves":
            made.invoice_line_ids[0].price_unit = random.choice([made.invoice_line_ids[0].price_unit, 5.0])
            made.invoice_line_ids[1:].unlink()
            made.action_post()
        self.ledger.post(credit, int(sum(credit.invoice_line_ids.mapped("balance"))), bill=bill)
        self.bills.append(credit)
        if made != credit:
            made.invoice_date = "2026-05-12"
            made.action_post()
            self.ledger.post(made, int(sum(made.invoice_line_ids.mapped("balance"))), bill=made)
            self.bills.append(made)
        return method, bill.id

    def _redo(self, random):
        return self._credit(random, "modify_moves")
