from odoo import models

from .res_partner import GRADE_FIELDS


class ResPartner(models.Model):
    """Merging contacts leaves their grades alone."""

    _inherit = "res.partner"

    def write(self, vals):
        # Merging contacts writes all values of the kept one back on it. Grades it has
        # already need no right.
        if not self.env.su and len(self) == 1 and any(name in vals for name in GRADE_FIELDS):
            present = self._convert_to_write({name: self[name] for name in GRADE_FIELDS})
            vals = {name: value for name, value in vals.items() if name not in present or present[name] != value}
        return super().write(vals)
