from odoo import api, fields, models


class SaleSampleFeePolicy(models.Model):
    """One rule of the fee policy: for whom and what it holds, who pays, and what comes back."""

    _name = "sale.sample.fee.policy"
    _description = "Sample Fee Policy"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    # For whom and what
    company_id = fields.Many2one("res.company", index=True, help="Empty: all companies", tracking=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    grade_id = fields.Many2one(
        "customer.grade", "Customer Grade", index="btree_not_null", ondelete="restrict", tracking=True,
        help="Empty: any grade",
    )  # fmt: skip
    customer_kind = fields.Selection(
        [("any", "Customers and Prospects"), ("customer", "Customers"), ("prospect", "Prospects")],
        "For", required=True, default="any", tracking=True,
    )  # fmt: skip
    type_id = fields.Many2one(
        "sale.sample.type", "Sample Type", index="btree_not_null", ondelete="restrict", tracking=True,
        help="Empty: any type",
    )  # fmt: skip
    team_id = fields.Many2one(
        "crm.team", "Sales Team", index="btree_not_null", ondelete="restrict", check_company=True, tracking=True,
        help="Empty: any team",
    )  # fmt: skip
    # Who pays
    charge = fields.Selection(
        [("free", "Free"), ("shared", "Shared"), ("full", "Full")], required=True, default="full", tracking=True
    )
    share_method = fields.Selection(
        [("percent", "Percent of the Cost"), ("cap", "Up to an Amount")], required=True, default="percent"
    )
    share_percent = fields.Float("Customer Pays (%)", default=50.0, tracking=True)
    share_cap = fields.Monetary("Customer Pays up to", tracking=True)
    free_quota = fields.Integer(
        "Free Samples a Year", tracking=True, help="So many a calendar year and customer are free, before the rule charges"
    )
    record_limit = fields.Integer(
        "Free until Unsold", tracking=True,
        help="No more free samples once so many samples of the last 24 months led to no order; 0: the record does not count",
    )  # fmt: skip
    needs_budget = fields.Boolean(
        default=True, tracking=True, help="The company's part must be available in the budget; else the customer pays more"
    )
    pay_before_shipping = fields.Boolean(
        "Payment before Shipping", tracking=True, help="No round is sent before the fee is paid"
    )
    payment_days = fields.Integer("Days to Pay", default=30, help="From the decision, until an invoice says otherwise")
    refund_step_ids = fields.One2many("sale.sample.fee.refund.step", "policy_id", "Refund", copy=True)

    _percent_in_range = models.Constraint(
        "CHECK(charge != 'shared' OR share_method != 'percent' OR (share_percent > 0 AND share_percent < 100))",
        "The customer's share is more than 0 and less than 100 %.",
    )
    _cap_positive = models.Constraint(
        "CHECK(charge != 'shared' OR share_method != 'cap' OR share_cap > 0)",
        "The amount the customer pays up to must be above zero.",
    )
    _not_negative = models.Constraint(
        "CHECK(free_quota >= 0 AND record_limit >= 0 AND payment_days >= 0)",
        "Quota, record limit and days to pay cannot be negative.",
    )
    _cases_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), COALESCE(grade_id, 0), customer_kind, COALESCE(type_id, 0), COALESCE(team_id, 0)) "
        "WHERE active IS TRUE",
        "Another active rule holds for exactly the same cases. Change one of the two, or archive it.",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for policy in self:
            policy.currency_id = (policy.company_id or self.env.company).currency_id
