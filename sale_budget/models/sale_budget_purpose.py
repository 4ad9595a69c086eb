from odoo import api, fields, models

from odoo.addons.sales_department_base.records import refuse, used_by


class SaleBudgetPurpose(models.Model):
    """What money is spent on: samples, visits, exhibitions."""

    _name = "sale.budget.purpose"
    _description = "Budget Purpose"
    _inherit = ["sales.department.closed.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short name for imports and other addons; the same in all languages")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    note = fields.Text(translate=True, help="What belongs to this purpose, and what does not")

    _code_unique = models.UniqueIndex("(lower(code))", "Another purpose has this code. Choose a different one.")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        everything = self.env(su=True)  # sudo: those of every company and of everybody count
        refuse(
            used_by(self, everything["sale.budget.line"], "purpose_id")
            | used_by(self, everything["sale.budget.request"], "purpose_id"),
            self.env._(
                "%(names)s: budgets or spending requests use this purpose, so it cannot be deleted. Archive it instead."
            ),
        )
