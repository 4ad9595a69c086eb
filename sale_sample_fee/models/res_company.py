from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    sample_fee_product_id = fields.Many2one(
        "product.product",
        "Product for Sample Fees",
        ondelete="restrict",
        check_company=True,
        domain="[('sale_ok', '=', True)]",
        groups="base.group_user",
        help="Empty: the one delivered with the application",
    )
    # res_company_refund
    sample_refund_user_id = fields.Many2one(
        "res.users",
        "Who Checks Mould Fee Refunds",
        groups="base.group_user",
        help="Is asked to check and post the credit note; else the salesperson",
    )
    sample_refund_notice_days = fields.Integer(
        "Notice before Refund Deadlines",
        default=30,
        groups="base.group_user",
        help="Days before a deadline on which the salesperson is reminded",
    )

    _sample_refund_notice_not_negative = models.Constraint(
        "CHECK(sample_refund_notice_days >= 0 AND sample_refund_notice_days <= 3650)",
        "The days of notice before a refund deadline cannot be negative, nor above 3,650.",
    )
