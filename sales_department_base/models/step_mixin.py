from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from odoo import api, fields, models


class SalesDepartmentStepMixin(models.AbstractModel):
    """The log of what documents went through, and how long each step took, in working time of their company.

    A model of its own holds the log of one kind of documents, and brings the link to them, the steps and the index
    that lets a document be in one step at a time::

        class SaleSampleStep(models.Model):
            _name = "sale.sample.step"
            _description = "Step of a Sample Request"
            _inherit = ["sales.department.step.mixin"]
            _order = "request_id, entered_at, id"
            _rec_name = "step"
            _step_document = "request_id"
            _step_final = frozenset({"approved", "cancelled"})

            request_id = fields.Many2one("sale.sample.request", required=True, index=True, ondelete="cascade")
            step = fields.Selection([("submitted", "Waiting for R&D"), …], required=True, readonly=True, index=True)

            _one_open = models.UniqueIndex("(request_id) WHERE left_at IS NULL", "A request is in one step at a time.")

    The documents have a ``company_id``. Their transitions tell the log:
    ``self.env["sale.sample.step"]._enter(self, target)``. Access rights of the log give reading only.
    """

    _name = "sales.department.step.mixin"
    _description = "Steps and their Working Time"

    #: Name of the many2one field that leads to the document.
    _step_document: ClassVar[str] = ""
    #: Steps that are over when they begin: nothing waits any more.
    _step_final: ClassVar[frozenset[str]] = frozenset()

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    entered_at = fields.Datetime("From", required=True, readonly=True)
    left_at = fields.Datetime("Until", readonly=True)
    user_id = fields.Many2one("res.users", "By", required=True, readonly=True)
    working_hours = fields.Float(
        readonly=True, aggregator="avg", help="Working hours of the company's calendar between the two moments"
    )

    _in_order = models.Constraint("CHECK(left_at >= entered_at)", "A step cannot end before it began.")

    @api.model
    def _enter(
        self,
        documents: models.Model,
        step: str,
        *,
        moments: Mapping[int, datetime] | None = None,
        values: Mapping[int, dict[str, Any]] | None = None,
    ) -> None:
        """Close the present step of these documents and begin another.

        :param step: a value of the field ``step``
        :param moments: document id → when it entered, in naive UTC, for those that did not enter now. A step begins
            neither in the future nor before the present one began
        :param values: document id → other values of its row
        """
        now = fields.Datetime.now()
        entered = {document.id: min(now, (moments or {}).get(document.id) or now) for document in documents}
        entered |= self._leave(entered)
        log = self.sudo()  # sudo: nobody may write the log directly
        log.create([
            {
                self._step_document: document.id,
                "company_id": document.company_id.id,
                "step": step,
                "entered_at": entered[document.id],
                "left_at": entered[document.id] if step in self._step_final else False,
                "user_id": self.env.uid,
                **(values or {}).get(document.id, {}),
            }
            for document in documents
        ])

    @api.model
    def _leave(self, moments: Mapping[int, datetime]) -> dict[int, datetime]:
        """Close the present step of documents and store how long it took.

        :param moments: document id → when it leaves the step, in naive UTC
        :return: the same for those that were in a step, but never before it began
        """
        present = self._get_open_steps(moments)
        left = {
            row[self._step_document].id: max(moments[row[self._step_document].id], row.entered_at) for row in present
        }
        ends = [left[row[self._step_document].id] for row in present]
        hours = self.env["res.company"]._sales_hours_between([
            (row.company_id, row.entered_at, end) for row, end in zip(present, ends, strict=True)
        ])
        for row, end, spent in zip(present, ends, hours, strict=True):
            row.write({"left_at": end, "working_hours": max(spent, 0.0)})
        present.flush_recordset()  # the next step is inserted: only one may be open
        return left

    @api.model
    def _get_waiting_hours(self, documents: models.Model) -> dict[int, float]:
        """Return the working hours that documents have been in their present step: id → hours, for those in one."""
        present = self._get_open_steps(documents.ids)
        now = fields.Datetime.now()
        hours = self.env["res.company"]._sales_hours_between([
            (row.company_id, row.entered_at, max(now, row.entered_at)) for row in present
        ])
        return dict(zip(present[self._step_document].ids, hours, strict=True))

    @api.model
    def _get_open_steps(self, ids) -> models.Model:
        """Return the present steps of the documents with these ids, as superuser, in the order of the log."""
        log = self.sudo()  # sudo: counted for whoever may read the documents
        return log.search([(self._step_document, "in", list(ids)), ("left_at", "=", False)])
