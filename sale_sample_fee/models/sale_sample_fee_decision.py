from typing import ClassVar

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

CHARGES = [("free", "Free"), ("shared", "Shared"), ("full", "Full")]
LIVE_STATES = ("proposed", "to_approve", "approved")


class SaleSampleFeeDecision(models.Model):
    """Who pays for one sample, why, and on which figures it was decided. Decisions are added, not overwritten."""

    _name = "sale.sample.fee.decision"
    _description = "Sample Fee Decision"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "sales.department.transition.mixin",
        "sale.budget.commitment.mixin",
    ]
    _order = "id desc"
    _mail_post_access = "read"
    _rec_names_search = ["request_id.name", "partner_id.name"]
    _check_company_auto = True
    _TRANSITIONS: ClassVar = {
        "proposed": {"to_approve", "approved", "replaced", "cancelled"},
        "to_approve": {"approved", "refused", "replaced", "cancelled"},
        "approved": {"cancelled"},
    }

    request_id = fields.Many2one(
        "sale.sample.request", "Sample Request", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True, index=True, required=False, default=None)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(related="request_id.partner_id", store=True, index="btree_not_null")
    type_id = fields.Many2one(related="request_id.type_id", store=True, string="Sample Type")
    user_id = fields.Many2one(related="request_id.user_id", store=True, string="Salesperson", index="btree_not_null")
    team_id = fields.Many2one(related="request_id.team_id", store=True, string="Sales Team")
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("to_approve", "To Approve"),
            ("approved", "Decided"),
            ("refused", "Refused"),
            ("replaced", "Replaced"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="proposed",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    mould_ids = fields.Many2many(
        "sale.sample.mould",
        "sale_sample_fee_decision_mould_rel",
        "decision_id",
        "mould_id",
        "Moulds",
        readonly=True,
        context={"active_test": False},
    )
    policy_id = fields.Many2one(
        "sale.sample.fee.policy", "Rule", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    # The figures of the moment, frozen with the decision
    grade_id = fields.Many2one("customer.grade", "Customer Grade", readonly=True, ondelete="restrict")
    customer_kind = fields.Selection([("customer", "Customer"), ("prospect", "Prospect")], readonly=True)
    cost = fields.Monetary(readonly=True, help="What mould or sample is expected to cost")
    charge = fields.Selection(CHARGES, required=True, readonly=True, tracking=True)
    proposed_charge = fields.Selection(CHARGES, readonly=True)
    proposed_fee = fields.Monetary("Fee by the Rule", readonly=True)
    fee_amount = fields.Monetary(
        "Fee", readonly=True, tracking=True, help="What the customer is charged, without taxes"
    )
    company_amount = fields.Monetary("Company's Part", readonly=True, help="Reserved in the budget by the approval")
    waived_amount = fields.Monetary("Waived", readonly=True, help="Fee by the rule less the fee decided")
    evidence = fields.Json(readonly=True, copy=False)
    explanation = fields.Text("Why", compute="_compute_explanation")
    quota_year = fields.Integer("Year of the Free Sample", readonly=True, copy=False, aggregator=None)
    quota_key = fields.Char(readonly=True, copy=False, help="Year, customer and type whose free samples are counted")
    quota_number = fields.Integer("Free Sample No.", readonly=True, copy=False, aggregator=None)
    is_exception = fields.Boolean("Exception", readonly=True, copy=False)
    needs_budget = fields.Boolean(readonly=True, copy=False)
    exception_reason = fields.Text(readonly=True, copy=False)
    requested_by_id = fields.Many2one("res.users", "Asked by", readonly=True, copy=False)
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True, copy=False)
    decided_at = fields.Datetime("Decided on", readonly=True, copy=False)
    pay_before_shipping = fields.Boolean("Payment before Shipping", readonly=True)
    refund_terms = fields.Json(readonly=True, copy=False)
    # Collection
    order_line_ids = fields.One2many("sale.order.line", "sample_fee_decision_id", "Order Lines", readonly=True)
    payment_state = fields.Selection(
        [
            ("none", "Nothing to Pay"),
            ("to_order", "Not Charged Yet"),
            ("unpaid", "Unpaid"),
            ("partial", "Partly Paid"),
            ("paid", "Paid"),
        ],
        compute="_compute_collection",
        store=True,
        index=True,
    )
    collected_amount = fields.Monetary(
        "Collected", compute="_compute_collection", store=True, help="Paid by the customer, without taxes"
    )
    due_on = fields.Date("Fee Due on", compute="_compute_collection", store=True)
    agreed_due_on = fields.Date(readonly=True, copy=False, help="By the fee policy, until an invoice says otherwise")
    reminded_on = fields.Date(readonly=True, copy=False)

    _one_live = models.UniqueIndex(
        "(request_id) WHERE state IN ('proposed', 'to_approve', 'approved')",
        "This sample request has a fee decision already. Reload the page.",
    )
    _quota_once = models.UniqueIndex(
        "(company_id, quota_key, quota_number) WHERE state = 'approved' AND quota_number > 0",
        "Another sample of this customer has just used the last free one. Work the fee out again.",
    )
    _adds_up = models.Constraint("CHECK(fee_amount >= 0 AND cost >= 0)", "Cost and fee cannot be negative.")

    @api.depends("request_id.name", "charge")
    def _compute_display_name(self):
        labels = dict(self._fields["charge"]._description_selection(self.env))
        for decision in self:
            decision.display_name = f"{decision.request_id.name or ''} · {labels.get(decision.charge, '')}"

    @api.depends("evidence", "fee_amount")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for decision in self:
            decision.explanation = "\n".join(decision._explain())

    # ------------------------------------------------------------------
    # Added, not overwritten
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("Fees are decided on the sample request."))
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Fee decisions stay on record: %s.", ", ".join(self.mapped("display_name"))))
