from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common_fees import FeeCase
from .common_refund import RefundCase


@tagged("post_install", "-at_install", "is_tour")
class TestFeeTours(FeeCase, HttpCase):
    """A shared mould fee from the hand-over to the first pair that may travel."""

    def test_shared_fee_and_mould(self):
        self._ledger()
        budget = self._budget()
        self._policy()
        request = self._request(needed_by="2099-12-31", fee_cost=8000.0)
        request.with_user(self.salesman).action_submit()
        path = f"/odoo/sample-requests/{request.id}"
        self.start_tour(path, "sale_sample_fee", login=self.salesman.login)
        decision = request.fee_decision_id
        self.assertEqual((decision.state, decision.decided_by_id), ("approved", self.salesman))
        self.assertEqual((decision.payment_state, self._figures(budget)[0]), ("unpaid", 4000.0))
        mould = (
            self
            .env["sale.sample.mould"]
            .with_user(self.rnd)
            .create({
                "shape": "Cup sole T",
                "request_id": request.id,
                "part_ids": [Command.create({"kind": "sole", "cost": 8000.0})],
            })
        )
        self.start_tour(f"/odoo/moulds/{mould.id}", "sale_sample_mould", login=self.rnd.login)
        self.assertEqual((mould.state, mould.trial_number), ("released", 0))
        self.assertEqual(self._figures(budget), (0.0, 4000.0, 46000.0))
        request.with_user(self.rnd)._accept(request.needed_by, estimated_cost=0.0)
        sample = request.current_round_id.with_user(self.rnd)
        sample.action_start()
        sample.action_made()
        with self.assertRefused("before the customer has paid"):
            sample._send(sample._get_today())
        order = decision.order_line_ids.order_id
        invoice = order.sudo()._create_invoices()
        invoice.action_post()
        self._pay(invoice, invoice.amount_total)
        sample._send(sample._get_today())
        self.assertEqual((sample.state, decision.payment_state), ("sent", "paid"))


@tagged("post_install", "-at_install", "is_tour")
class TestRefundTours(RefundCase, HttpCase):
    """What finance does in the browser."""

    def test_refund(self):
        """Finance starts an agreement and books what a paper note says; half of the fee comes back."""
        agreement = self._agreement(started=False, steps=((1000, 50, 0), (2000, 50, 0)))
        self.start_tour(f"/odoo/mould-agreements/{agreement.id}", "sale_sample_refund", login=self.finance.login)
        self.assertEqual((agreement.net_pairs, agreement.refund_ids.amount), (1000, 500))
