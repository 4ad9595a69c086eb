from typing import ClassVar

from odoo import fields, models

CHARGES = [("free", "Free"), ("shared", "Shared"), ("full", "Full")]
LIVE_STATES = ("proposed", "to_approve", "approved")


class SaleSampleFeeDecision(models.Model):
    """Who pays for one sample, why, and on which figures it was decided. Decisions are added, not overwritten."""

    _name = "sale.sample.fee.decision"
    _description = "Sample Fee Decision"
    _inherit = [
        "mail.thread", "mail.activity.mixin", "sales.department.transition.mixin", "sale.budget.commitment.mixin",
    ]  # fmt: skip
    _order = "id desc"
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
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("replaced", "Replaced"),
            ("cancelled", "Cancelled"),
        ],
        required=True, default="proposed", readonly=True, copy=False, index=True, tracking=True,
    )  # fmt: skip
    mould_ids = fields.Many2many(
        "sale.sample.mould", "sale_sample_fee_decision_mould_rel", "decision_id", "mould_id", "Moulds", readonly=True
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
    fee_amount = fields.Monetary("Fee", readonly=True, tracking=True, help="What the customer is charged, without taxes")
    company_amount = fields.Monetary("Company's Part", readonly=True, help="Reserved in the budget by the approval")
    waived_amount = fields.Monetary("Waived", readonly=True, help="Fee by the rule less the fee decided")
    fee_currency_id = fields.Many2one("res.currency", "Currency of the Fee", readonly=True)
    fee_currency_amount = fields.Monetary(
        "Fee to Invoice", readonly=True, currency_field="fee_currency_id", help="At the rate of the decision"
    )
    evidence = fields.Json(readonly=True, copy=False)
    explanation = fields.Text("Why", readonly=True, copy=False)
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
        readonly=True,
        default="none",
        index=True,
    )
    collected_amount = fields.Monetary(readonly=True, help="Paid by the customer, without taxes")
    due_on = fields.Date("Fee Due on", readonly=True)

    _one_live = models.UniqueIndex(
        "(request_id) WHERE state IN ('proposed', 'to_approve', 'approved')",
        "This sample request has a fee decision already. Reload the page.",
    )
    _adds_up = models.Constraint("CHECK(fee_amount >= 0 AND cost >= 0)", "Cost and fee cannot be negative.")
