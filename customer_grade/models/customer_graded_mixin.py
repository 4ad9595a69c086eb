from collections.abc import Sequence

from markupsafe import Markup

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.sales_department_base.constants import SALES_GROUP

GRADE_FIELDS = ("customer_grade_id", "customer_grade_score", "customer_grade_since")
"""The grade that is valid now, on partners and leads."""

GRADE_READERS = f"{SALES_GROUP},customer_grade.group_grade_approver"
"""Who reads grades on the records of Odoo: those who may read the history of them."""


class CustomerGradedMixin(models.AbstractModel):
    """What partners and leads have in common: reviews grade them."""

    _name = "customer.graded.mixin"
    _description = "Graded by Reviews"
    _inherit = ["sales.department.closed.mixin"]

    @api.model
    def _log_grade_change(self, changes: Sequence[tuple[int, int | None, int | None]], note: str) -> None:
        """Tell the chatter of each record about the new grade.

        :param changes: ``(record id, grade id before, grade id after)``
        :param note: where the change comes from
        """
        if not changes:
            return
        names = {
            grade.id: grade.name
            for grade in self.env["customer.grade"].browse({
                grade for change in changes for grade in change[1:] if grade
            })
        }
        nothing = self.env._("none")
        by_change: dict[tuple[int | None, int | None], list[int]] = {}
        for record, before, after in changes:
            by_change.setdefault((before, after), []).append(record)
        for (before, after), records in by_change.items():
            body = Markup("%s<ul><li>%s → <b>%s</b> (%s)</li></ul>") % (
                note,
                names.get(before, nothing),
                names.get(after, nothing),
                self.env._("Customer Grade"),
            )
            self._repeat_message(self.browse(records[0])._message_log(body=body), records[1:])

    @api.model
    def _repeat_message(self, message, record_ids: list[int]) -> None:
        """Say in the chatter of more records what ``message`` says in that of one.

        Odoo writes the first message; the others are copies of its row, whatever columns
        other addons added. A review of 100,000 customers would otherwise spend minutes on
        messages that differ in nothing but the customer. Only for notes without recipients
        and attachments: rows of other tables are not copied.

        :param message: a logged note (``mail.message``) on one partner or lead
        :param record_ids: the others of its model
        """
        if not record_ids:
            return
        message.flush_recordset()
        copied = [
            SQL.identifier(field.name)
            for field in message._fields.values()
            if field.store and field.column_type and field.name not in ("id", "res_id", "message_id")
        ]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO mail_message (res_id, message_id, %(columns)s)
                SELECT record.id, REPLACE(m.message_id, '<', '<' || record.id || '.'), %(columns)s
                  FROM mail_message m, unnest(%(records)s) AS record(id)
                 WHERE m.id = %(message)s
                """,
                columns=SQL(", ").join(copied),
                records=record_ids,
                message=message.id,
            )
        )
        self.browse(record_ids).invalidate_recordset(["message_ids"], flush=False)
