from datetime import datetime

from odoo import api, fields, models

FINAL_STEPS = ("approved", "rejected", "cancelled")


class SaleSampleRequest(models.Model):
    """Each step of a request is timed in working hours, so that none is lost between two departments."""

    _inherit = "sale.sample.request"

    waiting_hours = fields.Float(
        "Waiting (Working Hours)",
        compute="_compute_waiting_hours",
        groups="base.group_user",
        help="Working hours in the present step",
    )
    cycle_hours = fields.Float(
        "Cycle (Working Hours)",
        compute="_compute_cycle_hours",
        store=True,
        aggregator="avg",
        groups="base.group_user",
        help="Working hours from the hand-over to the end",
    )

    @api.depends("step_ids.entered_at", "step_ids.left_at")
    def _compute_waiting_hours(self):
        steps = self.env["sale.sample.step"].sudo()  # sudo: counted for whoever may read the request
        present = steps.search([("request_id", "in", self.ids), ("left_at", "=", False)])
        now = fields.Datetime.now()
        hours = steps._hours_between([
            (step.company_id, step.entered_at, max(now, step.entered_at)) for step in present
        ])
        found = dict(zip(present.request_id.ids, hours, strict=True))
        for request in self:
            request.waiting_hours = found.get(request._origin.id, 0.0)

    @api.depends("submitted_at", "closed_at")
    def _compute_cycle_hours(self):
        ended = self.filtered(lambda request: request.submitted_at and request.closed_at)
        spans = [(request.company_id, request.submitted_at, request.closed_at) for request in ended]
        for request, hours in zip(ended, self.env["sale.sample.step"]._hours_between(spans), strict=True):
            request.cycle_hours = hours
        (self - ended).cycle_hours = 0.0

    def _change_state(self, target, **values):
        if target in FINAL_STEPS:
            values.setdefault("closed_at", fields.Datetime.now())
        return super()._change_state(target, **values)

    def _after_change_state(self, target):
        result = super()._after_change_state(target)
        self._enter_step(target)
        return result

    def _enter_step(self, step: str, rounds=None) -> None:
        """Close the present step of these requests and begin another.

        What is entered for an earlier day (sent on Friday, recorded on Monday) begins at the end of that day.

        :param step: a value of ``sale.sample.step.step``
        :param rounds: the rounds concerned, at most one of each request
        """
        steps = self.env["sale.sample.step"].sudo()  # sudo: nobody may write the log directly
        of_request = {sample_round.request_id.id: sample_round for sample_round in rounds or ()}
        now = fields.Datetime.now()
        moments = {
            request.id: min(now, of_request[request.id]._get_step_moment(step) or now)
            if request.id in of_request
            else now
            for request in self
        }
        moments |= self._leave_step(moments)
        steps.create([
            {
                "request_id": request.id,
                "round_id": of_request[request.id].id if request.id in of_request else False,
                "company_id": request.company_id.id,
                "step": step,
                "entered_at": moments[request.id],
                "left_at": moments[request.id] if step in FINAL_STEPS else False,
                "user_id": self.env.uid,
            }
            for request in self
        ])

    def _leave_step(self, moments: dict[int, datetime]) -> dict[int, datetime]:
        """Close the present step of these requests and store how long it took.

        :param moments: request id → when it leaves the step, in naive UTC
        :return: the same for those that were in a step, but never before it began
        """
        steps = self.env["sale.sample.step"].sudo()  # sudo: nobody may write the log directly
        present = steps.search([("request_id", "in", self.ids), ("left_at", "=", False)])
        left = {step.request_id.id: max(moments[step.request_id.id], step.entered_at) for step in present}
        hours = steps._hours_between([(step.company_id, step.entered_at, left[step.request_id.id]) for step in present])
        for step, spent in zip(present, hours, strict=True):
            step.write({"left_at": left[step.request_id.id], "working_hours": max(spent, 0.0)})
        present.flush_recordset()  # the next step is inserted: only one may be open
        return left
