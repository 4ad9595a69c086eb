from odoo import api, models
from odoo.tools import SQL


class CustomerGradeAssessment(models.Model):
    """Histories when leads or partners are merged: nothing is lost.

    All entries move to the record that stays and name where they come from. One of them
    stays valid for each company. Proposals of reviews that are not applied yet are no
    history: of two in one review, that of the record that stays is kept.
    """

    _inherit = "customer.grade.assessment"

    @api.model
    def _merge_leads(self, sources, target) -> None:
        """Move the grades of leads to the lead they are merged into; the best valid one counts."""
        current = self.search([("lead_id", "in", (sources | target).ids), ("is_current", "=", True)])
        # A lead has one grade, whichever company gave it. On a tie the kept lead's own wins.
        best = current.sorted(lambda entry: (*entry._get_grade_place(), entry.lead_id != target))[:1]
        since = best.lead_id.customer_grade_since or best.date
        self._move_history("lead_id", sources, target, best)
        if best:
            target.sudo().write({  # sudo: grades are closed to clients
                "customer_grade_id": best.grade_id.id,
                "customer_grade_score": best.score,
                "customer_grade_since": since,
            })  # fmt: skip

    @api.model
    def _merge_partners(self, sources, target) -> None:
        """Move the grades of partners to the partner they are merged into.

        In each company the kept partner's own grade counts, else that of the merged ones;
        of several, that of the contact created last, as Odoo does for other company values.
        """
        ordered = [target, *sources.sorted("id", reverse=True)]
        current = self.search([("partner_id", "in", (sources | target).ids), ("is_current", "=", True)])
        valid = {}
        for partner in ordered:
            for entry in current.filtered(lambda entry, partner=partner: entry.partner_id == partner):
                valid.setdefault(entry.company_id, entry)
        self._move_history("partner_id", sources, target, self.browse(entry.id for entry in valid.values()))

    @api.model
    def _move_history(self, column: str, sources, target, valid) -> None:
        """Give the entries of ``sources`` to ``target``.

        :param column: ``partner_id`` or ``lead_id``
        :param valid: the entries that stay valid
        """
        self.env.flush_all()
        name = SQL.identifier(column)
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM customer_grade_assessment a
                 WHERE a.state = 'proposed' AND a.%(name)s = ANY(%(sources)s)
                   AND EXISTS (SELECT FROM customer_grade_assessment b
                                WHERE b.review_id = a.review_id AND b.id <> a.id
                                  AND (b.%(name)s = %(target)s
                                       OR (b.%(name)s = ANY(%(sources)s) AND b.id < a.id)))
                """,
                name=name, sources=sources.ids, target=target.id,
            )
        )  # fmt: skip
        self.env.cr.execute(
            SQL(
                """
                UPDATE customer_grade_assessment SET is_current = FALSE
                 WHERE %s = ANY(%s) AND is_current IS TRUE AND NOT id = ANY(%s)
                """,
                name, [*sources.ids, target.id], valid.ids,
            )
        )  # fmt: skip
        self.env.cr.execute(
            SQL(
                """
                UPDATE customer_grade_assessment a
                   SET %(name)s = %(target)s, write_uid = %(uid)s, write_date = %(now)s,
                       merged_from = CASE WHEN a.state = 'proposed' THEN a.merged_from
                                          ELSE COALESCE(a.merged_from, s.name) END
                  FROM %(table)s s
                 WHERE s.id = a.%(name)s AND a.%(name)s = ANY(%(sources)s)
                """,
                name=name, sources=sources.ids, target=target.id, table=SQL.identifier(sources._table),
                uid=self.env.uid, now=self.env.cr.now(),
            )
        )  # fmt: skip
        self.env.invalidate_all(flush=False)
