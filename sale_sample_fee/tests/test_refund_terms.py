from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common_refund import RefundCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 04:00:00")
class TestRefundTerms(RefundCase):
    """Who may change what was agreed, and what stands in the way of a refund."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_customer = cls.env["res.partner"].create({"name": "Heel Works", "is_company": True})

    def _every_day(self):
        with self.enter_registry_test_mode():
            self.env.ref("sale_sample_fee.ir_cron_refunds").method_direct_trigger()

    def _decided(self, **values):
        """Return the agreement that an approved fee of 1,200 has drafted."""
        request = self._request(product_id=self.sole.id)
        decision = (
            self
            .env["sale.sample.fee.decision"]
            .sudo()
            .create({
                "request_id": request.id,
                "charge": "shared",
                "cost": 3000,
                "fee_amount": 1200,
                "refund_terms": [{"pairs": 500, "percent": 100, "months": 0}],
                **values,
            })
        )
        decision._change_state("approved", decided_at="2026-03-02 02:00:00")
        return decision.agreement_ids

    def _invoice(self, partner=None, **values):
        return self.env["account.move"].create({
            "move_type": "out_invoice",
            "partner_id": (partner or self.customer).id,
            "journal_id": self.journal.id,
            "invoice_date": "2026-03-02",
            "invoice_line_ids": [Command.create({"name": "Mould fee", "price_unit": 1000, "tax_ids": False})],
            **values,
        })

    # ---- terms that a decision has settled ----

    def test_terms_of_a_decision_are_closed_from_the_first(self):
        agreement = self._decided().with_user(self.salesman)
        for change in (
            {"fee_amount": 400000},
            {"date_start": "2020-01-01"},
            {"partner_id": self.other_customer.id},
            {"step_ids": [Command.clear()]},
            {"step_ids": [Command.create({"threshold_pairs": 1, "percent": 1})]},
        ):
            with self.subTest(change), self.assertRefused("follow the fee decision"):
                agreement.write(change)
        with self.assertRefused("follow the fee decision"):
            agreement.step_ids.threshold_pairs = 1
        with self.assertRefused("follow a fee decision, and stay on record"):
            agreement.unlink()
        with self.assertRefused("finance or a sales manager cancels", AccessError):
            agreement.action_cancel()
        with self.assertRaises(AccessError):
            agreement.decision_id = False
        agreement.product_ids = self.other_sole
        agreement.action_start()
        self.assertEqual((agreement.state, agreement.fee_amount), ("running", 1200))

    def test_by_hand_is_started_by_finance(self):
        agreement = self._agreement(started=False)
        with self.assertRefused("finance or a sales manager starts", AccessError):
            agreement.with_user(self.salesman).action_start()
        agreement.with_user(self.salesman).fee_amount = 900
        agreement.with_user(self.finance).action_start()
        self.assertEqual(agreement.state, "running")

    def test_step_does_not_move_into_a_running_agreement(self):
        running, draft = self._agreement(steps=((1000, 50, 0),)), self._agreement(started=False, steps=((1, 50, 0),))
        with self.assertRefused("terms of these agreements are closed"):
            draft.step_ids.agreement_id = running

    def test_steps_give_back_the_whole_fee_at_most(self):
        agreement = self._agreement(started=False)
        with self.assertRefused("Lower the steps to 100 %", ValidationError):
            agreement.step_ids[0].percent = 60

    def test_moulds_and_invoice_of_a_running_agreement_are_for_finance(self):
        agreement = self._agreement()
        invoice = self._invoice()
        for values in ({"mould_ids": [Command.clear()]}, {"invoice_id": invoice.id}):
            with self.subTest(values), self.assertRefused("changed by finance or a sales manager", AccessError):
                agreement.with_user(self.salesman).write(values)
        self.finance.group_ids += self.env.ref("account.group_account_readonly")  # who names an invoice may read it
        agreement.with_user(self.finance).invoice_id = invoice

    def test_invoice_of_another_customer(self):
        agreement = self._agreement(started=False)
        with self.assertRefused("is not an invoice to", ValidationError):
            agreement.invoice_id = self._invoice(self.other_customer)
        with self.assertRefused("is not an invoice to", ValidationError):
            agreement.invoice_id = self._invoice(move_type="out_refund")

    def test_moulds_registered_since_the_decision_count(self):
        agreement = self._decided()
        mould = self.env["sale.sample.mould"].create({"shape": "Cup sole", "request_id": agreement.request_id.id})
        agreement.action_start()
        self.assertEqual(agreement.mould_ids, mould)
        mould.sudo()._change_state("opened")
        mould.sudo()._change_state("scrapped")
        mould.active = False
        agreement.invalidate_recordset()
        self.patch(type(agreement), "_get_unpaid_note", lambda one: None)
        self.assertIn("was scrapped", agreement._get_refund_refusal())

    # ---- paid first ----

    def test_nothing_comes_back_that_was_not_paid(self):
        invoice = self._invoice()
        agreement = self._agreement(invoice_id=invoice.id)
        self._booked(agreement, "2026-02-02", 1000)
        self.assertFalse(agreement.refund_ids)
        self.assertIn("has not paid the fee yet", agreement.activity_ids.note)
        with self.assertRefused("has not paid the fee yet"):
            agreement.with_user(self.finance).action_grant()
        invoice.action_post()
        bank = self.env["account.account"].create({
            "name": "Bank",
            "code": "100201",
            "account_type": "asset_cash",
            "company_ids": [Command.set(self.company.ids)],
        })
        receivable = invoice.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        payment = self.env["account.move"].create({
            "move_type": "entry",
            "journal_id": self
            .env["account.journal"]
            .create({"name": "Misc", "code": "SMIS", "type": "general", "company_id": self.company.id})
            .id,
            "line_ids": [
                Command.create({"account_id": bank.id, "debit": 1000}),
                Command.create({
                    "account_id": receivable.account_id.id,
                    "credit": 1000,
                    "partner_id": self.customer.id,
                }),
            ],
        })
        payment.action_post()
        (receivable | payment.line_ids.filtered("credit")).reconcile()
        self._every_day()
        note = agreement.refund_ids.move_id
        self.assertEqual((note.reversed_entry_id, note.amount_untaxed), (invoice, 500))

    def test_cancelled_decision_ends_what_it_promised(self):
        agreement = self._decided()
        agreement.action_start()
        agreement.decision_id._change_state("cancelled")
        self.assertEqual(agreement.state, "cancelled")

    def test_decision_not_charged(self):
        agreement = self._decided()
        agreement.action_start()
        self._booked(agreement, "2026-03-02", 600)
        self.assertFalse(agreement.refund_ids)
        self.assertIn("no invoice", agreement.activity_ids.note)

    # ---- the customer becomes known later ----

    def test_opportunity_without_a_customer(self):
        lead = self.env["crm.lead"].create({"name": "New brand", "type": "opportunity", "user_id": self.salesman.id})
        request = self._request(partner_id=False, lead_id=lead.id)
        decision = (
            self
            .env["sale.sample.fee.decision"]
            .sudo()
            .create({
                "request_id": request.id,
                "charge": "shared",
                "cost": 3000,
                "fee_amount": 1200,
                "refund_terms": [{"pairs": 500, "percent": 100, "months": 0}],
            })
        )
        request.sudo().fee_decision_id = decision
        decision._change_state("approved", decided_at="2026-03-02 02:00:00")
        self.assertFalse(decision.agreement_ids)
        lead.partner_id = self.customer
        self.assertEqual(decision.agreement_ids.partner_id, self.customer)

    def test_returns_after_everything_was_refunded_are_found(self):
        """Without stock, the daily job finds them."""
        service = self.env["product.product"].create({"name": "Made outside", "type": "service"})
        agreement = self._agreement(product_ids=[Command.set(service.ids)], steps=((100, 100, 0),))
        order = self.env["sale.order"].create({
            "partner_id": self.contact.id,
            "order_line": [Command.create({"product_id": service.id, "product_uom_qty": 100})],
        })
        order.action_confirm()
        order.order_line.qty_delivered = 100
        self.assertEqual(agreement.state, "done")
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order_line SET qty_delivered = 90 WHERE id = %s", [order.order_line.id])
        order.order_line.invalidate_recordset()
        with freeze_time("2026-03-03 04:00:00"):  # on the day itself it would be a correction
            self._every_day()
        self.assertEqual((agreement.net_pairs, agreement.standing), (90, "fallen"))

    def test_deletion_of_drafts_made_by_hand(self):
        self._agreement(started=False).with_user(self.salesman).unlink()
        with self.assertRaises(UserError):
            self._agreement().with_user(self.salesman).unlink()
