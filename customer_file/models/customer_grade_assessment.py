from odoo import api, models


class CustomerGradeAssessment(models.Model):
    """A new grade asks for another file."""

    _inherit = "customer.grade.assessment"

    @api.model
    def _after_apply(self, company, leads, customers, note):
        self.env["customer.file.gap"]._refresh_where_asked({row[0] for row in customers})
        return super()._after_apply(company, leads, customers, note)
