from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ..tools.thresholds import still_told


class SaleBudgetAmendment(models.Model):
    """A change of an approved plan, with its reason. It is added and stays."""

    _name = "sale.budget.amendment"
    _description = "Budget Amendment"
    _inherit = ["sales.department.append.only.mixin", "sales.department.closed.mixin"]
    _order = "date desc, id desc"
    _rec_name = "reason"

    line_id = fields.Many2one(
        "sale.budget.line",
        "Budget Line",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("budget_id.state", "=", "approved")],
    )
    budget_id = fields.Many2one(related="line_id.budget_id", store=True, precompute=True, index=True)
    purpose_id = fields.Many2one(related="line_id.purpose_id", store=True, precompute=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True, precompute=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(required=True, help="More money when positive, less when negative")
    reason = fields.Char(required=True)
    date = fields.Date(required=True, readonly=True, copy=False, default=lambda self: self.env.company._sales_today())
    user_id = fields.Many2one(
        "res.users", "Amended by", required=True, readonly=True, copy=False, default=lambda self: self.env.user
    )

    _amount_not_zero = models.Constraint("CHECK(amount <> 0)", "An amendment adds or takes away money.")
    _reason_given = models.Constraint("CHECK(btrim(reason) <> '')", "An amendment needs a reason.")

    @api.model_create_multi
    def create(self, vals_list):
        amendments = super().create(vals_list)
        locked = amendments.line_id.sudo()  # sudo: notices and the lock are the server's
        locked._lock_money()
        locked._check_open()
        for line in locked:
            if line.currency_id.compare_amounts(line.available_amount, 0.0) < 0 and any(
                amendment.amount < 0 for amendment in amendments if amendment.line_id == line
            ):
                raise UserError(
                    self.env._(
                        "%(line)s: more is reserved and spent than the amendment would leave (%(missing)s missing).",
                        line=line.display_name,
                        missing=format_amount(self.env, -line.available_amount, line.currency_id),
                    )
                )
            line.notified_share = still_told(line.share_used, line.notified_share)
        locked._notify_thresholds()
        for amendment in amendments:
            amendment.budget_id.sudo()._message_log(  # sudo: the note belongs to the amendment
                body=self.env._(
                    "%(purpose)s amended by %(amount)s: %(reason)s",
                    purpose=amendment.purpose_id.display_name,
                    amount=format_amount(self.env, amendment.amount, amendment.currency_id),
                    reason=amendment.reason,
                )
            )
        return amendments

    def _append_only_refusal(self):
        return self.env._(
            "Amendments stay as they are. Add another one that takes back “%(reason)s”.", reason=self[0].reason
        )
