from typing import ClassVar

from odoo import fields, models
from odoo.fields import Domain

from ..constants import READER_GROUPS


class SaleSampleRequestCountMixin(models.AbstractModel):
    """What leads, customers, quotations and products show of their sample requests."""

    _name = "sale.sample.request.count.mixin"
    _description = "Has Sample Requests"
    _inherit = ["sales.department.closed.mixin"]

    #: Field of requests that leads to the records of the model.
    _sample_link: ClassVar[str] = ""

    sample_request_count = fields.Integer(
        "Sample Requests", compute="_compute_sample_request_count", groups=READER_GROUPS
    )

    def _get_counted_records(self) -> dict:
        """Return, for each record, the record whose requests it shows: itself by default."""
        return {record: record._origin for record in self}

    def _get_sample_defaults(self) -> dict:
        """Return the first values of a request made from one record."""
        return {self._sample_link: self.id}

    def _compute_sample_request_count(self):
        link, counted = self._sample_link, self._get_counted_records()
        ids = {source.id for source in counted.values() if source}
        counts = {}
        if ids:
            requests = self.env["sale.sample.request"]
            counts = {
                source.id: count
                for source, count in requests._read_group([(link, "in", list(ids))], [link], ["__count"])
            }
        for record in self:
            record.sample_request_count = counts.get(counted[record].id, 0)

    def action_view_sample_requests(self) -> dict:
        """Open the sample requests of one record, or the form of a first one."""
        self._ensure_chosen()
        self.check_access("read")
        source = self._get_counted_records()[self]
        action = self.env["ir.actions.actions"]._for_xml_id("sale_sample.sale_sample_request_action")
        action["context"] = {f"default_{name}": value for name, value in self._get_sample_defaults().items()}
        action["domain"] = list(Domain(self._sample_link, "=", source.id))
        if not self.sample_request_count and self.env["sale.sample.request"].has_access("create"):
            action["views"] = [(False, "form")]
        return action
