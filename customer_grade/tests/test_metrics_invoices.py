"""Returned goods and payment behaviour against cases computed by hand."""

from datetime import date, datetime

from odoo.fields import Command
from odoo.tests import tagged

from .common import ORDER_DAY, REVIEW_DAY
from .common_invoicing import GradeInvoiceCase
from .test_metrics import LAST_YEAR, MetricCase


@tagged("post_install", "-at_install")
class TestReturns(MetricCase, GradeInvoiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customers("Anta")

    def _order_of_ten(self, moment=ORDER_DAY, **values):
        """Ten pieces for 1,000."""
        line = {"product_id": self.product.id, "product_uom_qty": 10, "price_unit": 100, "tax_ids": [Command.clear()]}
        return self._order(self.customer, 0, moment, order_line=[Command.create(line)], **values)

    def test_credited_goods_are_taken_off(self):
        invoice = self._invoice_order(self._order_of_ten(), date(2026, 5, 20))
        self._credit(invoice, date(2026, 6, 1), quantity=3)
        self.assertAlmostEqual(self._figure("revenue", self.customer), 700)

    def test_margin_of_credited_goods_is_taken_off(self):
        if "margin" not in self.env["sale.order"]._fields:
            self.skipTest("sale_margin is not installed")
        self.product.with_company(self.company).standard_price = 60
        invoice = self._invoice_order(self._order_of_ten(), date(2026, 5, 20))
        self.assertAlmostEqual(self._figure("margin", self.customer), 400)
        self._credit(invoice, date(2026, 6, 1), quantity=5)
        self.assertAlmostEqual(self._figure("margin", self.customer), 200)

    def test_full_credit_leaves_nothing(self):
        invoice = self._invoice_order(self._order_of_ten(), date(2026, 5, 20))
        self._credit(invoice, date(2026, 6, 1))
        self.assertAlmostEqual(self._figure("revenue", self.customer), 0)

    def test_a_corrected_invoice_takes_nothing_off(self):
        invoice = self._invoice_order(self._order_of_ten(), date(2026, 5, 20))
        corrected = self._credit(invoice, date(2026, 6, 1), correct=True)
        corrected.invoice_date = date(2026, 6, 2)
        corrected.action_post()
        self.assertAlmostEqual(self._figure("revenue", self.customer), 1000)

    def test_a_draft_credit_note_takes_nothing_off(self):
        invoice = self._invoice_order(self._order_of_ten(), date(2026, 5, 20))
        credit_note = self._credit(invoice, date(2026, 6, 1), quantity=3)
        credit_note.button_draft()
        self.assertAlmostEqual(self._figure("revenue", self.customer), 1000)

    def test_a_credit_note_after_the_review_day_is_not_known_yet(self):
        invoice = self._invoice_order(self._order_of_ten(), date(2026, 5, 20))
        self._credit(invoice, date(2026, 7, 1), quantity=3)
        self.assertAlmostEqual(self._figure("revenue", self.customer), 1000)
        self.assertAlmostEqual(self._figure("revenue", self.customer, date(2026, 7, 1)), 700)

    def test_an_order_partly_invoiced_is_not_reduced(self):
        order = self._order_of_ten()
        invoice = order._create_invoices()
        invoice.invoice_date = date(2026, 5, 20)
        invoice.invoice_line_ids.quantity = 4
        invoice.action_post()
        self.assertAlmostEqual(self._figure("revenue", self.customer), 1000)
        self._credit(invoice, date(2026, 6, 1), quantity=1)
        self.assertAlmostEqual(self._figure("revenue", self.customer), 900)

    def test_credit_in_a_foreign_currency_at_the_rate_of_the_order(self):
        dollar = self._currency("USD")
        self._rate(dollar, 0.125)
        self._rate(dollar, 0.2, "2026-05-15")
        pricelist = self.env["product.pricelist"].create({"name": "Export", "currency_id": dollar.id})
        order = self._order_of_ten(pricelist_id=pricelist.id)
        invoice = self._invoice_order(order, date(2026, 5, 20))
        self._credit(invoice, date(2026, 6, 1), quantity=3)
        self.assertAlmostEqual(self._figure("revenue", self.customer), 700 / 0.125)

    def test_free_standing_credit_note_counts_on_its_own_date(self):
        self._orders([(self.customer, 1000)])
        self._order(self.customer, 500, LAST_YEAR)
        self._invoice(self.customer, 80, date(2026, 6, 30), move_type="out_refund")
        self._invoice(self.customer, 9, date(2026, 7, 1), move_type="out_refund")
        self._invoice(self.customer, 40, date(2025, 6, 30), move_type="out_refund")
        self.assertAlmostEqual(self._figure("revenue", self.customer), 920)
        self.assertAlmostEqual(self._figure("growth", self.customer), 100 * (920 - 460) / 460)

    def test_credit_note_to_a_contact(self):
        contact = self.env["res.partner"].create({"name": "Ms Li", "parent_id": self.customer.id})
        self._orders([(self.customer, 1000)])
        self._invoice(contact, 80, date(2026, 6, 1), move_type="out_refund")
        self.assertAlmostEqual(self._figure("revenue", self.customer), 920)

    def test_several_orders_and_credits_do_not_multiply(self):
        first = self._invoice_order(self._order_of_ten(), date(2026, 5, 20))
        self._invoice_order(self._order_of_ten(), date(2026, 5, 21))
        self._order_of_ten(datetime(2026, 5, 22))
        self._credit(first, date(2026, 6, 1), quantity=1)
        self._credit(first, date(2026, 6, 2), quantity=2)
        self._invoice(self.customer, 50, date(2026, 6, 3), move_type="out_refund")
        self._invoice(self.customer, 5, date(2026, 6, 4), move_type="out_refund")
        self.assertAlmostEqual(self._figure("revenue", self.customer), 3000 - 300 - 55)


@tagged("post_install", "-at_install")
class TestPaymentMetrics(MetricCase, GradeInvoiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customers("Anta")
        cls._order(cls.customer, 1)

    def _all(self, partner=None, day=REVIEW_DAY):
        keys = ("days_overdue", "oldest_overdue", "late_share")
        figures, _history = self.env["customer.grade.metric"]._fetch_figures(set(keys), self._window(day))
        return [figures[key].get((partner or self.customer).id) for key in keys]

    def test_nothing_due_no_figure(self):
        self.assertEqual(self._all(), [None, None, None])
        self._invoice(self.customer, 1000, date(2026, 6, 1), date(2026, 7, 1))
        self.assertEqual(self._all(), [None, None, None])

    def test_paid_in_time(self):
        invoice = self._invoice(self.customer, 1000, date(2026, 5, 1), date(2026, 5, 31))
        self._pay(invoice, 1000, date(2026, 5, 31))
        self.assertEqual(self._all(), [0, 0, 0])

    def test_delay_is_weighted_by_amount(self):
        small = self._invoice(self.customer, 1000, date(2026, 2, 1), date(2026, 3, 1))
        self._pay(small, 600, date(2026, 2, 20))
        self._pay(small, 400, date(2026, 3, 11))
        large = self._invoice(self.customer, 3000, date(2026, 4, 1), date(2026, 5, 1))
        self._pay(large, 3000, date(2026, 5, 3))
        delay, oldest, share = self._all()
        self.assertAlmostEqual(delay, (400 * 10 + 3000 * 2) / 4000)
        self.assertEqual((oldest, share), (0, 100))

    def test_early_payment_makes_up_for_nothing(self):
        early = self._invoice(self.customer, 1000, date(2026, 2, 1), date(2026, 5, 1))
        self._pay(early, 1000, date(2026, 2, 1))
        late = self._invoice(self.customer, 1000, date(2026, 2, 1), date(2026, 5, 1))
        self._pay(late, 1000, date(2026, 5, 11))
        self.assertEqual(self._all(), [5, 0, 50])

    def test_what_is_open_ages_until_the_review_day(self):
        invoice = self._invoice(self.customer, 1000, date(2026, 5, 1), date(2026, 6, 10))
        self._pay(invoice, 250, date(2026, 6, 10))
        delay, oldest, share = self._all()
        self.assertAlmostEqual(delay, 750 * 20 / 1000)
        self.assertEqual((oldest, share), (20, 100))

    def test_due_on_the_review_day_is_not_late(self):
        self._invoice(self.customer, 1000, date(2026, 5, 1), REVIEW_DAY)
        self.assertEqual(self._all(), [0, 0, 0])

    def test_a_later_payment_does_not_change_the_past(self):
        invoice = self._invoice(self.customer, 1000, date(2026, 5, 1), date(2026, 6, 10))
        before = self._all()
        self._pay(invoice, 1000, date(2026, 7, 15))
        self.assertEqual(self._all(), before)
        self.assertEqual(self._all(day=date(2026, 7, 31)), [35, 0, 100])

    def test_old_debts_still_open_count(self):
        self._invoice(self.customer, 1000, date(2024, 12, 1), date(2025, 1, 10))
        age = (REVIEW_DAY - date(2025, 1, 10)).days
        self.assertEqual(self._all(), [age, age, 100])

    def test_old_debts_paid_after_the_review_day_were_open_then(self):
        invoice = self._invoice(self.customer, 1000, date(2024, 12, 1), date(2025, 1, 10))
        before = self._all()
        self._pay(invoice, 1000, date(2026, 7, 20))
        self.assertEqual(self._all(), before)

    def test_old_debts_settled_before_do_not_count(self):
        invoice = self._invoice(self.customer, 1000, date(2024, 12, 1), date(2025, 1, 10))
        self._pay(invoice, 1000, date(2025, 3, 20))
        self.assertEqual(self._all(), [None, None, None])

    def test_drafts_credit_notes_and_other_customers_do_not_count(self):
        self._invoice(self.customer, 1000, date(2026, 5, 1), date(2026, 6, 10)).button_draft()
        self._invoice(self.customer, 1000, date(2026, 5, 1), date(2026, 6, 10), move_type="out_refund")
        self._invoice(self._customers("Xtep"), 1000, date(2026, 5, 1), date(2026, 6, 10))
        self.assertEqual(self._all(), [None, None, None])

    def test_a_credit_note_settles_as_a_payment_does(self):
        invoice = self._invoice(self.customer, 1000, date(2026, 5, 1), date(2026, 6, 10))
        credit_note = self._invoice(self.customer, 1000, date(2026, 6, 12), move_type="out_refund")
        (self._receivable(invoice) + self._receivable(credit_note)).reconcile()
        self.assertEqual(self._all(), [2, 0, 100])

    def test_each_instalment_by_its_own_day(self):
        term = self.env["account.payment.term"].create({
            "name": "Half now, half in 30 days",
            "line_ids": [Command.create({"value": "percent", "value_amount": 50, "nb_days": days}) for days in (0, 30)],
        })
        self._invoice(self.customer, 1000, date(2026, 5, 21), invoice_payment_term_id=term.id)
        delay, oldest, share = self._all()
        self.assertAlmostEqual(delay, (40 + 10) / 2)
        self.assertEqual((oldest, share), (40, 100))

    def test_contacts_count_for_their_company_and_companies_apart(self):
        contact = self.env["res.partner"].create({"name": "Ms Li", "parent_id": self.customer.id})
        self._invoice(contact, 1000, date(2026, 5, 1), date(2026, 6, 10))
        self.assertEqual(self._all(), [20, 20, 100])
        other = self._make_company("Insole Works")
        self.env.user.company_ids += other
        scheme = self._scheme(activate=False, company=other)
        window = self.env["customer.grade.review"].create({"scheme_id": scheme.id, "date": REVIEW_DAY})._get_window()
        figures, _history = self.env["customer.grade.metric"]._fetch_figures({"days_overdue"}, window)
        self.assertEqual(figures, {"days_overdue": {}})

    def test_foreign_invoices_in_company_currency(self):
        dollar = self._currency("USD")
        self._rate(dollar, 0.125)
        self._invoice(self.customer, 100, date(2026, 5, 1), date(2026, 6, 10), currency_id=dollar.id)
        paid = self._invoice(self.customer, 800, date(2026, 5, 1), date(2026, 6, 10))
        self._pay(paid, 800, date(2026, 6, 1))
        delay, _oldest, share = self._all()
        self.assertAlmostEqual(delay, 10)
        self.assertEqual(share, 50)
