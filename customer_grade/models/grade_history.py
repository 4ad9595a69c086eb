"""Histories of grades when leads or partners are merged, or part."""

from collections.abc import Mapping

from odoo.api import Environment
from odoo.tools import SQL

from .customer_graded_mixin import GRADE_FIELDS


class GradeHistory:
    """Moves the grades of leads and partners, so that nothing is lost.

    When records are merged, all entries move to the record that stays and name where they
    come from. One of them stays valid for each company. Proposals of reviews that are not
    applied yet are no history: of two in one review, that of the record that stays is kept.
    """

    def __init__(self, env: Environment) -> None:
        self.env = env(su=True)  # sudo: nobody may write grades directly; who may merge may move them
        self.assessments = self.env["customer.grade.assessment"]

    def merge_leads(self, sources, target) -> None:
        """Move the grades of leads to the lead they are merged into; the best valid one counts."""
        current = self.assessments.search([("lead_id", "in", (sources | target).ids), ("is_current", "=", True)])
        # A lead has one grade, whichever company gave it. On a tie the kept lead's own wins.
        best = current.sorted(lambda entry: (*entry._get_grade_place(), entry.lead_id != target))[:1]
        since = best.lead_id.customer_grade_since or best.date
        self._move("lead_id", sources, target, best)
        if best:
            target.sudo().write({  # sudo: grades are closed to clients
                "customer_grade_id": best.grade_id.id,
                "customer_grade_score": best.score,
                "customer_grade_since": since,
            })

    def merge_partners(self, sources, target) -> None:
        """Move the grades of partners to the partner they are merged into.

        In each company the kept partner's own grade counts, else that of the merged ones;
        of several, that of the contact created last, as Odoo does for other company values.
        """
        ordered = [target, *sources.sorted("id", reverse=True)]
        current = self.assessments.search([("partner_id", "in", (sources | target).ids), ("is_current", "=", True)])
        valid = {}
        for partner in ordered:
            for entry in current.filtered(lambda entry, partner=partner: entry.partner_id == partner):
                valid.setdefault(entry.company_id, entry)
        self._move("partner_id", sources, target, self.assessments.browse(entry.id for entry in valid.values()))

    def _move(self, column: str, sources, target, valid) -> None:
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
                name=name,
                sources=sources.ids,
                target=target.id,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE customer_grade_assessment SET is_current = FALSE
                 WHERE %s = ANY(%s) AND is_current IS TRUE AND NOT id = ANY(%s)
                """,
                name,
                [*sources.ids, target.id],
                valid.ids,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE customer_grade_assessment a
                   SET %(name)s = %(target)s, %(written)s,
                       merged_from = CASE WHEN a.state = 'proposed' THEN a.merged_from
                                          ELSE COALESCE(a.merged_from, s.name, '') END
                  FROM %(table)s s
                 WHERE s.id = a.%(name)s AND a.%(name)s = ANY(%(sources)s)
                """,
                name=name,
                sources=sources.ids,
                target=target.id,
                table=SQL.identifier(sources._table),
                written=self.assessments._sql_written(),
            )
        )
        self.env.invalidate_all(flush=False)

    def restore_own_grades(self, companies: Mapping) -> None:
        """Take the grade of their company off contacts that became customers themselves.

        The grade was never theirs, so it is no entry of their history. Who was graded before
        joining the company has that grade again: its entry was valid all the time.

        :param companies: ``{partner: the company it was a contact of}``
        """
        partners = self.env["res.partner"].browse(partner.id for partner in companies)
        self.env.flush_all()
        before = self._get_grades_by_company(partners)
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner p
                   SET customer_grade_id = own.grade, customer_grade_score = own.score,
                       customer_grade_since = own.since
                  FROM (SELECT h.id, jsonb_object_agg(a.company_id, a.grade_id) FILTER (WHERE %(graded)s) AS grade,
                               jsonb_object_agg(a.company_id, a.score)
                                   FILTER (WHERE %(graded)s AND a.score IS NOT NULL) AS score,
                               jsonb_object_agg(a.company_id, COALESCE((
                                   SELECT MIN(e.date) FROM customer_grade_assessment e
                                    WHERE e.partner_id = a.partner_id AND e.company_id = a.company_id
                                      AND e.state = 'applied' AND e.merged_from IS NULL
                                      AND NOT EXISTS (
                                          SELECT FROM customer_grade_assessment o
                                           WHERE o.partner_id = e.partner_id AND o.company_id = e.company_id
                                             AND o.state = 'applied' AND o.merged_from IS NULL AND o.id >= e.id
                                             AND o.grade_id IS DISTINCT FROM a.grade_id)
                               ), a.date)) FILTER (WHERE %(graded)s) AS since
                          FROM res_partner h
                     LEFT JOIN customer_grade_assessment a ON a.partner_id = h.id AND a.is_current IS TRUE
                         WHERE h.id = ANY(%(partners)s)
                      GROUP BY h.id) own
                 WHERE p.commercial_partner_id = own.id
                """,
                graded=SQL("a.grade_id IS NOT NULL"),
                partners=partners.ids,
            )
        )
        self.env.invalidate_all(flush=False)
        partners.modified(GRADE_FIELDS)
        after = self._get_grades_by_company(partners)
        for company in {company for _partner, company in before | after}:
            for partner, parent in zip(partners, companies.values(), strict=True):
                change = (partner.id, before.get((partner.id, company)), after.get((partner.id, company)))
                if change[1] != change[2]:
                    partner.with_company(company)._log_grade_change(
                        [change], self.env._("No longer a contact of %s, whose grade it showed", parent.display_name)
                    )

    def _get_grades_by_company(self, partners) -> dict[tuple[int, int], int]:
        """Return the grades of partners as stored: ``{(partner id, company id): grade id}``."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.id, g.key::int, g.value::int FROM res_partner p, jsonb_each_text(p.customer_grade_id) g
                 WHERE p.id = ANY(%s)
                """,
                partners.ids,
            )
        )
        return {(partner, company): grade for partner, company, grade in rows}
