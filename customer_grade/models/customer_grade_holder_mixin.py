from collections.abc import Sequence

from markupsafe import Markup

from odoo import api, models


class CustomerGradeHolderMixin(models.AbstractModel):
    """What partners and leads have in common as holders of a grade."""

    _name = "customer.grade.holder.mixin"
    _description = "Holder of a Customer Grade"

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
            message = self.browse(records[0])._message_log(body=body)
            self.env["customer.grade.assessment"]._repeat_message(message, records[1:])
