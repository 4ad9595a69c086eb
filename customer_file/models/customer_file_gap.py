from collections.abc import Collection
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.customer_file import NUMBER_TYPES, FileRequirement

ACTIVITY = "customer_file.mail_activity_type_customer_file"
"""Asks for one complete file."""

TOP_GRADES = 2
"""Gaps of the best grades are looked at first: in most schemes A and B."""

WRITTEN = ["customer_file_kind", "customer_file_missing_count", "customer_file_percent", "customer_file_stale_count"]

FEW = 500
"""Up to so many partners, each requirement looks at these alone; above it, at all of them."""

BATCH = 20000
"""Partners computed in one transaction: the daily job can stop after any of them."""


class CustomerFileGap(models.Model):
    """A field that one customer's file lacks, or whose value nobody confirmed for too long.

    Filled by one statement, whatever the number of customers, and never by hand: access
    rights give reading only.
    """

    _name = "customer.file.gap"
    _description = "Customer File Gap"
    _inherit = ["sales.department.closed.mixin"]
    _order = "partner_id, requirement_id, id"
    _rec_name = "field_label"
    _log_access = False  # nobody edits gaps; who and when would only slow the statement down

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    requirement_id = fields.Many2one(
        "customer.file.requirement", "Field", required=True, readonly=True, index=True, ondelete="cascade"
    )
    field_name = fields.Char("Technical Name", required=True, readonly=True)
    field_label = fields.Char("Label", compute="_compute_field_label")
    type = fields.Selection(
        [("missing", "Missing"), ("stale", "To Confirm")],
        "Gap",
        required=True,
        readonly=True,
        help="To Confirm: the value is there, but was not confirmed for longer than the requirement allows.",
    )
    kind = fields.Selection([("customer", "Customer"), ("prospect", "Prospect")], readonly=True)
    # Of the customer, at the last computation: a change of either computes the file again.
    grade_id = fields.Many2one("customer.grade", "Customer Grade", readonly=True, index="btree_not_null")
    grade_color = fields.Integer("Colour of Grade", related="grade_id.color")
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True, index="btree_not_null")
    since = fields.Date("Lacking Since", readonly=True, required=True)
    confirmed_on = fields.Date(readonly=True)
    # The name as text: showing a customer must not cost a query for the user's name.
    confirmed_by = fields.Char(readonly=True)
    is_top_grade = fields.Boolean(
        "Best Grades", compute="_compute_is_top_grade", search="_search_is_top_grade", help="One of the two best grades"
    )

    _once = models.UniqueIndex("(partner_id, requirement_id, company_id)", "A file lacks a field once.")

    @api.depends("field_name")
    @api.depends_context("lang")
    def _compute_field_label(self):
        labels = self.env["ir.model.fields"].get_field_string("res.partner")
        for gap in self:
            gap.field_label = labels.get(gap.field_name) or gap.field_name

    @api.model
    def _get_top_grades(self) -> dict[int, list[int]]:
        """Return the ids of the best grades by id of the company, shared grades among them."""
        grades = self.env["customer.grade"].search([("is_unrated", "=", False)])
        return {
            company.id: grades.filtered_domain([("company_id", "in", [company.id, False])])[:TOP_GRADES].ids
            for company in self.env.companies
        }

    def _compute_is_top_grade(self):
        best = self._get_top_grades()
        for gap in self:
            gap.is_top_grade = gap.grade_id.id in best.get(gap.company_id.id, [])

    def _search_is_top_grade(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(
            Domain("company_id", "=", company_id) & Domain("grade_id", "in", grade_ids)
            for company_id, grade_ids in self._get_top_grades().items()
        )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_confirm(self) -> bool:
        """Confirm that the values are still right: the current user vouches for them today.

        :raise UserError: a field is empty, so there is nothing to confirm
        :raise AccessError: the user may not change one of the customers
        """
        self.check_access("read")
        missing = self.filtered(lambda gap: gap.type == "missing")
        if missing:
            raise UserError(
                self.env._(
                    "%(field)s of %(customer)s is empty: fill it in, there is nothing to confirm yet.",
                    field=missing[0].field_label,
                    customer=missing[0].partner_id.display_name,
                )
            )
        partners = self.partner_id
        partners.check_access("write")
        for company, gaps in self.grouped("company_id").items():
            by_field = {name: group.partner_id.ids for name, group in gaps.grouped("field_name").items()}
            self.env["customer.file.confirmation"].with_company(company)._record(by_field, "confirmed")
        self._refresh(partners.ids)
        return True

    # ------------------------------------------------------------------
    # Keeping the files current
    # ------------------------------------------------------------------

    @api.model
    def _refresh_where_asked(self, partner_ids: Collection[int]) -> None:
        """Compute the files of these partners again, where anything is asked of files at all."""
        if self.env["customer.file.requirement"]._get_in_force():
            self._refresh(partner_ids)

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
        self.env.flush_all()
        ids = None if partner_ids is None else sorted(set(partner_ids))
        companies = self.env["customer.file.requirement"]._get_companies()
        with self._planned_for(ids):
            rows = self.env.execute_query(self._get_statement(companies, ids))
        self.invalidate_model(flush=False)
        changed = self.env["res.partner"].browse(row[0] for row in rows)
        changed.invalidate_recordset(WRITTEN, flush=False)
        changed.browse(row[0] for row in rows if row[1])._finish_file_activities()

    @contextmanager
    def _planned_for(self, ids: list[int] | None):
        """Let the database plan the statement for many partners, where these are many.

        PostgreSQL cannot know how many rows the steps of the statement give. It takes few
        and joins them in loops, or merges them by the company alone: ten thousand files
        would take minutes. Hash joins use all columns of a condition. Its compiler would
        only add seconds.
        """
        settings = "SET LOCAL enable_nestloop TO {0}; SET LOCAL enable_mergejoin TO {0}; SET LOCAL jit TO {0}"
        is_bulk = ids is None or len(ids) > FEW
        if is_bulk:
            self.env.cr.execute(SQL(settings.format("off")))
        yield
        if is_bulk:
            self.env.cr.execute(SQL(settings.format("DEFAULT")))

    def _get_statement(self, companies, ids: list[int] | None) -> SQL:
        """Return the statement that brings gaps and partners up to date.

        It gives the partners whose figures changed, and whether their files are complete.
        """
        return SQL(
            """
            WITH %(files)s, %(asked)s,
            gap AS (SELECT * FROM asked WHERE NOT is_filled OR is_stale),
            gone AS (
                DELETE FROM customer_file_gap g
                 WHERE %(gap_scope)s AND NOT EXISTS (
                     SELECT FROM gap n WHERE n.partner_id = g.partner_id AND n.company_id = g.company_id
                        AND n.requirement_id = g.requirement_id)
            ),
            kept AS (%(kept)s),
            result AS (%(result)s)
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
            kept=self._insert_gaps(),
            result=self._select_result(),
            gap_scope=self._within("g.partner_id", ids),
            scope=self._within("s.id", ids),
        )

    @api.model
    def _within(self, column: str, ids: list[int] | None) -> SQL:
        """Return the condition that a column is one of these ids; None = any."""
        return SQL("TRUE") if ids is None else SQL("%s = ANY(%s)", SQL(column), ids)

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
            scope=self._within("p.id", ids),
            lead_scope=self._within("p.commercial_partner_id", ids),
        )

    def _cte_asked(self, companies, ids: list[int] | None) -> SQL:
        """Name what is asked of each file (``asked``), one row a field.

        Where several requirements ask for one field, that of the file's own company comes
        before the shared one, and that for its kind before the one for all.
        """
        columns = SQL(
            """
            SELECT f.*, 0 AS requirement_id, '' AS field_name, 1.0::numeric AS weight, 0 AS specificity,
                   FALSE AS is_filled, FALSE AS is_stale, NULL::date AS confirmed_on, ''::varchar AS confirmed_by
              FROM file f WHERE FALSE
            """
        )
        rows = (
            self._select_asked(requirement, companies, ids)
            for requirement in self.env["customer.file.requirement"]._get_in_force()
        )
        return SQL(
            """
            asked AS MATERIALIZED (
                SELECT DISTINCT ON (partner_id, company_id, field_name) * FROM (%s) every
              ORDER BY partner_id, company_id, field_name, specificity DESC, requirement_id
            )
            """,
            SQL(" UNION ALL ").join([columns, *rows]),
        )

    def _select_asked(self, requirement: FileRequirement, companies, ids: list[int] | None) -> SQL:
        """Return what one requirement asks of the files it applies to."""
        field = self.env["res.partner"]._fields[requirement.field_name]
        applies = [SQL("TRUE")]
        if requirement.company_id:
            applies.append(SQL("f.company_id = %s", requirement.company_id))
            companies = companies.browse(requirement.company_id)
        if requirement.kind != "all":
            applies.append(SQL("f.kind = %s", requirement.kind))
        if requirement.grade_ids:
            applies.append(SQL("f.grade_id = ANY(%s)", list(requirement.grade_ids)))
        confirmed, last = SQL("FALSE, NULL, NULL"), SQL()
        if requirement.confirm_months:
            confirmed = SQL(
                "COALESCE(last.date, f.created_on) + make_interval(months => %s) < f.today, last.date, last.name",
                requirement.confirm_months,
            )
            last = self._join_last_confirmation(field, ids)
        return SQL(
            """
            SELECT f.*, %(id)s, %(name)s, %(weight)s, %(specificity)s, filled.id IS NOT NULL, %(confirmed)s
              FROM file f %(filled)s %(last)s
             WHERE %(applies)s
            """,
            id=requirement.id,
            name=field.name,
            weight=requirement.weight,
            specificity=requirement.specificity,
            confirmed=confirmed,
            filled=self._join_filled(field, companies, ids),
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
            scope=self._within("c.partner_id", ids),
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

    @api.model
    def _insert_gaps(self) -> SQL:
        """Return what stores the gaps found: only what is new or has changed."""
        return SQL(
            """
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
            """
        )

    @api.model
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

    # ------------------------------------------------------------------
    # The daily job: values gone stale, and whom to ask about incomplete files
    # ------------------------------------------------------------------

    @api.model
    def _cron_refresh(self) -> None:
        """Compute all files again, then ask the salespeople for those that are incomplete.

        Batches by id, each one a transaction: a run that is stopped leaves complete files.
        """
        progress = self.env["ir.cron"]._commit_progress
        self.env["customer.register.entry"]._cron_take_over()
        bounds = self.env.execute_query(
            SQL(
                """
                SELECT MIN(id), MAX(id) FROM (
                    SELECT id, (ROW_NUMBER() OVER (ORDER BY id) - 1) / %s AS batch FROM res_partner
                ) p GROUP BY batch ORDER BY batch
                """,
                BATCH,
            )
        )
        progress(remaining=len(bounds) + 1)
        partners = self.env["res.partner"].with_context(active_test=False)
        for first, last in bounds:
            self._refresh(partners.search([("id", ">=", first), ("id", "<=", last)], order="id").ids)
            progress(1)
        self._remind()
        progress(1)

    @api.model
    def _remind(self) -> int:
        """Ask for incomplete files of the grades that want them complete: one open activity a file.

        Activities for files that are no longer incomplete, or no longer asked for, are done.

        :return: number of new activities
        """
        kind = self.env.ref(ACTIVITY, raise_if_not_found=False)
        if not kind:
            return 0
        activities = self.env["mail.activity"].sudo()  # sudo: of all salespeople
        open_ones = activities.search([("activity_type_id", "=", kind.id), ("res_model", "=", "res.partner")])
        everything = self.sudo()  # sudo: of all companies and salespeople
        groups = everything._read_group(
            [("grade_id.require_complete_file", "=", True), ("user_id", "!=", False), ("user_id.active", "=", True)],
            ["partner_id", "user_id"],
            ["requirement_id:count_distinct"],
        )
        users = {partner: user for partner, user, _count in groups}
        counts = {partner: count for partner, _user, count in groups}
        incomplete = {partner.id for partner in users}
        over = open_ones.filtered(lambda activity: activity.res_id not in incomplete)
        if over:
            over.action_feedback(feedback=self.env._("The customer file is complete, or no longer needs to be."))
        asked = set(open_ones.mapped("res_id"))
        return len(
            self.env["mail.activity"]._sales_ask(
                ACTIVITY,
                {partner: user for partner, user in users.items() if partner.id not in asked},
                lambda partner: partner.env._(
                    "Complete the customer file: %s fields missing or to confirm", counts[partner]
                ),
                deadline=lambda _partner: kind._get_date_deadline(),
            )
        )
