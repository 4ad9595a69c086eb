from odoo import fields, models

from ..models.customer_graded_mixin import GRADE_READERS


class SaleReport(models.Model):
    _inherit = "sale.report"

    customer_grade_id = fields.Many2one("customer.grade", readonly=True, groups=GRADE_READERS)

    def _select_additional_fields(self):
        # The grade of the company the order belongs to, not of the one looking.
        return super()._select_additional_fields() | {
            "customer_grade_id": "(partner.customer_grade_id->>s.company_id::text)::int"
        }

    def _group_by_sale(self):
        return super()._group_by_sale() + ", partner.customer_grade_id"
