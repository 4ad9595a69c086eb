from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang


class SaleSampleFeeRefundStep(models.Model):
    """A part of the fee that the customer gets back after so many pairs."""

    _name = "sale.sample.fee.refund.step"
    _description = "Refund Step"
    _inherit = ["sales.department.closed.mixin"]
    _order = "policy_id, threshold_pairs, id"

    policy_id = fields.Many2one("sale.sample.fee.policy", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="policy_id.company_id", store=True, index=True)
    threshold_pairs = fields.Integer("After Pairs", required=True, help="Pairs delivered, net of returns")
    percent = fields.Float("Refund (%)", required=True, default=100.0, help="Of the fee paid")
    within_months = fields.Integer(help="From the fee decision; 0: without limit")

    _threshold_positive = models.Constraint(
        "CHECK(threshold_pairs > 0)", "A refund needs a threshold above zero pairs."
    )
    _percent_in_range = models.Constraint(
        "CHECK(percent > 0 AND percent <= 100)", "A refund is more than 0 and at most 100 % of the fee."
    )
    _months_not_negative = models.Constraint(
        "CHECK(within_months >= 0 AND within_months <= 1200)",
        "The number of months cannot be negative, nor above 1,200.",
    )
    _threshold_uniq = models.UniqueIndex("(policy_id, threshold_pairs)", "Each threshold of a rule is listed once.")

    @api.constrains("policy_id", "percent")
    def _check_whole(self):
        for policy in self.policy_id:
            total = sum(policy.refund_step_ids.mapped("percent"))
            if round(total, 4) > 100:
                raise ValidationError(
                    self.env._(
                        "“%(policy)s” would give back %(total)g %% of the fee. Together the steps refund at most 100 %%.",
                        policy=policy.display_name,
                        total=total,
                    )
                )

    @api.depends("threshold_pairs", "percent", "within_months")
    def _compute_display_name(self):
        for step in self:
            if step.within_months:
                step.display_name = self.env._(
                    "%(percent)g %% after %(pairs)s pairs within %(months)d months",
                    percent=step.percent,
                    pairs=formatLang(self.env, step.threshold_pairs, digits=0),
                    months=step.within_months,
                )
            else:
                step.display_name = self.env._(
                    "%(percent)g %% after %(pairs)s pairs",
                    percent=step.percent,
                    pairs=formatLang(self.env, step.threshold_pairs, digits=0),
                )
