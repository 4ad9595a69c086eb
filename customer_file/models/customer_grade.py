from odoo import fields, models


class CustomerGrade(models.Model):
    """Grades whose customers must have a complete file."""

    _inherit = "customer.grade"

    require_complete_file = fields.Boolean(
        "Complete File Required",
        help="The salesperson of a customer of this grade gets an activity while the file is incomplete.",
    )
