from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleBudgetPurpose(models.Model):
    """What money is spent on: samples, visits, exhibitions."""

    _name = "sale.budget.purpose"
    _description = "Budget Purpose"
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
        used = (
            self
            .env["sale.budget.line"]
            .sudo()
            ._read_group(  # sudo: lines of every company count
                [("purpose_id", "in", self.ids)], ["purpose_id"]
            )
        )
        asked = (
            self
            .env["sale.budget.request"]
            .sudo()
            ._read_group(  # sudo: requests of everybody count
                [("purpose_id", "in", self.ids)], ["purpose_id"]
            )
        )
        names = sorted({purpose.display_name for [purpose] in used + asked})
        if names:
            raise UserError(
                self.env._(
                    "%(purposes)s: budgets or spending requests use this purpose, so it cannot be deleted. "
                    "Archive it instead.",
                    purposes=", ".join(names),
                )
            )
