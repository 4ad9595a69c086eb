from datetime import date, timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .sale_sample_request import OPEN_STATES

#: Index of Odoo's palette for each due state.
DUE_COLORS = {"late": 1, "soon": 3, "on_time": 10, "waiting": 4, "done": 0, "none": 0}


class SaleSampleRequest(models.Model):
    """Whether a request is late. With the customer, the clock is the customer's."""

    _inherit = "sale.sample.request"

    due_on = fields.Date(
        compute="_compute_due_on",
        store=True,
        index=True,
        help="The day promised by R&D, before that the day it is needed by",
    )
    due_state = fields.Selection(
        [
            ("late", "Late"),
            ("soon", "Due Soon"),
            ("on_time", "In Time"),
            ("waiting", "With the Customer"),
            ("done", "Ended"),
            ("none", "No Date"),
        ],
        "Due",
        compute="_compute_due_state",
        search="_search_due_state",
    )
    due_color = fields.Integer(compute="_compute_due_state")
    due_note = fields.Char(compute="_compute_due_note", groups="base.group_user")
    promise_gap = fields.Integer(
        "Promised Later by", compute="_compute_promise_gap", help="Days that R&D's promise comes after the day needed"
    )

    @api.depends("needed_by", "promised_on", "state")
    def _compute_due_on(self):
        for request in self:
            promised = request.promised_on if request.state not in ("draft", "submitted", "returned") else False
            request.due_on = promised or request.needed_by

    @api.depends("needed_by", "promised_on")
    def _compute_promise_gap(self):
        for request in self:
            late = request.promised_on and request.needed_by and request.promised_on > request.needed_by
            request.promise_gap = (request.promised_on - request.needed_by).days if late else 0

    @api.depends("due_on", "due_state", "promise_gap", "handler_id")
    def _compute_due_note(self):
        for request in self:
            note = False
            if request.due_state == "late" and request.handler_id:
                note = self.env._(
                    "Late: it was due on %(day)s and waits for %(who)s.",
                    day=format_date(self.env, request.due_on),
                    who=request.handler_id.name,
                )
            elif request.due_state == "late":
                note = self.env._("Late: it was due on %s.", format_date(self.env, request.due_on))
            elif request.promise_gap and request.due_state in ("soon", "on_time"):
                note = self.env._("R&D promised it %s days after the customer needs it.", request.promise_gap)
            request.due_note = note

    @api.depends("due_on", "state", "stage_id")
    def _compute_due_state(self):
        for request in self:
            request.due_state = request._get_due_state()
            request.due_color = DUE_COLORS[request.due_state]

    def _get_due_state(self) -> str:
        """Return the due state of one request, judged by the company's day."""
        self.ensure_one()
        if self.state not in OPEN_STATES:
            return "done"
        if self.stage_id.kind in ("sent", "answered"):
            return "waiting"
        if not self.due_on:
            return "none"
        today, soon = self.company_id._get_sample_due_days()
        if self.due_on < today:
            return "late"
        return "soon" if self.due_on <= soon else "on_time"

    def _search_due_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(
            Domain("company_id", "=", company.id) & self._due_state_domain(state, *company._get_sample_due_days())
            for company in self.env.companies
            for state in value
        )

    @api.model
    def _due_state_domain(self, state: str, today: date, soon: date) -> Domain:
        """Return the domain of one due state, for one company.

        :param today: the company's day
        :param soon: last day that counts as due soon
        """
        is_open = Domain("state", "in", OPEN_STATES)
        ours = is_open & Domain("stage_id.kind", "not in", ("sent", "answered"))
        tomorrow_after_soon = soon + timedelta(days=1)
        domains = {
            "late": ours & Domain("due_on", "<", today),
            "soon": ours & Domain("due_on", ">=", today) & Domain("due_on", "<", tomorrow_after_soon),
            "on_time": ours & Domain("due_on", ">", soon),
            "waiting": is_open & Domain("stage_id.kind", "in", ("sent", "answered")),
            "done": ~is_open,
            "none": ours & Domain("due_on", "=", False),
        }
        return domains.get(state, Domain.FALSE)

    def _read_group_groupby(self, alias, groupby_spec, query):
        if groupby_spec != "due_state":
            return super()._read_group_groupby(alias, groupby_spec, query)
        # The progress bar of the board and lists grouped by due state: each company judges by its own day.
        cases = [
            SQL(
                "WHEN %s IN (%s) THEN %s",
                SQL.identifier(alias, "id"),
                self.sudo()._search(self._search_due_state("in", [state])).subselect(),  # sudo: the query has the rules
                state,
            )
            for state, _label in self._fields["due_state"].selection
        ]
        return SQL("CASE %s END", SQL(" ").join(cases))
