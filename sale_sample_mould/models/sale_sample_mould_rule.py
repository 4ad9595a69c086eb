from odoo import fields, models


class SaleSampleMouldRule(models.Model):
    """How many pairs have to be ordered before further sizes are opened, by grade of the customer."""

    _name = "sale.sample.mould.rule"
    _description = "Rule for Further Sizes"
    _inherit = ["sales.department.closed.mixin"]
    _order = "company_id, grade_id, id"

    company_id = fields.Many2one("res.company", index=True, help="Empty: all companies")
    grade_id = fields.Many2one(
        "customer.grade", "Customer Grade", index="btree_not_null", ondelete="restrict", help="Empty: any grade"
    )
    active = fields.Boolean(default=True)
    min_pairs = fields.Integer(
        "Pairs Ordered", required=True, help="Pairs of the mould's products in confirmed orders; 0: no order is needed"
    )

    _pairs_not_negative = models.Constraint("CHECK(min_pairs >= 0)", "The number of pairs cannot be negative.")
    _one_each = models.UniqueIndex(
        "(COALESCE(company_id, 0), COALESCE(grade_id, 0)) WHERE active IS TRUE",
        "There is a rule for further sizes of this company and grade already.",
    )
