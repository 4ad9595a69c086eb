from odoo.tests import tagged

from .common import BudgetCase


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
