from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.sales_department_base.constants import SALES_MANAGER_GROUP

from ..tools.fee_policy import needed_limit


class SaleSampleFeeLevel(models.Model):
    """Who may approve an exception from the fee policy, up to which amount."""

    _name = "sale.sample.fee.level"
    _description = "Approval of Fee Exceptions"
    _inherit = ["sales.department.closed.mixin"]
    _order = "company_id, max_amount, id"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    max_amount = fields.Monetary("Up to", help="Fee by the rule that is waived; 0: without limit")
    team_leader = fields.Boolean(help="The leader of the sales team of the request may approve")
    user_ids = fields.Many2many(
        "res.users",
        "sale_sample_fee_level_user_rel",
        "level_id",
        "user_id",
        "Approvers",
        check_company=True,
        domain="[('share', '=', False)]",
    )

    _amount_not_negative = models.Constraint("CHECK(max_amount >= 0)", "The amount cannot be negative.")
    _amount_once = models.UniqueIndex("(company_id, max_amount)", "There is an approval up to this amount already.")

    @api.depends("max_amount")
    def _compute_display_name(self):
        for level in self:
            if level.max_amount:
                level.display_name = self.env._("Up to %s", level.currency_id.format(level.max_amount))
            else:
                level.display_name = self.env._("Without limit")

    @api.constrains("team_leader", "user_ids")
    def _check_somebody(self):
        if any(not level.team_leader and not level.user_ids for level in self):
            raise ValidationError(self.env._("Choose who approves: the team leader, or users."))

    def write(self, vals):
        result = super().write(vals)
        self.check_access("write")  # nobody decides who approves in a company that is not theirs
        return result

    @api.model
    def _get_approvers(self, company, team, amount: float):
        """Return the users who may approve an exception, those of the lowest sufficient level first.

        A company without levels leaves it to its sales managers.

        :param amount: waived, in the company's currency
        """
        levels = self.sudo().search([("company_id", "=", company.id)])  # sudo: policy counts for whoever asks
        if not levels:
            group = self.env.ref(SALES_MANAGER_GROUP).sudo()  # sudo: their names only
            return group.all_user_ids.filtered(lambda user: company in user.company_ids and not user.share)
        limit = needed_limit(levels.mapped("max_amount"), max(amount, 0.0))
        users = self.env["res.users"].sudo()  # sudo: their names only
        if limit is None:
            return users
        enough = levels.filtered(lambda level: not level.max_amount or level.max_amount >= (limit or float("inf")))
        for level in enough.sorted(lambda level: level.max_amount or float("inf")):
            users |= level.user_ids | (team.user_id if level.team_leader else users.browse())
        return users
