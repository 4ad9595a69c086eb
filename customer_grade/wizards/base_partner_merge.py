import json

from odoo import api, models
from odoo.tools import SQL

from ..models.customer_graded_mixin import GRADE_FIELDS
from ..models.grade_history import GradeHistory


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging contacts keeps their grades and the histories of them."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        # Before Odoo moves the rows one table at a time: two valid grades of one customer
        # would break the merge, and rows that cannot be moved would be deleted.
        graded = self._get_graded_partner(src_partners, dst_partner)
        self._merge_grades(src_partners, graded)
        GradeHistory(self.env).merge_partners(src_partners, graded)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self._share_grade_with_contacts(graded)
        return result

    @api.model
    def _update_values(self, src_partners, dst_partner):
        merged, kept = src_partners.sudo(), dst_partner.sudo()  # sudo: merging copies every field, closed ones, too
        return super()._update_values(merged, kept)

    def _get_graded_partner(self, src_partners, dst_partner):
        """Return whose grade it is after the merge: a contact that a company is merged into becomes a company."""
        return dst_partner if any(src_partners.mapped("is_company")) else dst_partner.commercial_partner_id

    def _merge_grades(self, src_partners, graded) -> None:
        """Give the kept partner the grades it lacks: grade, score and date of one company together.

        They are taken off the merged contacts, so that Odoo, which merges field by field,
        cannot mix the score of one with the grade of the other. A contact only shows the
        grade of its company and has none to give.
        """
        self.env.flush_all()
        columns = [SQL.identifier(name) for name in GRADE_FIELDS]
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM res_partner WHERE id = ANY(%s)",
                SQL(", ").join(columns),
                [*src_partners.ids, graded.id],
            )
        )
        values = {partner_id: [column or {} for column in own] for partner_id, *own in rows}
        kept = values.pop(graded.id)
        givers = src_partners.filtered(lambda partner: partner.commercial_partner_id == partner)
        for partner_id in sorted(givers.ids, reverse=True):
            grades = values[partner_id][0]
            for company in grades.keys() - kept[0].keys():
                for mine, other in zip(kept, values[partner_id], strict=True):
                    mine.pop(company, None)
                    if company in other:
                        mine[company] = other[company]
        self._store_grades(src_partners.ids, [{}, {}, {}])
        self._store_grades(graded.ids, kept)

    def _store_grades(self, partner_ids: list[int], values: list[dict]) -> None:
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET %s WHERE id = ANY(%s)",
                SQL(", ").join(
                    SQL("%s = %s::jsonb", SQL.identifier(name), json.dumps(value) if value else None)
                    for name, value in zip(GRADE_FIELDS, values, strict=True)
                ),
                partner_ids,
            )
        )

    def _share_grade_with_contacts(self, graded) -> None:
        """Let all contacts show the grade of their company, those that came with the merge, too."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner c SET %s FROM res_partner h WHERE h.id = %s AND c.commercial_partner_id = h.id",
                SQL(", ").join(SQL("%s = h.%s", SQL.identifier(name), SQL.identifier(name)) for name in GRADE_FIELDS),
                graded.id,
            )
        )
        self.env.invalidate_all(flush=False)
