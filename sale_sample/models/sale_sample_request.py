from typing import ClassVar

from odoo import api, fields, models
from odoo.exceptions import UserError

#: Values that only the buttons of a request set.
SERVER_FIELDS = frozenset({
    "submitted_at",
    "accepted_at",
    "closed_at",
    "reminded_at",
    "escalated_at",
    "reason_id",
    "end_note",
})
OPEN_STATES = ("draft", "submitted", "returned", "accepted")


class SaleSampleRequest(models.Model):
    """What one customer needs as a sample: who, what, how many, until when."""

    _name = "sale.sample.request"
    _description = "Sample Request"
    _inherit = [
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "sales.department.transition.mixin",
        "sales.department.number.mixin",
    ]
    _order = "priority desc, needed_by, id desc"
    _rec_names_search = ["name", "style_name", "partner_id.name"]
    _check_company_auto = True

    _TRANSITIONS: ClassVar = {
        "draft": {"submitted", "cancelled"},
        "submitted": {"accepted", "returned", "cancelled"},
        "returned": {"submitted", "cancelled"},
        "accepted": {"approved", "rejected", "cancelled"},
    }

    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/", index="trigram")
    active = fields.Boolean(default=True)
    priority = fields.Selection([("0", "Normal"), ("1", "Urgent")], default="0", tracking=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    type_id = fields.Many2one(
        "sale.sample.type", "Sample Type", required=True, index=True, ondelete="restrict", tracking=True
    )
    type_note = fields.Html(related="type_id.note", string="Norm of the Type", groups="base.group_user")
    type_color = fields.Integer(related="type_id.color")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "Handed Over"),
            ("returned", "Returned"),
            ("accepted", "Accepted"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    # Who needs it
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        copy=True,
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
        copy=True,
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
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        copy=True,
        index=True,
        check_company=True,
        tracking=True,
        domain="[('share', '=', False)]",
    )
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        copy=True,
        index=True,
        check_company=True,
    )
    rnd_user_id = fields.Many2one(
        "res.users",
        "R&D Engineer",
        index="btree_not_null",
        check_company=True,
        copy=False,
        tracking=True,
        domain=lambda self: [("all_group_ids", "in", self.env.ref("sales_department_base.group_collaborator_rnd").ids)],
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
    competitor_name = fields.Char("Competitor", groups="base.group_user")
    competitor_sample = fields.Text("Competitor's Sample", groups="base.group_user")
    # When
    needed_by = fields.Date(index=True, copy=False, tracking=True, help="Day on which the customer needs the sample")
    promised_on = fields.Date("Promised for", copy=False, tracking=True, help="Day promised by R&D")
    submitted_at = fields.Datetime("Handed Over on", readonly=True, copy=False)
    accepted_at = fields.Datetime("Accepted on", readonly=True, copy=False)
    closed_at = fields.Datetime("Ended on", readonly=True, copy=False)
    # How it went
    round_ids = fields.One2many("sale.sample.round", "request_id", "Rounds")
    current_round_id = fields.Many2one(
        "sale.sample.round", compute="_compute_current_round", store=True, index="btree_not_null"
    )
    round_count = fields.Integer("Number of Rounds", compute="_compute_current_round", store=True)
    point_ids = fields.One2many("sale.sample.point", "request_id", "Points")
    question_ids = fields.One2many("sale.sample.question", "request_id", "Questions", groups="base.group_user")
    step_ids = fields.One2many("sale.sample.step", "request_id", "Steps", groups="base.group_user")
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
    _name_uniq = models.UniqueIndex("(company_id, name)", "This number is already used by another sample request.")
    _handed_over_idx = models.Index("(company_id, submitted_at) WHERE state IN ('submitted', 'returned')")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

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

    @api.depends("lead_id", "sale_order_id")
    def _compute_user_id(self):
        for request in self:
            source = request.sale_order_id.user_id or request.lead_id.user_id
            request.user_id = request.user_id or source or self.env.user

    @api.depends("user_id", "lead_id", "company_id")
    def _compute_team_id(self):
        teams = self.env["crm.team"]
        for request in self:
            if request.lead_id.team_id and request.user_id == request.lead_id.user_id:
                request.team_id = request.lead_id.team_id
            elif not request.team_id or request.user_id not in request.team_id.member_ids | request.team_id.user_id:
                domain = [("company_id", "in", [request.company_id.id, False])]
                request.team_id = teams._get_default_team_id(user_id=request.user_id.id, domain=domain)

    @api.depends("round_ids.number", "round_ids.state")
    def _compute_current_round(self):
        for request in self:
            rounds = request.round_ids.filtered(lambda sample_round: sample_round.state != "cancelled")
            request.current_round_id = rounds.sorted("number")[-1:]
            request.round_count = len(rounds)

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

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    def _has_field_access(self, field, operation):
        if operation == "write" and not self.env.su and field.name in SERVER_FIELDS:
            return False
        return super()._has_field_access(field, operation)

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            if not vals.get("user_id"):
                vals.pop("user_id", None)  # an empty cell of an import: the salesperson is found as on the form
        requests = super().create(vals_list)
        if not self.env.su:
            requests._check_needed_by()
        requests._adopt_style_files()
        requests._enter_step("draft")
        return requests

    def write(self, vals):
        self._check_writable(vals)
        result = super().write(vals)
        if "needed_by" in vals and not self.env.su:
            self._check_needed_by()
        if "style_file_ids" in vals:
            self._adopt_style_files()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_handed_over(self):
        kept = self.filtered("submitted_at")
        if kept:
            raise UserError(
                self.env._(
                    "These requests have been handed over to R&D and stay on record: %s. Cancel or archive them instead.",
                    ", ".join(kept.mapped("display_name")),
                )
            )

    @api.model
    def get_import_templates(self):
        return [
            {
                "label": self.env._("Import Template for Sample Requests"),
                "template": "/sale_sample/static/xls/sample_requests.xlsx",
            }
        ]
