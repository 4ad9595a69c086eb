from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

from ..constants import REFUND_GROUPS, STANDINGS
from ..tools.refund import last_day, step_amounts


class SaleSampleMouldAgreementStep(models.Model):
    """A part of the mould fee that comes back after so many pairs."""

    _name = "sale.sample.mould.agreement.step"
    _description = "Refund Step of a Mould Fee"
    _inherit = ["sales.department.closed.mixin"]
    _order = "agreement_id, threshold_pairs, id"
    _rec_name = "threshold_pairs"

    agreement_id = fields.Many2one("sale.sample.mould.agreement", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="agreement_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    threshold_pairs = fields.Integer("Pairs", required=True, aggregator=None, help="Net pairs since the first day")
    percent = fields.Float("Share of the Fee (%)", required=True, default=100.0, aggregator=None)
    months = fields.Integer("Within Months", help="From the first day; 0: without a deadline", aggregator=None)
    deadline = fields.Date("Counts until", compute="_compute_deadline", store=True)
    amount = fields.Monetary(compute="_compute_amount", groups=REFUND_GROUPS)
    state = fields.Selection(STANDINGS, compute="_compute_progress")
    pairs = fields.Float("Pairs Delivered", compute="_compute_progress", digits="Product Unit")
    missing_pairs = fields.Float("Pairs Missing", compute="_compute_progress", digits="Product Unit")

    _threshold_positive = models.Constraint(
        "CHECK(threshold_pairs > 0)", "A refund needs a threshold above zero: so many pairs must be delivered first."
    )
    _percent_sensible = models.Constraint(
        "CHECK(percent > 0 AND percent <= 100)", "A refund step gives back more than 0 % and up to 100 % of the fee."
    )
    _months_not_negative = models.Constraint(
        "CHECK(months >= 0 AND months <= 1200)", "The months of a refund step cannot be negative, nor above 1,200."
    )
    _threshold_uniq = models.UniqueIndex(
        "(agreement_id, threshold_pairs)", "Two refund steps of one agreement need different thresholds."
    )

    @api.depends("agreement_id.date_start", "months")
    def _compute_deadline(self):
        for step in self:
            step.deadline = last_day(step.agreement_id.date_start, step.months)

    @api.depends("agreement_id.fee_amount", "agreement_id.step_ids.percent", "agreement_id.step_ids.threshold_pairs")
    def _compute_amount(self):
        for agreement, steps in self.grouped("agreement_id").items():
            ordered = agreement.step_ids.sorted("threshold_pairs")
            percents = {step: step.percent for step in ordered}
            amounts = {}
            if sum(percents.values()) <= 100.0 + 1e-6:
                amounts = step_amounts(agreement.fee_amount, percents, agreement.currency_id.decimal_places)
            for step in steps:
                step.amount = amounts.get(step, 0.0)

    @api.depends(
        "agreement_id.entry_ids.pairs",
        "agreement_id.refund_ids.step_id",
        "agreement_id.refund_ids.state",
        "threshold_pairs",
        "deadline",
    )
    def _compute_progress(self):
        for agreement, steps in self.grouped("agreement_id").items():
            progress = agreement._get_progress() if agreement else {}
            for step in steps:
                found = progress.get(step)
                step.state = found.state if found else "open"
                step.pairs = found.pairs if found else 0.0
                step.missing_pairs = found.missing if found else 0.0

    @api.depends("threshold_pairs", "percent")
    def _compute_display_name(self):
        for step in self:
            step.display_name = self.env._(
                "%(percent)s %% after %(pairs)s pairs",
                percent=f"{step.percent:g}",
                pairs=formatLang(self.env, step.threshold_pairs, digits=0),
            )

    @api.constrains("percent", "agreement_id")
    def _check_percents(self):
        for agreement in self.agreement_id:
            total = sum(agreement.step_ids.mapped("percent"))
            if total > 100.0 + 1e-6:
                raise ValidationError(
                    self.env._(
                        "%(agreement)s would give back %(total)s %% of the fee. Lower the steps to 100 %% at most.",
                        agreement=agreement.display_name,
                        total=round(total, 2),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps.agreement_id._check_terms_open()
        return steps

    def write(self, vals):
        agreements = self.agreement_id
        agreements._check_terms_open()
        result = super().write(vals)
        (self.agreement_id - agreements)._check_terms_open()
        return result

    def _get_settled(self):
        return self.filtered(lambda step: step.agreement_id._get_settled())

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        self.agreement_id._check_terms_open()
