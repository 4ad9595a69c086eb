from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.sale_sample.tests.common import MONDAY_9

from .common_fees import FeeCase


class FigureCase(FeeCase):
    """A fee of 1,000, half of 2,000; dollars at 0.125."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._ledger()
        cls._budget()
        cls._policy()
        cls.reason = cls.env["sale.sample.reason"].create({"name": "Test cancelled", "kind": "cancelled"})
        cls.company.account_fiscal_country_id = cls.env.ref("base.cn")
        cls.usd = cls.env.ref("base.USD")
        cls.usd.active = True
        cls.env["res.currency.rate"].search([("currency_id", "=", cls.usd.id)]).unlink()
        cls._rate("2026-01-01", 0.125)
        cls.loss = cls.env["account.account"].create({
            "name": "Discounts T",
            "code": "T6603",
            "account_type": "expense",
            "company_ids": [Command.set(cls.company.ids)],
        })

    @classmethod
    def _rate(cls, day, rate):
        cls.env["res.currency.rate"].create({
            "currency_id": cls.usd.id,
            "company_id": cls.company.id,
            "name": day,
            "rate": rate,
        })

    @classmethod
    def _charged(cls, cost=2000.0, **values):
        return super()._charged(cost=cost, **values)

    @classmethod
    def _in_dollars(cls):
        """Give the customer a pricelist in dollars."""
        pricelist = cls.env["product.pricelist"].create({
            "name": "USD T",
            "currency_id": cls.usd.id,
            "company_id": cls.company.id,
        })
        cls.customer.with_company(cls.company).specific_property_product_pricelist = pricelist

    @classmethod
    def _included(cls, percent=13.0, **values):
        """Return a tax that is included in the price."""
        group = cls.env["account.tax.group"].create({"name": "VAT T", "company_id": cls.company.id})
        return cls.env["account.tax"].create({
            "name": f"VAT {percent} T",
            "amount": percent,
            "type_tax_use": "sale",
            "price_include_override": "tax_included",
            "company_id": cls.company.id,
            "country_id": cls.company.account_fiscal_country_id.id,
            "tax_group_id": group.id,
            **values,
        })

    def _draft(self, order, **values):
        """Return the draft invoice of an order that is confirmed with it."""
        if order.state != "sale":
            order.action_confirm()
        invoice = order.sudo()._create_invoices(**values)
        invoice.invoice_date = "2026-03-02"
        invoice.invoice_date_due = "2026-03-20"
        return invoice

    def _changed(self, order, price=125.0):
        """Return the posted invoice of an order, changed to dollars."""
        invoice = self._draft(order)
        invoice.currency_id = self.usd
        invoice.invoice_line_ids.price_unit = price
        invoice.action_post()
        return invoice

    def _settle(self, invoice, amount, lost=0.0, day="2026-03-05", sign=1):
        """Settle an invoice by an entry in its currency: money and what is lost, in one."""
        rate = invoice.invoice_currency_rate or 1.0
        move = self.env["account.move"].create({
            "move_type": "entry",
            "company_id": self.company.id,
            "journal_id": self
            .env["account.journal"]
            .search([("company_id", "=", self.company.id), ("type", "=", "general")], limit=1)
            .id,
            "date": day,
            "line_ids": [
                Command.create({
                    "account_id": account.id,
                    "currency_id": invoice.currency_id.id,
                    "amount_currency": sign * part,
                    "balance": sign * part / rate,
                    "partner_id": invoice.partner_id.id,
                    "name": "in",
                })
                for account, part in ((self.bank, amount - lost), (self.loss, lost), (self.receivable, -amount))
                if part
            ],
        })
        move.action_post()
        self._reconcile(invoice | move)
        return move

    def _reconcile(self, moves):
        lines = moves.line_ids.filtered(lambda line: line.account_id == self.receivable and not line.reconciled)
        lines.reconcile()
        self.env.flush_all()

    def _credit(self, invoice, price=None, keep=None, reconcile=True, **values):
        """Return a posted credit note of an invoice.

        :param price: of its lines, where not that of the invoice
        :param keep: lines of the invoice that it names
        """
        note = invoice._reverse_moves([{"invoice_date": "2026-03-04", "date": "2026-03-04", **values}])
        if keep is not None:
            kept = note.invoice_line_ids.filtered(lambda line: line.sale_line_ids & keep.sale_line_ids)
            (note.invoice_line_ids - kept).unlink()
        if price is not None:
            note.invoice_line_ids.price_unit = price
        note.action_post()
        if reconcile:
            self._reconcile(invoice | note)
        self.env.flush_all()
        return note

    def _found(self, request):
        """Return state, collected amount and whether something is due."""
        return request.fee_state, request.fee_collected_amount, bool(request.fee_due_on)

    def _add_goods(self, order, price=3000.0):
        order.sudo().order_line = [
            Command.create({"product_id": self.product.id, "product_uom_qty": 1, "price_unit": price, "tax_ids": False})
        ]
        return order.order_line.filtered(lambda line: line.product_id == self.product)


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestFeeCharged(FigureCase):
    """The order charges exactly the fee that was decided, without taxes and without discounts."""

    def _product(self):
        return self.env.ref("sale_sample_fee.product_sample_fee").product_variant_id

    def _amounts(self, request):
        line = request.fee_decision_id.order_line_ids
        line.invalidate_recordset()
        return line.order_id.amount_untaxed, round(line.order_id.amount_total, 2), line.discount

    def test_tax_in_the_price(self):
        self._product().taxes_id = self._included()
        request, order = self._charged()
        self.assertEqual(self._amounts(request), (1000.0, 1130.0, 0.0))
        invoice = self._draft(order)
        self.assertEqual((invoice.amount_untaxed, invoice.amount_total), (1000.0, 1130.0))

    def test_any_fee_and_any_tax(self):
        for number, (cost, taxes) in enumerate([
            (2000.02, [(13.0, {})]),
            (1999.98, [(6.0, {}), (3.0, {"include_base_amount": True, "sequence": 0})]),
            (246.9, [(7.0, {"amount_type": "division"})]),
            (66.66, [(13.0, {"price_include_override": "tax_excluded"})]),
            (0.14, [(13.0, {}), (5.0, {"amount_type": "fixed"})]),
        ]):
            with self.subTest(cost=cost, taxes=taxes):
                self._product().taxes_id = self.env["account.tax"].union(
                    *(self._included(percent, name=f"T {number} {percent}", **values) for percent, values in taxes)
                )
                _request, order = self._charged(cost=cost, style_name=f"S {cost}")
                self.assertEqual(order.amount_untaxed, round(cost / 2, 2))

    def test_fiscal_position_with_tax_in_the_price(self):
        outside = self._included(13.0, price_include_override="tax_excluded")
        inside = self._included(6.0)
        self._product().taxes_id = outside
        position = self.env["account.fiscal.position"].create({"name": "FP T", "company_id": self.company.id})
        inside.write({
            "fiscal_position_ids": [Command.set(position.ids)],
            "original_tax_ids": [Command.set(outside.ids)],
        })
        self.customer.with_company(self.company).property_account_position_id = position
        request, order = self._charged()
        self.assertEqual(order.order_line.tax_ids, inside)
        self.assertEqual(self._amounts(request), (1000.0, 1060.0, 0.0))
        order.sudo().fiscal_position_id = False
        order.sudo().action_update_taxes()
        self.assertEqual(self._amounts(request), (1000.0, 1130.0, 0.0))
        order.order_line.with_user(self.salesman).tax_ids = inside
        self.assertEqual(self._amounts(request), (1000.0, 1060.0, 0.0))

    def test_pricelist_with_visible_discount(self):
        self.salesman.group_ids += self.env.ref("sale.group_discount_per_so_line")
        self.env.ref("base.group_user").implied_ids += self.env.ref("sale.group_discount_per_so_line")
        self._product().list_price = 5000.0
        pricelist = self.env["product.pricelist"].create({
            "name": "Less T",
            "company_id": self.company.id,
            "currency_id": self.company.currency_id.id,
            "item_ids": [Command.create({"compute_price": "percentage", "percent_price": 10.0})],
        })
        self.customer.with_company(self.company).specific_property_product_pricelist = pricelist
        _request, order = self._charged()
        self.assertEqual(order.pricelist_id, pricelist)
        line = order.order_line
        self.assertEqual((line.price_unit, line.discount, order.amount_untaxed), (1000.0, 0.0, 1000.0))
        order.with_user(self.salesman).action_update_prices()
        self.assertEqual((line.price_unit, line.discount, order.amount_untaxed), (1000.0, 0.0, 1000.0))
        with self.assertRefused("charged as it is"):
            order.with_user(self.salesman).order_line.discount = 10.0

    def test_tax_on_the_invoice_only(self):
        """Taxes that the invoice adds or leaves out change nothing about the fee."""
        request, order = self._charged()
        invoice = self._draft(order)
        invoice.invoice_line_ids.tax_ids = self._included(13.0, price_include_override="tax_excluded")
        invoice.action_post()
        self.assertEqual(invoice.amount_total, 1130.0)
        self._settle(invoice, 1130.0)
        self.assertEqual(self._found(request), ("paid", 1000.0, False))


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestFeeCollected(FigureCase):
    """What was paid of a fee follows from its invoices as they stand, each at its own rate."""

    def test_invoice_changed_to_another_currency(self):
        request, order = self._charged()
        invoice = self._changed(order)
        self.assertEqual(self._found(request), ("unpaid", 0.0, True))
        self._settle(invoice, 50.0)
        self.assertEqual(self._found(request), ("partial", 400.0, True))
        self._settle(invoice, 75.0)
        self.assertEqual(self._found(request), ("paid", 1000.0, False))
        with self.assertRefused("paid the fee"):
            request._end("cancelled", self.reason)
        with freeze_time("2026-06-01 01:00:00"):
            self.env["sale.sample.fee.decision"]._cron_overdue()
        self.assertFalse(self._open_activities(request.fee_decision_id))

    def test_rates_of_two_days(self):
        """What 125 dollars are worth on the day of the invoice changes nothing: they stand for the whole fee."""
        self._rate("2026-02-20", 0.128)
        for price in (125.0, 128.0, 131.0):
            with self.subTest(price=price):
                request, order = self._charged(style_name=f"S {price}")
                invoice = self._changed(order, price)
                self.assertEqual(invoice.invoice_currency_rate, 0.128)
                self._settle(invoice, price)
                self.assertEqual(self._found(request), ("paid", 1000.0, False))

    def test_another_currency_and_much_less(self):
        request, order = self._charged()
        self._settle(self._changed(order, 62.5), 62.5)
        self.assertEqual(self._found(request), ("partial", 500.0, True))

    def test_order_in_another_currency(self):
        self._in_dollars()
        request, order = self._charged()
        self.assertEqual(order.order_line.price_unit, 125.0)
        self._rate("2026-03-01", 0.14)
        invoice = self._draft(order)
        invoice.action_post()
        self._settle(invoice, 25.0)
        self.assertEqual(self._found(request), ("partial", 200.0, True))
        self._settle(invoice, 100.0)
        self.assertEqual(self._found(request), ("paid", 1000.0, False))

    def test_order_in_dollars_invoice_in_yuan(self):
        self._in_dollars()
        request, order = self._charged()
        invoice = self._draft(order)
        invoice.currency_id = self.company.currency_id
        invoice.invoice_line_ids.price_unit = 1000.0
        invoice.action_post()
        self._settle(invoice, 250.0)
        self.assertEqual(self._found(request), ("partial", 250.0, True))
        self._settle(invoice, 750.0)
        self.assertEqual(self._found(request), ("paid", 1000.0, False))

    def test_two_invoices_in_two_currencies(self):
        request, order = self._charged()
        first = self._draft(order)
        first.invoice_line_ids.write({"quantity": 0.4})
        first.action_post()
        second = self._draft(order)
        self.assertEqual(second.invoice_line_ids.quantity, 0.6)
        second.currency_id = self.usd
        second.invoice_line_ids.price_unit = 125.0
        second.action_post()
        self.assertEqual(second.amount_total, 75.0)
        self._settle(second, 75.0)
        self.assertEqual(self._found(request), ("partial", 600.0, True))
        self._settle(first, 400.0)
        self.assertEqual(self._found(request), ("paid", 1000.0, False))

    def test_down_payment_and_final_invoice(self):
        request, order = self._charged()
        order.action_confirm()
        wizard = self.env["sale.advance.payment.inv"].with_context(active_model="sale.order", active_ids=order.ids)
        deposit = wizard.create({"advance_payment_method": "percentage", "amount": 30})._create_invoices(order)
        deposit.invoice_date = "2026-03-02"
        deposit.action_post()
        self._settle(deposit, 300.0)
        self.assertEqual(self._found(request), ("partial", 300.0, True))
        rest = self._draft(order, final=True)
        rest.action_post()
        self.assertEqual(rest.amount_total, 700.0)
        self._settle(rest, 700.0)
        self.assertEqual(self._found(request), ("paid", 1000.0, False))
        self._credit(deposit, reconcile=False)
        self.assertEqual(self._found(request)[:2], ("partial", 700.0))

    def test_settled_without_all_the_money(self):
        """A discount for early payment, a rest written off: nothing is owed, and only money is collected."""
        for lost in (20.0, 0.01):
            with self.subTest(lost=lost):
                request, order = self._charged(style_name=f"S {lost}")
                invoice = self._draft(order)
                invoice.action_post()
                self._settle(invoice, 1000.0, lost=lost)
                self.assertEqual(self._found(request), ("paid", 1000.0 - lost, False))

    def test_early_payment_discount(self):
        """As Odoo's own dialog books it."""
        self.company.account_journal_early_pay_discount_loss_account_id = self.loss
        request, order = self._charged()
        invoice = self._draft(order)
        invoice.invoice_payment_term_id = self.env["account.payment.term"].create({
            "name": "2 % T",
            "early_discount": True,
            "discount_percentage": 2.0,
            "discount_days": 10,
            "line_ids": [Command.create({"value": "percent", "value_amount": 100.0, "nb_days": 30})],
        })
        invoice.action_post()
        payment = self._register(invoice)
        self.assertEqual((payment.amount, invoice.amount_residual), (980.0, 0.0))
        self.assertEqual(self._found(request), ("paid", 980.0, False))

    def _register(self, invoice, **values):
        """Pay by Odoo's dialog, with an entry on an account for what is on its way to the bank."""
        journal = self.env["account.journal"].create({
            "name": "Bank T",
            "code": "TBK",
            "type": "bank",
            "company_id": self.company.id,
        })
        outstanding = self.env["account.account"].create({
            "name": "Outstanding T",
            "code": "T1003",
            "account_type": "asset_current",
            "reconcile": True,
            "company_ids": [Command.set(self.company.ids)],
        })
        if values.pop("with_entry", True):
            journal.inbound_payment_method_line_ids.payment_account_id = outstanding
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
        payment = wizard.create({"journal_id": journal.id, "payment_date": "2026-03-03", **values})._create_payments()
        self.env.flush_all()
        return payment

    def test_rest_marked_as_paid(self):
        request, order = self._charged()
        invoice = self._draft(order)
        invoice.action_post()
        payment = self._register(
            invoice, amount=995.0, payment_difference_handling="reconcile", writeoff_account_id=self.loss.id
        )
        self.assertEqual((payment.amount, invoice.amount_residual), (995.0, 0.0))
        self.assertEqual(self._found(request), ("paid", 995.0, False))

    def test_payment_without_entry_counts_as_far_as_it_goes(self):
        self.patch(type(self.env["account.move"]), "_get_invoice_in_payment_state", lambda _move: "in_payment")
        request, order = self._charged()
        invoice = self._draft(order)
        invoice.action_post()
        payment = self._register(invoice, amount=250.0, with_entry=False)
        self.assertFalse(payment.move_id)
        self.assertEqual(self._found(request), ("partial", 250.0, True))
        payment.action_draft()
        self.env.flush_all()
        self.assertEqual(self._found(request), ("unpaid", 0.0, True))

    def test_reset_and_posted_again(self):
        request, order = self._charged()
        invoice = self._draft(order)
        invoice.action_post()
        entry = self._settle(invoice, 1000.0)
        invoice.button_draft()
        self.env.flush_all()
        self.assertEqual(self._found(request), ("unpaid", 0.0, True))
        invoice.action_post()
        self._reconcile(invoice | entry)
        self.assertEqual(self._found(request), ("paid", 1000.0, False))

    def test_cancelled_after_posting(self):
        request, order = self._charged()
        invoice = self._draft(order)
        invoice.action_post()
        self._settle(invoice, 300.0)
        invoice.button_draft()
        invoice.button_cancel()
        self.env.flush_all()
        self.assertEqual(self._found(request), ("unpaid", 0.0, True))
        again = self._draft(order)
        again.action_post()
        self._settle(again, 1000.0)
        self.assertEqual(self._found(request), ("paid", 1000.0, False))

    def test_credited_in_part(self):
        request, order = self._charged(cost=8000.0)
        invoice = self._draft(order)
        invoice.action_post()
        self._credit(invoice, price=1000.0)
        self._settle(invoice, 3000.0)
        self.assertEqual(self._found(request), ("paid", 3000.0, False))

    def test_order_of_payment_and_credit_does_not_matter(self):
        request, order = self._charged(cost=8000.0)
        invoice = self._draft(order)
        invoice.action_post()
        self._settle(invoice, 3500.0)
        note = self._credit(invoice, price=1000.0)
        self.assertEqual(self._found(request), ("paid", 3000.0, False), "500 of the credit are still owed to them")
        self._settle(note, 500.0, sign=-1)
        self.assertEqual(self._found(request), ("paid", 3000.0, False))

    def test_credit_that_waits_is_no_payment_back(self):
        request, order = self._charged(cost=8000.0)
        invoice = self._draft(order)
        invoice.action_post()
        note = self._credit(invoice, price=1000.0)
        note.line_ids.remove_move_reconcile()
        self.assertEqual((invoice.amount_residual, note.amount_residual), (4000.0, 1000.0))
        self._settle(invoice, 2000.0)
        self.assertEqual(self._found(request), ("partial", 2000.0, True))
        self._settle(invoice, 1000.0)
        self.assertEqual(self._found(request), ("paid", 3000.0, False))

    def test_allowance_for_the_goods_beside(self):
        request, order = self._charged()
        goods = self._add_goods(order)
        invoice = self._draft(order)
        invoice.action_post()
        self.assertEqual(invoice.amount_total, 4000.0)
        self._credit(
            invoice, price=400.0, keep=invoice.invoice_line_ids.filtered(lambda line: line.sale_line_ids == goods)
        )
        self._settle(invoice, 1800.0)
        self.assertEqual(self._found(request), ("partial", 500.0, True))
        self._settle(invoice, 1800.0)
        self.assertEqual(self._found(request), ("paid", 1000.0, False))

    def test_allowance_for_the_fee_beside_goods(self):
        request, order = self._charged()
        goods = self._add_goods(order)
        invoice = self._draft(order)
        invoice.action_post()
        self._credit(
            invoice, price=400.0, keep=invoice.invoice_line_ids.filtered(lambda line: line.sale_line_ids != goods)
        )
        self._settle(invoice, 3600.0)
        self.assertEqual(self._found(request), ("paid", 600.0, False))

    def test_credit_in_words_only(self):
        """A credit line that names neither product nor order takes back all lines alike; a product tells whose it is."""
        for product, collected in ((False, 900.0), (self.product.id, 1000.0)):
            with self.subTest(product=product):
                request, order = self._charged(style_name=f"S {product}")
                self._add_goods(order)
                invoice = self._draft(order)
                invoice.action_post()
                note = self.env["account.move"].create({
                    "move_type": "out_refund",
                    "partner_id": invoice.partner_id.id,
                    "company_id": self.company.id,
                    "journal_id": invoice.journal_id.id,
                    "invoice_date": "2026-03-04",
                    "invoice_line_ids": [
                        Command.create({
                            "name": "Allowance",
                            "product_id": product,
                            "price_unit": 400.0,
                            "tax_ids": False,
                            "account_id": self.income.id,
                        })
                    ],
                })
                note.action_post()
                self._reconcile(invoice | note)
                self._settle(invoice, 3600.0)
                self.assertEqual(self._found(request), ("paid", collected, False))

    def test_fee_alone_credited_beside_goods(self):
        """The fee is taken back, the goods stay: it can be charged anew."""
        request, order = self._charged()
        goods = self._add_goods(order)
        invoice = self._draft(order)
        invoice.action_post()
        self._settle(invoice, 4000.0)
        self.assertEqual(self._found(request), ("paid", 1000.0, False))
        note = self._credit(invoice, keep=invoice.invoice_line_ids.filtered(lambda line: line.sale_line_ids != goods))
        self._settle(note, 1000.0, sign=-1)
        self.assertEqual(self._found(request), ("unpaid", 0.0, True))

    def test_credit_of_another_invoice(self):
        """Credit for goods that settles the invoice of the fee does not take the fee back, and is no payment."""
        request, order = self._charged()
        invoice = self._draft(order)
        invoice.action_post()
        other = self.env["sale.order"].create({"partner_id": self.customer.id, "company_id": self.company.id})
        self._add_goods(other)
        sold = self._draft(other)
        sold.action_post()
        self._settle(sold, 3000.0)
        note = self._credit(sold, price=400.0, reconcile=False)
        self._reconcile(invoice | note)
        self.assertEqual((invoice.amount_residual, note.amount_residual), (600.0, 0.0))
        self.assertEqual(self._found(request), ("partial", 0.0, True))
        self._settle(invoice, 600.0)
        self.assertEqual(self._found(request), ("paid", 600.0, False))

    def test_reversed_and_invoiced_anew(self):
        request, order = self._charged()
        invoice = self._draft(order)
        invoice.action_post()
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
        wizard = wizard.create({"journal_id": invoice.journal_id.id, "date": "2026-03-02"})
        anew = self.env["account.move"].browse(wizard.modify_moves()["res_id"])
        self.env.flush_all()
        self.assertEqual(self._found(request), ("unpaid", 0.0, True))
        anew.invoice_line_ids.price_unit = 800.0
        anew.invoice_date = "2026-03-05"
        anew.action_post()
        self._settle(anew, 800.0)
        self.assertEqual(self._found(request), ("partial", 800.0, True), "200 of the fee were not invoiced")

    def test_credit_note_in_another_currency(self):
        request, order = self._charged()
        invoice = self._draft(order)
        invoice.action_post()
        note = self._credit(invoice, price=50.0, currency_id=self.usd.id)
        self.assertEqual((note.currency_id, note.amount_total), (self.usd, 50.0))
        self._settle(invoice, 600.0)
        self.assertEqual(self._found(request), ("paid", 600.0, False))


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestFeeOfCancelledOrder(FigureCase):
    """Whatever becomes of the order: the invoice says what was paid."""

    def test_paid_fee_stays_paid(self):
        request, order = self._charged()
        invoice = self._draft(order)
        invoice.action_post()
        self._settle(invoice, 1000.0)
        order._action_cancel()
        self.env.flush_all()
        self.assertEqual(self._found(request), ("paid", 1000.0, False))
        with self.assertRefused("paid the fee"):
            request._end("cancelled", self.reason)
        with self.assertRefused("its invoice .* stands"):
            request.action_charge_fee()
        note = self._credit(invoice, reconcile=False)
        self._settle(note, 1000.0, sign=-1)
        self.assertEqual(self._found(request), ("to_order", 0.0, True))
        request.action_charge_fee()
        self.assertEqual(len(request.fee_decision_id.order_line_ids), 2)
        self.assertEqual(self._found(request), ("unpaid", 0.0, True))
        again = self._draft(request.fee_decision_id.order_line_ids.order_id - order)
        again.action_post()
        self._settle(again, 1000.0)
        self.assertEqual(self._found(request), ("paid", 1000.0, False))

    def test_invoiced_fee_stays_owed(self):
        request, order = self._charged()
        invoice = self._draft(order)
        invoice.action_post()
        order._action_cancel()
        self.env.flush_all()
        self.assertEqual(self._found(request), ("unpaid", 0.0, True))
        self.assertEqual(str(request.fee_due_on), "2026-03-20")
        with self.assertRefused("invoiced"):
            request._end("cancelled", self.reason)
        self._settle(invoice, 250.0)
        self.assertEqual(self._found(request), ("partial", 250.0, True))

    def test_order_without_invoice(self):
        request, order = self._charged()
        order.action_confirm()
        order._action_cancel()
        self.assertEqual(self._found(request), ("to_order", 0.0, True))
        request._end("cancelled", self.reason)
        self.assertEqual(request.state, "cancelled")

    def test_paid_credited_repaid(self):
        request, order = self._charged()
        invoice = self._draft(order)
        invoice.action_post()
        self._settle(invoice, 1000.0)
        order._action_cancel()
        note = self._credit(invoice, reconcile=False)
        self._settle(note, 1000.0, sign=-1)
        request._end("cancelled", self.reason)
        self.assertEqual(request.state, "cancelled")

    def test_down_payment_of_a_cancelled_order(self):
        request, order = self._charged()
        order.action_confirm()
        wizard = self.env["sale.advance.payment.inv"].with_context(active_model="sale.order", active_ids=order.ids)
        deposit = wizard.create({"advance_payment_method": "percentage", "amount": 30})._create_invoices(order)
        deposit.invoice_date = "2026-03-02"
        deposit.action_post()
        self._settle(deposit, 300.0)
        order._action_cancel()
        self.env.flush_all()
        self.assertEqual(self._found(request)[:2], ("partial", 300.0))
