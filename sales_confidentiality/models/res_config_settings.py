from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_sales_export = fields.Boolean(
        "Everybody Who May Export",
        implied_group="sales_confidentiality.group_export",
        group="base.group_allow_export",
        help="Whoever may export in Odoo exports customers, leads and orders, too. Otherwise only those with the right"
        " to; each export is logged either way.",
    )
    group_sales_cost = fields.Boolean(
        "Everybody Sees Costs and Margins",
        implied_group="sales_confidentiality.group_cost",
        help="Otherwise only those with the right to.",
    )
    group_sales_contact = fields.Boolean(
        "Everybody Sees Contact Data",
        implied_group="sales_confidentiality.group_contact",
        help="Otherwise only sales, billing, those who create contacts, and those with the right to.",
    )
    confidentiality_user_id = fields.Many2one(related="company_id.confidentiality_user_id", readonly=False)
    confidentiality_export_limit = fields.Integer(related="company_id.confidentiality_export_limit", readonly=False)
    confidentiality_open_limit = fields.Integer(related="company_id.confidentiality_open_limit", readonly=False)
    confidentiality_list_limit = fields.Integer(related="company_id.confidentiality_list_limit", readonly=False)
