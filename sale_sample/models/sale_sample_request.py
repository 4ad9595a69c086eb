from typing import ClassVar

from odoo import api, fields, models

#: Fields that only the buttons write.
SERVER_FIELDS = frozenset({
    "name", "submitted_at", "accepted_at", "closed_at", "grade_id", "reason_id", "end_note",
})  # fmt: skip


class SaleSampleRequest(models.Model):
    """What one customer needs as a sample: who, what, how many, until when."""

    _name = "sale.sample.request"
    _description = "Sample Request"
    _inherit = ["portal.mixin", "mail.thread", "mail.activity.mixin", "sales.department.transition.mixin"]
    _order = "id desc"
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
    priority = fields.Selection([("0", "Normal"), ("1", "Urgent")], default="0")
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    type_id = fields.Many2one("sale.sample.type", required=True, index=True, ondelete="restrict", tracking=True)
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
    # Who
    partner_id = fields.Many2one(
        "res.partner", "Customer", index="btree_not_null", check_company=True, ondelete="restrict", tracking=True
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Company of the Customer", store=True, index="btree_not_null"
    )
    contact_id = fields.Many2one("res.partner", index="btree_not_null", check_company=True)
    lead_id = fields.Many2one("crm.lead", "Opportunity", index="btree_not_null", check_company=True)
    sale_order_id = fields.Many2one("sale.order", "Quotation", index="btree_not_null", check_company=True)
    user_id = fields.Many2one(
        "res.users", "Salesperson", index=True, default=lambda self: self.env.user, check_company=True, tracking=True
    )
    team_id = fields.Many2one("crm.team", "Sales Team", index=True, check_company=True)
    rnd_user_id = fields.Many2one(
        "res.users", "R&D Engineer", index="btree_not_null", check_company=True, copy=False, tracking=True
    )
    # What
    product_id = fields.Many2one("product.product", index="btree_not_null", check_company=True)
    product_family_id = fields.Many2one("product.category", index="btree_not_null")
    style_name = fields.Char("Style", index="trigram", tracking=True, help="Shoe model and form the part is for")
    last_number = fields.Char()
    style_note = fields.Text("Form")
    style_file_ids = fields.Many2many(
        "ir.attachment", "sale_sample_request_style_file_rel", string="Last, 3D Files, Drawings"
    )
    reference_sample = fields.Char(help="A sample the customer handed over")
    reference_received_on = fields.Date("Reference Received")
    reference_returned_on = fields.Date("Reference Given Back")
    property_line_ids = fields.One2many("sale.sample.property.line", "request_id", "Physical Properties", copy=True)
    function = fields.Html(help="What the part has to do")
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
    size_line_ids = fields.One2many("sale.sample.size.line", "request_id", "Pairs per Size", copy=True)
    total_pairs = fields.Integer(compute="_compute_total_pairs", store=True)
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
    expected_yearly_volume = fields.Integer("Expected Yearly Volume", groups="base.group_user")
    competitor_name = fields.Char("Competitor", groups="base.group_user")
    competitor_sample = fields.Text("Competitor's Sample", groups="base.group_user")
    grade_id = fields.Many2one(
        "customer.grade",
        "Customer Grade",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
        help="At submission",
    )
    # When
    needed_by = fields.Date(index=True, copy=False, tracking=True)
    promised_on = fields.Date("Promised for", copy=False, tracking=True)
    submitted_at = fields.Datetime("Handed Over on", readonly=True, copy=False)
    accepted_at = fields.Datetime("Accepted on", readonly=True, copy=False)
    closed_at = fields.Datetime("Ended on", readonly=True, copy=False)
    # How it went
    estimated_cost = fields.Monetary(copy=False, groups="base.group_user")
    round_ids = fields.One2many("sale.sample.round", "request_id", "Rounds")
    current_round_id = fields.Many2one(
        "sale.sample.round", compute="_compute_current_round", store=True, index="btree_not_null"
    )
    round_count = fields.Integer(compute="_compute_current_round", store=True)
    point_ids = fields.One2many("sale.sample.point", "request_id", "Points")
    step_ids = fields.One2many("sale.sample.step", "request_id", "Steps")
    reason_id = fields.Many2one(
        "sale.sample.reason", readonly=True, copy=False, index="btree_not_null", ondelete="restrict", groups="base.group_user"
    )
    end_note = fields.Text(readonly=True, copy=False, groups="base.group_user")

    _customer_or_lead = models.Constraint(
        "CHECK(partner_id IS NOT NULL OR lead_id IS NOT NULL)", "Choose the customer or the opportunity of the request."
    )
    _name_uniq = models.UniqueIndex("(company_id, name)", "This number is already used by another sample request.")

    @api.depends("size_line_ids.pairs")
    def _compute_total_pairs(self):
        for request in self:
            request.total_pairs = sum(request.size_line_ids.mapped("pairs"))

    @api.depends("round_ids.number", "round_ids.state")
    def _compute_current_round(self):
        for request in self:
            rounds = request.round_ids.filtered(lambda sample_round: sample_round.state != "cancelled")
            request.current_round_id = rounds.sorted("number")[-1:]
            request.round_count = len(rounds)

    def _compute_access_url(self):
        super()._compute_access_url()
        for request in self:
            request.access_url = f"/my/samples/{request.id}"

    def _has_field_access(self, field, operation):
        if operation == "write" and not self.env.su and field.name in SERVER_FIELDS:
            return False
        return super()._has_field_access(field, operation)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("name", "/") == "/":
                company = self.env["res.company"].browse(vals.get("company_id") or self.env.company.id)
                sequence = self.env["ir.sequence"].with_company(company)
                vals["name"] = sequence.next_by_code("sale.sample.request") or "/"
        return super().create(vals_list)
