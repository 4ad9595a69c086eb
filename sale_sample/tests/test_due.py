from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import MONDAY_9, SampleCase

HOUR = {
    0: MONDAY_9,
    3: "2026-03-02 04:00:00",
    4: "2026-03-02 06:00:00",
    8: "2026-03-03 01:00:00",
    16: "2026-03-04 01:00:00",
}
"""Moments so many working hours after Monday, nine o'clock."""


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestDue(SampleCase):
    """What is late, and who is told that nothing moves."""

    def _states(self):
        requests = self.env["sale.sample.request"].search([("company_id", "=", self.company.id)])
        by_search = {
            request: state
            for state, _label in requests._fields["due_state"].selection
            for request in requests.search([("due_state", "=", state), ("company_id", "=", self.company.id)])
        }
        by_compute = {request: request.due_state for request in requests}
        self.assertEqual(by_search, by_compute)
        grouped = requests._read_group([("id", "in", requests.ids)], ["due_state"], ["id:recordset"])
        self.assertEqual({request: state for state, group in grouped for request in group}, by_compute)
        return by_compute

    def test_due_states(self):
        requests = {
            "soon": self._request(needed_by="2026-03-05"),
            "on_time": self._request(needed_by="2026-03-06"),
            "none": self._request(needed_by=False),
            "late": self._request(needed_by="2026-03-01"),
            "done": self._request(needed_by="2026-03-01"),
        }
        requests["done"].sudo()._change_state("cancelled")
        self.assertEqual(self._states(), {request: state for state, request in requests.items()})
        self.company.sample_due_soon_days = 0
        self.env.invalidate_all()
        self.assertEqual(self._states()[requests["soon"]], "on_time")

    def test_the_companys_day_counts(self):
        request = self._request(needed_by="2026-03-02")
        with freeze_time("2026-03-02 15:59:00"):  # still the 2nd in Shanghai
            request.invalidate_recordset()
            self.assertEqual(request.due_state, "soon")
        with freeze_time("2026-03-02 16:01:00"):
            request.invalidate_recordset()
            self.assertEqual(request.due_state, "late")

    def test_the_promise_counts_once_accepted(self):
        request = self._accepted(promised_on=date(2026, 3, 20))
        self.assertEqual(str(request.due_on), "2026-03-20")
        with freeze_time("2026-03-21 01:00:00"):
            request.invalidate_recordset()
            self.assertEqual(self._states()[request], "late")
            self.assertIn(self.rnd.name, request.due_note)

    def test_due_states_of_many_cost_as_much_as_of_one(self):
        requests = self.env["sale.sample.request"].create([self._values(style_name=f"R {n}") for n in range(30)])
        names = ["due_state", "waiting_hours", "stage_id", "handler_id", "display_name"]
        requests.read(names)
        for size in (1, 30):
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(size=size), self.assertQueryCount(19):
                requests[:size].with_user(self.manager).read(names)

    # ------------------------------------------------------------------
    # Stages
    # ------------------------------------------------------------------

    def test_cards_are_not_dragged_over_states(self):
        request = self._request().with_user(self.manager)
        with self.assertRaisesRegex(UserError, "by hand"):
            request.stage_id = self.env.ref("sale_sample.sample_stage_approved")
        self.assertEqual(self.env["sale.sample.request"].browse(request.id).state, "draft")

    def test_rnd_drags_between_its_stages(self):
        stages = self.env["sale.sample.stage"].create([
            {"name": "Press", "sequence": 900},
            {"name": "Trim", "sequence": 901},
        ])
        self.type.stage_ids = stages
        request = self._accepted().with_user(self.rnd)
        self.assertEqual(request.stage_id, stages[0])
        if not request.current_round_id:
            self.env["sale.sample.round"].create({"request_id": request.id})
        request.stage_id = stages[1]
        self.assertEqual(request.current_round_id.stage_id, stages[1])
        with self.assertRaisesRegex(UserError, "does not go through"):
            request.stage_id = self.env.ref("sale_sample.sample_stage_packing")
        with self.assertRaises(AccessError):
            request.with_user(self.salesman).stage_id = stages[0]

    # ------------------------------------------------------------------
    # Reminders
    # ------------------------------------------------------------------

    def _run(self, hours):
        with freeze_time(HOUR[hours]), self.enter_registry_test_mode():
            self.env.ref("sale_sample.ir_cron_hand_over").method_direct_trigger()

    def test_reminder_and_escalation(self):
        request = self._submitted()
        asked = [("request_rnd", "Accept Sample Request")]
        self._run(3)
        self.assertEqual(self._open_activities(request), asked)
        for hours in (4, 8):
            self._run(hours)
            self.assertEqual(self._open_activities(request), asked * 2, "reminded once")
        for _twice in range(2):
            self._run(16)
            self.assertEqual(self._open_activities(request), [("request_manager", "Sample Request Stuck"), *asked * 2])
        self.assertTrue(request.escalated_at)
        with freeze_time(HOUR[16]):
            request.with_user(self.rnd)._return_with_questions(["Which colour?"])
        self.assertFalse(request.escalated_at)
        self.assertEqual(self._open_activities(request), [("request_salesman", "Answer R&D's Questions")])

    def test_sales_is_reminded_of_questions(self):
        self.salesman.sale_team_id = False
        team = self.env["crm.team"].create({
            "name": "T",
            "user_id": self.salesman_all.id,
            "company_id": self.company.id,
        })
        request = self._submitted(team_id=team.id)
        request.team_id = team
        request.with_user(self.rnd)._return_with_questions(["Which colour?"])
        self._run(16)
        self.assertIn(("request_salesman_all", "Sample Request Stuck"), self._open_activities(request))

    def test_switched_off(self):
        self.company.write({"sample_reminder_hours": 0, "sample_escalation_hours": 0})
        request = self._submitted()
        self._run(16)
        self.assertEqual(len(self._open_activities(request)), 1)

    def test_waiting_many_cost_as_much_as_one(self):
        self.company.write({"sample_reminder_hours": 0, "sample_escalation_hours": 100})
        cron = self.env["sale.sample.request"]
        self._submitted()
        self._run(4)
        for _more in range(2):
            for number in range(10):
                self._submitted(style_name=f"R {number}")
            self.env.flush_all()
            self.env.invalidate_all()
            with freeze_time(HOUR[4]), self.assertQueryCount(11):
                cron._cron_remind()
