from odoo import fields, models


class CustomerGradingVeto(models.Model):
    """A figure that keeps a customer from a better grade, whatever the score."""

    _name = "customer.grading.veto"
    _inherit = ["customer.grade.version.rule.mixin", "customer.grading.metric.mixin"]
    _description = "Grading Veto"
    _order = "scheme_id, sequence, id"

    company_id = fields.Many2one(related="scheme_id.company_id")
    operator = fields.Selection(
        [(">", "more than"), (">=", "at least"), ("<", "less than"), ("<=", "at most")], required=True, default=">"
    )
    limit = fields.Float(required=True)
    grade_id = fields.Many2one(
        "customer.grade",
        "At Best",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('is_unrated', '=', False), ('company_id', 'in', [company_id, False])]",
        help="Best grade such a customer can have.",
    )
