from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged, users

from odoo.addons.sales_department_base.tests.common import assert_transitions_declared

from .common import MONDAY_9, MONDAY_14, NEEDED, TUESDAY_9, WEDNESDAY_14, SampleCase


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestHandover(SampleCase):
    """Between sales and R&D: who may do what, who is told, how long it took."""

    def test_transitions(self):
        assert_transitions_declared(self.env["sale.sample.request"])

    # ------------------------------------------------------------------
    # Sales → R&D
    # ------------------------------------------------------------------

    def test_submit_tells_rnd(self):
        request = self._submitted()
        self.assertEqual(request.handler_id, self.rnd)
        self.assertEqual(self._open_activities(request), [("request_rnd", "Accept Sample Request")])
        message = request.message_ids.filtered(lambda message: "sample request for you" in (message.subject or ""))
        self.assertEqual(message.notified_partner_ids, self.rnd.partner_id)

    def test_the_engineer_of_the_request_is_asked(self):
        request = self._submitted(rnd_user_id=self.quality.id)
        self.assertEqual(self._open_activities(request), [("request_quality", "Accept Sample Request")])

    def test_only_sales_hands_over(self):
        request = self._request()
        for user in (self.rnd, self.colleague):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                request.with_user(user).action_submit()
        self.assertEqual(request.state, "draft")

    def test_take_back(self):
        request = self._submitted().with_user(self.salesman)
        request.action_take_back()
        self.assertEqual((request.state, self._open_activities(request)), ("returned", []))
        with self.assertRaisesRegex(UserError, "waits for R&D"):
            request.action_take_back()

    # ------------------------------------------------------------------
    # R&D → sales
    # ------------------------------------------------------------------

    def test_accept(self):
        request = self._submitted()
        wizard = self.env["sale.sample.accept"].with_user(self.rnd)
        form = Form(wizard.with_context(**request.with_user(self.rnd).action_open_accept()["context"]))
        self.assertEqual(form.promised_on, date(2026, 3, 9), "proposed by the lead time")
        self.assertFalse(form.late_note)
        form.promised_on = date(2026, 5, 4)
        self.assertIn("before the day promised", form.late_note)
        form.note = "The compound comes late"
        form.save().action_accept()
        self.assertRecordValues(
            request,
            [
                {
                    "state": "accepted",
                    "rnd_user_id": self.rnd.id,
                    "promised_on": date(2026, 5, 4),
                    "due_on": date(2026, 5, 4),
                    "promise_gap": 4,
                    "handler_id": self.rnd.id,
                }
            ],
        )
        self.assertIn("4 days after", request.due_note)
        self.assertEqual(self._open_activities(request), [])
        told = request.message_ids.filtered(lambda message: "accepted, promised for" in (message.subject or ""))
        self.assertEqual(told.notified_partner_ids, self.salesman.partner_id)

    def test_accept_in_the_past(self):
        request = self._submitted().with_user(self.rnd)
        with self.assertRaisesRegex(UserError, "is past"):
            request._accept(date(2026, 3, 1))

    def test_only_rnd_accepts_and_returns(self):
        request = self._submitted()
        for user in (self.salesman, self.quality, self.finance):
            mine = request.with_user(user)
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    mine._accept(NEEDED)
                with self.assertRaises(AccessError):
                    mine._return_with_questions(["Why?"])
                with self.assertRaises(AccessError):
                    mine.action_open_accept()
        request.with_user(self.manager)._accept(NEEDED)
        self.assertEqual(request.state, "accepted")

    def test_return_with_questions(self):
        request = self._submitted()
        wizard = (
            self
            .env["sale.sample.return"]
            .with_user(self.rnd)
            .create({"request_ids": [(6, 0, request.ids)], "questions": "Which hardness?\n\n Which colour? "})
        )
        wizard.action_return()
        self.assertEqual(request.question_ids.mapped("name"), ["Which hardness?", "Which colour?"])
        self.assertEqual(self._open_activities(request), [("request_salesman", "Answer R&D's Questions")])
        mine = request.with_user(self.salesman)
        with self.assertRaisesRegex(UserError, "Which hardness"):
            mine.action_submit()
        mine.question_ids.write({"answer": "65"})
        self.assertEqual(request.question_ids.answered_by_id, self.salesman)
        mine.action_submit()
        self.assertEqual(self._open_activities(request), [("request_rnd", "Accept Sample Request")])

    def test_nothing_asked(self):
        request = self._submitted().with_user(self.rnd)
        with self.assertRaisesRegex(UserError, "at least one question"):
            request._return_with_questions([" ", ""])
        self.assertEqual(request.state, "submitted")

    def test_questions_are_asked_by_returning_only(self):
        request = self._submitted()
        request.with_user(self.rnd)._return_with_questions(["Which colour?"])
        question = request.question_ids
        values = {"request_id": request.id, "name": "?", "asked_by_id": self.rnd.id, "asked_at": MONDAY_9}
        for user in (self.rnd, self.salesman):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                question.with_user(user).create(values)
        with self.assertRaises(AccessError):
            question.with_user(self.salesman).name = "Nothing?"
        with self.assertRaises(AccessError):
            question.with_user(self.rnd).answer = "Red"
        question.with_user(self.salesman).answer = "Red"
        request.with_user(self.salesman).action_submit()
        request.with_user(self.rnd)._accept(NEEDED)
        with self.assertRaisesRegex(UserError, "settled"):
            question.with_user(self.salesman).answer = "Blue"

    def test_rnd_leaves_the_sales_part_alone(self):
        request = self._submitted().with_user(self.rnd)
        for values in ({"user_id": self.rnd.id}, {"needed_by": "2026-12-31"}, {"expected_yearly_volume": 1}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                request.write(values)
        request._accept(NEEDED)
        request.promised_on = "2026-04-20"
        self.assertEqual(str(request.due_on), "2026-04-20")

    @users("request_salesman", "request_rnd", "request_manager")
    def test_nobody_sets_what_the_buttons_set(self):
        request = self._submitted().with_env(self.env)
        for name, value in {
            "state": "approved",
            "submitted_at": MONDAY_9,
            "accepted_at": MONDAY_9,
            "closed_at": MONDAY_9,
            "name": "SR/1",
            "end_note": "x",
            "escalated_at": False,
        }.items():
            with self.subTest(name=name), self.assertRaises(AccessError):
                request.write({name: value})

    def test_many_at_once_or_none(self):
        waiting, draft = self._submitted(), self._request()
        with self.assertRaisesRegex(UserError, "cannot become “Accepted”"):
            (waiting + draft).sudo().with_user(self.manager)._accept(NEEDED)
        self.assertEqual(waiting.state, "submitted")

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def test_each_step_is_timed_in_working_hours(self):
        request = self._submitted()
        with freeze_time(MONDAY_14):  # 9–12 and 13–14
            request.with_user(self.rnd)._return_with_questions(["Which colour?"])
        request.question_ids.with_user(self.salesman).answer = "Red"
        with freeze_time(TUESDAY_9):  # 14–17 and 8–9
            request.with_user(self.salesman).action_submit()
        with freeze_time(WEDNESDAY_14):  # 9–12, 13–17, 8–12, 13–14
            request.invalidate_recordset(["waiting_hours"])
            self.assertEqual(request.waiting_hours, 12)
            request.with_user(self.rnd)._accept(NEEDED)
            request.sudo()._change_state("rejected")
        steps = request.step_ids.filtered(lambda step: step.working_hours)
        self.assertEqual(
            [(step.step, step.working_hours, step.user_id) for step in steps],
            [("submitted", 4.0, self.salesman), ("returned", 4.0, self.rnd), ("submitted", 12.0, self.salesman)],
        )
        self.assertFalse(request.step_ids.filtered(lambda step: not step.left_at))
        self.assertEqual(request.cycle_hours, 12.0)

    @users("request_salesman", "request_rnd", "request_manager", "request_policy_admin")
    def test_nobody_writes_the_log(self):
        request = self._submitted()
        step = request.step_ids[:1].with_env(self.env)
        for attempt in (
            lambda: step.write({"working_hours": 0}),
            lambda: step.unlink(),
            lambda: step.create({
                "request_id": request.id,
                "company_id": self.company.id,
                "step": "draft",
                "entered_at": MONDAY_9,
                "user_id": self.env.uid,
            }),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_steps_of_many_cost_as_much_as_of_one(self):
        requests = self.env["sale.sample.request"].create([self._values(style_name=f"R {n}") for n in range(30)])
        self.env.flush_all()
        requests[:1].sudo()._enter_step("submitted")
        self.env.flush_all()
        for part in (requests[1:2], requests[2:]):
            self.env.invalidate_all()
            part.sudo().mapped("company_id.resource_calendar_id")
            with self.subTest(size=len(part)), self.assertQueryCount(9):
                part.sudo()._enter_step("submitted")
                self.env.flush_all()

    def test_deleting(self):
        draft, submitted = self._request().with_user(self.salesman), self._submitted().with_user(self.salesman)
        with self.assertRaisesRegex(UserError, "stay on record"):
            submitted.unlink()
        draft.unlink()

    def test_copy_starts_anew(self):
        request = self._accepted(property_line_ids=[(0, 0, {"property_id": self.property.id, "target": 5})])
        copy = request.with_user(self.salesman).copy()
        self.assertNotEqual(copy.name, request.name)
        self.assertRecordValues(
            copy,
            [
                {
                    "state": "draft",
                    "needed_by": False,
                    "promised_on": False,
                    "submitted_at": False,
                    "rnd_user_id": False,
                    "partner_id": self.customer.id,
                    "style_name": "Runner 26",
                }
            ],
        )
        self.assertEqual(copy.property_line_ids.target, 5)
