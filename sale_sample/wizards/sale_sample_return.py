from odoo import fields, models


class SaleSampleReturn(models.TransientModel):
    """R&D returns sample requests with what it has to know."""

    _name = "sale.sample.return"
    _description = "Return Sample Requests"

    request_ids = fields.Many2many("sale.sample.request", required=True, string="Requests")
    questions = fields.Text(required=True, help="One question a line: each is answered on its own.")

    def action_return(self) -> None:
        """Return the requests and close the dialog."""
        self.ensure_one()
        self.request_ids._return_with_questions(self.questions.splitlines())
