from odoo.tests import tagged

from .common import BudgetCase
from .test_bills import BillCase


@tagged("post_install", "-at_install")
class TestNotices(BudgetCase):
    def _activities(self):
        return self.budget.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref("sale_budget.mail_activity_type_threshold")
        )

    def test_owner_is_told_once_per_threshold(self):
        self._request(790.0, "approved")
        self.assertFalse(self._activities())
        request = self._request(10.0, "approved")
        self.assertEqual(self._activities().user_id, self.owner)
        self.assertIn("Samples: 80 % used", self._activities().note)
        self.assertIn("Samples: 80 % used", self.budget.message_ids[0].body)
        self._request(100.0, "approved")
        self.assertEqual(len(self._activities()), 1)
        request.action_cancel()
        self._request(20.0, "approved")
        self.assertEqual(len(self._activities()), 1)
        self._request(90.0, "approved")
        self.assertEqual(len(self._activities()), 2)

    def test_told_again_after_an_amendment(self):
        self._request(850.0, "approved")
        self._amend(1000.0)
        self.assertEqual(self.line.notified_share, 0.0)
        self._request(800.0, "approved")
        self.assertEqual(len(self._activities()), 2)

    def test_one_notice_for_several_lines(self):
        samples = self._request(900.0, "submitted")
        visits = self._request(450.0, "submitted", purpose_id=self.visit.id)
        (samples + visits).action_approve()
        self.assertEqual(len(self._activities()), 1)
        self.assertIn("Samples", self._activities().note)
        self.assertIn("Customer Visits", self._activities().note)

    def test_thresholds_of_the_budget_count(self):
        half = self.env["sale.budget.threshold"].create({"share": 0.5, "is_default": False})
        self.budget.threshold_ids = half
        self._request(500.0, "approved")
        self.assertEqual(self.line.notified_share, 0.5)
        self._request(500.0, "approved")
        self.assertEqual(len(self._activities()), 1)
        self.assertEqual(half.display_name, "50 %")


@tagged("post_install", "-at_install")
class TestExcess(BillCase):
    """A request is approved at 100 and costs more: it is counted, and told to whoever pays."""

    def _tasks(self, request):
        kind = self.env.ref("sale_budget.mail_activity_type_excess")
        return request.activity_ids.filtered(lambda task: task.activity_type_id == kind)

    def _spend(self, request, amount, reason=False):
        dialogs = self.env["sale.budget.request.spend"].with_user(self.salesman)
        dialog = dialogs.create({"request_id": request.id, "amount": amount, "is_final": False, "reason": reason})
        dialog.action_confirm()
        return dialog

    def test_cost_by_hand_above_the_approval(self):
        request = self._request(100.0, "approved")
        self._spend(request, 60.0)
        self.assertEqual(request.excess_amount, 0.0)
        for reason in (False, "  "):
            with self.assertRefused("100.00 were approved, and it would have cost .*500.00"):
                self._spend(request, 440.0, reason)
        self.assertFalse(self._tasks(request))
        dialog = self._spend(request, 440.0, "The mould broke")
        self.assertEqual((dialog.approved_amount, request.excess_amount), (100.0, 400.0))
        self.assertBalance(self.line, 0.0, 500.0, 500.0)
        task = self._tasks(request)
        self.assertEqual(task.user_id, self.owner)
        for text in (task.note, " ".join(request.message_ids.mapped("body"))):
            for words in (request.name, "100.00", "500.00", "400.00", "The mould broke"):
                self.assertIn(words, text)
        entry = self.line.entry_ids.filtered("reason")
        self.assertEqual((entry.amount, entry.reason, entry.overspend_amount), (440.0, "The mould broke", 0.0))
        self._spend(request, 10.0, "Freight")
        self.assertEqual(len(self._tasks(request)), 2)

    def test_the_owner_of_the_money_is_told_in_their_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        request = self._request(100.0, "approved")
        self.colleague.lang = "zh_CN"
        self.budget.owner_id = self.colleague
        self._spend(request, 150.0, "Dearer")
        task = self._tasks(request)
        self.assertEqual(task.user_id, self.colleague)
        self.assertNotIn("were approved", task.note)
        self.assertEqual(request.with_user(self.colleague).excess_amount, 50.0)

    def test_bills_above_the_approval(self):
        request = self._request(100.0, "approved")
        bill = self._bill(90.0, request=request)
        self.assertFalse(self._tasks(request))
        second = self._bill(50.0, request=request, post=False).with_user(self.accountant)
        second.action_post()
        self.assertEqual(self._tasks(request).user_id, self.owner)
        self.assertIn("140.00", self._tasks(request).note)
        self.assertIn("140.00", " ".join(request.message_ids.mapped("body")))
        second.button_draft()
        second.action_post()
        self.assertEqual((len(self._tasks(request)), request.excess_amount), (1, 40.0))
        (bill + second).button_draft()
        second.invoice_line_ids.price_unit = 60.0
        (bill + second).action_post()
        self.assertEqual(len(self._tasks(request)), 2)

    def test_approved_again_at_another_amount(self):
        request = self._request(100.0, "approved")
        bill = self._bill(150.0, request=request)
        bill.button_draft()
        request.action_cancel()
        request.action_draft()
        request.estimate = 20.0
        request.action_submit()
        request.action_approve()
        self._spend(request, 30.0, "Dearer")
        self.assertEqual(len(self._tasks(request)), 2)
