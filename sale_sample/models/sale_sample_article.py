from odoo import fields, models


class SaleSampleArticle(models.Model):
    """A sample that the company keeps: sealed as the standard, or retained."""

    _name = "sale.sample.article"
    _description = "Kept Sample"
    _order = "id desc"

    request_id = fields.Many2one("sale.sample.request", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="request_id.company_id", store=True, index=True)
    round_id = fields.Many2one("sale.sample.round", index="btree_not_null", ondelete="restrict")
    location_id = fields.Many2one("sale.sample.location", index="btree_not_null", ondelete="restrict")
