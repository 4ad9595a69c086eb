from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import SQL, float_round, format_date, is_html_empty

from odoo.addons.sales_department_base.constants import RND_GROUP, SALES_ALL_GROUP, SALES_GROUP
from odoo.addons.sales_department_base.records import refuse
from odoo.addons.sales_department_base.tools.actions import dialog

from ..constants import (
    CLOSED_STATES,
    OPEN_STATES,
    REVISION_OPEN_STATES,
    RND_GROUPS,
    ROUND_AT_CUSTOMER,
    ROUND_OPEN_STATES,
    ROUND_RND_STATES,
    SALES_STATES,
    WAITING_STATES,
)
from ..tools.article import Article, same_article
from .sale_sample_portal_mixin import SaleSamplePortalMixin

#: What R&D works from. It is fixed while the request is in R&D's hands.
REQUIREMENT_FIELDS = frozenset({
    "type_id",
    "partner_id",
    "lead_id",
    "sale_order_id",
    "product_id",
    "product_family_id",
    "style_name",
    "style_note",
    "last_number",
    "style_file_ids",
    "property_line_ids",
    "function",
    "size_system",
    "size_line_ids",
    "company_id",
})
#: What R&D may write on a request that is not its own.
RND_FIELDS = frozenset({
    "rnd_user_id",
    "promised_on",
    "stage_id",
    "reference_received_on",
    "reference_returned_on",
    "activity_ids",
    "message_follower_ids",
    "message_ids",
    "message_main_attachment_id",
    "round_ids",
    "point_ids",
})
#: Decimals of a unit price that was converted.
PRICE_DIGITS = 6
#: Index of Odoo's palette for each due state.
DUE_COLORS = {"late": 1, "soon": 3, "on_time": 10, "waiting": 4, "done": 0, "none": 0}
ACTIVITY_ACCEPT = "sale_sample.mail_activity_type_accept"
ACTIVITY_ANSWER = "sale_sample.mail_activity_type_answer"
ACTIVITY_ESCALATION = "sale_sample.mail_activity_type_escalation"
PORTAL_STATES = [
    ("review", "In Review"),
    ("making", "In the Making"),
    ("answer", "Awaits Your Answer"),
    ("sign", "Awaits Your Signature"),
    ("approved", "Approved"),
    ("rejected", "Not Approved"),
    ("cancelled", "Cancelled"),
]


class SaleSampleRequest(models.Model):
    """What one customer needs as a sample: who, what, how many, until when; and its way from the hand-over to the end.

    Sales hands over a complete requirement, R&D accepts with a promised date or returns it with questions, rounds are
    made until the customer approves. Each step is timed in working hours. The customer sees a request once it has been
    handed over, by login or by a link of its own.
    """

    _name = "sale.sample.request"
    _description = "Sample Request"
    _inherit = [
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "sales.department.transition.mixin",
        "sales.department.number.mixin",
        "sales.department.document.mixin",
        "sales.department.reminder.mixin",
        "sale.sample.portal.mixin",
    ]
    _order = "priority desc, needed_by, id desc"
    _escalation_activity = ACTIVITY_ESCALATION
    _rec_names_search = ["name", "style_name", "partner_id.name"]
    _mail_post_access = "read"
    _TRANSITIONS: ClassVar = {
        "draft": {"submitted", "cancelled"},
        "submitted": {"accepted", "returned", "cancelled"},
        "returned": {"submitted", "cancelled"},
        "accepted": {"approved", "rejected", "cancelled"},
    }
    _closed_fields = frozenset({"access_token"})
    _closed_except_groups: ClassVar = {"promised_on": RND_GROUPS}
    #: What an ended request was promised, asked for and by whom it was made; statistics rest on it.
    _settled_fields = frozenset({
        "purpose",
        "expected_yearly_volume",
        "needed_by",
        "promised_on",
        "rnd_user_id",
        "contact_id",
    })
    _PORTAL_FIELDS: ClassVar[frozenset[str]] = SaleSamplePortalMixin._PORTAL_FIELDS | {
        "access_token",
        "access_url",
        "access_warning",
        "active",
        "closed_at",
        "commercial_partner_id",
        "contact_id",
        "current_round_id",
        "function",
        "last_number",
        "message_is_follower",
        "name",
        "needed_by",
        "partner_id",
        "portal_state",
        "priority",
        "promised_on",
        "round_ids",
        "size_system",
        "state",
        "style_name",
        "submitted_at",
        "total_pairs",
        "type_id",
        "user_id",
    }

    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/", index="trigram")
    active = fields.Boolean(default=True)
    priority = fields.Selection([("0", "Normal"), ("1", "Urgent")], default="0", tracking=True)
    type_id = fields.Many2one(
        "sale.sample.type", "Sample Type", required=True, index=True, ondelete="restrict", tracking=True
    )
    type_note = fields.Html(related="type_id.note", string="Norm of the Type", groups="base.group_user")
    type_color = fields.Integer(related="type_id.color")
    state = fields.Selection([
        ("draft", "Draft"),
        ("submitted", "Handed Over"),
        ("returned", "Returned"),
        ("accepted", "Accepted"),
        ("approved", "Approved"),
        ("rejected", "Rejected"),
        ("cancelled", "Cancelled"),
    ])
    # Who needs it
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Company of the Customer", store=True, index="btree_not_null"
    )
    contact_id = fields.Many2one(
        "res.partner",
        "Contact Person",
        compute="_compute_contact_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        check_company=True,
        domain="[('commercial_partner_id', '=', commercial_partner_id)] if commercial_partner_id else []",
    )
    lead_id = fields.Many2one(
        "crm.lead",
        "Opportunity",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        groups="base.group_user",
    )
    sale_order_id = fields.Many2one("sale.order", "Quotation", index="btree_not_null", check_company=True)
    user_id = fields.Many2one(tracking=True)
    rnd_user_id = fields.Many2one(
        "res.users",
        "R&D Engineer",
        index="btree_not_null",
        check_company=True,
        copy=False,
        tracking=True,
        domain=lambda self: [("all_group_ids", "in", self.env.ref(RND_GROUP).ids)],
    )
    handler_id = fields.Many2one(
        "res.users",
        "Waiting for",
        compute="_compute_handler_id",
        store=True,
        index="btree_not_null",
        help="Who has to act next",
    )
    purpose = fields.Selection(
        [
            ("new_model", "New Shoe Model"),
            ("replace", "Replace a Competitor's Part"),
            ("improve", "Improve a Running Part"),
            ("cost", "Lower the Cost"),
            ("fair", "Fair or Showroom"),
            ("other", "Other"),
        ],
        default="new_model",
    )
    expected_yearly_volume = fields.Integer(
        groups="base.group_user", aggregator="sum", help="Pairs a year, if the sample wins"
    )
    competitor_id = fields.Many2one(
        "crm.competitor", index="btree_not_null", check_company=True, ondelete="restrict", groups="base.group_user"
    )
    competitor_sample = fields.Text("Competitor's Sample", groups="base.group_user")
    # The requirement in the parts that R&D needs: style, physical properties, function, and how many of which size
    product_id = fields.Many2one("product.product", index="btree_not_null", check_company=True, ondelete="restrict")
    product_family_id = fields.Many2one(
        "product.category", compute="_compute_product_family_id", store=True, readonly=False, index="btree_not_null"
    )
    style_name = fields.Char(
        "Style", index="trigram", tracking=True, help="Shoe model and form the part is for, in the customer's words"
    )
    style_note = fields.Text("Form")
    last_number = fields.Char(help="Number of the shoe last")
    style_file_ids = fields.Many2many(
        "ir.attachment",
        "sale_sample_request_style_file_rel",
        string="Last, 3D Files, Drawings",
        copy=False,
        bypass_search_access=True,
        groups="base.group_user",
    )
    reference_sample = fields.Char(help="A sample of the customer's, handed over with the request")
    reference_received_on = fields.Date("Reference Received", copy=False)
    reference_returned_on = fields.Date("Reference Given Back", copy=False)
    property_line_ids = fields.One2many(
        "sale.sample.property.line", "request_id", "Physical Properties", copy=True, domain=[("is_current", "=", True)]
    )
    function = fields.Html(help="What the part has to do, for whom, under which conditions")
    size_system = fields.Selection(
        [
            ("cn", "CN (mm)"),
            ("eu", "EU"),
            ("uk", "UK"),
            ("us_men", "US Men"),
            ("us_women", "US Women"),
            ("uk_child", "UK Children"),
            ("us_child", "US Children"),
        ],
        required=True,
        default="eu",
    )
    size_line_ids = fields.One2many(
        "sale.sample.size.line", "request_id", "Pairs per Size", copy=True, domain=[("is_current", "=", True)]
    )
    total_pairs = fields.Integer("Pairs", compute="_compute_total_pairs", store=True)
    missing_note = fields.Text(
        "Still Missing",
        compute="_compute_missing_note",
        groups="base.group_user",
        help="What the type asks for before the hand-over",
    )
    revision_ids = fields.One2many("sale.sample.revision", "request_id", "Revisions", groups="base.group_user")
    revision_id = fields.Many2one(
        "sale.sample.revision",
        "Present Revision",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The version of the specification that holds; empty until a change was proposed",
    )
    revision_number = fields.Integer("Revision", compute="_compute_revision_number", aggregator=None)
    open_revision_id = fields.Many2one(
        "sale.sample.revision", compute="_compute_open_revision_id", groups="base.group_user"
    )
    open_revision_state = fields.Selection(
        [("draft", "Drafted"), ("proposed", "Proposed")],
        "Change of the Specification",
        compute="_compute_open_revision_id",
        groups="base.group_user",
    )
    # When
    needed_by = fields.Date(index=True, copy=False, tracking=True, help="Day on which the customer needs the sample")
    norm_date = fields.Date(
        "Date by the Norm", compute="_compute_norm_date", help="Today, or the acceptance, and the type's lead time"
    )
    promised_on = fields.Date("Promised for", copy=False, tracking=True, help="Day promised by R&D")
    promise_gap = fields.Integer(
        "Promised Later by", compute="_compute_promise_gap", help="Days that R&D's promise comes after the day needed"
    )
    submitted_at = fields.Datetime("Handed Over on", readonly=True, copy=False)
    accepted_at = fields.Datetime("Accepted on", readonly=True, copy=False)
    closed_at = fields.Datetime("Ended on", readonly=True, copy=False)
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
    # Where it stands
    stage_id = fields.Many2one(
        "sale.sample.stage",
        compute="_compute_stage_id",
        inverse="_inverse_stage_id",
        store=True,
        readonly=False,
        copy=False,
        index=True,
        ondelete="restrict",
        group_expand="_read_group_expand_full",
    )
    stage_kind = fields.Selection(related="stage_id.kind")
    question_ids = fields.One2many("sale.sample.question", "request_id", "Questions", groups="base.group_user")
    step_ids = fields.One2many("sale.sample.step", "request_id", "Steps", groups="base.group_user")
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
    portal_state = fields.Selection(
        PORTAL_STATES, "Status for the Customer", compute="_compute_portal_state", compute_sudo=True
    )
    # How it went
    round_ids = fields.One2many("sale.sample.round", "request_id", "Rounds")
    current_round_id = fields.Many2one(
        "sale.sample.round", compute="_compute_current_round", store=True, index="btree_not_null"
    )
    round_count = fields.Integer("Number of Rounds", compute="_compute_current_round", store=True)
    has_open_round = fields.Boolean(compute="_compute_has_open_round")
    point_ids = fields.One2many("sale.sample.point", "request_id", "Points")
    open_point_count = fields.Integer(compute="_compute_open_point_count")
    kept_ids = fields.One2many("sale.sample.kept", "request_id", string="Kept Samples")
    kept_count = fields.Integer(compute="_compute_kept_count")
    order_line_ids = fields.One2many("sale.order.line", "sample_request_id", string="Quoted on", readonly=True)
    quotation_count = fields.Integer(compute="_compute_quotation_count")
    reason_id = fields.Many2one(
        "sale.sample.reason",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
    )
    end_note = fields.Text("Remark on the End", readonly=True, copy=False, groups="base.group_user")

    _customer_or_lead = models.Constraint(
        "CHECK(partner_id IS NOT NULL OR lead_id IS NOT NULL)", "Choose the customer or the opportunity of the request."
    )
    _volume_not_negative = models.Constraint(
        "CHECK(expected_yearly_volume >= 0)", "The expected yearly volume cannot be negative."
    )
    _reference_in_order = models.Constraint(
        "CHECK(reference_returned_on >= reference_received_on)",
        "A reference sample cannot be given back before it was received.",
    )
    _name_uniq = models.UniqueIndex("(company_id, name)", "This number is already used by another sample request.")
    _handed_over_idx = models.Index("(company_id, submitted_at) WHERE state IN ('submitted', 'returned')")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("name", "style_name")
    def _compute_display_name(self):
        for request in self:
            number = request.name if request.name != "/" else self.env._("New")
            request.display_name = " · ".join(filter(None, (number, request.style_name)))

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for request in self:
            request.access_url = f"/my/samples/{request.id}"
        return result

    @api.depends("lead_id", "sale_order_id")
    def _compute_partner_id(self):
        for request in self:
            source = request.sale_order_id.partner_id or request.lead_id.partner_id
            request.partner_id = request.partner_id or source.commercial_partner_id

    @api.depends("partner_id", "lead_id", "sale_order_id")
    def _compute_contact_id(self):
        for request in self:
            person = request.contact_id or request.sale_order_id.partner_id or request.lead_id.partner_id
            if person.commercial_partner_id != request.partner_id.commercial_partner_id or person == request.partner_id:
                person = person.browse()
            request.contact_id = person

    @api.model
    def _get_salesperson_sources(self):
        return ["sale_order_id", "lead_id"]

    @api.model
    def _get_sales_team_sources(self):
        return ["lead_id"]

    @api.depends("state", "user_id", "rnd_user_id", "stage_id", "company_id.sample_rnd_user_id")
    def _compute_handler_id(self):
        for request in self:
            at_sales = request.state in SALES_STATES or request.stage_id.kind in ROUND_AT_CUSTOMER
            if request.state not in OPEN_STATES:
                request.handler_id = False
            elif at_sales:
                request.handler_id = request.user_id
            else:
                request.handler_id = request.rnd_user_id or request.company_id.sample_rnd_user_id

    @api.depends("product_id")
    def _compute_product_family_id(self):
        for request in self:
            request.product_family_id = request.product_id.categ_id or request.product_family_id

    @api.depends("size_line_ids.pairs")
    def _compute_total_pairs(self):
        for request in self:
            request.total_pairs = sum(request.size_line_ids.mapped("pairs"))

    @api.depends("revision_id.number")
    def _compute_revision_number(self):
        for request in self:
            request.revision_number = request.revision_id.number or 1

    @api.depends("revision_ids.state")
    def _compute_open_revision_id(self):
        for request in self:
            undecided = request.revision_ids.filtered(lambda revision: revision.state in REVISION_OPEN_STATES)
            request.open_revision_id = undecided[:1]
            request.open_revision_state = undecided[:1].state

    @api.depends(
        "state",
        "type_id",
        "partner_id",
        "user_id",
        "needed_by",
        "product_id",
        "product_family_id",
        "style_name",
        "style_file_ids",
        "property_line_ids",
        "function",
        "size_line_ids",
        "expected_yearly_volume",
        "question_ids.answer",
    )
    def _compute_missing_note(self):
        missing = self.filtered(lambda request: request.state in SALES_STATES)._get_missing()
        for request in self:
            request.missing_note = "\n".join(missing.get(request, []))

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

    @api.depends("needed_by", "promised_on")
    def _compute_promise_gap(self):
        for request in self:
            late = request.promised_on and request.needed_by and request.promised_on > request.needed_by
            request.promise_gap = (request.promised_on - request.needed_by).days if late else 0

    @api.depends("needed_by", "promised_on", "state")
    def _compute_due_on(self):
        for request in self:
            promised = request.promised_on if request.state not in (*SALES_STATES, "submitted") else False
            request.due_on = promised or request.needed_by

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

    @api.depends("due_on", "state", "stage_id", "company_id")
    def _compute_due_state(self):
        for company, requests in self.grouped("company_id").items():
            today, soon = (company or self.env.company)._get_sample_due_days()
            for state, color in DUE_COLORS.items():
                matching = requests.filtered_domain(self._due_state_domain(state, today, soon))
                matching.update({"due_state": state, "due_color": color})

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
        ours = is_open & Domain("stage_id.kind", "not in", ROUND_AT_CUSTOMER)
        tomorrow_after_soon = soon + timedelta(days=1)
        domains = {
            "late": ours & Domain("due_on", "<", today),
            "soon": ours & Domain("due_on", ">=", today) & Domain("due_on", "<", tomorrow_after_soon),
            "on_time": ours & Domain("due_on", ">", soon),
            "waiting": is_open & Domain("stage_id.kind", "in", ROUND_AT_CUSTOMER),
            "done": ~is_open,
            "none": ours & Domain("due_on", "=", False),
        }
        return domains.get(state, Domain.FALSE)

    def _read_group_groupby(self, alias, groupby_spec, query):
        if groupby_spec != "due_state":
            return super()._read_group_groupby(alias, groupby_spec, query)
        self._check_field_access(self._fields["due_state"], "read")
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

    @api.depends("state", "type_id", "current_round_id.state", "current_round_id.stage_id")
    def _compute_stage_id(self):
        stages = self.env["sale.sample.stage"].sudo().search([("kind", "!=", False)])  # sudo: computed for portal users
        by_kind = {stage.kind: stage for stage in stages if stage.kind != "work"}
        work = stages.filtered(lambda stage: stage.kind == "work")
        for request in self:
            sample_round = request.current_round_id
            if request.state != "accepted":
                request.stage_id = by_kind.get(request.state)
            elif sample_round.state in ROUND_AT_CUSTOMER:
                request.stage_id = by_kind.get(sample_round.state)
            else:
                request.stage_id = sample_round.stage_id or (request.type_id.stage_ids.sorted() or work)[:1]

    def _inverse_stage_id(self):
        """Move the current round to another stage of work.

        :raises UserError: the stage follows from the state, or is not one of the type's
        """
        for request in self:
            stage, sample_round = request.stage_id, request.current_round_id
            with_rnd = request.state == "accepted" and sample_round.state in ROUND_RND_STATES
            if not with_rnd or stage.kind != "work":
                raise UserError(
                    self.env._(
                        "%(request)s cannot be moved to “%(stage)s” by hand: only R&D's stages of work are. Use the "
                        "buttons of the request.",
                        request=request.display_name,
                        stage=stage.name,
                    )
                )
            request._check_rnd()
            if request.type_id.stage_ids and stage not in request.type_id.stage_ids:
                raise UserError(
                    self.env._(
                        "A sample of type %(type)s does not go through “%(stage)s”. Its stages are: %(stages)s.",
                        type=request.type_id.name,
                        stage=stage.name,
                        stages=", ".join(request.type_id.stage_ids.sorted().mapped("name")),
                    )
                )
            sample_round.stage_id = stage

    @api.depends("step_ids.entered_at", "step_ids.left_at")
    def _compute_waiting_hours(self):
        hours = self.env["sale.sample.step"]._get_waiting_hours(self)
        for request in self:
            request.waiting_hours = hours.get(request._origin.id, 0.0)

    @api.depends("submitted_at", "closed_at")
    def _compute_cycle_hours(self):
        ended = self.filtered(lambda request: request.submitted_at and request.closed_at)
        spans = [(request.company_id, request.submitted_at, request.closed_at) for request in ended]
        for request, hours in zip(ended, self.env["res.company"]._sales_hours_between(spans), strict=True):
            request.cycle_hours = hours
        (self - ended).cycle_hours = 0.0

    @api.depends("state", "type_id.is_sealed", "current_round_id.state", "current_round_id.signed_on")
    def _compute_portal_state(self):
        for request in self:
            sample = request.current_round_id
            if request.state == "accepted":
                request.portal_state = "answer" if sample.state == "sent" else "making"
            elif request.state == "approved":
                request.portal_state = "sign" if sample._awaits_signature() else "approved"
            elif request.state in ("rejected", "cancelled"):
                request.portal_state = request.state
            else:
                request.portal_state = "review"

    @api.depends("round_ids.number", "round_ids.state")
    def _compute_current_round(self):
        for request in self:
            rounds = request.round_ids.filtered(lambda sample_round: sample_round.state != "cancelled")
            request.current_round_id = rounds.sorted("number")[-1:]
            request.round_count = len(rounds)

    @api.depends("current_round_id.state")
    def _compute_has_open_round(self):
        for request in self:
            request.has_open_round = request.current_round_id.state in ROUND_OPEN_STATES

    @api.depends("point_ids.state")
    def _compute_open_point_count(self):
        for request in self:
            request.open_point_count = len(request.point_ids.filtered(lambda point: point.state == "open"))

    @api.depends("kept_ids.state")
    def _compute_kept_count(self):
        for request in self:
            request.kept_count = len(request.kept_ids.filtered(lambda kept: kept.state != "disposed"))

    @api.depends("order_line_ids.order_id")
    def _compute_quotation_count(self):
        for request in self:
            request.quotation_count = len(request.order_line_ids.order_id)

    # ------------------------------------------------------------------
    # Who may change what, and when
    # ------------------------------------------------------------------

    @api.constrains("contact_id", "partner_id")
    def _check_contact(self):
        refuse(
            self.filtered(
                lambda request: (
                    request.contact_id
                    and request.partner_id
                    and request.contact_id.commercial_partner_id != request.partner_id.commercial_partner_id
                )
            ),
            self.env._("%(names)s: the contact person belongs to another customer, who would get the link to it."),
            ValidationError,
        )

    @api.constrains("size_system")
    def _check_size_system(self):
        self.size_line_ids._check_sizes()

    def _check_needed_by(self) -> None:
        """Refuse a day that is past. Records of the past are loaded by the system, without this check.

        :raises ValidationError: naming request and day
        """
        for request in self.filtered("needed_by"):
            if request.needed_by < request.company_id._sales_today():
                raise ValidationError(
                    self.env._(
                        "%(request)s: the day it is needed by, %(day)s, is past. Choose today or a later day.",
                        request=request.display_name,
                        day=format_date(self.env, request.needed_by),
                    )
                )

    def _check_writable(self, names: Iterable[str]) -> None:
        """Refuse changes of what is fixed, and of what another department answers for.

        :param names: of the fields to be written
        :raises UserError: the requirement is in R&D's hands, or the request has ended
        :raises AccessError: the user works for R&D and wants to change the salesperson's part
        """
        if self.env.su:
            return  # only code of the server gets here
        if REQUIREMENT_FIELDS & set(names):
            self._check_requirement_open()
        if {"lead_id", "sale_order_id"} & set(names):
            self._check_source_open()
        if {"user_id", "team_id"} & set(names):
            self._check_owner_open()
        if "needed_by" in names:
            self._check_nothing_sent()
        if "promised_on" in names:
            self._check_promise_open()
        if "name" in names:
            raise AccessError(self.env._("The number of a sample request is given once and does not change."))
        foreign = set(names) - RND_FIELDS
        if foreign and not all(request._is_sellers() for request in self):
            labels = [
                self._fields[name]._description_string(self.env) for name in sorted(foreign) if name in self._fields
            ]
            raise AccessError(
                self.env._(
                    "This is for the salesperson of the request to change: %s. Return the request with questions instead.",
                    ", ".join(labels),
                )
            )

    def _check_requirement_open(self) -> None:
        """Refuse to change what R&D works from.

        :raises UserError: naming the requests that R&D has in hand, or that have ended
        """
        refuse(
            self.filtered(lambda request: request.state not in SALES_STATES),
            self.env._(
                "%(names)s: R&D works from this requirement, it can no longer be changed. Take the request back while "
                "it waits for R&D, or press “Change Specification” to propose a revision once R&D has accepted it."
            ),
        )

    def _check_source_open(self) -> None:
        """Refuse to move what was handed over to another opportunity or quotation: another budget would pay for it.

        :raises UserError: naming the requests that were handed over
        """
        refuse(
            self.filtered("submitted_at"),
            self.env._(
                "%(names)s: the opportunity and the quotation it came from stay as they were when it was handed over. "
                "Cancel the request and make another one from the right opportunity."
            ),
        )

    def _check_owner_open(self) -> None:
        """Refuse to move what was handed over to another salesperson or team, whose budget would pay for it.

        :raises AccessError: the user neither leads the team nor answers for all requests
        """
        user = self.env.user
        if user.has_group(SALES_ALL_GROUP):
            return
        moved = self.filtered(lambda request: request.submitted_at and request.team_id.user_id != user)
        refuse(
            moved,
            self.env._(
                "%(names)s has been handed over, so its salesperson and team stay. The leader of the team or a sales "
                "manager hands it to somebody else."
            ),
            AccessError,
        )

    def _check_promise_open(self) -> None:
        """Refuse another promise where R&D has not accepted yet, or all is over.

        :raises UserError: naming the requests
        """
        refuse(
            self.filtered(lambda request: request.state != "accepted"),
            self.env._("%(names)s: R&D promises a day when it accepts a request, and another while it works on it."),
        )

    def _check_team(self) -> None:
        """Refuse a team that is neither the salesperson's nor the opportunity's: its budget would pay for the sample.

        :raises AccessError: naming the requests, unless the user answers for all of them
        """
        user = self.env.user
        if user.has_group(SALES_ALL_GROUP):
            return
        foreign = self.browse()
        for request in self.sudo():  # sudo: members of a team may not be the user's to read
            team = request.team_id
            people = team.member_ids | team.user_id
            if not team or team == request.lead_id.team_id or people & (request.user_id | user):
                continue
            if team != request._get_default_team():
                foreign += request
        refuse(
            foreign.sudo(False),
            self.env._("%(names)s: choose a team of the salesperson. Its budget pays for the sample."),
            AccessError,
        )

    def _get_default_team(self) -> "models.Model":
        """Return the team that Odoo proposes for the salesperson of one request, whatever a client proposes."""
        self.ensure_one()
        teams = self.env["crm.team"].with_context(default_team_id=False)
        domain = [("company_id", "in", [self.company_id.id, False])]
        return teams._get_default_team_id(user_id=self.user_id.id, domain=domain)

    def _check_nothing_sent(self) -> None:
        """Refuse to change the day a sample is needed by when the customer has it: it tells whether that was in time.

        :raises UserError: naming the requests of which a sample was sent
        """
        refuse(
            self.filtered(lambda request: any(request.round_ids.mapped("sent_on"))),
            self.env._(
                "%(names)s: the first sample has been sent, so the day it is needed by stays as it was. Agree on a day "
                "for the next round with R&D instead."
            ),
        )

    def _is_sellers(self) -> bool:
        """Tell whether the current user acts for sales on this request."""
        self.ensure_one()
        user = self.env.user
        if not user.has_group(SALES_GROUP):
            return False
        return user.has_group(SALES_ALL_GROUP) or not self.user_id or user in (self.user_id, self.team_id.user_id)

    def _check_sellers(self) -> None:
        """Refuse what only sales may do.

        :raises AccessError: the user does not act for sales on one of the requests
        """
        self.check_access("write")
        if not self.env.su and not all(request._is_sellers() for request in self):
            raise AccessError(self.env._("This is for the salesperson of the request to do."))

    @api.model
    def _check_rnd(self) -> None:
        """Refuse what only R&D (or a sales manager in its place) may do.

        :raises AccessError: the user is neither
        """
        if not self.env.su and not self.env.user.has_groups(RND_GROUPS):
            raise AccessError(self.env._("This is for R&D to do."))

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            if not vals.get("user_id"):
                vals.pop("user_id", None)  # an empty cell of an import: the salesperson is found as on the form
        requests = super().create(vals_list)
        if not self.env.su:
            if any("team_id" in vals for vals in vals_list) or "default_team_id" in self.env.context:
                requests._check_team()
            requests._check_needed_by()
        requests._adopt_style_files()
        requests._enter_step("draft")
        return requests

    def write(self, vals):
        self._check_writable(vals)
        result = super().write(vals)
        if not self.env.su:
            if "team_id" in vals:
                self._check_team()
            if "needed_by" in vals:
                self._check_needed_by()
        if "style_file_ids" in vals:
            self._adopt_style_files()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_handed_over(self):
        refuse(
            self.filtered("submitted_at"),
            self.env._(
                "These requests have been handed over to R&D and stay on record: %(names)s. Cancel or archive them "
                "instead."
            ),
        )

    @api.model
    def get_import_templates(self):
        return [
            {
                "label": self.env._("Import Template for Sample Requests"),
                "template": "/sale_sample/static/xls/sample_requests.xlsx",
            }
        ]

    def _adopt_style_files(self) -> None:
        """Attach files that the user has just uploaded to the field, so that whoever reads it can open them."""
        for request in self:
            loose = request.style_file_ids.sudo().filtered(  # sudo: files of others are looked at, not taken
                lambda file, request=request: (
                    not file.res_field
                    and (
                        (file.res_model, file.res_id) == (self._name, request.id)
                        or (not file.res_id and file.create_uid == self.env.user)
                    )
                )
            )
            if loose:
                loose.write({"res_model": self._name, "res_id": request.id, "res_field": "style_file_ids"})

    def _keeps_file(self, name):
        return (name == "style_file_ids" and self.state not in SALES_STATES) or super()._keeps_file(name)

    def _get_settled(self):
        return self.filtered(lambda request: request.state in CLOSED_STATES and request.submitted_at)

    def _settled_refusal(self):
        return self.env._(
            "%(names)s has ended and stays on record as it was. Archive it, or make another request instead."
        )

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_submit(self) -> None:
        """Hand the requests over to R&D.

        :raises UserError: naming for each request every item that is missing
        """
        self._check_sellers()
        missing = self._get_missing()
        if missing:
            lines = []
            for request, items in missing.items():
                lines.append(self.env._("%s is not complete yet. Missing:", request.display_name))
                lines += [f"- {item}" for item in items]
            raise UserError("\n".join(lines))
        self._change_state("submitted", submitted_at=fields.Datetime.now(), reminded_at=False, escalated_at=False)
        self._after_submit()

    def action_take_back(self) -> None:
        """Take requests back that R&D has not accepted yet, to change what they ask for."""
        self._check_sellers()
        refuse(
            self.filtered(lambda request: request.state != "submitted"),
            self.env._("Only a request that waits for R&D can be taken back. These are not: %(names)s."),
        )
        self._change_state("returned", reminded_at=False, escalated_at=False)
        self._end_activities(self.env._("Taken back by sales."))

    def action_open_accept(self) -> dict:
        """Open the dialog in which R&D promises a date."""
        self._check_rnd()
        return dialog(self.env._("Accept Sample Request"), "sale.sample.accept", request_ids=self.ids)

    def action_open_return(self) -> dict:
        """Open the dialog in which R&D asks what it has to know."""
        self._check_rnd()
        return dialog(self.env._("Return with Questions"), "sale.sample.return", request_ids=self.ids)

    def action_open_close(self) -> dict:
        """Open the dialog that ends requests without an approval, and asks why."""
        return dialog(self.env._("End the Request"), "sale.sample.close", request_ids=self.ids)

    def action_change_specification(self) -> dict:
        """Open the form of a new revision, filled with what is asked for now, or the revision that is open."""
        self.ensure_one()
        self._check_sellers()
        undecided = self.open_revision_id
        if undecided:
            return undecided._get_records_action()
        self._check_revisable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change Specification"),
            "res_model": "sale.sample.revision",
            "views": [(False, "form")],
            "context": {"default_request_id": self.id},
        }

    def action_open_revision(self) -> dict:
        """Open the revision that waits for a decision."""
        self.ensure_one()
        self.check_access("read")
        return self.open_revision_id._get_records_action()

    def action_open_round(self) -> dict:
        """Open another round by hand, after one was cancelled."""
        self.ensure_one()
        self.env["sale.sample.round"]._check_maker()
        self.check_access("write")
        return self._open_round().action_open_form()

    def action_open_current_round(self) -> dict:
        """Open the round that is under way."""
        self.ensure_one()
        self.check_access("read")
        return self.current_round_id.action_open_form()

    def action_open_quote(self) -> dict:
        """Open the dialog that makes a quotation of an approved sample."""
        self.ensure_one()
        self.check_access("write")
        self._check_approved()
        return dialog(self.env._("Quote the Sample"), "sale.sample.quote", request_id=self.id)

    def action_open_quotations(self) -> dict:
        """Open the quotations and orders that sell what these requests showed."""
        return self._open_orders(self.order_line_ids.order_id)

    @api.model
    def _open_orders(self, orders) -> dict:
        """Return the action that shows these orders, or the form of the only one."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_quotations")
        action |= {"domain": [("id", "in", orders.ids)], "context": {"create": False}}
        if len(orders) == 1:
            action |= {"res_id": orders.id, "view_mode": "form", "views": [(False, "form")]}
        return action

    def action_open_kept(self) -> dict:
        """Open the samples kept of these requests."""
        context = {"default_request_id": self.id} if len(self) == 1 else {}
        action = self.env["ir.actions.actions"]._for_xml_id("sale_sample.sale_sample_kept_action")
        return dict(action, domain=[("request_id", "in", self.ids)], context=context)

    def action_view_lead(self) -> dict:
        """Open the opportunity."""
        self.ensure_one()
        self.check_access("read")
        return self.lead_id._get_records_action()

    def action_view_quotation(self) -> dict:
        """Open the quotation the request came from."""
        self.ensure_one()
        self.check_access("read")
        return self.sale_order_id._get_records_action()

    def action_view_steps(self) -> dict:
        """Open how long each step took."""
        action = self.env["ir.actions.actions"]._for_xml_id("sale_sample.sale_sample_step_action")
        return dict(action, domain=[("request_id", "in", self.ids)], context={}, views=[(False, "list")])

    def action_preview_portal(self) -> dict:
        """Open the page as the customer sees it.

        :raises UserError: when there is no such page yet
        """
        self.ensure_one()
        self.check_access("read")
        self._check_on_portal()
        return {"type": "ir.actions.act_url", "target": "self", "url": self.get_portal_url()}

    def action_share_portal(self) -> dict:
        """Open the dialog that sends the link to the page.

        :raises UserError: when there is no such page yet
        """
        self.ensure_one()
        self.check_access("read")
        self._check_on_portal()
        return self.with_context(active_id=self.id, active_model=self._name).action_share()

    # ------------------------------------------------------------------
    # What follows a change of state
    # ------------------------------------------------------------------

    def _change_state(self, target, **values):
        if target in CLOSED_STATES:
            values.setdefault("closed_at", fields.Datetime.now())
        return super()._change_state(target, **values)

    def _after_change_state(self, target):
        """What a change of state sets off, in this order. Other addons add to it with ``super()``.

        The clock comes first: the round that an acceptance opens is the next step of the request.
        """
        result = super()._after_change_state(target)
        self._enter_step(target)
        if target in CLOSED_STATES:
            self._end_activities(self.env._("The request has ended."))
            self._withdraw_revisions()
        if target == "accepted":
            self._open_round()
        elif target in ("rejected", "cancelled"):
            self._cancel_open_rounds()
        return result

    def _enter_step(self, step: str, rounds=None) -> None:
        """Close the present step of these requests and begin another.

        What is entered for an earlier day (sent on Friday, recorded on Monday) begins at the end of that day.

        :param step: a value of ``sale.sample.step.step``
        :param rounds: the rounds concerned, at most one of each request
        """
        of_request = {sample_round.request_id.id: sample_round for sample_round in rounds or ()}
        self.env["sale.sample.step"]._enter(
            self,
            step,
            moments={request: record._get_step_moment(step) for request, record in of_request.items()},
            values={request: {"round_id": record.id} for request, record in of_request.items()},
        )

    # ------------------------------------------------------------------
    # Sales hands over: nothing that the type asks for may be missing
    # ------------------------------------------------------------------

    def _get_missing(self) -> dict:
        """Return what keeps requests from being handed over: request → list of items, in the user's language.

        Complete requests are not among the keys. The queries do not grow with the requests.
        """
        unmet = self._get_unmet_prerequisites()
        missing = {request: request._get_missing_items() for request in self}
        for request, prerequisite in unmet.items():
            missing[request].append(
                self.env._("an approved %(type)s of the same customer and article", type=prerequisite.name)
            )
        return {request: items for request, items in missing.items() if items}

    def _get_missing_items(self) -> list[str]:
        """Return the items that one request itself lacks. Extension point."""
        self.ensure_one()
        needs = self.type_id
        today = self.company_id._sales_today()
        checks = [
            (not self.partner_id and not self.lead_id, self.env._("the customer or the opportunity")),
            (not self.user_id, self.env._("the salesperson")),
            (not self.product_id and not self.product_family_id, self.env._("the product or the product family")),
            (needs.requires_style and not (self.style_name or "").strip(), self.env._("style: the shoe model")),
            (
                needs.requires_reference and not self.style_file_ids,
                self.env._("style: a file of the last, the 3D model or a drawing"),
            ),
            (needs.requires_properties and not self.property_line_ids, self.env._("physical properties: at least one")),
            (needs.requires_function and is_html_empty(self.function), self.env._("function: what the part has to do")),
            (needs.requires_sizes and not self.size_line_ids, self.env._("pairs per size")),
            (needs.requires_volume and self.expected_yearly_volume <= 0, self.env._("the expected yearly volume")),
            (not self.needed_by, self.env._("due date: the day it is needed by")),
        ]
        items = [words for lacks, words in checks if lacks]
        if self.needed_by and self.needed_by < today:
            day = format_date(self.env, self.needed_by)
            items.append(self.env._("due date: %s is past, choose a day to come", day))
        open_questions = self.question_ids.filtered(lambda question: not (question.answer or "").strip())
        items += [self.env._("the answer to R&D's question “%s”", question.name) for question in open_questions]
        return items

    def _get_article(self) -> Article:
        """Return what one request is about."""
        self.ensure_one()
        return Article(self.product_id.id or 0, self.product_family_id.id or 0, self.style_name or "")

    def _get_unmet_prerequisites(self) -> dict:
        """Return the types that had to be approved before: request → type, for those not approved yet."""
        asking = self.filtered("type_id.prerequisite_type_id")
        if not asking:
            return {}
        everything = self.sudo()  # sudo: a colleague's approved sample counts
        approved = everything.search([
            ("state", "=", "approved"),
            ("type_id", "in", asking.type_id.prerequisite_type_id.ids),
            ("company_id", "in", asking.company_id.ids),
            "|",
            ("commercial_partner_id", "in", asking.commercial_partner_id.ids),
            ("lead_id", "in", asking.lead_id.ids),
        ])
        articles = defaultdict(list)
        for request in approved:
            for who in (request.commercial_partner_id, request.lead_id):
                articles[request.company_id, request.type_id, who].append(request._get_article())
        unmet = {}
        for request in asking:
            article, needed = request._get_article(), request.type_id.prerequisite_type_id
            whose = filter(None, (request.commercial_partner_id, request.lead_id))
            found = [earlier for who in whose for earlier in articles[request.company_id, needed, who]]
            if not any(same_article(article, earlier) for earlier in found):
                unmet[request] = needed
        return unmet

    def _after_submit(self) -> None:
        """What a hand-over sets off, in this order: R&D is told what waits for it. Extension point."""
        self._end_activities(self.env._("Handed over to R&D."))
        self._ask(ACTIVITY_ACCEPT)
        self._tell("sale_sample.mail_template_request_submitted")

    # ------------------------------------------------------------------
    # R&D accepts with a promised date, or returns the request with questions
    # ------------------------------------------------------------------

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
        """What an acceptance sets off, in this order: the salespeople are told what R&D promised. Extension point.

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
        """What a return sets off, in this order: the salespeople are told what R&D asks. Extension point."""
        self._end_activities(self.env._("Returned by R&D."))
        self._ask(ACTIVITY_ANSWER)
        self._tell("sale_sample.mail_template_request_returned")

    # ------------------------------------------------------------------
    # Activities and messages
    # ------------------------------------------------------------------

    def _get_activity_summary(self, kind: str, late: bool) -> str:
        """Return what is asked for, in the language of the environment.

        :param kind: external id of the activity type
        :param late: it has been asked for before
        """
        if late:
            return self.env._("Reminder: the other department waits for you")
        if kind == ACTIVITY_ACCEPT:
            return self.env._("Accept the sample request, or return it with questions")
        return self.env._("Answer R&D's questions and hand the request over again")

    def _ask(self, kind: str, late: bool = False) -> None:
        """Ask those whose turn it is to act, by one activity a request, in their language; set-based.

        :param kind: external id of the activity type
        :param late: it has been asked for before
        """
        self.env["mail.activity"]._sales_ask(
            kind,
            {request: request.handler_id for request in self},
            lambda request: request._get_activity_summary(kind, late),
        )

    def _end_activities(self, feedback: str) -> None:
        """Close what the hand-over had asked for: it has been done."""
        kinds = [ACTIVITY_ACCEPT, ACTIVITY_ANSWER, ACTIVITY_ESCALATION]
        self.sudo().activity_feedback(kinds, feedback=feedback)  # sudo: of the other department, too

    def _tell(self, template: str) -> None:
        """Post a message to those whom a template names, where there is somebody.

        :param template: external id of a mail template
        """
        source = self.env.ref(template, raise_if_not_found=False)
        for request in self:
            if source:
                request.message_post_with_source(source.sudo(), subtype_xmlid="mail.mt_note")  # sudo: R&D, too, writes

    # ------------------------------------------------------------------
    # Requests that wait too long between the departments: reminder, then escalation
    # ------------------------------------------------------------------

    @api.model
    def _get_reminder_domain(self, company):
        return self._get_waiting_domain(company, company.sample_reminder_hours)

    @api.model
    def _get_escalation_domain(self, company):
        return self._get_waiting_domain(company, company.sample_escalation_hours)

    @api.model
    def _get_waiting_domain(self, company, hours: float) -> Domain:
        """Return which requests of a company have been waiting for so many working hours since they came to where they wait.

        :param hours: 0 for none
        """
        waiting = self.search([("company_id", "=", company.id), ("state", "in", WAITING_STATES)]) if hours else self
        waited = self.env["sale.sample.step"]._get_waiting_hours(waiting)
        return Domain("id", "in", [request for request, spent in waited.items() if spent >= hours])

    def _remind(self):
        """Ask those once more whose turn it is."""
        for state, kind in (("submitted", ACTIVITY_ACCEPT), ("returned", ACTIVITY_ANSWER)):
            self.filtered(lambda request, state=state: request.state == state)._ask(kind, late=True)

    def _escalate(self):
        """Tell those above that a request is stuck."""
        result = super()._escalate()
        self.filtered(lambda request: request._get_escalation_user())._tell(
            "sale_sample.mail_template_request_escalated"
        )
        return result

    def _get_escalation_user(self):
        """Return who is told that one request is stuck: the company's choice, else the head of who has it."""
        team_leader = self.team_id.user_id if self.state == "returned" else self.env["res.users"]
        return team_leader or self.company_id.sample_escalation_user_id or self.company_id.sample_rnd_user_id

    def _get_escalation_summary(self):
        return self.env._("Sample request stuck between sales and R&D")

    # ------------------------------------------------------------------
    # Rounds
    # ------------------------------------------------------------------

    def _open_round(self) -> "models.Model":
        """Open the next round of requests in R&D's hands; return the rounds.

        The first follows R&D's promise; later ones have no promise until R&D gives one.

        :raises UserError: when a request is not accepted, or has a round under way
        """
        self.round_ids.flush_recordset(["state"])  # the database allows one open round a request
        refuse(
            self.filtered(
                lambda request: (
                    request.state != "accepted" or {*request.round_ids.mapped("state")} & {*ROUND_OPEN_STATES}
                )
            ),
            self.env._("%(names)s cannot begin another round: it must be accepted by R&D, and no round under way."),
        )
        rounds = self.env["sale.sample.round"].sudo()  # sudo: opened by R&D's acceptance or the customer's answer
        return rounds.create([request._prepare_round() for request in self]).with_env(self.env)

    def _prepare_round(self) -> dict:
        """Return the values of the next round: the pairs of the last one, and those that revisions since then added."""
        self.ensure_one()
        last = self.round_ids.sorted("number")[-1:]
        kept = last.retained_quantity if last else self.type_id.retained_quantity
        promised_on = self.promised_on if not last else False
        quantity = last.quantity or max(self.total_pairs, 1) + kept
        if last.has_newer_revision:
            quantity += self.total_pairs - sum(last.asked_size_ids.mapped("pairs"))
            day = self.revision_id.promised_on
            promised_on = day if day and day >= self.company_id._sales_today() else False
        return {
            "request_id": self.id,
            "revision_id": self.revision_id.id,
            "number": last.number + 1,
            "quantity": max(quantity, kept, 1),
            "retained_quantity": kept,
            "promised_on": promised_on,
        }

    def _cancel_open_rounds(self) -> None:
        """Cancel what R&D has under way: the request has ended."""
        rounds = self.round_ids.filtered(lambda record: record.state in ROUND_OPEN_STATES)
        if rounds:
            rounds.sudo()._change_state("cancelled")  # sudo: follows from the end of the request

    # ------------------------------------------------------------------
    # Revisions of what was accepted
    # ------------------------------------------------------------------

    def _check_revisable(self, revision=None) -> None:
        """Refuse to change the specification of requests that R&D has not in hand, or of which a change is open.

        :param revision: `sale.sample.revision` that may be open, or is to be confirmed
        :raises UserError: naming the requests
        """
        refuse(
            self.filtered(lambda request: request.state != "accepted"),
            self.env._(
                "%(names)s: a specification is revised while R&D works on the request. Before that, sales changes the "
                "request itself; afterwards, make another request."
            ),
        )
        open_revisions = self.sudo().open_revision_id  # sudo: whoever began it
        refuse(
            open_revisions - (revision or open_revisions.browse()),
            self.env._("%(names)s is open already. Propose or withdraw that one first; there is one change at a time."),
        )

    def _keep_first_revision(self) -> None:
        """Keep as revision 1 what R&D accepted, with the rounds made to it, before the first change of it."""
        for request in self.sudo().filtered(lambda request: not request.revision_id):  # sudo: kept by the system
            first = request.env["sale.sample.revision"]._keep_first(request)
            properties, sizes = request.property_line_ids, request.size_line_ids
            request.revision_id = first
            properties.revision_id = first
            sizes.revision_id = first
            request.round_ids.revision_id = first

    def _get_revision_user(self) -> models.Model:
        """Return who decides on revisions for R&D: the engineer, or the company's R&D where that one has left."""
        self.ensure_one()
        engineer = self.rnd_user_id
        return engineer if engineer.active else self.company_id.sample_rnd_user_id

    def _withdraw_revisions(self) -> None:
        """Withdraw the changes that wait for a decision: the request has ended."""
        undecided = self.sudo().open_revision_id  # sudo: follows from the end of the request
        if undecided:
            undecided._withdraw()

    def _get_portal_older_revisions(self) -> models.Model:
        """Return the revisions before the present one that rounds shown to the customer were made to, newest first."""
        self.ensure_one()
        older = self.env["sale.sample.revision"]
        if self.revision_id:
            older = older.union(*(sample_round._get_asked() for sample_round in self._get_portal_rounds()))
        return (older - self.revision_id).sorted("number", reverse=True)

    # ------------------------------------------------------------------
    # The end: approved by the customer, rejected or cancelled for a reason
    # ------------------------------------------------------------------

    def _end_approved(self) -> None:
        """End requests whose current round the customer approved, and thank the customer's contact.

        :raises UserError: when the current round of one of them is not approved
        """
        refuse(
            self.filtered(lambda request: request.current_round_id.verdict != "approved"),
            self.env._("%(names)s: record the customer's approval of the last round first."),
        )
        self._change_state("approved")
        self._tell_end()
        for request in self.filtered("current_round_id.has_newer_revision"):
            reader = request.with_context(lang=request.user_id.lang or self.env.lang)
            request.message_post(
                body=reader.env._(
                    "The customer approved round %(round)s, made to revision %(approved)s. Revision %(newest)s was "
                    "confirmed since and is not what was approved.",
                    round=request.current_round_id.number,
                    approved=request.current_round_id.revision_number,
                    newest=request.revision_number,
                ),
                partner_ids=request.user_id.partner_id.ids,
                subtype_xmlid="mail.mt_note",
            )

    def _end(self, target: str, reason, note: str = "") -> None:
        """End requests without an approval.

        :param target: "rejected" (by the customer) or "cancelled" (by us)
        :param reason: `sale.sample.reason` of that kind
        :raises ValueError: when `target` is neither
        :raises UserError: when there is no such reason, or a request has ended
        """
        if target not in ("rejected", "cancelled"):
            raise ValueError(f"{target!r} does not end a request without an approval")
        if not reason or reason.kind != target:
            raise UserError(self.env._("Choose the reason why %s ends.", ", ".join(self.mapped("display_name"))))
        self._change_state(target, reason_id=reason.id, end_note=note or False)
        self._tell_end()

    def _tell_end(self) -> None:
        """Tell R&D, who follows the request, that it has ended; there is nothing left to do on it."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])  # sudo: of R&D, too
        for request in self:
            request.message_post(
                body=self.env._(
                    "The request has ended: %(state)s. %(reason)s",
                    state=labels[request.state],
                    reason=request.reason_id.name or "",
                ),
                partner_ids=request.rnd_user_id.partner_id.ids,
                subtype_xmlid="mail.mt_note",
            )

    # ------------------------------------------------------------------
    # An approved sample becomes a product and a quotation
    # ------------------------------------------------------------------

    def _check_approved(self) -> None:
        """Refuse to sell a sample the customer did not approve.

        :raises UserError: naming the requests
        """
        refuse(
            self.filtered(lambda request: request.state != "approved"),
            self.env._("%(names)s: only an approved sample becomes a product and a quotation."),
        )

    def _create_product(self, name: str, category, uom, price: float) -> "models.Model":
        """Create the product of an approved sample, and link the two.

        :param category: `product.category`
        :param uom: `uom.uom` in which it is sold
        :param price: sales price a unit, in the company's currency
        :raises UserError: when the sample is not approved, or has a product
        """
        self.ensure_one()
        self._check_approved()
        if self.product_id:
            raise UserError(
                self.env._(
                    "%(request)s has a product already: %(product)s.",
                    request=self.display_name,
                    product=self.product_id.display_name,
                )
            )
        products = self.env["product.product"].sudo()  # sudo: the approval entitles the salesperson to this one product
        product = products.create(self._prepare_product(name, category, uom, price))
        self._link_product(product)
        return product.with_env(self.env)

    def _link_product(self, product) -> None:
        """Name the product that an approved request without one led to."""
        self.check_access("write")
        requests = self.filtered(lambda request: not request.product_id)
        requests.sudo().product_id = product  # sudo: the request has ended; access was checked above
        requests._link_past_orders()

    def _link_past_orders(self) -> None:
        """Let approved samples win what was ordered of their products before the two were known to belong together."""
        lines = self.env["sale.order.line"].sudo()  # sudo: a colleague may have sold it in the meantime
        lines.search([
            ("product_id", "in", self.product_id.ids),
            ("state", "=", "sale"),
            ("order_partner_id.commercial_partner_id", "in", self.commercial_partner_id.ids),
        ])._link_samples()

    def _convert_price(self, price: float, currency) -> float:
        """Return a price of the company's currency in another one, at the rate of the company's today.

        :param currency: `res.currency`
        :raises UserError: it has no rate: Odoo would take it for 1
        """
        self.ensure_one()
        company = self.company_id
        if not price or currency == company.currency_id:
            return price
        rates = self.env["res.currency.rate"].sudo()  # sudo: rates are no secret, salespeople may not read them
        known = rates.search_count(
            [
                ("currency_id", "in", (currency | company.currency_id).ids),
                ("company_id", "in", (False, company.root_id.id)),
            ],
            limit=1,
        )
        if not known:
            raise UserError(
                self.env._(
                    "%(request)s: there is no exchange rate of %(currency)s to %(company_currency)s. Enter one in the currency "
                    "settings, or leave the price empty, which takes the pricelist's.",
                    request=self.display_name,
                    currency=currency.name,
                    company_currency=company.currency_id.name,
                )
            )
        converted = company.currency_id._convert(price, currency, company, company._sales_today(), round=False)
        return float_round(converted, precision_digits=PRICE_DIGITS)

    def _prepare_product(self, name: str, category, uom, price: float) -> dict:
        """Return the values of the product. Extension point.

        A product of all companies has its list price in the currency of the first one: where that is not the currency
        of the request's company, the product belongs to this company.

        :param price: in the currency of the request's company
        """
        shared = self.env["product.template"].new({}).currency_id == self.company_id.currency_id
        return {
            "name": name,
            "type": "consu",
            "categ_id": category.id,
            "uom_id": uom.id,
            "list_price": price,
            "company_id": False if shared else self.company_id.id,
            "description_sale": self.style_name or False,
        }

    def _quote(self, product, quantity: float, price: float | None = None, order=None) -> "models.Model":
        """Put the approved sample on a quotation, a new one unless given; return the order.

        :param quantity: in the product's unit of measure, positive
        :param price: for one unit, in the company's currency: the order has it in its own, at the rate of today, without
            a discount; None takes the pricelist's
        :raises UserError: when the sample is not approved, the quotation is not open or of another customer, or its
            currency has no rate
        """
        self.ensure_one()
        self._check_approved()
        if quantity <= 0:
            raise UserError(self.env._("%s: the quantity to quote must be positive.", self.display_name))
        line = {"product_id": product.id, "product_uom_qty": quantity}
        if order:
            if (
                order.state not in ("draft", "sent")
                or order.company_id != self.company_id
                or order.partner_id.commercial_partner_id != self.partner_id.commercial_partner_id
            ):
                raise UserError(
                    self.env._(
                        "%(order)s is not an open quotation for %(customer)s. Choose another, or make a new one.",
                        order=order.name,
                        customer=self.partner_id.display_name,
                    )
                )
        else:
            order = self.env["sale.order"].create(self._prepare_quotation())
        if price is not None:
            line |= {"price_unit": self._convert_price(price, order.currency_id), "discount": 0.0}
        lines = order.order_line
        order.write({"order_line": [Command.create(line)]})
        (order.order_line - lines).sudo().sample_request_id = self  # sudo: the link is closed to users
        self.message_post(body=self.env._("Quoted on %s.", order._get_html_link()), subtype_xmlid="mail.mt_note")
        note = self.env._("Quotes the sample %s.", self._get_html_link())
        order.message_post(body=note, subtype_xmlid="mail.mt_note")
        return order

    def _prepare_quotation(self) -> dict:
        """Return the values of a new quotation. Extension point."""
        return {
            "partner_id": (self.contact_id or self.partner_id).id,
            "opportunity_id": self.lead_id.id,
            "user_id": self.user_id.id or self.env.uid,
            "team_id": self.team_id.id,
            "company_id": self.company_id.id,
            "origin": self.name,
        }

    # ------------------------------------------------------------------
    # The customer's page
    # ------------------------------------------------------------------

    @api.model
    def _get_portal_domain(self, partner) -> Domain:
        """Return the domain of the requests that a customer sees, as the record rule has it.

        :param partner: the customer or one of their contacts
        """
        return Domain("commercial_partner_id", "=", partner.commercial_partner_id.id) & Domain(
            "submitted_at", "!=", False
        )

    @api.model
    def _get_portal_waiting_domain(self) -> Domain:
        """Return the domain of the requests that wait for the customer's answer or signature."""
        answer = Domain("state", "=", "accepted") & Domain("current_round_id.state", "=", "sent")
        approved = Domain("state", "=", "approved") & Domain("current_round_id.verdict", "=", "approved")
        unsigned = approved & Domain("current_round_id.signed_on", "=", False)
        sealed = self.env["sale.sample.type"].sudo().search([("is_sealed", "=", True)])  # sudo: closed to portal users
        return answer | (unsigned & Domain("type_id", "in", sealed.ids))

    def _get_portal_rounds(self):
        """Return the rounds that the customer sees, the latest first."""
        self.ensure_one()
        return self.round_ids._shown_to_customer().sorted("number", reverse=True)

    def _get_portal_expected_on(self):
        """Return the day promised for the round that is being made, False where there is none to tell."""
        self.ensure_one()
        sample = self.current_round_id
        if self.state != "accepted" or sample._shown_to_customer():
            return False
        return sample.promised_on or (self.promised_on if sample.number <= 1 else False)

    def _get_size_system_label(self) -> str:
        """Return the name of the size system of one request."""
        self.ensure_one()
        return dict(self._fields["size_system"]._description_selection(self.env)).get(self.size_system, "")

    def _get_portal_return_action(self):
        """Return the action to go back to from the customer's page."""
        self.ensure_one()
        return self.env.ref("sale_sample.sale_sample_request_action")

    def _check_on_portal(self) -> None:
        """Refuse to show customers what has not been handed over.

        :raises UserError: naming the requests
        """
        refuse(
            self.filtered(lambda request: not request.submitted_at),
            self.env._("The customer cannot see %(names)s yet. Hand it over to R&D first."),
        )

    def _mail_get_partners(self, introspect_fields=False):
        """Write to the contact person where there is one, rather than to the company."""
        return {request.id: request.contact_id or request.partner_id for request in self}

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        groups = super()._notify_get_recipients_groups(message, model_description, msg_vals=msg_vals)
        if not self:
            return groups
        self.ensure_one()
        shown = bool(self.submitted_at)
        titles = {"answer": self.env._("Answer on the Sample"), "sign": self.env._("Sign the Sample")}
        for name, _match, options in groups:
            if name == "portal_customer":
                options["has_button_access"] = shown
                title = titles.get(self.portal_state, self.env._("View the Sample"))
                options.setdefault("button_access", {})["title"] = title
            elif name == "portal" and not shown:
                options["has_button_access"] = False
        return groups
