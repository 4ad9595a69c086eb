from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleSampleMouldSize(models.Model):
    """One size of a mould: the first is opened with the mould, the others on order evidence."""

    _name = "sale.sample.mould.size"
    _description = "Mould Size"
    _inherit = ["sales.department.closed.mixin"]
    _order = "mould_id, size, id"
    _rec_name = "size"
    _settled_fields = frozenset({"size", "is_first"})

    mould_id = fields.Many2one("sale.sample.mould", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="mould_id.company_id", store=True, index=True)
    size = fields.Float(required=True, digits=(6, 1), aggregator=None)
    is_first = fields.Boolean("Opened First")
    state = fields.Selection(
        [("planned", "Planned"), ("opened", "Opened")], required=True, default="planned", readonly=True, copy=False
    )
    opened_on = fields.Date(readonly=True, copy=False)
    evidence = fields.Char(readonly=True, copy=False, help="Why the size could be opened")

    _size_uniq = models.UniqueIndex("(mould_id, size)", "Each size of a mould is listed once.")
    _size_sensible = models.Constraint(
        "CHECK(size > 0 AND size < 400)", "Enter a real shoe size, above 0 and below 400."
    )

    @api.depends("size")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.size:g}"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_opened(self):
        opened = self._get_settled()
        if opened:
            raise UserError(opened._settled_refusal())

    def _get_settled(self):
        return self.filtered(lambda line: line.state == "opened")

    def _settled_refusal(self):
        opened = self._get_settled()
        return self.env._(
            "%(mould)s: size %(sizes)s has been opened and stays on record.",
            mould=opened.mould_id[:1].display_name,
            sizes=opened._get_labels(),
        )

    def _get_labels(self) -> str:
        """Return the sizes as text."""
        return ", ".join(self.mapped("display_name"))
