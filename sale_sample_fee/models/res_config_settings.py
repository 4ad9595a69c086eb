from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sample_fee_product_id = fields.Many2one(related="company_id.sample_fee_product_id", readonly=False)
    sample_refund_user_id = fields.Many2one(related="company_id.sample_refund_user_id", readonly=False)
    sample_refund_notice_days = fields.Integer(related="company_id.sample_refund_notice_days", readonly=False)
