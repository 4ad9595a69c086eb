from odoo import fields, models


class SaleSampleLoan(models.Model):
    """Who has a kept sample, and until when. Opened and closed by the buttons of the sample."""

    _name = "sale.sample.loan"
    _description = "Loan of a Kept Sample"
    _inherit = ["sales.department.loan.mixin"]
    _rec_name = "kept_id"
    _loan_thing = "kept_id"

    kept_id = fields.Many2one("sale.sample.kept", required=True, index=True, ondelete="cascade", readonly=True)
    request_id = fields.Many2one(related="kept_id.request_id", store=True)
    company_id = fields.Many2one(related="kept_id.company_id", store=True)

    _one_open_loan = models.UniqueIndex(
        "(kept_id) WHERE returned_on IS NULL", "This sample has been lent already. Take it back first."
    )
