from odoo import api, fields, models
from odoo.exceptions import UserError

#: What only drafts let change: somebody decides about it, or the money is reserved for it.
FIXED = frozenset({"company_id", "purpose_id", "partner_id", "user_id", "team_id", "date", "estimate", "currency_id"})


class SaleBudgetRequest(models.Model):
    """Somebody asks for money: for a trip, an exhibition, a gift, a mould."""

    _name = "sale.budget.request"
    _description = "Spending Request"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "sales.department.transition.mixin",
        "sales.department.number.mixin",
        "sale.budget.commitment.mixin",
    ]
    _order = "date desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "subject"]
    _TRANSITIONS = {
        "draft": {"submitted", "cancelled"},
        "submitted": {"approved", "refused", "draft", "cancelled"},
        "approved": {"done", "cancelled"},
        "refused": {"draft"},
        "cancelled": {"draft"},
    }

    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/", index="trigram")
    subject = fields.Char(required=True, help="What the money is for, in a few words")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "Submitted"),
            ("approved", "Approved"),
            ("done", "Done"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        tracking=True,
        group_expand=True,
    )
    purpose_id = fields.Many2one("sale.budget.purpose", required=True, index=True, ondelete="restrict", tracking=True)
    partner_id = fields.Many2one("res.partner", "Customer", index="btree_not_null", check_company=True)
    lead_id = fields.Many2one(
        "crm.lead", "Lead or Opportunity", index="btree_not_null", check_company=True, ondelete="set null"
    )
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        required=True,
        index=True,
        tracking=True,
        check_company=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        ondelete="set null",
    )
    date = fields.Date(
        "Needed on",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self.env.company._sales_today(),
        help="Decides which budget period pays",
    )
    currency_id = fields.Many2one("res.currency", required=True, default=lambda self: self.env.company.currency_id)
    estimate = fields.Monetary(required=True, tracking=True)
    estimate_company = fields.Monetary(
        "Estimate in Company Currency",
        compute="_compute_estimate_company",
        store=True,
        currency_field="budget_currency_id",
    )
    description = fields.Html()
    approver_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Owner of the budget that pays; decided when the request is submitted",
    )
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_on = fields.Datetime(readonly=True, copy=False)
    refuse_reason = fields.Char(readonly=True, copy=False, tracking=True)
    can_approve = fields.Boolean(compute="_compute_can_approve")
    color = fields.Integer(related="purpose_id.color")

    _estimate_positive = models.Constraint("CHECK(estimate >= 0)", "An estimate must not be negative.")

    @api.depends("user_id", "lead_id")
    def _compute_team_id(self):
        Team = self.env["crm.team"]
        for request in self:
            if request.lead_id.team_id:
                request.team_id = request.lead_id.team_id
            elif not request.team_id or request.team_id not in request.user_id.sudo().crm_team_ids:  # sudo: teams
                request.team_id = Team.with_company(request.company_id)._get_default_team_id(user_id=request.user_id.id)

    @api.depends("estimate", "currency_id", "company_id", "date")
    def _compute_estimate_company(self):
        for request in self:
            request.estimate_company = self._budget_convert(
                request.estimate, request.currency_id, request.company_id, request.date
            )

    @api.depends("budget_committed_amount", "purpose_id", "date", "user_id", "team_id", "estimate_company")
    def _compute_budget_expected(self):
        return super()._compute_budget_expected()

    @api.depends("state", "approver_id")
    @api.depends_context("uid")
    def _compute_can_approve(self):
        for request in self:
            request.can_approve = request.state == "submitted" and request._may_approve()

    @api.onchange("lead_id")
    def _onchange_lead_id(self):
        if self.lead_id.partner_id:
            self.partner_id = self.lead_id.partner_id

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    def _has_field_access(self, field, operation):
        evidence = ("approver_id", "approved_by_id", "approved_on", "refuse_reason")
        if operation == "write" and not self.env.su and field.name in evidence:
            return False
        return super()._has_field_access(field, operation)

    def write(self, vals):
        if "name" in vals and not self.env.su:
            raise UserError(self.env._("The number of a spending request is not changed by hand."))
        if FIXED & vals.keys():
            asked = self.filtered(lambda request: request.state == "submitted")
            if asked:
                raise UserError(
                    self.env._(
                        "%(requests)s: somebody decides about what was submitted. Take it back to draft to change it.",
                        requests=", ".join(asked.mapped("display_name")),
                    )
                )
            fixed = self.filtered(lambda request: request.state in ("approved", "done"))
            if fixed:
                raise UserError(
                    self.env._(
                        "%(requests)s: what was approved is fixed. Ask for more money with another request, or cancel "
                        "this one and ask again.",
                        requests=", ".join(fixed.mapped("display_name")),
                    )
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        kept = self.filtered(lambda request: request.state not in ("draft", "cancelled"))
        if kept:
            raise UserError(
                self.env._(
                    "%(requests)s: only drafts and cancelled requests can be deleted.",
                    requests=", ".join(kept.mapped("display_name")),
                )
            )

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for request in self:
            request.display_name = f"{request.name} {request.subject or ''}".strip()

    def _get_budget_values(self):
        return {
            request.id: {
                "company": request.company_id,
                "date": request.date,
                "purpose": request.purpose_id,
                "team": request.team_id,
                "user": request.user_id,
                "partner": request.partner_id,
                "estimate": request.estimate_company,
            }
            for request in self
        }

    def _may_approve(self) -> bool:
        """Tell whether this user decides about this one request: owner of the budget, manager, overspend right."""
        self.ensure_one()
        groups = ("sales_team.group_sale_manager", "sale_budget.group_overspend")
        return (
            self.env.su or self.approver_id == self.env.user or any(self.env.user.has_group(group) for group in groups)
        )
