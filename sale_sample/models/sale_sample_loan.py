from odoo import fields, models


class SaleSampleLoan(models.Model):
    """Who borrowed a kept sample, and until when."""

    _name = "sale.sample.loan"
    _description = "Loan of a Kept Sample"
    _order = "id desc"

    article_id = fields.Many2one("sale.sample.article", required=True, index=True, ondelete="cascade")
