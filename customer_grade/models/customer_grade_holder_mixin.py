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
            for grade in self.env["customer.grade"].browse({grade for change in changes for grade in change[1:] if grade})
        }
        nothing = self.env._("none")
        bodies = {
            record: Markup("%s<ul><li>%s → <b>%s</b> (%s)</li></ul>") % (
                note, names.get(before, nothing), names.get(after, nothing), self.env._("Customer Grade")
            )
            for record, before, after in changes
        }  # fmt: skip
        self.browse(bodies)._message_log_batch(bodies)
