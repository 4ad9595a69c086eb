from odoo.tests import freeze_time, tagged

from .common import MONDAY_9, NEEDED, SampleCase
from .common_calls import record_calls

#: Steps, and what they set off.
METHODS = {
    "sale.sample.request": (
        "_after_accept",
        "_after_change_state",
        "_after_return",
        "_after_submit",
        "_ask",
        "_cancel_open_rounds",
        "_change_state",
        "_check_rnd",
        "_check_sellers",
        "_end_activities",
        "_end_approved",
        "_enter_step",
        "_open_round",
        "_tell",
        "_tell_end",
    ),
    "sale.sample.round": (
        "_after_change_state",
        "_change_state",
        "_check_answer",
        "_check_may_answer",
        "_check_ready_to_send",
        "_keep_first_promise",
        "_keep_retained",
        "_prepare_measurements",
        "_seal",
        "_store_verdict",
        "_tell_answer",
    ),
}


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestTransitionOrder(SampleCase):
    """What follows a transition follows in this order, whatever the order of files and imports."""

    def setUp(self):
        super().setUp()
        self.request = self._request()
        self.calls = record_calls(self, METHODS)

    def _assertCalls(self, *expected):
        """Check what was called since the last time."""
        self.assertEqual(self.calls, list(expected))
        self.calls.clear()

    def test_from_the_hand_over_to_the_approval(self):
        self.request.with_user(self.salesman).action_submit()
        self._assertCalls(
            "request._check_sellers",
            "request._change_state submitted",
            "request._after_change_state submitted",
            "request._enter_step submitted",
            "request._after_submit",
            "request._end_activities",
            "request._ask sale_sample.mail_activity_type_accept",
            "request._tell sale_sample.mail_template_request_submitted",
        )
        self.request.with_user(self.rnd)._accept(NEEDED)
        self._assertCalls(
            "request._check_rnd",
            "request._change_state accepted",
            "request._after_change_state accepted",
            "request._enter_step accepted",
            "request._open_round",
            "round._keep_first_promise",
            "request._enter_step planned",
            "request._after_accept",
            "request._end_activities",
            "request._tell sale_sample.mail_template_request_accepted",
        )
        sample = self.request.current_round_id.with_user(self.rnd)
        sample.action_start()
        sample.action_made()
        sample._send(sample._get_today())
        self._assertCalls(
            "round._change_state making",
            "round._after_change_state making",
            "request._enter_step making",
            "round._prepare_measurements",
            "round._change_state made",
            "round._after_change_state made",
            "request._enter_step made",
            "round._keep_retained",
            "round._check_ready_to_send",
            "round._change_state sent",
            "round._after_change_state sent",
            "request._enter_step sent",
        )
        sample.with_user(self.salesman)._record_answer("approved")
        self._assertCalls(
            "round._check_may_answer",
            "round._check_answer approved",
            "round._change_state answered",
            "round._after_change_state answered",
            "request._enter_step answered",
            "round._store_verdict",
            "round._seal",
            "request._end_approved",
            "request._change_state approved",
            "request._after_change_state approved",
            "request._enter_step approved",
            "request._end_activities",
            "request._tell_end",
            "round._tell_answer",
        )

    def test_returned_and_cancelled(self):
        self.request.with_user(self.salesman).action_submit()
        self.calls.clear()
        self.request.with_user(self.rnd)._return_with_questions(["Which colour?"])
        self._assertCalls(
            "request._check_rnd",
            "request._change_state returned",
            "request._after_change_state returned",
            "request._enter_step returned",
            "request._after_return",
            "request._end_activities",
            "request._ask sale_sample.mail_activity_type_answer",
            "request._tell sale_sample.mail_template_request_returned",
        )
        self.request.question_ids.with_user(self.salesman).answer = "Black"
        self.request.with_user(self.salesman).action_submit()
        self.request.with_user(self.rnd)._accept(NEEDED)
        self.calls.clear()
        reason = self.env["sale.sample.reason"].create({"name": "Project stopped T", "kind": "cancelled"})
        self.request.with_user(self.salesman)._end("cancelled", reason)
        self._assertCalls(
            "request._change_state cancelled",
            "request._after_change_state cancelled",
            "request._enter_step cancelled",
            "request._end_activities",
            "request._cancel_open_rounds",
            "round._change_state cancelled",
            "round._after_change_state cancelled",
            "request._enter_step accepted",
            "request._tell_end",
        )
