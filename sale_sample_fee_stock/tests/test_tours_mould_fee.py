from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.sale_sample_fee.tests.common_fees import FeeCase

NEEDED = "2099-12-31"


@tagged("post_install", "-at_install", "is_tour")
class TestMouldFeeTours(FeeCase, HttpCase):
    """A shared mould fee from the decision to its refund, each step in the browser of whoever does it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._ledger()
        outstanding = cls.env["account.account"].create({
            "name": "Outstanding T",
            "code": "T1003",
            "account_type": "asset_current",
            "reconcile": True,
            "company_ids": [Command.set(cls.company.ids)],
        })
        journal = cls.env["account.journal"].create({
            "name": "Bank T",
            "code": "TB",
            "type": "bank",
            "company_id": cls.company.id,
            "default_account_id": cls.bank.id,
        })
        journal.inbound_payment_method_line_ids.payment_account_id = outstanding
        cls.accountant = cls._user(
            "accountant", "account.group_account_invoice,sales_team.group_sale_salesman_all_leads"
        )
        cls.worker = cls._user("worker", "stock.group_stock_user")
        cls.finance.group_ids |= cls.env.ref("account.group_account_invoice")
        cls._budget()
        cls._policy(refund_step_ids=[Command.create({"threshold_pairs": 1000, "percent": 100.0})])
        cls.sole = cls.env["product.product"].create({"name": "Cup Sole T", "is_storable": True})
        cls.env["stock.quant"]._update_available_quantity(cls.sole, cls._warehouse().lot_stock_id, 2000)

    @classmethod
    def _user(cls, name, groups):
        return new_test_user(
            cls.env,
            f"mould_fee_{name}",
            groups=groups,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _warehouse(cls):
        return cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)

    def _made(self, request):
        """Return the round of a request, made and ready to be sent."""
        request.with_user(self.rnd)._accept(request.needed_by, estimated_cost=0.0)
        sample = request.sudo().current_round_id.with_user(self.rnd)
        sample.action_start()
        sample.action_made()
        return sample

    def test_decided_invoiced_paid_shipped_refunded(self):
        request = self._request(needed_by=NEEDED, fee_cost=8000.0)
        self.env["sale.sample.mould"].create({
            "shape": "Cup sole T",
            "request_id": request.id,
            "product_ids": [Command.set(self.sole.ids)],
            "part_ids": [Command.create({"kind": "sole", "cost": 8000.0})],
        })
        request.with_user(self.salesman).action_submit()
        self.start_tour(f"/odoo/sample-requests/{request.id}", "mould_fee_decided", login=self.salesman.login)
        decision = request.fee_decision_id
        agreement = decision.sudo().agreement_ids
        refunds = f"/odoo/mould-agreements/{agreement.id}"
        self.start_tour(refunds, "mould_fee_counted", login=self.salesman.login)

        sample = self._made(request)
        path = f"/odoo/sample-rounds/{sample.id}"
        with mute_logger("odoo.http"):  # the refusal is what the tour looks for
            self.start_tour(path, "mould_fee_refused_unpaid", login=self.rnd.login)
        self.assertEqual(sample.state, "made")

        order = decision.order_line_ids.order_id
        self.start_tour(f"/odoo/action-sale.action_orders/{order.id}", "mould_fee_paid", login=self.accountant.login)
        self.env.invalidate_all()
        self.assertEqual((decision.payment_state, decision.collected_amount), ("paid", 4000.0))
        self.start_tour(path, "mould_fee_sent", login=self.rnd.login)

        goods = self.env["sale.order"].create({
            "partner_id": self.contact.id,
            "warehouse_id": self._warehouse().id,
            "company_id": self.company.id,
            "order_line": [Command.create({"product_id": self.sole.id, "product_uom_qty": 1200})],
        })
        goods.action_confirm()
        self.start_tour(f"/odoo/deliveries/{goods.picking_ids.id}", "mould_fee_delivered", login=self.worker.login)
        self.env.invalidate_all()
        self.assertEqual((agreement.net_pairs, agreement.state), (1200, "done"))
        self.start_tour(refunds, "mould_fee_refunded", login=self.finance.login)
        self.env.invalidate_all()
        note = agreement.refund_ids.move_id
        self.assertEqual((note.state, note.amount_untaxed, note.move_type), ("posted", 4000.0, "out_refund"))
        self.assertEqual((decision.payment_state, decision.collected_amount), ("paid", 4000.0))
