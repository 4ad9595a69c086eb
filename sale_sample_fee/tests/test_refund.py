from contextlib import contextmanager
from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged, users
from odoo.tools import mute_logger

from .common_refund import RefundCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 04:00:00")
class TestRefund(RefundCase):
    """Half of the fee comes back after 1,000 pairs, the rest after 2,000."""

    def _terms(self, **values):
        """Return an agreement that has not begun."""
        return self._agreement(started=False, **values)

    @contextmanager
    def assertImpossible(self, constraint):
        """Check that the database refuses it by this constraint."""
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError) as caught:
            yield
        self.assertIn(constraint, str(caught.exception))

    # ------------------------------------------------------------------
    # Progress and refunds
    # ------------------------------------------------------------------

    def test_progress(self):
        agreement = self._agreement()
        self.assertEqual((agreement.standing, agreement.threshold_pairs), ("open", 1000))
        self._booked(agreement, "2026-02-02", 700)
        self.assertEqual((agreement.net_pairs, agreement.progress, agreement.missing_pairs), (700, 70, 300))
        self._booked(agreement, "2026-02-03", 150)
        self.assertEqual(agreement.standing, "near")
        self.assertEqual(agreement.next_deadline, date(2026, 7, 5))

    def test_threshold_reached(self):
        self.company.sample_refund_user_id = self.finance
        agreement = self._agreement()
        self._booked(agreement, "2026-02-02", 1000)
        refund = agreement.refund_ids
        self.assertEqual((refund.amount, refund.pairs, refund.granted_by_id), (500, 1000, self.finance))
        self.assertRecordValues(
            refund.move_id,
            [{"move_type": "out_refund", "state": "draft", "amount_untaxed": 500, "partner_id": self.customer.id}],
        )
        task = agreement.activity_ids
        self.assertEqual(task.user_id, self.finance)
        self.assertIn("Check and post the refund", task.summary)
        self.assertEqual((agreement.state, agreement.threshold_pairs), ("running", 2000))
        self.assertFalse(agreement.next_deadline)

    def test_both_steps_at_once(self):
        agreement = self._agreement(fee_amount=1000.01)
        self._booked(agreement, "2026-02-02", 2500)
        self.assertEqual(sum(agreement.refund_ids.mapped("amount")), 1000.01)
        self.assertEqual(len(agreement.refund_ids.move_id), 2)
        self.assertEqual((agreement.state, agreement.standing, agreement.refunded_amount), ("done", "drafted", 0))
        agreement.refund_ids.move_id.action_post()
        self.assertEqual((agreement.state, agreement.standing, agreement.refunded_amount), ("done", "granted", 1000.01))

    def test_never_twice(self):
        """Goods come back and are delivered again: the refund stays, and is not made again."""
        agreement = self._agreement()
        self._booked(agreement, "2026-02-02", 1100)
        refund = agreement.refund_ids
        self._booked(agreement, "2026-02-10", -300)
        self.assertEqual((agreement.standing, agreement.net_pairs), ("fallen", 800))
        self.assertIn("Returned after the refund", agreement.activity_ids.mapped("summary")[-1])
        self._booked(agreement, "2026-02-11", 500)
        self.assertEqual(agreement.refund_ids, refund)
        self.assertEqual(agreement.standing, "open")

    def test_database_refuses_a_second_refund(self):
        agreement = self._agreement()
        self._booked(agreement, "2026-02-02", 1000)
        values = agreement.refund_ids.copy_data()[0]
        values |= {"agreement_id": agreement.id, "step_id": agreement.step_ids[0].id}
        with self.assertImpossible("_once"):
            self.env["sale.sample.refund"].create(values)

    def test_returned_after_everything_was_refunded(self):
        agreement = self._agreement()
        self._booked(agreement, "2026-02-02", 2000)
        self._booked(agreement, "2026-02-12", -10)
        self.assertEqual((agreement.state, agreement.standing), ("done", "fallen"))

    def test_pairs_after_the_deadline(self):
        agreement = self._agreement()
        self._booked(agreement, "2026-07-05", 990)
        self._booked(agreement, "2026-07-06", 900)
        self.assertFalse(agreement.refund_ids)
        with freeze_time("2026-07-10 04:00:00"):
            agreement.invalidate_recordset()
            self.assertEqual(agreement.step_ids.mapped("state"), ["missed", "near"])

    def test_fee_in_another_currency(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create({
            "currency_id": dollar.id,
            "company_id": self.company.id,
            "name": "2026-01-01",
            "rate": 0.125,
        })
        agreement = self._agreement(currency_id=dollar.id)
        self._booked(agreement, "2026-02-02", 1000)
        refund = agreement.refund_ids
        self.assertEqual((refund.amount, refund.company_amount), (500, 4000))
        self.assertEqual((refund.move_id.currency_id, refund.move_id.amount_untaxed), (dollar, 500))

    def test_company_without_a_sales_journal(self):
        """The delivery goes on; the credit note follows when there is a journal."""
        self.journal.active = False
        agreement = self._agreement()
        self._booked(agreement, "2026-02-02", 1000)
        self.assertTrue(agreement.refund_ids)
        self.assertFalse(agreement.refund_ids.move_id)
        self.journal.active = True
        agreement.with_user(self.finance).action_grant()
        self.assertEqual(agreement.refund_ids.move_id.move_type, "out_refund")
        self.assertEqual(len(agreement.refund_ids), 1)

    def test_something_in_the_way(self):
        """What forbids a refund becomes a task, and no error for those who deliver."""
        agreement = self._agreement()
        self.patch(type(agreement), "_get_refund_refusal", lambda one: "The mould was scrapped.")
        self._booked(agreement, "2026-02-02", 1000)
        self._booked(agreement, "2026-02-03", 10)
        self.assertFalse(agreement.refund_ids)
        self.assertEqual((agreement.standing, len(agreement.activity_ids)), ("reached", 1))
        with self.assertRefused("mould was scrapped"):
            agreement.with_user(self.finance).action_grant()

    # ------------------------------------------------------------------
    # The ledger
    # ------------------------------------------------------------------

    def test_ledger_is_closed(self):
        agreement = self._agreement()
        entry = self._booked(agreement, "2026-02-02", 1000)
        for record in (entry, agreement.refund_ids):
            for change in ({"pairs": 1}, {"agreement_id": agreement.id}):
                with self.subTest(record=record, change=change), self.assertRefused("never changed"):
                    record.sudo().write(change)
            with self.subTest(record=record), self.assertRaises(UserError):
                record.sudo().unlink()
        for user in (self.salesman, self.manager, self.finance):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["sale.sample.refund.entry"].with_user(user).create({
                    "agreement_id": agreement.id,
                    "date": "2026-02-02",
                    "kind": "delivery",
                    "pairs": 9,
                })

    def test_a_movement_counts_once(self):
        agreement = self._agreement()
        row = {"agreement_id": agreement.id, "date": "2026-02-02", "kind": "delivery", "pairs": 9, "source_key": "x,1"}
        agreement._book([row, row])
        agreement._book([row])
        self.assertEqual(agreement.net_pairs, 9)
        with self.assertImpossible("_source_once"):
            self.env["sale.sample.refund.entry"].sudo().create(row)

    def test_from_orders(self):
        """Without stock: what an order line delivered more, or less, than the ledger knows."""
        service = self.env["product.product"].create({"name": "Made outside", "type": "service"})
        agreement = self._agreement(product_ids=[Command.set(service.ids)])
        order = self.env["sale.order"].create({
            "partner_id": self.contact.id,
            "order_line": [Command.create({"product_id": service.id, "product_uom_qty": 1200})],
        })
        order.action_confirm()
        booked = []
        for delivered, more in ((600, [600]), (600, []), (1000, [400]), (950, [-50])):
            order.order_line.qty_delivered = delivered
            booked += more
            with self.subTest(delivered=delivered):
                self.assertEqual(agreement.entry_ids.sorted("id").mapped("pairs"), booked)
                self.assertEqual(agreement.net_pairs, delivered)
        agreement.action_catch_up()
        self.assertEqual(agreement.net_pairs, 950)
        self.assertEqual(len(agreement.refund_ids), 1)
        self.assertEqual((agreement.standing, agreement.refund_ids.state), ("near", "taken_back"))

    def test_by_hand_is_for_finance(self):
        agreement = self._agreement()
        for user in (self.salesman, self.salesman_all, self.rnd, self.internal):
            with self.subTest(user.login), self.assertRaises(AccessError):
                agreement.with_user(user)._book_by_hand(10, date(2026, 2, 2), "Mine")

    def test_by_hand_bad_input(self):
        agreement = self._agreement().with_user(self.finance)
        for pairs, day, reason, words in (
            (0, date(2026, 2, 2), "x", "enter the pairs"),
            (5, date(2026, 2, 2), "  ", "the reason"),
            (5, date(2026, 1, 4), "x", "choose a day from"),
            (5, date(2026, 3, 3), "x", "choose a day from"),
        ):
            with self.subTest(words), self.assertRefused(words):
                agreement._book_by_hand(pairs, day, reason)
        with self.assertRefused("start it first"):
            self._terms()._book_by_hand(5, date(2026, 2, 2), "x")

    # ------------------------------------------------------------------
    # Terms
    # ------------------------------------------------------------------

    def test_bad_terms(self):
        for steps, constraint in (
            ([(0, 50, 0)], "_threshold_positive"),
            ([(-5, 50, 0)], "_threshold_positive"),
            ([(10, 0, 0)], "_percent_sensible"),
            ([(10, 101, 0)], "_percent_sensible"),
            ([(10, 50, -1)], "_months_not_negative"),
            ([(10, 50, 0), (10, 20, 0)], "_threshold_uniq"),
        ):
            with self.subTest(constraint, steps=steps), self.assertImpossible(constraint):
                self._terms(steps=steps)
        with self.assertImpossible("_fee_positive"):
            self._terms(fee_amount=0)
        with self.assertRefused("Lower the steps to 100 %", ValidationError):
            self._terms(steps=[(10, 60, 0), (20, 50, 0)])

    def test_incomplete_terms(self):
        with self.assertRefused("at least one refund step"):
            self._terms(steps=()).action_start()
        with self.assertRefused("products made with the mould"):
            self._terms(product_ids=[]).action_start()

    def test_one_delivery_does_not_count_for_two(self):
        first = self._agreement()
        with self.assertRefused(f"{first.name} already"):
            self._agreement()
        self._agreement(product_ids=[Command.set(self.other_sole.ids)])
        first.action_cancel()
        self._agreement()

    def test_terms_are_closed(self):
        agreement = self._agreement()
        for change in ({"fee_amount": 5}, {"product_ids": [Command.clear()]}, {"step_ids": [Command.clear()]}):
            with self.subTest(change), self.assertRefused("terms of these agreements are closed"):
                agreement.write(change)
        with self.assertRefused("terms of these agreements are closed"):
            agreement.step_ids[0].percent = 100
        with self.assertRefused("stay on record"):
            agreement.unlink()
        self._terms().unlink()

    def test_terms_come_from_the_request(self):
        request = self._request(product_id=self.sole.id)
        agreement = self.env["sale.sample.mould.agreement"].create({"request_id": request.id, "fee_amount": 10})
        self.assertEqual(
            (agreement.partner_id, agreement.user_id, agreement.product_ids), (self.customer, self.salesman, self.sole)
        )

    # ------------------------------------------------------------------
    # Deadlines
    # ------------------------------------------------------------------

    def test_reminder_and_end(self):
        agreement = self._agreement(steps=((1000, 100, 6),))
        self._booked(agreement, "2026-02-02", 600)
        cron = self.env.ref("sale_sample_fee.ir_cron_refunds")
        with freeze_time("2026-06-04 04:00:00"), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertFalse(agreement.activity_ids)
        with freeze_time("2026-06-10 04:00:00"), self.enter_registry_test_mode():
            cron.method_direct_trigger()
            cron.method_direct_trigger()
        self.assertEqual(agreement.activity_ids.user_id, self.salesman)
        self.assertIn("400 pairs", agreement.activity_ids.note)
        with freeze_time("2026-07-06 04:00:00"), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual((agreement.state, agreement.standing), ("expired", "missed"))
        self.assertFalse(agreement.next_deadline)

    def test_booked_late(self):
        """What left in time counts, though the note came after the end."""
        agreement = self._agreement(steps=((1000, 100, 1),))
        with freeze_time("2026-02-06 04:00:00"):
            agreement._expire()
            self.assertEqual(agreement.state, "expired")
            agreement.with_user(self.finance)._book_by_hand(1000, date(2026, 2, 5), "Note of 5 February")
        self.assertEqual((agreement.state, agreement.standing), ("done", "drafted"))

    # ------------------------------------------------------------------
    # Who sees and does what
    # ------------------------------------------------------------------

    def test_rights(self):
        agreement = self._agreement()
        self._booked(agreement, "2026-02-02", 1000)
        records = (agreement, agreement.step_ids, agreement.entry_ids, agreement.refund_ids)
        for record in records:
            for user in (self.salesman, self.salesman_all, self.manager, self.finance):
                with self.subTest(record=record._name, user=user.login):
                    self.assertTrue(record.with_user(user).has_access("read"))
            for user in (self.other_salesman, self.rnd, self.quality, self.policy_admin, self.internal):
                with self.subTest(record=record._name, user=user.login):
                    self.assertFalse(record.with_user(user).has_access("read"))

    def test_other_companies(self):
        agreement = self._agreement()
        other = self.env["res.company"].create({"name": "Heel Works"})
        self.manager.company_ids |= other
        found = (
            self.env["sale.sample.mould.agreement"].with_user(self.manager).with_context(allowed_company_ids=other.ids)
        )
        self.assertFalse(found.search([("id", "=", agreement.id)]))

    @users("sample_salesman")
    def test_salesman_does_not_refund(self):
        agreement = self._agreement().with_user(self.env.user)
        with self.assertRaises(AccessError):
            agreement.action_grant()
        with self.assertRaises(AccessError):
            agreement.state = "done"

    def test_query_count_of_the_list(self):
        agreements = self._agreement(started=False)
        agreements |= agreements.copy() | agreements.copy()
        names = ("name", "net_pairs", "progress", "refunded_amount", "standing", "next_deadline")
        fields = {name: {} for name in names}
        for size in (1, 3):
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(size=size), self.assertQueryCount(3):
                agreements[:size].web_read(fields)

    # ------------------------------------------------------------------
    # Moulds and fee decisions
    # ------------------------------------------------------------------

    def _mould(self, **values):
        return self.env["sale.sample.mould"].create({"shape": "Cup sole", "partner_id": self.customer.id, **values})

    def test_mould_scrapped(self):
        """What was reached with a mould that is gone is left to people."""
        mould = self._mould()
        agreement = self._agreement(mould_ids=[Command.set(mould.ids)])
        mould.sudo()._change_state("opened")
        mould.sudo()._change_state("scrapped")
        self._booked(agreement, "2026-02-02", 1000)
        self.assertFalse(agreement.refund_ids)
        self.assertIn("was scrapped", agreement.activity_ids.note)
        with self.assertRefused("take the mould out"):
            agreement.with_user(self.finance).action_grant()
        agreement.with_user(self.finance).mould_ids = False
        agreement.with_user(self.finance).action_grant()
        self.assertEqual(agreement.refund_ids.amount, 500)

    def test_agreement_of_a_decision(self):
        """An approved fee that may come back begins an agreement with the terms as they were decided."""
        request = self._request(product_id=self.sole.id)
        mould = self._mould(product_ids=[Command.set(self.other_sole.ids)])
        decision = (
            self
            .env["sale.sample.fee.decision"]
            .sudo()
            .create({
                "request_id": request.id,
                "charge": "shared",
                "cost": 3000,
                "fee_amount": 1200,
                "mould_ids": [Command.set(mould.ids)],
                "refund_terms": [
                    {"pairs": 500, "percent": 40, "months": 6},
                    {"pairs": 900, "percent": 60, "months": 0},
                ],
            })
        )
        decision._change_state("approved", decided_at="2026-03-02 02:00:00")
        agreement = decision.agreement_ids
        self.assertEqual((agreement.fee_amount, agreement.state, agreement.request_id), (1200, "draft", request))
        self.assertEqual(agreement.product_ids, self.sole | self.other_sole)
        self.assertEqual(agreement.step_ids.mapped("amount"), [480, 720])
        self.assertEqual(agreement.step_ids[0].deadline, date(2026, 9, 2))
        decision._make_agreements()
        self.assertEqual(len(decision.agreement_ids), 1)
