from typing import Any, ClassVar

from odoo import api, fields, models
from odoo.tools import format_date

from odoo.addons.sales_department_base.constants import RND_GROUP


class SaleSampleAccept(models.TransientModel):
    """R&D accepts sample requests and promises a date."""

    _name = "sale.sample.accept"
    _description = "Accept Sample Requests"
    _inherit = ["sales.department.dialog.mixin"]
    _dialog_access: ClassVar = {"request_ids": "write"}

    request_ids = fields.Many2many("sale.sample.request", required=True, string="Requests")
    promised_on = fields.Date(
        "Promised for",
        compute="_compute_promised_on",
        store=True,
        readonly=False,
        required=True,
        help="Proposed by the lead time of the sample type",
    )
    needed_by = fields.Date("Needed by", compute="_compute_needed_by")
    late_note = fields.Char(compute="_compute_late_note")
    rnd_user_id = fields.Many2one(
        "res.users",
        "R&D Engineer",
        required=True,
        default=lambda self: self.env.user,
        domain=lambda self: [("all_group_ids", "in", self.env.ref(RND_GROUP).ids)],
    )
    note = fields.Text("Remark for Sales")

    @api.depends("request_ids")
    def _compute_promised_on(self):
        for wizard in self:
            days = [day for day in wizard.request_ids.mapped("norm_date") if day]
            wizard.promised_on = max(days, default=wizard.promised_on)

    @api.depends("request_ids")
    def _compute_needed_by(self):
        for wizard in self:
            wizard.needed_by = min((day for day in wizard.request_ids.mapped("needed_by") if day), default=False)

    @api.depends("needed_by", "promised_on")
    def _compute_late_note(self):
        for wizard in self:
            late = wizard.needed_by and wizard.promised_on and wizard.promised_on > wizard.needed_by
            wizard.late_note = late and self.env._(
                "The customer needs it by %s, before the day promised. Tell the salesperson why in a remark.",
                format_date(self.env, wizard.needed_by),
            )

    def action_accept(self) -> None:
        """Accept the requests and close the dialog."""
        self._use_once()
        self.request_ids._accept(**self._prepare_acceptance())

    def _prepare_acceptance(self) -> dict[str, Any]:
        """Return what the requests are accepted with, see `sale.sample.request._accept`. Extension point."""
        return {"promised_on": self.promised_on, "rnd_user": self.rnd_user_id, "note": self.note or ""}
