from typing import ClassVar

from odoo import fields, models


class SaleSampleReturn(models.TransientModel):
    """R&D returns sample requests with what it has to know."""

    _name = "sale.sample.return"
    _description = "Return Sample Requests"
    _inherit = ["sales.department.dialog.mixin"]
    _dialog_access: ClassVar = {"request_ids": "write"}

    request_ids = fields.Many2many("sale.sample.request", required=True, string="Requests")
    questions = fields.Text(required=True, help="One question a line: each is answered on its own.")

    def action_return(self) -> None:
        """Return the requests and close the dialog."""
        self._use_once()
        self.request_ids._return_with_questions(self.questions.splitlines())
