from odoo import fields, models

from ..constants import REFUND_GROUPS


class SaleSampleRefund(models.Model):
    """A part of a mould fee that was given back: once for each step, for good."""

    _name = "sale.sample.refund"
    _description = "Refund of a Mould Fee"
    _inherit = ["sales.department.append.only.mixin", "sales.department.closed.mixin"]
    _order = "granted_on desc, id desc"
    _rec_name = "step_id"
    #: the credit note may be made later, or deleted as a draft and made again
    _append_only_except = frozenset({"move_id", "company_id", "currency_id"})

    agreement_id = fields.Many2one("sale.sample.mould.agreement", required=True, index=True, ondelete="restrict")
    step_id = fields.Many2one("sale.sample.mould.agreement.step", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="agreement_id.company_id", store=True, precompute=True, index=True)
    currency_id = fields.Many2one(related="agreement_id.currency_id", store=True, precompute=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    amount = fields.Monetary(required=True, groups=REFUND_GROUPS)
    company_amount = fields.Monetary(
        "Amount in Company Currency",
        currency_field="company_currency_id",
        groups=REFUND_GROUPS,
        help="At the rate of the day",
    )
    granted_on = fields.Date(required=True)
    granted_by_id = fields.Many2one("res.users", required=True)
    pairs = fields.Float(digits="Product Unit", help="Net pairs on the day of the refund")
    move_id = fields.Many2one("account.move", "Credit Note", index="btree_not_null", ondelete="set null")
    move_state = fields.Selection(related="move_id.state")

    _once = models.UniqueIndex("(agreement_id, step_id)", "This part of the fee has been refunded already.")
    _amount_positive = models.Constraint("CHECK(amount >= 0)", "A refund cannot be negative.")

    def _append_only_refusal(self):
        return self.env._("A refund that was granted is never changed or deleted. Correct its credit note instead.")
