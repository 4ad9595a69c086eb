from typing import ClassVar

from odoo import fields, models

from odoo.addons.sales_department_base.constants import SALES_MANAGER_GROUP


class SaleSampleMouldOpen(models.TransientModel):
    """Asks which further sizes of a mould to open, and shows the orders that carry them."""

    _name = "sale.sample.mould.open"
    _description = "Open Further Sizes"
    _inherit = ["sales.department.dialog.mixin"]
    _dialog_access: ClassVar = {"mould_id": "write"}

    mould_id = fields.Many2one("sale.sample.mould", required=True)
    size_ids = fields.Many2many(
        "sale.sample.mould.size", string="Sizes", domain="[('mould_id', '=', mould_id), ('state', '=', 'planned')]"
    )
    ordered_pairs = fields.Float(related="mould_id.ordered_pairs")
    needed_pairs = fields.Integer(related="mould_id.needed_pairs")
    reason = fields.Text(help="Why without the orders that the rule asks for", groups=SALES_MANAGER_GROUP)

    def action_open(self) -> None:
        """Open the chosen sizes and close the dialog.

        :raises UserError: see `_open_sizes`
        """
        self._use_once()
        reason = self.sudo().reason  # sudo: hidden from R&D, who then gives none
        self.mould_id._open_sizes(self.size_ids, reason or "")
