"""Tax that is not recovered is cost of the budget: whoever pays 1,130 for 1,000 has spent 1,130."""

from odoo import Command
from odoo.tests import tagged

from .test_bills import BillCase


class LostTaxCase(BillCase):
    """Taxes of 13 % of which nothing, half or all is recovered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._amend(99000.0)
        cls.recoverable = cls.tax.invoice_repartition_line_ids.account_id
        cls.lost = cls._tax("Lost 13 %", [(100, None)])
        cls.half = cls._tax("Half 13 %", [(50, cls.recoverable), (50, None)])

    @classmethod
    def _tax(cls, name, parts, **values):
        """Create a tax of 13 %.

        :param parts: per cent and account of each part; None where it is not recovered
        """

        def repartition(document):
            return [Command.create({"document_type": document, "repartition_type": "base"})] + [
                Command.create({
                    "document_type": document,
                    "repartition_type": "tax",
                    "factor_percent": percent,
                    "account_id": account.id if account else False,
                })
                for percent, account in parts
            ]

        return cls.env["account.tax"].create({
            "name": name,
            "amount": 13.0,
            "type_tax_use": "purchase",
            "company_id": cls.company.id,
            "country_id": cls.tax.country_id.id,
            "tax_group_id": cls.tax.tax_group_id.id,
            "invoice_repartition_line_ids": repartition("invoice"),
            "refund_repartition_line_ids": repartition("refund"),
            **values,
        })

    def _lines(self, *lines, post=True, **values):
        """Create a bill with lines: amount, taxes and budget line of each."""
        bill = self._bill(1.0, post=False, **values)
        bill.invoice_line_ids = [
            Command.clear(),
            *(
                Command.create({
                    "name": "Parts",
                    "price_unit": amount,
                    "tax_ids": [Command.set(taxes.ids)],
                    "sale_budget_line_id": line.id if line else False,
                })
                for amount, taxes, line in lines
            ),
        ]
        if post:
            bill.action_post()
        return bill

    def assertActual(self, actual, line=None):
        self.assertAlmostEqual((line or self.line).actual_amount, actual, 6)


@tagged("post_install", "-at_install")
class TestLostTax(LostTaxCase):
    def test_nothing_half_or_all_is_recovered(self):
        for tax, actual in ((self.lost, 1130.0), (self.half, 1065.0), (self.tax, 1000.0)):
            with self.subTest(tax=tax.name):
                bill = self._lines((1000.0, tax, self.line))
                self.assertActual(actual)
                bill.button_draft()
                self.assertActual(0.0)

    def test_credit_note(self):
        self._lines((1000.0, self.half, self.line))
        self._lines((100.0, self.half, self.line), move_type="in_refund")
        self.assertActual(958.5)

    def test_reversal(self):
        bill = self._lines((1000.0, self.lost, self.line))
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=bill.ids)
        wizard.create({"date": "2026-05-12", "journal_id": bill.journal_id.id}).modify_moves()
        self.assertActual(0.0)

    def test_foreign_currency(self):
        usd = self._dollar()
        self._lines((100.0, self.half, self.line), currency_id=usd.id)
        self.assertActual(852.0)

    def test_tax_included_in_the_price(self):
        included = self._tax("Included", [(50, self.recoverable), (50, None)], price_include_override="tax_included")
        self._lines((1130.0, included, self.line))
        self.assertActual(1065.0)

    def test_the_parts_of_several_lines_add_up(self):
        """Of one tax line, lines of two budgets and one of none get their parts; no cent is lost."""
        visit = self._line(self.budget, self.visit)
        self._amend(500.0, visit)
        bill = self._lines((33.33, self.lost, self.line), (33.33, self.lost, visit), (33.35, self.lost, None))
        [tax_line] = bill.line_ids.filtered("tax_repartition_line_id")
        costs = bill.invoice_line_ids.mapped("sale_budget_cost")
        self.assertAlmostEqual(sum(costs), 100.01 + tax_line.balance, 6)
        for cost, base in zip(costs, (33.33, 33.33, 33.35), strict=True):
            self.assertLess(abs(cost - base * 1.13), 0.011)
        self.assertActual(costs[0])
        self.assertActual(costs[1], visit)

    def test_tax_line_changed_by_hand(self):
        """The vendor has rounded in another way: what is posted counts."""
        bill = self._lines((100.0, self.half, self.line), (200.0, self.half, None), post=False)
        lost = bill.line_ids.filtered(lambda line: line.tax_repartition_line_id and line.account_id != self.recoverable)
        self.assertEqual(sum(lost.mapped("balance")), 19.5)
        bill.line_ids = [Command.update(lost[0].id, {"amount_currency": 19.53})]
        bill.action_post()
        self.assertAlmostEqual(sum(bill.invoice_line_ids.mapped("sale_budget_cost")), 319.53, 6)
        self.assertActual(106.51)

    def test_lines_on_different_accounts(self):
        bill = self._lines((100.0, self.lost, self.line), (300.0, self.lost, None), post=False)
        other = bill.invoice_line_ids[0].account_id.copy({"code": "699990"})
        bill.invoice_line_ids[1].account_id = other
        bill.action_post()
        self.assertEqual(len(bill.line_ids.filtered("tax_repartition_line_id")), 2)
        self.assertEqual(bill.invoice_line_ids.mapped("sale_budget_cost"), [113.0, 339.0])

    def test_discount_line_takes_its_tax_off(self):
        bill = self._lines((1000.0, self.lost, self.line), (-100.0, self.lost, self.line))
        self.assertEqual(bill.invoice_line_ids.mapped("sale_budget_cost"), [1130.0, -113.0])
        self.assertActual(1017.0)

    def test_expense_account_of_the_tax(self):
        """The part that is not recovered has an account of its own, among the expenses."""
        expense = self.company.expense_account_id.copy({"code": "699991"})
        tax = self._tax("Own account", [(50, self.recoverable), (50, expense)])
        self._lines((1000.0, tax, self.line))
        self.assertActual(1065.0)

    def test_cash_basis(self):
        """It is owed with the bill, and the payment adds nothing."""
        self.company.tax_exigibility = True
        transition = self.recoverable.copy({"code": "199990", "reconcile": True})
        values = {"tax_exigibility": "on_payment", "cash_basis_transition_account_id": transition.id}
        tax = self._tax("Cash basis", [(50, self.recoverable), (50, None)], **values)
        bill = self._lines((1000.0, tax, self.line))
        self.assertActual(1065.0)
        payment = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=bill.ids)
        payment.create({"payment_date": "2026-05-15"})._create_payments()
        self.assertActual(1065.0)

    def test_fixed_tax_and_two_taxes(self):
        fixed = self._tax("Fee", [(100, None)], amount_type="fixed", amount=7.0)
        self._lines((100.0, fixed + self.half, self.line))
        self.assertActual(113.5)

    def test_reservation_is_used_with_the_tax(self):
        request = self._request(2000.0, "approved")
        bill = self._bill(1000.0, request=request, post=False)
        bill.invoice_line_ids.tax_ids = self.lost
        bill.action_post()
        self.assertEqual((request.budget_committed_amount, request.budget_actual_amount), (870.0, 1130.0))
