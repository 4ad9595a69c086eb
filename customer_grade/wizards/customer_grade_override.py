from odoo import fields, models


class CustomerGradeOverride(models.TransientModel):
    """Asks for another grade than proposed, and why."""

    _name = "customer.grade.override"
    _description = "Override Customer Grades"
    _inherit = ["sales.department.dialog.mixin"]

    assessment_ids = fields.Many2many("customer.grade.assessment", required=True)
    assessment_count = fields.Integer(compute="_compute_assessment_count")
    company_id = fields.Many2one("res.company", required=True)
    grade_id = fields.Many2one("customer.grade", required=True, domain="[('company_id', 'in', [company_id, False])]")
    reason = fields.Char(required=True, help="Kept in the grade history.")
    until = fields.Date(
        help="Last day of this grade; afterwards the computed grade returns. Empty: until the next review."
    )

    def _compute_assessment_count(self):
        for wizard in self:
            wizard.assessment_count = len(wizard.assessment_ids)

    def action_override(self) -> None:
        """Override the chosen assessments and close the dialog."""
        self._use_once()
        self.assessment_ids._override(self.grade_id, self.reason, self.until)
