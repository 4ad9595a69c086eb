from odoo import fields, models


class SaleSampleFeeTesterLine(models.TransientModel):
    """What became of one rule in a trial."""

    _name = "sale.sample.fee.tester.line"
    _description = "Rule Tried"
    _inherit = ["sales.department.dialog.mixin"]

    tester_id = fields.Many2one("sale.sample.fee.tester", required=True, ondelete="cascade", index=True)
    policy_id = fields.Many2one("sale.sample.fee.policy", "Rule", required=True, ondelete="cascade")
    state = fields.Selection([("hit", "Hit"), ("beaten", "Holds Too"), ("miss", "Does Not Hold")], required=True)
    why = fields.Char(required=True)
