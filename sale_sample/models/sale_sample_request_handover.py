from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

ACTIVITY_ACCEPT = "sale_sample.mail_activity_type_accept"
ACTIVITY_ANSWER = "sale_sample.mail_activity_type_answer"
ACTIVITY_ESCALATION = "sale_sample.mail_activity_type_escalation"
HANDOVER_ACTIVITIES = (ACTIVITY_ACCEPT, ACTIVITY_ANSWER, ACTIVITY_ESCALATION)


class SaleSampleRequest(models.Model):
    """Between two departments: R&D accepts with a promised date, or returns the request with questions."""

    _inherit = "sale.sample.request"

    handler_id = fields.Many2one(
        "res.users",
        "Waiting for",
        compute="_compute_handler_id",
        store=True,
        index="btree_not_null",
        help="Who has to act next",
    )
    norm_date = fields.Date(
        "Date by the Norm", compute="_compute_norm_date", help="Today, or the acceptance, and the type's lead time"
    )

    @api.depends("state", "user_id", "rnd_user_id", "stage_id", "company_id.sample_rnd_user_id")
    def _compute_handler_id(self):
        for request in self:
            at_sales = request.state in ("draft", "returned") or request.stage_id.kind in ("sent", "answered")
            if request.state not in ("draft", "submitted", "returned", "accepted"):
                request.handler_id = False
            elif at_sales:
                request.handler_id = request.user_id
            else:
                request.handler_id = request.rnd_user_id or request.company_id.sample_rnd_user_id

    @api.depends("type_id", "accepted_at", "company_id")
    def _compute_norm_date(self):
        now = fields.Datetime.now()
        for request in self:
            request.norm_date = request._plan_days(request.accepted_at or now, request.type_id.lead_time_days)

    def _plan_days(self, start: datetime, days: int) -> date:
        """Return the company's day on which so many working days, counted from a moment, have passed.

        :param start: naive UTC
        :param days: 0 gives the day of `start`
        """
        company = self.company_id or self.env.company
        zone = pytz.timezone(company._sales_timezone())
        first = pytz.utc.localize(start).astimezone(zone)
        calendar = company.sudo().resource_calendar_id  # sudo: working time is the same for everybody
        if days <= 0 or not calendar:
            return first.date()
        midnight = zone.localize(datetime.combine(first.date(), time.max))
        planned = calendar.plan_days(days, midnight, compute_leaves=True)
        return planned.date() if planned else first.date()

    # ------------------------------------------------------------------
    # Sales hands over
    # ------------------------------------------------------------------

    def _after_submit(self) -> None:
        """Tell R&D what waits for it. Extension point."""
        self._end_activities(self.env._("Handed over to R&D."))
        self._schedule(ACTIVITY_ACCEPT)
        self._tell("sale_sample.mail_template_request_submitted")

    # ------------------------------------------------------------------
    # R&D answers
    # ------------------------------------------------------------------

    def action_open_accept(self) -> dict:
        """Open the dialog in which R&D promises a date."""
        return self._open_handover_dialog("sale.sample.accept", self.env._("Accept Sample Request"))

    def action_open_return(self) -> dict:
        """Open the dialog in which R&D asks what it has to know."""
        return self._open_handover_dialog("sale.sample.return", self.env._("Return with Questions"))

    def _open_handover_dialog(self, model: str, title: str) -> dict:
        """Return the action that opens one of R&D's dialogs for these requests."""
        self._check_rnd()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_request_ids": self.ids},
        }

    def _accept(self, promised_on: date, rnd_user=None, note: str = "", **values: Any) -> None:
        """Accept requests on behalf of R&D.

        :param promised_on: day on which the sample will be sent, today or later
        :param rnd_user: the engineer; by default the one of the request, else the current user
        :param note: a remark for the salesperson
        :param values: fields of other addons that R&D fills at the acceptance
        :raises AccessError: the user is not R&D
        :raises UserError: the day is past, or a request does not wait for R&D
        """
        self._check_rnd()
        for request in self:
            if promised_on < request.company_id._sales_today():
                raise UserError(
                    self.env._(
                        "%(request)s cannot be promised for %(day)s, that day is past.",
                        request=request.display_name,
                        day=format_date(self.env, promised_on),
                    )
                )
        values |= {"promised_on": promised_on, "accepted_at": fields.Datetime.now()}
        engineers = self.grouped(lambda request: rnd_user or request.rnd_user_id or self.env.user)
        for engineer, requests in engineers.items():
            requests._change_state("accepted", rnd_user_id=engineer.id, **values)
        self._after_accept(note)

    def _after_accept(self, note: str = "") -> None:
        """Tell the salespeople what R&D promised. Extension point.

        :param note: R&D's remark
        """
        self._end_activities(self.env._("Accepted by R&D."))
        if note:
            for request in self:
                request.message_post(body=note, subtype_xmlid="mail.mt_note")
        self._tell("sale_sample.mail_template_request_accepted")

    def _return_with_questions(self, questions: Iterable[str]) -> None:
        """Return requests to sales, with what R&D has to know first.

        :param questions: each is answered on its own before the request can be handed over again
        :raises AccessError: the user is not R&D
        :raises UserError: nothing is asked, or a request does not wait for R&D
        """
        self._check_rnd()
        asked = [question.strip() for question in questions if question.strip()]
        if not asked:
            raise UserError(self.env._("Write at least one question: the salesperson must know what is missing."))
        self._change_state("returned", reminded_at=False, escalated_at=False)
        now = fields.Datetime.now()
        log = self.env["sale.sample.question"].sudo()  # sudo: questions are asked through this method only
        log.create([
            {"request_id": request.id, "name": question, "asked_by_id": self.env.uid, "asked_at": now}
            for request in self
            for question in asked
        ])
        self._after_return()

    def _after_return(self) -> None:
        """Tell the salespeople what R&D asks. Extension point."""
        self._end_activities(self.env._("Returned by R&D."))
        self._schedule(ACTIVITY_ANSWER)
        self._tell("sale_sample.mail_template_request_returned")

    # ------------------------------------------------------------------
    # Activities and messages
    # ------------------------------------------------------------------

    def _after_change_state(self, target):
        result = super()._after_change_state(target)
        if target in ("approved", "rejected", "cancelled"):
            self._end_activities(self.env._("The request has ended."))
        return result

    def _get_activity_summary(self, kind: str, late: bool) -> str:
        """Return what is asked for, in the language of the environment.

        :param kind: external id of the activity type
        :param late: it has been asked for before
        """
        if kind == ACTIVITY_ESCALATION:
            return self.env._("Sample request stuck between sales and R&D")
        if late:
            return self.env._("Reminder: the other department waits for you")
        if kind == ACTIVITY_ACCEPT:
            return self.env._("Accept the sample request, or return it with questions")
        return self.env._("Answer R&D's questions and hand the request over again")

    def _schedule(self, kind: str, users: dict | None = None, late: bool = False) -> None:
        """Ask those whose turn it is to act, by one activity a request, in their language; set-based.

        :param kind: external id of the activity type
        :param users: request → user; by default who has to act next. Requests without one are passed over
        :param late: it has been asked for before
        """
        activity_type = self.env.ref(kind, raise_if_not_found=False)
        whom = users or {request: request.handler_id for request in self}
        if not activity_type:
            return
        activities = self.env["mail.activity"].sudo()  # sudo: for a user of the other department
        activities.with_context(mail_activity_quick_update=True).create([
            {
                "activity_type_id": activity_type.id,
                "automated": True,
                "res_model_id": self.env["ir.model"]._get_id(self._name),
                "res_id": request.id,
                "user_id": user.id,
                "date_deadline": request.company_id._sales_today(),
                "summary": self.with_context(lang=user.lang)._get_activity_summary(kind, late),
            }
            for request, user in whom.items()
            if user
        ])

    def _end_activities(self, feedback: str) -> None:
        """Close what the hand-over had asked for: it has been done."""
        activities = list(HANDOVER_ACTIVITIES)
        self.sudo().activity_feedback(activities, feedback=feedback)  # sudo: of the other department, too

    def _tell(self, template: str) -> None:
        """Post a message to those whom a template names, where there is somebody.

        :param template: external id of a mail template
        """
        source = self.env.ref(template, raise_if_not_found=False)
        for request in self:
            if source:
                request.message_post_with_source(source.sudo(), subtype_xmlid="mail.mt_note")  # sudo: R&D, too, writes
