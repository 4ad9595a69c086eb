"""Credits by amount: price allowances, lines without product, corrections, against cases computed by hand."""

from datetime import date, datetime, timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .common import ORDER_DAY
from .common_invoicing import GradeInvoiceCase
from .test_metrics import MetricCase

INVOICED = date(2026, 5, 20)
CREDITED = date(2026, 6, 1)


@tagged("post_install", "-at_install")
class TestAllowances(MetricCase, GradeInvoiceCase):
    """Ten pieces for 1,000, invoiced; what each credit note leaves of revenue and margin.

    A piece costs 60: the order brings a margin of 400.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customers("Anta")
        cls.has_margin = "margin" in cls.env["sale.order"]._fields
        if cls.has_margin:
            cls.product.with_company(cls.company).standard_price = 60

    def _line(self, quantity=10, price=100, **values):
        return Command.create({
            "product_id": self.product.id,
            "product_uom_qty": quantity,
            "price_unit": price,
            "tax_ids": [Command.clear()],
            **values,
        })

    def _sold(self, *lines, **values):
        return self._order(self.customer, 0, ORDER_DAY, order_line=list(lines or [self._line()]), **values)

    def _invoiced(self, order, **values):
        invoice = order._create_invoices()
        invoice.invoice_date = INVOICED
        if values:
            invoice.invoice_line_ids.write(values)
        invoice.action_post()
        return invoice

    def _credited(self, invoice, day=CREDITED, typed=(), **values):
        """Credit an invoice, with other values on its lines; or with lines typed in their place."""
        note = invoice._reverse_moves([{"invoice_date": day, "date": day}])
        if typed:
            note.invoice_line_ids = [
                Command.clear(),
                *(Command.create({"name": "Allowance", "price_unit": amount, "tax_ids": []}) for amount in typed),
            ]
        for name, value in values.items():
            for line in note.invoice_line_ids:
                line[name] = value
        note.action_post()
        return note

    def _check(self, revenue, margin=None, day=None):
        self.env.flush_all()
        days = (day,) if day else ()
        self.assertAlmostEqual(self._figure("revenue", self.customer, *days), revenue, 2)
        if self.has_margin and margin is not None:
            self.assertAlmostEqual(self._figure("margin", self.customer, *days), margin, 2)

    def test_a_price_allowance_is_no_return(self):
        """Quantity 10 at a price of 10: 900 are left, not 0, and the cost of the goods does not come back."""
        self._credited(self._invoiced(self._sold()), price_unit=10)
        self._check(900, 300)

    def test_a_price_allowance_does_not_cost_the_grade(self):
        self._credited(self._invoiced(self._sold(self._line(price=1000))), price_unit=10)
        assessment = self._of(self._review(self._scheme()), self.customer)
        self.assertEqual((assessment.revenue, assessment.by_score_grade_id), (9900, self.grade["b"]))

    def test_a_line_without_product_counts_by_its_amount(self):
        """It keeps the link to the order line, whatever its quantity says."""
        self._credited(self._invoiced(self._sold()), product_id=False, quantity=1, price_unit=150, tax_ids=False)
        self._check(850, 250)

    def test_an_allowance_typed_as_a_line_of_its_own(self):
        """Without a link, it belongs to the orders of the invoice that it credits; not to its own day."""
        invoice = self._invoiced(self._sold())
        self._order(self.customer, 500)
        self._credited(invoice, typed=(60, 40))
        self._check(1400)
        self.assertAlmostEqual(self._figure("order_count", self.customer), 2)

    def test_a_typed_allowance_is_shared_out_by_amount(self):
        order = self._sold(self._line(), self._line(3, 1000), self._line(1, -1000))
        self._credited(self._invoiced(order), typed=(300,))
        self._check(2700)

    def test_what_was_typed_on_the_invoice_is_no_revenue_and_its_credit_none_less(self):
        invoice = self._sold()._create_invoices()
        invoice.invoice_date = INVOICED
        invoice.invoice_line_ids = [Command.create({"name": "Freight", "price_unit": 50, "tax_ids": []})]
        invoice.action_post()
        note = invoice._reverse_moves([{"invoice_date": CREDITED, "date": CREDITED}])
        note.invoice_line_ids.filtered("sale_line_ids").price_unit = 10
        note.action_post()
        self._check(900, 300)

    def test_goods_returned_take_their_cost_back(self):
        invoice = self._invoiced(self._sold())
        self._credited(invoice, quantity=4)
        self._check(600, 240)
        self._credited(invoice, quantity=6, price_unit=90)
        self._check(60, 60)

    def test_allowance_and_return(self):
        invoice = self._invoiced(self._sold())
        self._credited(invoice, price_unit=10)
        self._credited(invoice, price_unit=90)
        self._check(0, 0)

    def test_a_full_return(self):
        self._credited(self._invoiced(self._sold()))
        self._check(0, 0)

    def test_a_corrected_invoice_at_a_lower_price(self):
        """The goods stay; what is left off of the price is an allowance."""
        order = self._sold()
        self._credited(self._invoiced(order))
        again = order._create_invoices()
        again.invoice_date = CREDITED
        again.invoice_line_ids.price_unit = 90
        again.action_post()
        self._check(900, 300)

    def _invoiced_in_part(self):
        """Five of ten, the day before anything else is made."""
        order = self._sold()
        invoice = self._invoiced(order, quantity=5)
        self._made(invoice, days=0)
        return order, invoice

    def _made(self, moves, days):
        """Let documents have been made on another day: in a test all is one transaction."""
        self.env.flush_all()
        moment = datetime(2026, 5, 20) + timedelta(days=days)
        self.env.cr.execute("UPDATE account_move SET create_date = %s WHERE id IN %s", (moment, tuple(moves.ids)))
        moves.invalidate_recordset(["create_date"])

    def _corrected(self, invoice, days=1, post=True, **values):
        """Reverse an invoice and create a corrected one, as Odoo's dialog does."""
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
        action = wizard.create({"journal_id": invoice.journal_id.id, "date": CREDITED}).modify_moves()
        corrected = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(corrected.create_date, invoice.reversal_move_ids[-1:].create_date, "one transaction")
        self.assertGreater(corrected.id, max(invoice.reversal_move_ids.ids))
        self._made(corrected + invoice.reversal_move_ids, days)
        corrected.invoice_date = CREDITED
        for line in corrected.invoice_line_ids:
            line.write(values)
        if post:
            corrected.action_post()
        return corrected

    def test_corrected_while_invoiced_in_part(self):
        """Five of ten are invoiced, credited, and invoiced again: nothing is taken off; at 90 each, the difference."""
        for values, revenue, margin in [
            ({}, 1000, 400),
            ({"price_unit": 90}, 950, 350),
            ({"price_unit": 110}, 1000, 400),
            ({"quantity": 6, "price_unit": 90}, 950, 350),
            ({"quantity": 4}, 900, 360),
        ]:
            with self.subTest(**values):
                order, invoice = self._invoiced_in_part()
                self._corrected(invoice, **values)
                self._check(revenue, margin)
                order.state = "cancel"

    def test_corrected_while_invoiced_in_part_and_the_rest_later(self):
        order, invoice = self._invoiced_in_part()
        self._corrected(invoice, price_unit=90)
        rest = self._invoiced(order)
        self._made(rest, days=2)
        self._check(950, 350)
        self._made(self._credited(rest, quantity=2), days=3)
        self._check(750, 270)

    def test_returned_and_the_rest_invoiced_later(self):
        """By amounts the same as a correction: but made at another time."""
        order, invoice = self._invoiced_in_part()
        note = self._credited(invoice)
        self._made(note, days=1)
        self._check(500, 200)
        rest = order._create_invoices()
        rest.invoice_date = CREDITED
        rest.invoice_line_ids.quantity = 5
        rest.action_post()
        self._made(rest, days=2)
        self._check(500, 200)
        self._made(rest, days=1)
        self._check(1000, 400)
        note.reversed_entry_id = False
        self._check(500, 200)

    def test_an_invoice_made_before_the_credit_note_corrects_nothing(self):
        order, invoice = self._invoiced_in_part()
        rest = self._invoiced(order, quantity=3)
        self._made(rest + self._credited(invoice), days=1)
        self._check(500, 200)

    def test_the_corrected_invoice_is_a_draft(self):
        corrected = self._corrected(self._invoiced_in_part()[1], post=False)
        self._check(500, 200)
        corrected.action_post()
        self._check(1000, 400)
        corrected.button_draft()
        corrected.button_cancel()
        self._check(500, 200)

    def test_two_corrections_in_a_row(self):
        _order, invoice = self._invoiced_in_part()
        first = self._corrected(invoice, days=1, price_unit=90)
        second = self._corrected(first, days=2, post=False)
        self._check(500, 200)
        second.action_post()
        self._check(950, 350)
        self._corrected(second, days=3, price_unit=100)
        self._check(1000, 400)

    def test_a_correction_in_another_currency_than_the_order(self):
        dollar = self._currency("USD")
        self._rate(dollar, 0.125)
        invoice = self._sold()._create_invoices()
        invoice.currency_id = dollar
        invoice.invoice_line_ids.write({"price_unit": 12.5, "quantity": 5})
        invoice.invoice_date = INVOICED
        invoice.action_post()
        self._made(invoice, days=0)
        self._corrected(invoice)
        self._check(1000, 400)

    def test_more_invoiced_than_ordered_and_credited_again(self):
        order = self._sold()
        invoice = self._invoiced(order, quantity=12)
        self._credited(invoice, quantity=2)
        self._check(1000, 400)
        self._credited(invoice, quantity=2)
        self._check(800, 320)

    def test_invoiced_in_parts(self):
        order = self._sold()
        invoice = self._invoiced(order, quantity=4)
        self._credited(invoice, quantity=1)
        self._check(900, 360)
        self._credited(invoice, quantity=3, price_unit=20)
        self._check(840, 300)

    def test_reset_and_cancelled_credit_notes(self):
        note = self._credited(self._invoiced(self._sold()), price_unit=10)
        note.button_draft()
        self._check(1000, 400)
        note.action_post()
        self._check(900, 300)
        note.button_draft()
        note.button_cancel()
        self._check(1000, 400)

    def test_discount_lines(self):
        """A line of −200 comes back with the goods."""
        invoice = self._invoiced(self._sold(self._line(), self._line(1, -200, name="Discount")))
        self._check(800)
        note = invoice._reverse_moves([{"invoice_date": CREDITED, "date": CREDITED}])
        for line in note.invoice_line_ids:
            line.quantity /= 2
        note.action_post()
        self._check(400)
        note.button_draft()
        self._check(800)
        self._credited(invoice)
        self._check(0, 0)

    def test_a_discount_in_per_cent(self):
        self._credited(self._invoiced(self._sold(self._line(discount=20))), quantity=5)
        self._check(400, 100)

    def test_another_unit(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self._credited(self._invoiced(self._sold(self._line(2, 1200, product_uom_id=dozen.id))), quantity=1)
        self._check(1200, 480)
        unit = self.product.uom_id
        invoice = self._invoiced(self._sold(self._line(2, 1200, product_uom_id=dozen.id)))
        self._credited(invoice, product_uom_id=unit.id, quantity=12, price_unit=100)
        self._check(2400, 960)

    def test_down_payments_are_no_revenue(self):
        order = self._sold()
        wizard = self.env["sale.advance.payment.inv"].with_context(active_model="sale.order", active_ids=order.ids)
        deposit = wizard.create({"advance_payment_method": "percentage", "amount": 30})._create_invoices(order)
        deposit.invoice_date = INVOICED
        deposit.action_post()
        self._check(1000, 400)
        self._credited(deposit)
        self._check(1000, 400)

    def test_tax_is_no_revenue(self):
        for included in ("tax_excluded", "tax_included"):
            with self.subTest(included):
                tax = self.env["account.tax"].create({
                    "name": f"VAT {included}",
                    "amount": 13,
                    "price_include_override": included,
                    "company_id": self.company.id,
                    "type_tax_use": "sale",
                    "country_id": self.company.account_fiscal_country_id.id,
                })
                price = 113 if included == "tax_included" else 100
                order = self._sold(self._line(price=price, tax_ids=[Command.set(tax.ids)]))
                self._credited(self._invoiced(order), price_unit=price / 10)
                self._check(900, 300)
                order._action_cancel()

    def test_an_allowance_in_a_foreign_currency(self):
        """At the rate of the order, whatever that of the credit note's day."""
        dollar = self._currency("USD")
        self._rate(dollar, 0.125)
        self._rate(dollar, 0.2, "2026-05-15")
        pricelist = self.env["product.pricelist"].create({"name": "Export", "currency_id": dollar.id})
        self._credited(self._invoiced(self._sold(pricelist_id=pricelist.id)), price_unit=10)
        self._check(7200)

    def test_an_invoice_in_another_currency_than_the_order(self):
        """An order of 1,000 CNY invoiced as 125 USD: a tenth credited is a tenth, all of it is all."""
        dollar = self._currency("USD")
        self._rate(dollar, 0.125)
        self._rate(dollar, 0.2, "2026-05-30")
        invoice = self._sold()._create_invoices()
        invoice.currency_id = dollar
        invoice.invoice_line_ids.price_unit = 12.5
        invoice.invoice_date = INVOICED
        invoice.action_post()
        note = self._credited(invoice, price_unit=1.25)
        self.assertEqual(note.currency_id, dollar)
        self._check(900, 300)
        note.button_draft()
        self._credited(invoice)
        self._check(0, 0)

    def test_an_order_that_is_cancelled_takes_its_credits_along(self):
        self._order(self.customer, 77)
        order = self._sold()
        self._credited(self._invoiced(order), typed=(100,))
        order.state = "cancel"
        self._check(77)

    def test_late_rate_and_allowance(self):
        """100 USD written before there was a rate, 10 credited: 720 at 0.125."""
        dollar = self._currency("USD")
        dollar.rate_ids.unlink()
        pricelist = self.env["product.pricelist"].create({"name": "Export", "currency_id": dollar.id})
        order = self._sold(self._line(1, 100), pricelist_id=pricelist.id)
        self._credited(self._invoiced(order), price_unit=10)
        self._rate(dollar, 0.125, "2026-06-15")
        self._check(720)
