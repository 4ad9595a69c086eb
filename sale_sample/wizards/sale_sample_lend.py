from typing import ClassVar

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import date_utils


class SaleSampleLend(models.TransientModel):
    """Asks who takes kept samples, and until when."""

    _name = "sale.sample.lend"
    _description = "Lend Kept Samples"
    _inherit = ["sales.department.dialog.mixin"]
    _dialog_access: ClassVar = {"kept_ids": "write"}

    kept_ids = fields.Many2many("sale.sample.kept", string="Samples", required=True)
    outside = fields.Boolean(string="To Somebody Outside")
    borrower_user_id = fields.Many2one("res.users", string="Colleague", default=lambda self: self.env.user)
    borrower_partner_id = fields.Many2one("res.partner", string="Outsider")
    due_back = fields.Date(required=True, default=lambda self: date_utils.add(self.env.company._sales_today(), weeks=1))
    note = fields.Char(string="What For")

    def action_lend(self) -> None:
        """Lend the samples and close the dialog.

        :raises UserError: when nobody was chosen, or a sample is not in its place
        """
        self._use_once()
        partner = self.borrower_partner_id if self.outside else self.env["res.partner"]
        user = self.env["res.users"] if self.outside else self.borrower_user_id
        if not partner and not user:
            raise UserError(self.env._("Choose who takes the samples."))
        self.kept_ids._lend(self.due_back, user=user, partner=partner, note=self.note or "")
