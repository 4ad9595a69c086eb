from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.sale_sample.tests.common import MONDAY_9, NEEDED

from ..hooks import uninstall_hook
from .common_fees import FeeCase


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestFeeCollection(FeeCase):
    """What is charged is ordered, invoiced, paid; nothing is sent before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._ledger()
        cls._budget()
        cls.policy = cls._policy()
        cls.reason = cls.env["sale.sample.reason"].create({"name": "Test cancelled", "kind": "cancelled"})

    def test_ordered_invoiced_paid(self):
        request = self._decided()
        self.assertEqual((request.fee_state, str(request.fee_due_on)), ("to_order", "2026-04-01"))
        request.action_charge_fee()
        order = request.fee_decision_id.order_line_ids.order_id
        line = order.order_line
        self.assertEqual((line.price_unit, order.user_id, request.fee_state), (4000.0, self.salesman, "unpaid"))
        with self.assertRefused("charged already"):
            request.action_charge_fee()
        invoice = self._invoice(order)
        self.assertEqual(str(request.fee_due_on), "2026-03-20")
        self._pay(invoice, invoice.amount_total / 4)
        self.assertEqual((request.fee_state, request.fee_collected_amount), ("partial", 1000.0))
        self._pay(invoice, invoice.amount_residual)
        self.assertEqual((request.fee_state, request.fee_collected_amount), ("paid", 4000.0))
        self.assertFalse(request.fee_due_on)

    def test_cancelled_order_can_be_charged_again(self):
        request, order = self._charged()
        order._action_cancel()
        self.assertEqual(request.fee_state, "to_order")
        request.action_charge_fee()
        self.assertEqual(request.fee_state, "unpaid")

    def test_nothing_is_sent_before_payment(self):
        request, order = self._charged()
        request.with_user(self.rnd)._accept(NEEDED, estimated_cost=0.0)
        sample = request.sudo().current_round_id.with_user(self.rnd)
        sample.action_start()
        sample.action_made()
        with self.assertRefused("before the customer has paid"):
            sample._send(sample._get_today())
        invoice = self._invoice(order)
        self._pay(invoice, invoice.amount_total)
        sample._send(sample._get_today())
        self.assertEqual(sample.state, "sent")

    def test_nothing_is_sent_before_the_decision(self):
        request = self._handed_over()
        request.with_user(self.rnd)._accept(NEEDED, estimated_cost=0.0)
        sample = request.sudo().current_round_id.with_user(self.rnd)
        sample.action_start()
        sample.action_made()
        with self.assertRefused("has not decided"):
            sample._send(sample._get_today())
        self.policy.pay_before_shipping = False
        request.action_work_out_fee()
        request.action_confirm_fee()
        sample._send(sample._get_today())
        self.assertEqual(sample.state, "sent")

    def test_another_currency(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        pricelist = self.env["product.pricelist"].create({
            "name": "USD T",
            "currency_id": usd.id,
            "company_id": self.company.id,
        })
        self.customer.with_company(self.company).specific_property_product_pricelist = pricelist
        self.env["res.currency.rate"].search([("currency_id", "=", usd.id)]).unlink()
        request = self._decided()
        with self.assertRefused("no exchange rate of USD"):
            request.action_charge_fee()
        self.env["res.currency.rate"].create({
            "currency_id": usd.id,
            "company_id": self.company.id,
            "name": "2026-01-01",
            "rate": 0.125,
        })
        request.action_charge_fee()
        line = request.fee_decision_id.order_line_ids
        self.assertEqual((line.currency_id, line.price_unit), (usd, 500.0))

    def test_paid_request_is_not_cancelled(self):
        request, order = self._charged()
        invoice = self._invoice(order)
        with self.assertRefused("invoiced"):
            request._end("cancelled", self.reason)
        self._pay(invoice, 100.0)
        with self.assertRefused("paid the fee"):
            request._end("cancelled", self.reason)
        self.assertEqual(request.state, "submitted")

    def test_cancelling_gives_the_budget_back(self):
        request, order = self._charged()
        decision = request.fee_decision_id
        self.assertEqual(decision.sudo().budget_committed_amount, 4000.0)
        request._end("cancelled", self.reason)
        decision.invalidate_recordset()
        self.assertEqual((decision.state, decision.payment_state), ("cancelled", "none"))
        self.assertEqual((decision.sudo().budget_committed_amount, order.state), (0.0, "cancel"))

    def test_overdue(self):
        request, _order = self._charged()
        decision = request.fee_decision_id
        decisions = self.env["sale.sample.fee.decision"]
        overdue = [("is_overdue", "=", True), ("id", "=", decision.id)]
        with freeze_time("2026-04-01 12:00:00"):
            self.assertFalse(decisions.search(overdue))
        with freeze_time("2026-04-02 01:00:00"):
            self.assertEqual(decisions.search(overdue), decision)
            for _night in range(2):
                decisions._cron_overdue()
            self.assertEqual([login for login, _type in self._open_activities(decision)], [self.salesman.login])
            invoice = self._invoice(_order)
            self._pay(invoice, invoice.amount_total)
            decisions._cron_overdue()
            self.assertFalse(self._open_activities(decision))

    def test_removal_of_the_addon(self):
        request, order = self._charged()
        mould = self.env["sale.sample.mould"].create({
            "shape": "Cup sole T",
            "request_id": request.id,
            "part_ids": [Command.create({"cost": 1.0})],
        })
        mould.action_open()
        request.with_user(self.rnd)._accept(NEEDED, estimated_cost=300.0)
        sample = request.sudo().current_round_id
        sample.with_user(self.rnd).action_start()
        decision = request.fee_decision_id.sudo()
        line = decision.budget_line_id
        uninstall_hook(self.env)
        self.assertFalse(decision.exists())
        self.assertEqual(len(order.sudo().order_line), 1)
        self.assertEqual(self._figures(line)[0], 0.0)
        # what fees only look at stays as it is
        self.assertEqual(
            (request.state, request.mould_ids.sudo(), request.round_ids.sudo()), ("accepted", mould, sample)
        )
        self.assertEqual((mould.state, sample.state), ("opened", "making"))

    def test_queries_of_the_list(self):
        for number in range(6):
            self._charged(style_name=f"S{number}")
        decisions = self.env["sale.sample.fee.decision"].with_user(self.salesman)
        counts = []
        for size in (1, 6):
            self.env.invalidate_all()
            self.env.flush_all()
            found = decisions.search([("company_id", "=", self.company.id)], limit=size)
            found.invalidate_recordset()
            before = self.env.cr.sql_log_count
            found.web_read({"payment_state": {}, "collected_amount": {}, "is_overdue": {}, "fee_amount": {}})
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
