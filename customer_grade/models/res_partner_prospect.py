from odoo import fields, models

from .res_partner import GRADE_FIELDS


class ResPartner(models.Model):
    """Prospect data of a partner."""

    _name = "res.partner"
    _inherit = ["res.partner", "crm.prospect.mixin"]

    prospect_answer_ids = fields.One2many("crm.prospect.answer", "partner_id", string="Answers")

    def _get_prospect_fields(self):
        return [*super()._get_prospect_fields(), "industry_id"]

    def write(self, vals):
        # Merging contacts writes all values of the kept one back on it. Grades it has
        # already need no right.
        if not self.env.su and len(self) == 1 and any(name in vals for name in GRADE_FIELDS):
            present = self._convert_to_write({name: self[name] for name in GRADE_FIELDS})
            vals = {name: value for name, value in vals.items() if name not in present or present[name] != value}
        return super().write(vals)
