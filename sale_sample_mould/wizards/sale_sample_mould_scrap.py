from typing import ClassVar

from odoo import fields, models


class SaleSampleMouldScrap(models.TransientModel):
    """Asks why moulds are scrapped."""

    _name = "sale.sample.mould.scrap"
    _description = "Scrap Moulds"
    _inherit = ["sales.department.dialog.mixin"]
    _dialog_access: ClassVar = {"mould_ids": "write"}

    mould_ids = fields.Many2many("sale.sample.mould", string="Moulds", required=True)
    reason = fields.Char(required=True)

    def action_scrap(self) -> None:
        """Scrap the moulds and close the dialog.

        :raises UserError: a mould was never opened, or is scrapped already
        """
        self._use_once()
        self.mould_ids._scrap(self.reason)
