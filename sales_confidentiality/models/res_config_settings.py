from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_sales_export = fields.Boolean(
        "Everybody Who May Export", implied_group="sales_confidentiality.group_export", group="base.group_allow_export"
    )
    group_sales_cost = fields.Boolean(
        "Everybody Sees Costs and Margins", implied_group="sales_confidentiality.group_cost"
    )
    group_sales_contact = fields.Boolean(
        "Everybody Sees Contact Data", implied_group="sales_confidentiality.group_contact"
    )
    confidentiality_user_id = fields.Many2one(related="company_id.confidentiality_user_id", readonly=False)
    confidentiality_export_limit = fields.Integer(related="company_id.confidentiality_export_limit", readonly=False)
    confidentiality_open_limit = fields.Integer(related="company_id.confidentiality_open_limit", readonly=False)
    confidentiality_list_limit = fields.Integer(related="company_id.confidentiality_list_limit", readonly=False)
