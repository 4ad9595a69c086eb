from datetime import datetime

from odoo import api, fields, models

from .sale_sample_request_handover import ACTIVITY_ACCEPT, ACTIVITY_ANSWER, ACTIVITY_ESCALATION


class SaleSampleRequest(models.Model):
    """Requests that wait too long between the departments: reminder, then escalation."""

    _inherit = "sale.sample.request"

    reminded_at = fields.Datetime(readonly=True, copy=False, groups="base.group_user")
    escalated_at = fields.Datetime("Escalated on", readonly=True, copy=False, groups="base.group_user")

    @api.model
    def _cron_hand_over(self) -> None:
        """Remind of requests that wait for R&D, or for sales with R&D's questions, and escalate them.

        The hours are working hours of the company since the request came to where it waits.
        Each request is reminded of once and escalated once for each time it waits.
        """
        steps = self.env["sale.sample.step"].sudo()  # sudo: of all companies and salespeople
        waiting = steps.search(
            [("left_at", "=", False), ("step", "in", ("submitted", "returned"))], order="company_id, id"
        )
        now = fields.Datetime.now()
        hours = steps._hours_between([(step.company_id, step.entered_at, now) for step in waiting])
        remind, escalate = [], []
        for step, waited in zip(waiting, hours, strict=True):
            company, request = step.company_id, step.request_id
            if company.sample_escalation_hours and waited >= company.sample_escalation_hours:
                if not request.escalated_at:
                    escalate.append(request.id)
            elif company.sample_reminder_hours and waited >= company.sample_reminder_hours and not request.reminded_at:
                remind.append(request.id)
        requests = self.sudo()  # sudo: as above
        requests.browse(remind)._remind(now)
        requests.browse(escalate)._escalate(now)

    def _remind(self, now: datetime) -> None:
        """Ask those once more whose turn it is."""
        for state, kind in (("submitted", ACTIVITY_ACCEPT), ("returned", ACTIVITY_ANSWER)):
            self.filtered(lambda request, state=state: request.state == state)._schedule(kind, late=True)
        self.write({"reminded_at": now})

    def _escalate(self, now: datetime) -> None:
        """Tell those above that a request is stuck."""
        users = {request: request._get_escalation_user() for request in self}
        self._schedule(ACTIVITY_ESCALATION, users)
        self.write({"escalated_at": now})
        self.filtered(lambda request: users[request])._tell("sale_sample.mail_template_request_escalated")

    def _get_escalation_user(self) -> "models.Model":
        """Return who is told that one request is stuck: the company's choice, else the head of who has it."""
        self.ensure_one()
        team_leader = self.team_id.user_id if self.state == "returned" else self.env["res.users"]
        return team_leader or self.company_id.sample_escalation_user_id or self.company_id.sample_rnd_user_id
