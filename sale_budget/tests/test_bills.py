from odoo import Command
from odoo.tests import tagged, users

from .common import BudgetCase


class BillCase(BudgetCase):
    """The company has the generic chart of accounts that every Odoo brings."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading("generic_coa", company=cls.company, install_demo=False)
        cls.company.currency_id = cls._currency("CNY")
        cls.vendor = cls.env["res.partner"].create({"name": "Mould Works", "is_company": True})
        cls.tax = cls.env["account.tax"].search(
            [("company_id", "=", cls.company.id), ("type_tax_use", "=", "purchase")], limit=1
        )
        cls.tax.amount = 13.0

    @classmethod
    def _bill(cls, amount, request=None, line=None, post=True, move_type="in_invoice", **values):
        """Create a vendor bill of one line, with 13 % tax."""
        move = cls.env["account.move"].create({
            "move_type": move_type,
            "company_id": cls.company.id,
            "partner_id": cls.vendor.id,
            "invoice_date": "2026-05-15",
            "date": "2026-05-15",
            "ref": f"V/{cls.env['account.move'].search_count([])}",
            "invoice_line_ids": [
                Command.create({
                    "name": "Mould parts",
                    "price_unit": amount,
                    "tax_ids": [Command.set(cls.tax.ids)],
                    **({"sale_budget_request_id": request.id} if request else {}),
                    **({"sale_budget_line_id": line.id} if line else {}),
                })
            ],
            **values,
        })
        if post:
            move.action_post()
        return move


@tagged("post_install", "-at_install")
class TestBills(BillCase):
    def test_bill_counts_net_of_tax_when_posted(self):
        bill = self._bill(100.0, line=self.line, post=False)
        self.assertBalance(self.line, 0.0, 0.0, 1000.0)
        bill.action_post()
        self.assertBalance(self.line, 0.0, 100.0, 900.0)
        entry = self.line.entry_ids
        self.assertEqual((entry.source_model, entry.source_name), ("account.move.line", bill.name))
        self.assertEqual(entry.action_open_document()["res_id"], bill.id)

    def test_posted_reset_and_posted_again_counts_once(self):
        bill = self._bill(100.0, line=self.line)
        bill.button_draft()
        self.assertBalance(self.line, 0.0, 0.0, 1000.0)
        bill.invoice_line_ids.price_unit = 150.0
        bill.action_post()
        self.assertBalance(self.line, 0.0, 150.0, 850.0)
        bill.button_draft()
        bill.button_cancel()
        self.assertBalance(self.line, 0.0, 0.0, 1000.0)
        self.assertEqual(self.line.entry_ids.sorted("id").mapped("amount"), [100.0, -100.0, 150.0, -150.0])

    def test_syncing_twice_adds_nothing(self):
        bill = self._bill(100.0, line=self.line)
        bill.line_ids._sync_sale_budget()
        self.assertEqual(len(self.line.entry_ids), 1)

    def test_bill_moved_to_another_line(self):
        bill = self._bill(100.0, line=self.line)
        other = self._line(self.budget, self.visit)
        bill.invoice_line_ids.sale_budget_line_id = other
        self.assertBalance(self.line, 0.0, 0.0, 1000.0)
        self.assertBalance(other, 0.0, 100.0, 400.0)

    def test_bill_turns_the_commitment_into_actual_cost(self):
        request = self._request(300.0, "approved")
        bill = self._bill(200.0, request=request)
        self.assertEqual(bill.invoice_line_ids.sale_budget_line_id, self.line)
        self.assertBalance(self.line, 100.0, 200.0, 700.0)
        self.assertEqual(self.line.entry_ids[:1].partner_id, self.customer)
        self._bill(150.0, request=request)
        self.assertBalance(self.line, 0.0, 350.0, 650.0)
        bill.button_draft()
        self.assertBalance(self.line, 150.0, 150.0, 700.0)

    def test_bill_after_the_cost_was_entered_by_hand(self):
        request = self._request(300.0, "approved")
        request._record_cost(280.0, True, request.date)
        self.assertBalance(self.line, 0.0, 280.0, 720.0)
        bill = self._bill(250.0, request=request)
        self.assertBalance(self.line, 0.0, 280.0, 720.0)
        second = self._bill(50.0, request=request)
        self.assertBalance(self.line, 0.0, 300.0, 700.0)
        (bill + second).button_draft()
        self.assertBalance(self.line, 0.0, 280.0, 720.0)

    def test_bill_taken_back_reserves_nothing_for_a_closed_request(self):
        request = self._request(300.0, "approved")
        bill = self._bill(200.0, request=request)
        request.action_done()
        self.assertBalance(self.line, 0.0, 200.0, 800.0)
        bill.button_draft()
        self.assertBalance(self.line, 0.0, 0.0, 1000.0)

    def test_bill_using_all_of_it_then_closed_and_taken_back(self):
        request = self._request(300.0, "approved")
        bill = self._bill(300.0, request=request)
        request.action_done()
        bill.button_draft()
        self.assertBalance(self.line, 0.0, 0.0, 1000.0)

    def test_credit_note_takes_off(self):
        self._bill(100.0, line=self.line)
        self._bill(30.0, line=self.line, move_type="in_refund")
        self.assertBalance(self.line, 0.0, 70.0, 930.0)

    def test_reversal_takes_off_all(self):
        bill = self._bill(100.0, line=self.line)
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=bill.ids)
        refund = self.env["account.move"].browse(
            wizard.create({"date": "2026-05-12", "journal_id": bill.journal_id.id}).refund_moves()["res_id"]
        )
        refund.action_post()
        self.assertBalance(self.line, 0.0, 0.0, 1000.0)

    def test_foreign_currency(self):
        usd = self._dollar()
        self._bill(10.0, line=self.line, currency_id=usd.id)
        self.assertBalance(self.line, 0.0, 80.0, 920.0)

    def test_over_budget_is_counted_not_refused(self):
        self._bill(1300.0, line=self.line)
        self.assertBalance(self.line, 0.0, 1300.0, -300.0)
        self.assertEqual(self.line.notified_share, 1.0)

    def test_closed_budget_counts_late_bills(self):
        bill = self._bill(100.0, line=self.line)
        late = self._bill(50.0, line=self.line, post=False)
        self.budget.action_close()
        late.action_post()
        self.assertBalance(self.line, 0.0, 150.0, 850.0)
        bill.button_draft()
        self.assertBalance(self.line, 0.0, 50.0, 950.0)

    def test_request_that_is_not_approved(self):
        request = self._request(100.0, "submitted")
        bill = self._bill(100.0, request=request, post=False)
        with self.assertRefused("is not approved yet, so no budget pays"):
            bill.action_post()

    def test_sales_invoices_never_count(self):
        invoice = self._bill(100.0, line=self.line, post=False, move_type="out_invoice")
        invoice.invoice_line_ids.tax_ids = False
        invoice.action_post()
        self.assertBalance(self.line, 0.0, 0.0, 1000.0)

    @users("budget_accountant")
    def test_accountant_posts(self):
        request = self._request(300.0, "approved")
        bill = self._bill(200.0, request=request, post=False)
        bill.with_env(self.env).action_post()
        self.assertBalance(self.line, 100.0, 200.0, 700.0)

    def test_queries_do_not_grow_with_the_lines(self):
        Entry = self.env["sale.budget.entry"]

        def count(size):
            requests = self.env["sale.budget.request"].union(*(self._request(1.0) for _n in range(size)))
            requests.action_submit()
            requests.action_approve()
            bill = self._bill(1.0, request=requests[0], post=False)
            bill.invoice_line_ids = [
                Command.create({"name": "x", "price_unit": 1.0, "tax_ids": [], "sale_budget_request_id": request.id})
                for request in requests[1:]
            ]
            sources = [line._get_sale_budget_source(1.0, line.sale_budget_request_id) for line in bill.invoice_line_ids]
            self.env.flush_all()
            before = self.cr.sql_log_count
            Entry._sync_sources(sources)
            self.env.flush_all()
            queries = self.cr.sql_log_count - before
            self.assertEqual(Entry.search_count([("source_id", "in", bill.invoice_line_ids.ids)]), 2 * size)
            return queries

        count(2)
        self.assertEqual(count(2), count(20))
