"""What comes back of a mould fee, as its invoices, payments and credit notes stand."""

import random

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common_fees import FeeCase
from .common_refund import RefundCase

WHOLE = ((1000, 100, 0),)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 04:00:00")
class TestRefundMoney(RefundCase):
    """Never more than was paid; in the currency, and with the taxes, of the invoice."""

    def _dollar(self, rate=0.125):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", dollar.id)]).unlink()
        self.env["res.currency.rate"].create({
            "currency_id": dollar.id,
            "company_id": self.company.id,
            "name": "2026-01-01",
            "rate": rate,
        })
        return dollar

    def _tax(self, included):
        country = self.company.account_fiscal_country_id or self.env.ref("base.cn")
        self.company.account_fiscal_country_id = country
        group = self.env["account.tax.group"].create({
            "name": "VAT T",
            "company_id": self.company.id,
            "country_id": country.id,
        })
        return self.env["account.tax"].create({
            "name": "13 % T",
            "amount": 13,
            "price_include_override": "tax_included" if included else "tax_excluded",
            "company_id": self.company.id,
            "country_id": country.id,
            "tax_group_id": group.id,
        })

    def _reached(self, invoice, pairs=1000, **values):
        agreement = self._agreement(invoice_id=invoice.id, **values)
        self._booked(agreement, "2026-02-02", pairs)
        return agreement

    # ---- how much ----

    def test_all_lines_of_an_invoice_in_another_currency(self):
        dollar = self._dollar()
        invoice = self._bill(100, 25, currency_id=dollar.id)
        agreement = self._reached(invoice, steps=WHOLE)
        note = agreement.refund_ids.move_id
        self.assertEqual((note.currency_id, note.amount_untaxed, note.reversed_entry_id), (dollar, 125, invoice))
        self.assertEqual(agreement.refund_ids.amount, 1000)
        note.action_post()
        self.assertEqual(agreement.refunded_amount, 1000)

    def test_whatever_the_rate_is(self):
        """The invoice says what the fee was, not the rate."""
        for rate in (0.1, 0.2):
            with self.subTest(rate):
                invoice = self._bill(125, currency_id=self._dollar(rate).id)
                product = self.env["product.product"].create({"name": "Sole", "type": "consu"})
                agreement = self._reached(invoice, steps=WHOLE, product_ids=[Command.set(product.ids)])
                self.assertEqual(agreement.refund_ids.move_id.amount_untaxed, 125)

    def test_half_of_it_in_another_currency(self):
        invoice = self._bill(100, 25, currency_id=self._dollar().id)
        agreement = self._reached(invoice)
        refund = agreement.refund_ids
        self.assertEqual((refund.amount, refund.move_id.amount_untaxed), (500, 62.5))
        self._booked(agreement, "2026-02-03", 1000)
        self.assertEqual(sum(agreement.refund_ids.move_id.mapped("amount_untaxed")), 125)

    def test_credited_in_part(self):
        invoice = self._bill(4000, paid=False)
        self._credit(invoice, 1000)
        self._pay(invoice)
        agreement = self._reached(invoice, fee_amount=4000, steps=WHOLE)
        self.assertEqual(agreement.refund_ids.move_id.amount_untaxed, 3000)
        self.assertEqual(agreement.state, "done")

    def test_credited_in_part_in_two_steps(self):
        invoice = self._bill(4000, paid=False)
        self._credit(invoice, 1000)
        self._pay(invoice)
        agreement = self._reached(invoice, fee_amount=4000, pairs=2000)
        self.assertEqual(agreement.refund_ids.sorted("id").move_id.mapped("amount_untaxed"), [1500, 1500])

    def test_credited_between_two_steps(self):
        invoice = self._bill(4000)
        agreement = self._reached(invoice, fee_amount=4000)
        agreement.refund_ids.move_id.action_post()
        self.assertEqual(agreement.refunded_amount, 2000)
        invoice.line_ids.remove_move_reconcile()
        self._credit(invoice, 1000)
        self._pay(invoice, 3000)
        self._booked(agreement, "2026-02-03", 1000)
        amounts = agreement.refund_ids.sorted("id").move_id.mapped("amount_untaxed")
        self.assertEqual(amounts, [2000, 1000])

    def test_credited_while_the_refund_is_a_draft(self):
        """At once, not with the daily job: nobody posts a draft that is too much."""
        invoice = self._bill(4000)
        agreement = self._reached(invoice, fee_amount=4000, steps=WHOLE)
        first = agreement.refund_ids
        self.assertEqual(first.move_id.amount_untaxed, 4000)
        invoice.line_ids.remove_move_reconcile()
        self._credit(invoice, 1000)
        self.assertEqual((first.state, first.taken_back_reason), ("taken_back", "paid"))
        self._pay(invoice, 3000)
        self._every_day()
        self.assertEqual((agreement.refund_ids - first).move_id.amount_untaxed, 3000)

    def test_invoice_reset_while_the_refund_is_a_draft(self):
        invoice = self._bill(1000)
        agreement = self._reached(invoice, steps=WHOLE)
        invoice.button_draft()
        self.assertEqual(agreement.refund_ids.state, "taken_back")

    def test_credited_after_the_refund_was_posted(self):
        invoice = self._bill(4000)
        agreement = self._reached(invoice, fee_amount=4000, steps=WHOLE)
        agreement.refund_ids.move_id.action_post()
        invoice.line_ids.remove_move_reconcile()
        self._credit(invoice, 1000)
        self.assertIn("More of the mould fee", " ".join(agreement.activity_ids.mapped("summary")))

    def test_nothing_left(self):
        invoice = self._bill(4000)
        agreement = self._reached(invoice, fee_amount=4000)
        agreement.refund_ids.move_id.invoice_line_ids.price_unit = 4000
        agreement.refund_ids.move_id.action_post()
        self.assertNotIn("More of the mould fee", " ".join(agreement.activity_ids.mapped("summary")))
        self._booked(agreement, "2026-02-03", 1000)
        self.assertEqual((len(agreement.refund_ids), agreement.standing), (1, "reached"))
        self.assertIn("nothing is left", " ".join(agreement.activity_ids.mapped("note")))
        with self.assertRefused("nothing is left"):
            agreement.with_user(self.finance).action_grant()

    def test_what_stands_beside_the_fee(self):
        """An invoice of the fee and of goods: only the fee comes back, as its line charged it."""
        tax = self._tax(included=False)
        invoice = self._bill(1000, 5000, taxes=tax)
        agreement = self._reached(invoice, steps=WHOLE)
        note = agreement.refund_ids.move_id
        self.assertEqual((note.amount_untaxed, note.amount_total, len(note.invoice_line_ids)), (1000, 1130, 1))

    def test_tax_included_in_the_price(self):
        invoice = self._bill(1130, taxes=self._tax(included=True))
        self.assertEqual(invoice.amount_untaxed, 1000)
        agreement = self._reached(invoice, pairs=2000, steps=((1000, 33.33, 0), (2000, 66.67, 0)))
        notes = agreement.refund_ids.sorted("id").move_id
        self.assertEqual(notes.mapped("amount_untaxed"), [333.3, 666.7])
        self.assertEqual(round(sum(notes.mapped("amount_total")), 2), 1130)

    def test_two_taxes(self):
        """Lines of one fee with different taxes each keep theirs."""
        tax = self._tax(included=True)
        invoice = self._bill(1130, 500, taxes=tax, paid=False)
        invoice.button_draft()
        invoice.invoice_line_ids[1].tax_ids = False
        invoice.action_post()
        self._pay(invoice)
        agreement = self._reached(invoice, fee_amount=1500, steps=WHOLE)
        note = agreement.refund_ids.move_id
        self.assertEqual((note.amount_untaxed, note.amount_total), (1500, invoice.amount_total))
        self.assertEqual(note.invoice_line_ids.mapped("price_subtotal"), [1000, 500])

    def test_discount_line(self):
        invoice = self._bill(1000, -100)
        agreement = self._reached(invoice, steps=WHOLE)
        self.assertEqual(agreement.refund_ids.move_id.amount_untaxed, 900)

    def test_payment_undone(self):
        """A draft of what is not paid any more is taken back; paid again, it is made again."""
        invoice = self._bill(1000, paid=False)
        payment = self._pay(invoice)
        agreement = self._reached(invoice)
        first = agreement.refund_ids
        payment.line_ids.remove_move_reconcile()
        self._every_day()
        self.assertEqual((first.state, first.move_id.state, first.taken_back_reason), ("taken_back", "cancel", "paid"))
        self.assertEqual(agreement.standing, "reached")
        (invoice | payment).line_ids.filtered(lambda line: line.account_id == self.receivable).reconcile()
        self._every_day()
        self.assertEqual((agreement.refund_ids - first).mapped("state"), ["drafted"])

    def test_another_agreement_on_the_same_invoice(self):
        """What an agreement has refunded before it was cancelled does not come back again by its successor."""
        invoice = self._bill(1000)
        first = self._reached(invoice)
        first.refund_ids.move_id.action_post()
        first.action_cancel()
        second = self._reached(invoice, pairs=2000)
        self.assertEqual(sum(second.refund_ids.mapped("amount")), 500)

    # ---- the credit note as it stands ----

    def test_edited_by_finance(self):
        invoice = self._bill(3000)
        agreement = self._reached(invoice, fee_amount=3000, steps=WHOLE)
        note = agreement.refund_ids.move_id
        self.assertEqual((agreement.refunded_amount, agreement.standing), (0, "drafted"))
        note.invoice_line_ids.price_unit = 2800
        note.action_post()
        self.assertEqual((agreement.refunded_amount, agreement.standing), (2800, "granted"))
        self.assertEqual(agreement.refund_ids.amount, 3000, "what was granted is evidence")

    def test_raised_by_finance(self):
        """It is theirs to judge, and told once it is posted."""
        agreement = self._reached(self._bill(3000), fee_amount=3000, steps=WHOLE)
        note = agreement.refund_ids.move_id
        note.invoice_line_ids.price_unit = 3100
        self._every_day()
        self.assertEqual(agreement.refund_ids.state, "drafted")
        note.action_post()
        self.assertEqual(agreement.refunded_amount, 3100)
        self.assertIn("More of the mould fee", " ".join(agreement.activity_ids.mapped("summary")))

    def test_edited_in_another_currency(self):
        agreement = self._reached(self._bill(125, currency_id=self._dollar().id), steps=WHOLE)
        note = agreement.refund_ids.move_id
        note.invoice_line_ids.price_unit = 100
        note.action_post()
        self.assertEqual(agreement.refunded_amount, 800)

    def test_cancelled_and_granted_again(self):
        self.company.sample_refund_user_id = self.finance
        agreement = self._agreement(steps=WHOLE)
        self._booked(agreement, "2026-02-02", 1000)
        first = agreement.refund_ids
        first.move_id.action_post()
        self.assertEqual((agreement.state, agreement.refunded_amount), ("done", 1000))
        first.move_id.button_draft()
        self.assertEqual((first.state, agreement.refunded_amount, agreement.standing), ("drafted", 0, "drafted"))
        first.move_id.button_cancel()
        self.assertEqual((first.state, agreement.standing, agreement.state), ("cancelled", "reached", "running"))
        self.assertIn("withdrawn", " ".join(agreement.activity_ids.mapped("summary")))
        self._every_day()
        self.assertEqual(agreement.refund_ids, first, "what people have cancelled is not made again by itself")
        self.assertTrue(agreement.with_user(self.finance).may_grant)
        agreement.with_user(self.finance).action_grant()
        second = agreement.refund_ids - first
        self.assertEqual((second.state, second.amount, first.state), ("drafted", 1000, "taken_back"))
        second.move_id.action_post()
        self.assertEqual((agreement.state, agreement.refunded_amount), ("done", 1000))

    def test_deleted_and_granted_again(self):
        agreement = self._agreement(steps=WHOLE)
        self._booked(agreement, "2026-02-02", 1000)
        first = agreement.refund_ids
        first.move_id.unlink()
        self.assertEqual(
            (first.state, first.taken_back_reason, agreement.standing), ("taken_back", "deleted", "reached")
        )
        self._every_day()
        self.assertEqual(agreement.refund_ids, first)
        agreement.with_user(self.finance).action_grant()
        self.assertEqual((agreement.refund_ids - first).state, "drafted")

    def test_reset_and_posted_again(self):
        agreement = self._agreement(steps=WHOLE)
        self._booked(agreement, "2026-02-02", 1000)
        note = agreement.refund_ids.move_id
        for _time in range(2):
            note.action_post()
            note.button_draft()
            note.button_cancel()
            note.button_draft()
        note.action_post()
        self._every_day()
        self.assertEqual(
            (agreement.refund_ids.move_id, agreement.refunded_amount, agreement.state), (note, 1000, "done")
        )

    def test_cancelled_one_posted_after_all(self):
        """Both credit notes count, as both are there; nothing more comes back."""
        agreement = self._agreement()
        self._booked(agreement, "2026-02-02", 1000)
        first = agreement.refund_ids
        first.move_id.button_cancel()
        agreement.with_user(self.finance).action_grant()
        first.move_id.button_draft()
        agreement.refund_ids.move_id.action_post()
        self.assertEqual(agreement.refunded_amount, 1000)
        self._booked(agreement, "2026-02-03", 1000)
        self.assertEqual(len(agreement.refund_ids), 2)
        self.assertIn("nothing is left", " ".join(agreement.activity_ids.mapped("note")))

    def test_turned_into_an_invoice(self):
        """Accounting may turn a draft round: an invoice gives nothing back."""
        agreement = self._agreement(steps=WHOLE)
        self._booked(agreement, "2026-02-02", 1000)
        first = agreement.refund_ids
        first.move_id.action_switch_move_type()
        self.assertEqual((first.state, agreement.standing, agreement.state), ("cancelled", "reached", "running"))
        first.move_id.action_post()
        self.assertEqual(agreement.refunded_amount, 0)
        agreement.with_user(self.finance).action_grant()
        self.assertEqual((agreement.refund_ids - first).state, "drafted")

    def test_given_to_somebody_else(self):
        agreement = self._agreement(steps=WHOLE)
        self._booked(agreement, "2026-02-02", 1000)
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        refund = agreement.refund_ids
        refund.move_id.partner_id = stranger
        refund.move_id.action_post()
        self.assertEqual((refund.state, agreement.refunded_amount, agreement.standing), ("cancelled", 0, "reached"))
        self.assertIn("withdrawn", " ".join(agreement.activity_ids.mapped("summary")))

    def test_taken_back_by_an_invoice(self):
        """A posted credit note that an invoice reverses has given nothing back, or only the rest."""
        agreement = self._agreement(steps=WHOLE)
        self._booked(agreement, "2026-02-02", 1000)
        refund = agreement.refund_ids
        note = refund.move_id
        note.action_post()
        reversal = note._reverse_moves([{"invoice_date": "2026-03-02"}])
        reversal.invoice_line_ids.price_unit = 400
        reversal.action_post()
        self.assertEqual((refund.state, agreement.refunded_amount), ("posted", 600))
        reversal.button_draft()
        reversal.invoice_line_ids.price_unit = 1000
        reversal.action_post()
        self.assertEqual((refund.state, agreement.refunded_amount), ("cancelled", 0))
        self.assertEqual((agreement.state, agreement.standing), ("running", "reached"))
        reversal.button_draft()
        self.assertEqual((refund.state, agreement.refunded_amount, agreement.state), ("posted", 1000, "done"))

    # ---- whatever happens ----

    def test_random_history(self):
        """Paid, credited, delivered, returned, posted, reset, cancelled, edited: never more back than was paid."""
        chance = random.Random(12)
        for round_ in range(4):
            product = self.env["product.product"].create({"name": f"Sole {round_}", "type": "consu"})
            invoice = self._bill(chance.choice([400, 700.01]), 300, paid=False)
            fee = invoice.amount_untaxed
            agreement = self._agreement(
                invoice_id=invoice.id,
                fee_amount=fee,
                steps=((100, 33.33, 0), (200, 33.33, 0), (300, 33.34, 0)),
                product_ids=[Command.set(product.ids)],
            )
            credited = paid = 0.0
            for number in range(12):
                what = chance.choice([
                    "deliver",
                    "deliver",
                    "return",
                    "pay",
                    "credit",
                    "post",
                    "reset",
                    "cancel",
                    "daily",
                ])
                notes = agreement.refund_ids.move_id
                if what == "deliver":
                    self._booked(agreement, "2026-02-02", chance.randint(50, 150))
                elif what == "return" and agreement.net_pairs > 40:
                    self._booked(agreement, "2026-02-10", -40)
                elif what == "pay" and invoice.amount_residual:
                    paid += invoice.amount_residual
                    self._pay(invoice)
                elif what == "credit" and invoice.amount_residual > 100:
                    self._credit(invoice, 50.5)
                    credited += 50.5
                elif what == "post":
                    notes.filtered(lambda note: note.state == "draft")[:1].action_post()
                elif what == "reset":
                    notes.filtered(lambda note: note.state == "posted")[:1].button_draft()
                elif what == "cancel":
                    notes.filtered(lambda note: note.state == "draft")[:1].button_cancel()
                self._every_day()
                live = agreement.refund_ids.filtered(lambda refund: refund.state in ("drafted", "posted"))
                posted = live.filtered(lambda refund: refund.state == "posted")
                with self.subTest(round=round_, number=number, what=what):
                    self.assertLessEqual(round(sum(live.mapped("real_amount")), 2), round(min(paid, fee), 2))
                    self.assertEqual(len(live.step_id), len(live), "each step once")
                    self.assertAlmostEqual(
                        agreement.refunded_amount, sum(posted.move_id.mapped("amount_untaxed")), places=2
                    )
                    self.assertAlmostEqual(agreement.net_pairs, sum(agreement.entry_ids.mapped("pairs")))


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 01:00:00")
class TestRefundOfDecision(FeeCase):
    """The fee of a decision, on whatever invoices it was charged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._ledger()
        cls._budget()
        cls._policy(refund_step_ids=[Command.create({"threshold_pairs": 2000, "percent": 100.0})])

    def _agree(self, request):
        return request.fee_decision_id.sudo().agreement_ids

    def test_down_payment_and_final_invoice(self):
        request, order = self._charged()
        order.action_confirm()
        wizard = self.env["sale.advance.payment.inv"].with_context(active_ids=order.ids, active_model="sale.order")
        deposit = wizard.create({"advance_payment_method": "percentage", "amount": 30})._create_invoices(order.sudo())
        final = None
        for invoice in (deposit, final):
            invoice = invoice or order.sudo()._create_invoices(final=True)
            invoice.invoice_date = "2026-03-02"
            invoice.action_post()
            self._pay(invoice, invoice.amount_total)
        agreement = self._agree(request)
        self._refund(agreement)
        note = agreement.refund_ids.move_id
        self.assertEqual(note.amount_untaxed, 4000)

    def test_credited_in_part(self):
        request, order = self._charged()
        invoice = self._invoice(order)
        note = invoice._reverse_moves([{"invoice_date": "2026-03-02"}])
        note.invoice_line_ids.price_unit = 1000
        note.action_post()
        (invoice | note).line_ids.filtered(lambda line: line.account_id == self.receivable).reconcile()
        self._pay(invoice, invoice.amount_residual)
        agreement = self._agree(request)
        self._refund(agreement)
        self.assertEqual(agreement.refund_ids.move_id.amount_untaxed, 3000)

    def test_not_paid_in_full(self):
        request, order = self._charged()
        invoice = self._invoice(order)
        self._pay(invoice, 1000)
        agreement = self._agree(request)
        self._refund(agreement)
        self.assertFalse(agreement.refund_ids)
