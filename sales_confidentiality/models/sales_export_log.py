from collections.abc import Iterable, Sequence

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.http import request

from odoo.addons.sales_department_base.constants import SALES_MANAGER_GROUP

from ..constants import EXPORT_GROUP

#: Ids that are kept of records chosen by hand.
KEPT_IDS = 1000


class SalesExportLog(models.Model):
    """Who exported which customers, leads and orders. Rows are added, never changed or deleted."""

    _name = "sales.export.log"
    _description = "Export of Customers, Leads and Orders"
    _inherit = ["sales.department.append.only.mixin", "sales.department.closed.mixin"]
    _order = "exported_at DESC, id DESC"

    user_id = fields.Many2one("res.users", required=True, readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    exported_at = fields.Datetime("Exported on", required=True, readonly=True, index=True)
    model = fields.Char("Technical Name", required=True, readonly=True)
    res_model_id = fields.Many2one("ir.model", "What", readonly=True, ondelete="set null", index="btree_not_null")
    record_count = fields.Integer("Records", readonly=True)
    field_names = fields.Text("Fields", required=True, readonly=True)
    filter_domain = fields.Text("Filter", readonly=True, help="The search the records came from, if it is known")
    record_ids = fields.Text("Ids", readonly=True, help="The first of the exported records, by their numbers")
    way = fields.Selection(
        [("file", "File"), ("pivot", "Table of Totals"), ("vcard", "Contact Cards"), ("rpc", "Interface (RPC)")],
        "How",
        required=True,
        readonly=True,
    )

    @api.depends("user_id", "res_model_id", "exported_at")
    def _compute_display_name(self):
        for entry in self:
            what = entry.sudo().res_model_id.name or entry.model  # sudo: the name of a model only
            entry.display_name = f"{entry.user_id.name} · {what} · {entry.record_count}"

    def _append_only_refusal(self) -> str:
        return self.env._(
            "The log of exports is evidence and stays as it is: %s.", ", ".join(self[:3].mapped("display_name"))
        )

    @api.model
    def _check_export_right(self) -> None:
        """Refuse an export of customers, leads and orders to whoever has no right to it.

        :raises AccessError: naming whom to ask
        """
        if self.env.user.has_group(EXPORT_GROUP):
            return
        right = self.env.ref(EXPORT_GROUP).sudo()  # sudo: the name of a group only
        raise AccessError(
            self.env._(
                "You may not export customers, leads, orders and their documents. %(people)s can export what you need,"
                " or have an administrator give you the right “%(right)s”.",
                people=", ".join(self.env.company._get_confidentiality_people(self.env.user)[:3].mapped("name"))
                or self.env.ref(SALES_MANAGER_GROUP).sudo().display_name,  # sudo: the name of a group only
                right=right.display_name,
            )
        )

    @api.model
    def _log_export(self, records, names: Sequence[str]) -> None:
        """Add an export of the current user to the log, and count it.

        :param records: what was exported
        :param names: fields as asked for, with their paths
        """
        params = getattr(request, "sales_export", None) if request else None
        domain = str(params["domain"]) if params and not params.get("ids") else False
        self._add("file" if params else "rpc", records, len(records), names, domain)

    @api.model
    def _add(self, way: str, records, count: int, names: Iterable[str], domain: str | bool = False) -> None:
        """Add to the log what the current user took, and count it."""
        values = {
            "user_id": self.env.uid,
            "company_id": self.env.company.id,
            "exported_at": fields.Datetime.now(),
            "model": records._name,
            "res_model_id": self.env["ir.model"]._get_id(records._name),
            "record_count": count,
            "field_names": ", ".join(names),
            "filter_domain": domain,
            "record_ids": ", ".join(map(str, records.ids[:KEPT_IDS])),
            "way": way,
        }
        days = self.env["sales.confidentiality.day"]
        days._write_apart(lambda apart: apart.env[self._name].sudo().create(values))  # sudo: not to be made by hand
        days._count("export", count)
