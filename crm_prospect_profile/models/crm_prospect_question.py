from odoo import fields, models


class CrmProspectQuestion(models.Model):
    """A yes-or-no question to ask of prospects. It outlives the versions of the profile."""

    _name = "crm.prospect.question"
    _description = "Prospect Question"
    _inherit = ["sales.department.closed.mixin"]
    _fixed_fields = frozenset({"company_id"})  # no company claims what is asked in all of them
    _order = "sequence, id"

    name = fields.Char("Question", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Leave empty to ask it in all companies.")
