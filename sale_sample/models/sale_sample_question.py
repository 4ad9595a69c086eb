from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.sales_department_base.records import refuse


class SaleSampleQuestion(models.Model):
    """What R&D has to know before it can accept a request, and the salesperson's answer."""

    _name = "sale.sample.question"
    _description = "Question on a Sample Request"
    _inherit = ["sales.department.closed.mixin"]
    _order = "request_id, id"

    request_id = fields.Many2one("sale.sample.request", required=True, readonly=True, index=True, ondelete="cascade")
    name = fields.Char("Question", required=True, readonly=True)
    asked_by_id = fields.Many2one("res.users", required=True, readonly=True)
    asked_at = fields.Datetime(required=True, readonly=True)
    answer = fields.Text()
    answered_by_id = fields.Many2one("res.users", readonly=True)
    answered_at = fields.Datetime(readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(
                self.env._("Return the request with questions: that asks them and tells the salesperson.")
            )
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            if set(vals) - {"answer"}:
                raise AccessError(self.env._("Only the answer of a question can be written."))
            self.request_id._check_sellers()
            refuse(
                self.request_id.filtered(lambda request: request.state not in ("returned", "submitted")),
                self.env._("%(names)s: the questions are settled. Write to R&D in the messages below."),
            )
            answered = bool((vals.get("answer") or "").strip())
            vals = {
                "answer": vals.get("answer"),
                "answered_by_id": self.env.uid if answered else False,
                "answered_at": fields.Datetime.now() if answered else False,
            }
            self.check_access("write")
            records = self.sudo()  # sudo: who answered and when is closed to users; access was checked above
            return super(SaleSampleQuestion, records).write(vals)
        return super().write(vals)
