from odoo import api, models


class CustomerGradeAssessment(models.Model):
    """A new grade asks for another file."""

    _inherit = "customer.grade.assessment"

    @api.model
    def _apply(self, company, condition):
        changed = super()._apply(company, condition)
        if changed and self.env["customer.file.requirement"]._get_in_force():
            self.env["customer.file.gap"]._refresh({row[0] for row in changed})
        return changed
