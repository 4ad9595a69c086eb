"""What has happened can be recorded, and what was entered wrongly be put right; the owner of the budget is told."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged, users

from .test_bills import BillCase


class FactsCase(BillCase):
    def _told(self, budget=None):
        """Return the tasks of the owner about cost that nobody had agreed to."""
        kind = self.env.ref("sale_budget.mail_activity_type_uncovered")
        return (budget or self.budget).activity_ids.filtered(lambda task: task.activity_type_id == kind)

    def _spend(self, request, amount, user=None, **values):
        dialogs = self.env["sale.budget.request.spend"].with_user(user or self.salesman)
        dialog = dialogs.create({"request_id": request.id, "amount": amount, "is_final": False, **values})
        dialog.action_confirm()

    def assertHolds(self, request, reserved, actual):
        self.assertEqual((request.budget_committed_amount, request.budget_actual_amount), (reserved, actual))


@tagged("post_install", "-at_install")
class TestRecord(FactsCase):
    def test_130_where_100_was_reserved_and_the_budget_is_used_up(self):
        request = self._request(100.0, "approved")
        self._request(900.0, "approved")
        self.assertTrue(request.with_user(self.salesman)._budget_record(130.0, reason="Two more rounds"))
        self.assertHolds(request, 0.0, 130.0)
        self.assertBalance(self.line, 900.0, 130.0, -30.0)
        task = self._told()
        self.assertEqual(task.user_id, self.owner)
        for text in (task.note, self.budget.message_ids[0].body):
            for words in (request.name, "130.00", "-30.00", "Two more rounds"):
                self.assertIn(words, text.replace("\ufeff", ""))
        entry = self.line.entry_ids.filtered("reason")
        self.assertRecordValues(entry, [{"amount": 130.0, "overspend_amount": 30.0, "origin": "spend"}])
        self.assertIn("Two more rounds", request.message_ids[0].body)
        request._budget_record(5.0)
        self.assertEqual(len(self._told()), 1)
        self.assertIn("5.00", self._told().note)

    def test_what_the_budget_covers_is_told_to_nobody(self):
        request = self._request(100.0, "approved")
        request._budget_record(130.0)
        self.assertHolds(request, 0.0, 130.0)
        self.assertFalse(self._told())

    def test_the_dialog_records_over_the_budget_without_the_right(self):
        request = self._request(100.0, "approved")
        self._request(900.0, "approved")
        self._spend(request, 130.0, reason="Dearer")
        self.assertBalance(self.line, 900.0, 130.0, -30.0)
        self.assertEqual(self._told().user_id, self.owner)

    def test_a_cost_in_a_closed_budget(self):
        request = self._request(100.0, "approved")
        self._spend(request, 100.0)
        self.budget.action_close()
        self._spend(request, 20.0, reason="Freight came late")
        self.assertBalance(self.line, 0.0, 120.0, 880.0)
        self.assertIn("closed", self._told().note)
        self.assertIn("Freight came late", self._told().note)
        with self.assertRefused("is closed"):
            request._budget_spend(5.0)

    def test_without_any_budget(self):
        request = self._request(100.0, purpose_id=self.gift.id)
        self.assertFalse(request._budget_record(30.0))
        self.assertIn("No budget covers it", request.message_ids[0].body)
        self._budget({self.gift: 5.0}, name="Gifts").action_close()
        self.assertTrue(request._budget_record(30.0))
        self.assertEqual(request.budget_actual_amount, 30.0)
        self.assertTrue(self._told(request.budget_line_id.budget_id))

    def test_nothing_is_recorded_of_nothing(self):
        request = self._request(100.0, "approved")
        request._budget_record(0.001)
        self.assertHolds(request, 100.0, 0.0)
        self.assertEqual(len(self.line.entry_ids), 1)
        request._budget_record(0.0, release_rest=True)
        self.assertHolds(request, 0.0, 0.0)

    def test_the_owner_reads_it_in_their_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.owner.lang = "zh_CN"
        self._bill(1300.0, line=self.line)
        self.assertNotIn("Available", self._told().note)

    def test_an_owner_who_has_left(self):
        self.budget.approved_by_id = self.manager
        self.owner.active = False
        self._bill(1300.0, line=self.line)
        self.assertEqual(self._told().user_id, self.manager)

    def test_a_reset_over_budget_is_no_news(self):
        bill = self._bill(1300.0, line=self.line)
        other = self._bill(100.0, line=self.line)
        self._told().unlink()
        other.button_draft()
        self.assertFalse(self._told())
        bill.button_draft()
        self.assertBalance(self.line, 0.0, 0.0, 1000.0)


@tagged("post_install", "-at_install")
class TestTakeBack(FactsCase):
    def test_1200_for_120(self):
        request = self._request(500.0, "approved")
        request._budget_record(1200.0)
        request._budget_record(-1080.0, reason="A typing error")
        self.assertHolds(request, 380.0, 120.0)
        rows = self.line.entry_ids.filtered(lambda entry: entry.kind == "actual" and entry.amount < 0)
        self.assertRecordValues(rows, [{"amount": -1080.0, "origin": "correct", "reason": "A typing error"}])
        self.assertIn("taken back", request.message_ids[0].body)
        told = self.line.budget_id.message_ids | self.env["mail.message"].search([
            ("model", "=", "sale.budget"),
            ("res_id", "=", self.line.budget_id.id),
            ("message_type", "=", "user_notification"),
        ])
        self.assertIn(
            self.line.budget_id.owner_id.partner_id, told.partner_ids, "the owner is told of money that is free"
        )
        self.assertIn("A typing error", " ".join(told.mapped("body")))
        with self.assertRefused("only .*120.00.* were entered by hand"):
            request._budget_record(-121.0)
        request._budget_record(-120.0)
        self.assertHolds(request, 500.0, 0.0)

    def test_of_one_source(self):
        """Two rounds of a request: what is corrected of the first comes off the first."""
        request = self._request(500.0, "approved")
        first, second = self.customer, self.vendor  # any records
        for source, cost in ((first, 1200.0), (second, 50.0), (first, -1080.0), (second, 10.0)):
            request._budget_record(cost, source=source)
        self.assertHolds(request, 320.0, 180.0)
        entered = {source: sum(request._budget_entered_by_hand(source).values()) for source in (first, second)}
        self.assertEqual(entered, {first: 120.0, second: 60.0})
        with self.assertRefused("cannot be taken back"):
            request._budget_record(-121.0, source=first)
        request._budget_record(-120.0, source=first)
        self.assertHolds(request, 440.0, 60.0)

    def test_a_bill_takes_no_room_of_what_was_never_spent(self):
        request = self._request(300.0, "approved")
        request._budget_record(1200.0)
        self._bill(100.0, request=request)
        self.assertHolds(request, 0.0, 1200.0)
        request._budget_record(-1080.0)
        self.assertHolds(request, 80.0, 220.0)

    def test_in_the_dialog_also_of_a_done_request(self):
        request = self._request(100.0, "approved")
        self._spend(request, 1200.0, reason="Dear", is_final=True)
        with self.assertRefused("say under “Reason” why"):
            self._spend(request, -1110.0)
        self._spend(request, -1110.0, reason="Typed wrongly")
        self.assertEqual((request.state, request.budget_actual_amount), ("done", 90.0))
        with self.assertRefused("only approved requests can be spent"):
            self._spend(request, 5.0)
        with self.assertRefused("above zero"):
            self._spend(self._request(100.0, "approved"), 0.0)

    def test_in_a_closed_budget(self):
        request = self._request(100.0, "approved")
        self._spend(request, 100.0, is_final=True)
        self.budget.action_close()
        self._spend(request, -30.0, reason="Rebate")
        self.assertBalance(self.line, 0.0, 70.0, 930.0)
        self.assertIn("closed", self._told().note)


@tagged("post_install", "-at_install")
class TestBillFollows(FactsCase):
    def test_said_at_entry(self):
        """Reserve 1,000, 400 entered by hand, bill of the same 400, close."""
        for said, actual in (("yes", 400.0), ("no", 800.0)):
            with self.subTest(said=said):
                request = self._request(500.0, "approved")
                self._spend(request, 400.0, bill_follows=said)
                self.assertHolds(request, 100.0, 400.0)
                words = "A bill follows." if said == "yes" else "No bill follows."
                self.assertIn(words, " ".join(request.message_ids.mapped("body")))
                bill = self._bill(400.0, request=request)
                self.assertHolds(request, max(500.0 - actual, 0.0), actual)
                request.action_done()
                self.assertHolds(request, 0.0, actual)
                bill.button_draft()
                self.assertHolds(request, 0.0, 400.0)
                bill.button_cancel()
                self._spend(request, -400.0, reason="Clean up")

    def test_the_dialog_expects_a_bill(self):
        request = self._request(1000.0, "approved")
        action = request.with_user(self.salesman).action_spend_wizard()
        dialogs = self.env["sale.budget.request.spend"].with_user(self.salesman)
        form = Form(dialogs.with_context(**action["context"]))
        form.amount = 400.0
        form.is_final = False
        form.save().action_confirm()
        self.assertEqual(self.line.entry_ids.filtered("bill_follows").mapped("bill_follows"), ["yes"])
        self._bill(400.0, request=request)
        request.action_done()
        self.assertBalance(self.line, 0.0, 400.0, 600.0)

    def test_the_bill_is_dearer_or_comes_in_parts(self):
        request = self._request(1000.0, "approved")
        self._spend(request, 400.0, bill_follows="yes")
        first = self._bill(150.0, request=request)
        self.assertHolds(request, 600.0, 400.0)
        self._bill(300.0, request=request)
        self.assertHolds(request, 550.0, 450.0)
        first.button_draft()
        self.assertHolds(request, 600.0, 400.0)


@tagged("post_install", "-at_install")
class TestClosedAndDraft(FactsCase):
    def test_a_closed_budget_counts_bills_and_credit_notes(self):
        bill = self._bill(100.0, line=self.line)
        late = self._bill(50.0, line=self.line, post=False).with_user(self.accountant)
        credit = self._bill(20.0, line=self.line, post=False, move_type="in_refund").with_user(self.accountant)
        self.budget.action_close()
        late.action_post()
        self.assertBalance(self.line, 0.0, 150.0, 850.0)
        self.assertEqual(self._told().user_id, self.owner)
        self.assertIn(late.name, self._told().note)
        credit.action_post()
        self.assertBalance(self.line, 0.0, 130.0, 870.0)
        self.assertIn(credit.name, self._told().note)
        bill.button_draft()
        bill.action_post()
        self.assertBalance(self.line, 0.0, 130.0, 870.0)

    def test_a_reset_in_a_closed_budget_and_posted_again_with_another_amount(self):
        request = self._request(300.0, "approved")
        bill = self._bill(300.0, request=request)
        request.action_done()
        self.budget.action_close()
        bill.button_draft()
        bill.invoice_line_ids.price_unit = 280.0
        bill.action_post()
        self.assertHolds(request, 0.0, 280.0)

    @users("budget_manager")
    def test_back_to_draft_while_nothing_is_booked(self):
        budget = self._budget({self.gift: 900.0}, name="Year for quarter").with_env(self.env)
        self.env.cr.precommit.run()
        budget.action_draft()
        self.env.cr.precommit.run()
        self.assertEqual(
            (budget.state, budget.approved_by_id, budget.approved_on), ("draft", self.env["res.users"], False)
        )
        budget.write({"period_kind": "quarter", "date_from": "2026-04-01"})
        budget.action_approve()
        self.assertEqual(str(budget.date_to), "2026-06-30")
        tracked = budget.sudo().message_ids.tracking_value_ids.filtered(lambda value: value.field_id.name == "state")
        self.assertIn("Draft", tracked.mapped("new_value_char"))

    def test_not_while_something_is_booked(self):
        request = self._request(100.0, "approved")
        with self.assertRefused(f"reserved or spent there: {request.name}"):
            self.budget.action_draft()
        request.action_cancel()
        bill = self._bill(10.0, line=self.line)
        with self.assertRefused("reserved or spent there"):
            self.budget.action_draft()
        bill.button_draft()
        self.budget.action_draft()
        self.assertEqual(self.budget.state, "draft")

    def test_what_stays_in_a_draft_that_was_in_force(self):
        request = self._request(100.0, "approved")
        request.action_cancel()
        waiting = self._request(50.0, "submitted")
        self._amend(200.0)
        self.budget.action_draft()
        self.assertEqual(self.line.amendment_amount, 200.0)
        with self.assertRefused("not approved yet"):
            waiting.action_approve()
        with self.assertRefused("stays as it is"):
            self.line.unlink()
        with self.assertRefused("stays as it is"):
            self.line.purpose_id = self.gift
        with self.assertRefused("stays as it is"):
            self.budget.unlink()
        self.line.amount = 700.0
        self._line(self.budget, self.visit).unlink()
        self.budget.action_approve()
        self.assertBalance(self.line, 0.0, 0.0, 900.0)
        waiting.action_approve()
        self.assertBalance(self.line, 50.0, 0.0, 850.0)

    def test_only_who_approves_takes_it_back(self):
        for user in (self.owner, self.leader, self.finance, self.overspender):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.budget.with_user(user).action_draft()
        self.budget.action_close()
        with self.assertRefused("cannot become|closed"):
            self.budget.action_draft()

    def test_a_bill_for_a_budget_that_is_back_in_draft(self):
        late = self._bill(50.0, line=self.line, post=False)
        self.budget.action_draft()
        late.action_post()
        self.assertBalance(self.line, 0.0, 50.0, 950.0)
        self.assertIn("draft", self._told().note)

    def test_a_closed_budget_makes_room(self):
        self.budget.action_close()
        quarter = self._budget({self.sample: 300.0}, name="Quarter", period_kind="quarter", date_from="2026-04-01")
        self.assertEqual(self._request(10.0, "approved").budget_line_id.budget_id, quarter)
        with self.assertRefused("Budget 2026 cannot be reopened: Quarter pays for “Samples”"):
            self.budget.action_reopen()
        with self.assertRefused("would both pay", ValidationError):
            self._budget({self.sample: 1.0}, name="Again", period_kind="month", date_from="2026-05-01")
        self._request(10.0, "approved").action_cancel()
        self.env["sale.budget.request"].search([
            ("state", "=", "approved"),
            ("user_id", "=", self.salesman.id),
        ]).action_cancel()
        quarter.action_close()
        self.budget.action_reopen()
        self.assertEqual(self.budget.state, "approved")
