from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.sale_sample.tests.common import MONDAY_9

from .common_fees import FeeCase


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestFeeGuards(FeeCase):
    """What was decided is what is charged, and what is charged is what is collected."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._ledger()
        cls._budget()
        cls.policy = cls._policy()
        cls.reason = cls.env["sale.sample.reason"].create({"name": "Test cancelled", "kind": "cancelled"})

    def _credited(self, invoice, amount=None):
        """Return a posted credit note of the invoice, of a part when an amount is given."""
        note = invoice._reverse_moves([{"invoice_date": "2026-03-02"}])
        if amount:
            note.invoice_line_ids.price_unit = amount
        note.action_post()
        self.env.flush_all()
        return note

    # ---- the quotation ----

    def test_fee_on_the_quotation_is_the_one_decided(self):
        _request, order = self._charged()
        line = order.order_line
        for values in (
            {"price_unit": 1.0},
            {"discount": 90.0},
            {"product_uom_qty": 0.5},
            {"product_id": self.product.id},
        ):
            with self.subTest(values), self.assertRefused("charged as it is"):
                line.with_user(self.salesman).write(values)
        with self.assertRefused("charged as it is"):
            order.with_user(self.salesman).order_line = [Command.update(line.id, {"price_unit": 1.0})]
        line.with_user(self.salesman).write({"name": "Mould fee", "price_unit": 4000.0})
        order.with_user(self.salesman)._recompute_prices()
        self.assertEqual((line.price_unit, line.name), (4000.0, "Mould fee"))

    def test_customer_and_currency_of_the_quotation_stay(self):
        _request, order = self._charged()
        with self.assertRefused("to this customer"):
            order.with_user(self.salesman).partner_id = self.other_customer
        order.with_user(self.salesman).client_order_ref = "PO 7"

    def test_link_is_closed(self):
        _request, order = self._charged()
        other = self._decided(style_name="Other")
        line = order.with_user(self.salesman).order_line
        with self.assertRaises(AccessError):
            line.sample_fee_decision_id = other.fee_decision_id
        with self.assertRaises(AccessError):
            self.env["sale.order.line"].with_user(self.salesman).create({
                "order_id": order.id,
                "product_id": self.product.id,
                "sample_fee_decision_id": other.fee_decision_id.id,
            })

    def test_a_colleague_does_not_charge_twice(self):
        request, _order = self._charged()
        request.team_id.sudo().user_id = self.colleague
        with self.assertRefused("charged already"):
            request.with_user(self.colleague).action_charge_fee()

    def test_discount_line_collects_no_more_than_was_paid(self):
        request, order = self._charged()
        order.order_line = [Command.create({"product_id": self.product.id, "price_unit": -3000.0, "tax_ids": False})]
        order.order_line.sudo().tax_ids = False
        invoice = self._invoice(order)
        self._pay(invoice, invoice.amount_total)
        self.assertEqual((request.fee_state, request.fee_collected_amount), ("partial", 1000.0))

    # ---- credit notes are no payments ----

    def test_credit_note_on_an_unpaid_invoice(self):
        request, order = self._charged()
        invoice = self._invoice(order)
        self._credited(invoice, 1000.0)
        self.assertEqual((request.fee_state, request.fee_collected_amount), ("unpaid", 0.0))
        self._pay(invoice, invoice.amount_residual)
        self.assertEqual((request.fee_state, request.fee_collected_amount), ("paid", 3000.0))

    def test_paid_credited_and_repaid_can_be_cancelled(self):
        request, order = self._charged()
        invoice = self._invoice(order)
        self._pay(invoice, invoice.amount_total)
        self.assertEqual(request.fee_collected_amount, 4000.0)
        with self.assertRefused("paid the fee"):
            request._end("cancelled", self.reason)
        self._credited(invoice)
        self.assertEqual((request.fee_state, request.fee_collected_amount), ("unpaid", 0.0))
        with self.assertRefused("Cancel that order first"):
            request._end("cancelled", self.reason)
        order._action_cancel()
        request._end("cancelled", self.reason)
        self.assertEqual(request.state, "cancelled")

    def test_down_payment(self):
        request, order = self._charged()
        order.order_line.sudo().tax_ids = False
        order.action_confirm()
        for method in ("percentage", "delivered"):
            wizard = (
                self
                .env["sale.advance.payment.inv"]
                .sudo()
                .with_context(active_model="sale.order", active_ids=order.ids, active_id=order.id)
                .create({"advance_payment_method": method, "amount": 25.0})
            )
            invoice = wizard._create_invoices(order.sudo())
            invoice.invoice_date = "2026-03-02"
            invoice.invoice_line_ids.tax_ids = False
            invoice.action_post()
            if method == "percentage":
                self._pay(invoice, invoice.amount_total)
                self.assertEqual((request.fee_state, request.fee_collected_amount), ("partial", 1000.0))
        self.assertEqual(invoice.amount_total, 3000.0)
        self.assertEqual((request.fee_state, request.fee_collected_amount), ("partial", 1000.0))
        self._pay(invoice, invoice.amount_total)
        self.assertEqual((request.fee_state, request.fee_collected_amount), ("paid", 4000.0))

    # ---- figures that moved since the proposal ----

    def test_cost_that_changed_is_worked_out_again(self):
        self.policy.write({"share_method": "cap", "share_cap": 3000.0})
        request = self._handed_over()
        request.fee_cost = 40000.0
        self.assertEqual(request.fee_amount, 3000.0, "the fee stays, the company's part does not")
        with self.assertRefused("Work it out again"):
            request.action_confirm_fee()
        with self.assertRefused("Work it out again"):
            request._ask_fee_exception(1000.0, "Key customer")
        request.action_work_out_fee()
        request.action_confirm_fee()
        self.assertEqual(request.fee_company_amount, 37000.0)

    def test_quota_of_last_year_is_not_used(self):
        self.policy.free_quota = 1
        request = self._handed_over(needed_by="2027-02-01")
        self.assertEqual(request.fee_charge, "free")
        with freeze_time("2027-01-04 01:00:00"), self.assertRefused("Work it out again"):
            request.action_confirm_fee()

    def test_mould_that_became_dearer_while_an_exception_waited(self):
        request = self._request()
        mould = self._mould(request_id=request.id)
        request = request.with_user(self.salesman)
        request.action_submit()
        request._ask_fee_exception(0.0, "Please")
        mould.part_ids[0].cost = 3000.0
        request.with_user(self.manager).action_refuse_fee()
        self.assertEqual((request.fee_cost, request.fee_amount), (5000.0, 2500.0))

    def test_customer_and_type_stay_once_decided(self):
        request = self._decided()
        request.action_take_back()
        for values in ({"partner_id": self.other_customer.id}, {"type_id": self.type.copy({"code": "T2"}).id}):
            with self.subTest(values), self.assertRefused("has been decided for this customer"):
                request.write(values)
        request.style_name = "Another shoe"

    def test_free_samples_follow_the_lead_that_became_a_customer(self):
        self.policy.free_quota = 1
        lead = self.env["crm.lead"].create({
            "name": "New brand",
            "type": "opportunity",
            "user_id": self.salesman.id,
            "company_id": self.company.id,
        })
        first = self._handed_over(partner_id=False, lead_id=lead.id)
        first.action_confirm_fee()
        self.assertEqual(first.fee_charge, "free")
        lead.partner_id = self.customer
        second = self._handed_over(style_name="Second")
        self.assertEqual((second.fee_charge, second.fee_decision_id.evidence["quota_used"]), ("shared", 1))

    # ---- the tester ----

    def test_tester_stays_within_reach(self):
        tester = self.env["sale.sample.fee.tester"].with_user(self.salesman)
        values = {"company_id": self.company.id, "partner_id": self.customer.id, "type_id": self.type.id, "cost": 500.0}
        self.assertTrue(tester.create({**values, "user_id": self.salesman.id}).result)
        hidden = self.env["crm.lead"].create({"name": "Hidden", "user_id": self.colleague.id})
        for more in (
            {"user_id": self.colleague.id},
            {"company_id": self._make_company("Other Works").id},
            {"lead_id": hidden.id},
            {"team_id": self.env["crm.team"].create({"name": "Other team"}).id},
        ):
            with self.subTest(more), self.assertRaises(AccessError):
                _result = tester.create({**values, **more}).result
        led = self.env["crm.team"].create({"name": "Led team", "user_id": self.salesman.id})
        self.assertTrue(tester.create({**values, "user_id": self.salesman.id, "team_id": led.id}).result)
        with self.assertRaises(AccessError):  # the own team does not open a colleague's budget
            _result = tester.create({**values, "user_id": self.colleague.id, "team_id": led.id}).result
        everybody = self.env["sale.sample.fee.tester"].with_user(self.manager)
        self.assertTrue(everybody.create({**values, "user_id": self.colleague.id}).result)
