from odoo import api, fields, models


class SaleBudgetThreshold(models.Model):
    """A share of a budget at which its owner is told."""

    _name = "sale.budget.threshold"
    _description = "Budget Notice"
    _inherit = ["sales.department.closed.mixin"]
    _order = "share"
    _rec_name = "share"

    share = fields.Float("Share Used", required=True, help="The owner is told when this share is committed or spent")
    active = fields.Boolean(default=True)
    is_default = fields.Boolean("For New Budgets", default=True)

    _share_positive = models.Constraint(
        "CHECK(share > 0 AND share <= 100)", "The share must be above 0 % and at most 10,000 %."
    )
    _share_unique = models.UniqueIndex("(share)", "There is a notice at this share already.")

    @api.depends("share")
    def _compute_display_name(self):
        for threshold in self:
            threshold.display_name = f"{round(threshold.share * 100, 2):g} %"
