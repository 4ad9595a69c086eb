from collections.abc import Sequence

from odoo import api, models
from odoo.fields import Command
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
        grades = self.env["customer.grade"]
        # The grades stand in a tracked value, which those who may not read the field do not see; a text shows to all.
        tracking = self.env["mail.tracking.value"]
        field = {"type": "many2one"}
        by_change: dict[tuple[int | None, int | None], list[int]] = {}
        for record, before, after in changes:
            by_change.setdefault((before, after), []).append(record)
        for change, records in by_change.items():
            before, after = (grades.browse(grade or ()) for grade in change)
            first = self.browse(records[0])
            value = tracking._create_tracking_values(before, after, "customer_grade_id", field, first)
            message = first._message_log(body=note, tracking_value_ids=[Command.create(value)])
            self._repeat_message(message, records[1:])

    @api.model
    def _repeat_message(self, message, record_ids: list[int]) -> None:
        """Say in the chatter of more records what ``message`` says in that of one.

        Odoo writes the first message; the others are copies of its row and of its tracked values, whatever columns
        other addons added. A review of 100,000 customers would otherwise spend minutes on
        messages that differ in nothing but the customer. Only for notes without recipients
        and attachments: rows of further tables are not copied.

        :param message: a logged note (``mail.message``) on one partner or lead
        :param record_ids: the others of its model
        """
        if not record_ids:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH copied AS (
                    INSERT INTO mail_message (res_id, message_id, %(columns)s)
                    SELECT record.id, REPLACE(m.message_id, '<', '<' || record.id || '.'), %(columns)s
                      FROM mail_message m, unnest(%(records)s) AS record(id)
                     WHERE m.id = %(message)s
                 RETURNING id
                )
                INSERT INTO mail_tracking_value (mail_message_id, %(tracked)s)
                SELECT copied.id, %(tracked)s FROM copied, mail_tracking_value v WHERE v.mail_message_id = %(message)s
                """,
                columns=self._sql_columns(message, "res_id", "message_id"),
                tracked=self._sql_columns(message.sudo().tracking_value_ids, "mail_message_id"),  # sudo: columns only
                records=record_ids,
                message=message.id,
            )
        )
        self.browse(record_ids).invalidate_recordset(["message_ids"], flush=False)

    @api.model
    def _sql_columns(self, model: models.BaseModel, *left_out: str) -> SQL:
        """Return the columns of a model that its copied rows take over."""
        names = [
            name
            for name, field in model._fields.items()
            if field.store and field.column_type and name not in ("id", *left_out)
        ]
        return SQL(", ").join(map(SQL.identifier, names))
