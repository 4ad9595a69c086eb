from collections.abc import Collection

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.customer_file import NUMBER_TYPES, FileRequirement

READ = {
    "res.partner": [
        "active",
        "commercial_partner_id",
        "company_id",
        "create_date",
        "customer_file_state",
        "customer_grade_id",
        "user_id",
    ],
    "crm.lead": ["active", "company_id", "partner_id", "won_status"],
    "customer.file.confirmation": ["company_id", "date", "field_name", "partner_id", "user_id"],
}
"""What the statement reads besides the fields asked for, which the ORM knows itself."""

WRITTEN = ["customer_file_kind", "customer_file_missing_count", "customer_file_percent", "customer_file_stale_count"]

FEW = 500
"""Up to so many partners, each requirement looks at these alone; above it, at all of them."""


class CustomerFileGap(models.Model):
    """Keeping the files current: one statement, whatever the number of customers."""

    _inherit = "customer.file.gap"

    @api.model
    def _refresh(self, partner_ids: Collection[int] | None = None) -> None:
        """Compute the files of these partners again, in all companies.

        Gaps that are closed go, new ones come, the others keep the day they were first
        seen. Percentage and counts are stored on the partner. Only what changes is
        written. Activities that asked for a file are done once it is complete.

        :param partner_ids: ids of partners, contacts are passed over; None = all partners
        """
        if partner_ids is not None and not partner_ids:
            return
        for model, names in READ.items():
            self.env[model].flush_model(names)
        ids = None if partner_ids is None else sorted(set(partner_ids))
        is_bulk = ids is None or len(ids) > FEW
        if is_bulk:
            # PostgreSQL cannot know how many rows the steps of the statement give. It takes few and joins them in
            # loops, or merges them by the company alone: ten thousand files would take minutes. Hash joins use all
            # columns of a condition. Its compiler would only add seconds.
            self.env.cr.execute(
                SQL("SET LOCAL enable_nestloop TO off; SET LOCAL enable_mergejoin TO off; SET LOCAL jit TO off")
            )
        companies = self.env["customer.file.requirement"]._get_company_ids()
        companies = self.env["res.company"].sudo().browse(companies)  # sudo: files of all companies are kept current
        rows = self.env.execute_query(
            SQL(
                """
                WITH %(files)s, %(asked)s,
                gap AS (SELECT * FROM asked WHERE NOT is_filled OR is_stale),
                gone AS (
                    DELETE FROM customer_file_gap g
                     WHERE %(gap_scope)s AND NOT EXISTS (
                         SELECT FROM gap n WHERE n.partner_id = g.partner_id AND n.company_id = g.company_id
                            AND n.requirement_id = g.requirement_id)
                ),
                kept AS (
                    INSERT INTO customer_file_gap AS g
                           (partner_id, company_id, requirement_id, field_name, type, kind, grade_id, user_id, since,
                            confirmed_on, confirmed_by)
                    SELECT partner_id, company_id, requirement_id, field_name,
                           CASE WHEN is_filled THEN 'stale' ELSE 'missing' END, kind, grade_id, user_id, today,
                           confirmed_on, confirmed_by
                      FROM gap
               ON CONFLICT (partner_id, requirement_id, company_id) DO UPDATE
                       SET type = excluded.type, kind = excluded.kind, grade_id = excluded.grade_id,
                           user_id = excluded.user_id, confirmed_on = excluded.confirmed_on,
                           confirmed_by = excluded.confirmed_by,
                           since = CASE WHEN g.type = excluded.type THEN g.since ELSE excluded.since END
                     WHERE (g.type, g.kind, g.grade_id, g.user_id, g.confirmed_on, g.confirmed_by) IS DISTINCT FROM
                           (excluded.type, excluded.kind, excluded.grade_id, excluded.user_id, excluded.confirmed_on,
                            excluded.confirmed_by)
                ),
                result AS (SELECT * FROM (%(result)s) r)
                UPDATE res_partner p
                   SET customer_file_kind = r.kind, customer_file_percent = r.percent,
                       customer_file_missing_count = r.missing, customer_file_stale_count = r.stale
                  FROM res_partner s LEFT JOIN result r ON r.partner_id = s.id
                 WHERE p.id = s.id AND %(scope)s
                   AND (p.customer_file_kind, p.customer_file_percent, p.customer_file_missing_count,
                        p.customer_file_stale_count) IS DISTINCT FROM (r.kind, r.percent, r.missing, r.stale)
             RETURNING p.id, r.kind IS NOT NULL AND r.missing IS NULL AND r.stale IS NULL
                """,
                files=self._cte_files(companies, ids),
                asked=self._cte_asked(companies, ids),
                result=self._select_result(),
                gap_scope=SQL("TRUE") if ids is None else SQL("g.partner_id = ANY(%s)", ids),
                scope=SQL("TRUE") if ids is None else SQL("s.id = ANY(%s)", ids),
            )
        )
        if is_bulk:
            self.env.cr.execute(
                SQL(
                    "SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT; "
                    "SET LOCAL jit TO DEFAULT"
                )
            )
        self.invalidate_model(flush=False)
        changed = self.env["res.partner"].browse(row[0] for row in rows)
        changed.invalidate_recordset(WRITTEN, flush=False)
        changed.browse(row[0] for row in rows if row[1])._finish_file_activities()

    def _cte_files(self, companies, ids: list[int] | None) -> SQL:
        """Name the files of these partners (``file``), one row a company.

        A customer's file is the one the register has open. A prospect has no file in the
        register yet, but a grade, or an open lead or opportunity. Nobody else has a file.
        """
        return SQL(
            """
            company (id, today, tz) AS (VALUES %(companies)s),
            lead AS (
                SELECT DISTINCT p.commercial_partner_id AS partner_id, c.id AS company_id
                  FROM crm_lead l
                  JOIN res_partner p ON p.id = l.partner_id
                  JOIN company c ON l.company_id IS NULL OR l.company_id = c.id
                 WHERE l.active IS TRUE AND l.won_status = 'pending' AND %(lead_scope)s
            ),
            candidate AS (
                SELECT p.id AS partner_id, c.id AS company_id, c.today, p.user_id,
                       (p.customer_grade_id->>c.id::text)::int AS grade_id,
                       (p.create_date AT TIME ZONE 'UTC' AT TIME ZONE c.tz)::date AS created_on,
                       p.customer_file_state->>c.id::text AS state
                  FROM res_partner p CROSS JOIN company c
                 WHERE p.commercial_partner_id = p.id AND p.active IS TRUE AND %(scope)s
                   AND (p.company_id IS NULL OR p.company_id = c.id)
            ),
            file AS MATERIALIZED (
                SELECT f.*, CASE WHEN f.state IS NULL THEN 'prospect' ELSE 'customer' END AS kind
                  FROM candidate f
             LEFT JOIN lead l ON l.partner_id = f.partner_id AND l.company_id = f.company_id
                 WHERE f.state = 'open' OR f.state IS NULL AND (f.grade_id IS NOT NULL OR l.partner_id IS NOT NULL)
            )
            """,
            companies=SQL(", ").join(
                SQL("(%s, %s::date, %s)", company.id, company._sales_today(), company._sales_timezone())
                for company in companies
            ),
            scope=SQL("TRUE") if ids is None else SQL("p.id = ANY(%s)", ids),
            lead_scope=SQL("TRUE") if ids is None else SQL("p.commercial_partner_id = ANY(%s)", ids),
        )

    def _cte_asked(self, companies, ids: list[int] | None) -> SQL:
        """Name what is asked of each file (``asked``), one row a field.

        Where several requirements ask for one field, that of the file's own company comes
        before the shared one, and that for its kind before the one for all.
        """
        rows = [
            self._select_asked(requirement, companies, ids)
            for requirement in self.env["customer.file.requirement"]._get_in_force()
        ]
        if not rows:
            rows = [
                SQL(
                    """
                SELECT f.*, 0 AS requirement_id, '' AS field_name, 1.0::numeric AS weight, 0 AS specificity,
                       FALSE AS is_filled, FALSE AS is_stale, NULL::date AS confirmed_on, '' AS confirmed_by
                  FROM file f WHERE FALSE
                """
                )
            ]
        return SQL(
            """
            asked AS MATERIALIZED (
                SELECT DISTINCT ON (partner_id, company_id, field_name) * FROM (%s) every
              ORDER BY partner_id, company_id, field_name, specificity DESC, requirement_id
            )
            """,
            SQL(" UNION ALL ").join(rows),
        )

    def _select_asked(self, requirement: FileRequirement, companies, ids: list[int] | None) -> SQL:
        """Return what one requirement asks of the files it applies to."""
        field = self.env["res.partner"]._fields[requirement.field_name]
        applies = [SQL("TRUE")]
        if requirement.company_id:
            applies.append(SQL("f.company_id = %s", requirement.company_id))
        if requirement.kind != "all":
            applies.append(SQL("f.kind = %s", requirement.kind))
        if requirement.grade_ids:
            applies.append(SQL("f.grade_id = ANY(%s)", list(requirement.grade_ids)))
        own = companies.browse(requirement.company_id)
        filled = self._join_filled(field, own or companies, ids)
        stale, confirmed_on, confirmed_by, last = SQL("FALSE"), SQL("NULL::date"), SQL("NULL::varchar"), SQL()
        if requirement.confirm_months:
            stale = SQL(
                "COALESCE(last.date, f.created_on) + make_interval(months => %s) < f.today", requirement.confirm_months
            )
            confirmed_on, confirmed_by = SQL("last.date"), SQL("last.name")
            last = self._join_last_confirmation(field, ids)
        return SQL(
            """
            SELECT f.*, %(id)s AS requirement_id, %(name)s AS field_name, %(weight)s::numeric AS weight,
                   %(specificity)s AS specificity, filled.id IS NOT NULL AS is_filled, %(stale)s AS is_stale,
                   %(confirmed_on)s AS confirmed_on, %(confirmed_by)s AS confirmed_by
              FROM file f %(filled)s %(last)s
             WHERE %(applies)s
            """,
            id=requirement.id,
            name=field.name,
            weight=requirement.weight,
            specificity=requirement.specificity,
            filled=filled,
            stale=stale,
            confirmed_on=confirmed_on,
            confirmed_by=confirmed_by,
            last=last,
            applies=SQL(" AND ").join(applies),
        )

    def _join_last_confirmation(self, field, ids: list[int] | None) -> SQL:
        """Return the join that finds the last confirmation (``last``: date, name) of one field of each file ``f``."""
        by_company = field.company_dependent
        return SQL(
            """
            LEFT JOIN (
                SELECT DISTINCT ON (c.partner_id, c.company_id) c.partner_id, c.company_id, c.date, up.name
                  FROM customer_file_confirmation c
                  JOIN res_users u ON u.id = c.user_id
                  JOIN res_partner up ON up.id = u.partner_id
                 WHERE c.field_name = %(name)s AND %(scope)s AND c.company_id IS %(kind)s
              ORDER BY c.partner_id, c.company_id, c.date DESC, c.id DESC
            ) last ON last.partner_id = f.partner_id AND %(company)s
            """,
            name=field.name,
            scope=SQL("TRUE") if ids is None else SQL("c.partner_id = ANY(%s)", ids),
            kind=SQL("NOT NULL" if by_company else "NULL"),
            company=SQL("last.company_id = f.company_id" if by_company else "TRUE"),
        )

    def _join_filled(self, field, companies, ids: list[int] | None) -> SQL:
        """Return the join that finds the files ``f`` with a value of one field: ``filled.id`` is set there.

        What counts as empty is left to the ORM, so that any type of field will do:
        images, lists, values by company with their defaults.
        """
        partners = self.env["res.partner"].sudo()  # sudo: files are not "my" documents
        domain = self._filled_domain(field)
        if ids is not None and len(ids) <= FEW:
            domain &= Domain("id", "in", ids)
        if not field.company_dependent:
            values = partners._search(domain, active_test=False).select()
            return SQL("LEFT JOIN (%s) filled ON filled.id = f.partner_id", values)
        values = SQL(" UNION ALL ").join(
            partners
            .with_company(company)
            ._search(domain, active_test=False)
            .select(SQL.identifier("res_partner", "id"), SQL("%s AS company_id", company.id))
            for company in companies
        )
        return SQL("LEFT JOIN (%s) filled ON filled.id = f.partner_id AND filled.company_id = f.company_id", values)

    @api.model
    def _filled_domain(self, field) -> Domain:
        """Return which partners have a value of one field."""
        if field.type in NUMBER_TYPES:
            return Domain(field.name, "!=", 0)
        if field.type == "html":
            # An editor that was emptied leaves its tags behind.
            return Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    r"regexp_replace(%(html)s, '<(?!img)[^>]*>|&nbsp;|\s', '', 'g') <> ''",
                    html=model._field_to_sql(alias, field.name, query),
                )
            )
        return Domain(field.name, "!=", False)

    def _select_result(self) -> SQL:
        """Return what is stored on each partner, as ``{company: value}``.

        The percentage is whole and rounded down: 100 says complete. Companies without a file are
        left out, and so are zero counts.
        """
        return SQL(
            """
            SELECT partner_id, jsonb_object_agg(company_id::text, kind) AS kind,
                   jsonb_object_agg(company_id::text, percent) FILTER (WHERE percent IS NOT NULL) AS percent,
                   jsonb_object_agg(company_id::text, missing) FILTER (WHERE missing > 0) AS missing,
                   jsonb_object_agg(company_id::text, stale) FILTER (WHERE stale > 0) AS stale
              FROM (
                   SELECT f.partner_id, f.company_id, f.kind,
                          trunc(100 * COALESCE(SUM(a.weight) FILTER (WHERE a.is_filled AND NOT a.is_stale), 0)
                                / SUM(a.weight)) AS percent,
                          COUNT(*) FILTER (WHERE NOT a.is_filled) AS missing,
                          COUNT(*) FILTER (WHERE a.is_filled AND a.is_stale) AS stale
                     FROM file f
                LEFT JOIN asked a ON a.partner_id = f.partner_id AND a.company_id = f.company_id
                 GROUP BY f.partner_id, f.company_id, f.kind) by_company
          GROUP BY partner_id
            """
        )
