from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

#: What only money spent has, and revenue has not: the denominator of the share is the
#: revenue of all of them.
SPENDING_ONLY = frozenset({"budget_id", "line_id", "purpose_id", "kind", "document_name"})
SHARE = "expense_share:avg"
SOURCES = 8
"""Ids of rows of one source share their remainder of this."""


class SaleBudgetReport(models.Model):
    """Budgets against commitments, actual cost and revenue, by month and who is concerned.

    Rows of four kinds: planned amounts (at the first day of the budget), amendments (within its period), ledger
    entries, and revenue. Revenue is that of ``sales.department.revenue``: confirmed orders net of what was credited,
    without taxes, in company currency, on the day of the order in the company's time zone; and credit notes without
    an order on their own date.
    """

    _name = "sale.budget.report"
    _description = "Budget Analysis"
    _inherit = ["sales.department.closed.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "document_name"
    _depends = {
        "sale.budget": ["company_id", "date_from", "state", "team_id", "user_id"],
        "sale.budget.line": ["amount", "budget_id", "purpose_id"],
        "sale.budget.amendment": ["amount", "date", "line_id"],
        "sale.budget.entry": ["amount", "date", "document_name", "kind", "line_id", "partner_id", "team_id", "user_id"],
        "account.move": [
            "commercial_partner_id",
            "company_id",
            "currency_id",
            "invoice_date",
            "invoice_user_id",
            "move_type",
            "name",
            "reversed_entry_id",
            "state",
            "team_id",
        ],
        "account.move.line": [
            "balance",
            "display_type",
            "name",
            "price_subtotal",
            "product_id",
            "product_uom_id",
            "quantity",
        ],
        "res.currency.rate": ["company_id", "currency_id", "name", "rate"],
        "sale.order.line": [
            "invoice_lines",
            "is_downpayment",
            "order_id",
            "price_subtotal",
            "product_id",
            "product_uom_id",
            "product_uom_qty",
        ],
        "sale.order": [
            "amount_untaxed",
            "company_id",
            "currency_id",
            "currency_rate",
            "date_order",
            "name",
            "partner_id",
            "state",
            "team_id",
            "user_id",
        ],
        "res.partner": ["commercial_partner_id"],
    }

    date = fields.Date(readonly=True)
    kind = fields.Selection(
        [("plan", "Plan"), ("amendment", "Amendment"), ("ledger", "Ledger"), ("revenue", "Revenue")], readonly=True
    )
    budget_id = fields.Many2one("sale.budget", readonly=True)
    line_id = fields.Many2one("sale.budget.line", "Budget Line", readonly=True)
    purpose_id = fields.Many2one("sale.budget.purpose", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    document_name = fields.Char("Document", readonly=True)
    planned = fields.Monetary(readonly=True)
    amended = fields.Monetary(readonly=True)
    committed = fields.Monetary(readonly=True)
    actual = fields.Monetary(readonly=True)
    available = fields.Monetary(readonly=True, help="Planned + amended − committed − actual")
    revenue = fields.Monetary(
        readonly=True,
        help="Confirmed orders without taxes, less what was credited: returned goods and price allowances",
    )
    is_unconverted = fields.Boolean(
        "Without Rate",
        readonly=True,
        help="The currency of the order has no rate: its revenue is unknown and counts for nothing. Enter a rate on the "
        "currency; the report then takes it.",
    )
    expense_share = fields.Float(
        "Share of Revenue",
        readonly=True,
        aggregator="avg",
        help="Actual cost, as a share of the net revenue of the same period, salesperson, team and customer. Empty where "
        "companies of different currencies are added up, and where the currency of an order has no rate",
    )

    # ------------------------------------------------------------------
    # Rows
    # ------------------------------------------------------------------

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT fact.id, fact.date, fact.kind, fact.budget_id, fact.line_id, fact.purpose_id, fact.team_id,
                   fact.user_id, fact.partner_id, fact.company_id, company.currency_id, fact.document_name,
                   fact.planned, fact.amended, fact.committed, fact.actual,
                   fact.planned + fact.amended - fact.committed - fact.actual AS available,
                   COALESCE(fact.revenue, 0) AS revenue, fact.revenue IS NULL AS is_unconverted,
                   fact.actual / NULLIF(fact.revenue, 0) AS expense_share
              FROM (%s) fact
              JOIN res_company company ON company.id = fact.company_id
            """,
            SQL(" UNION ALL ").join(self._get_facts()),
        )

    def _get_facts(self) -> list[SQL]:
        """Return one SELECT for each source of rows. Ids are kept apart by their remainder of :data:`SOURCES`.

        A revenue that is NULL is unknown: its order has no rate.
        """
        return [
            self._select_plan(),
            self._select_amendments(),
            self._select_ledger(),
            self._select_revenue(),
            self._select_credits(),
        ]

    def _select_plan(self) -> SQL:
        return SQL(
            """
            SELECT line.id::bigint * %s AS id, budget.date_from AS date, 'plan' AS kind, budget.id AS budget_id,
                   line.id AS line_id, line.purpose_id, budget.team_id, budget.user_id, NULL::integer AS partner_id,
                   budget.company_id, budget.name AS document_name, line.amount AS planned, 0 AS amended,
                   0 AS committed, 0 AS actual, 0 AS revenue
              FROM sale_budget_line line
              JOIN sale_budget budget ON budget.id = line.budget_id
             WHERE budget.state <> 'draft'
            """,
            SOURCES,
        )

    def _select_amendments(self) -> SQL:
        return SQL(
            """
            SELECT amendment.id::bigint * %s + 1,
                   LEAST(GREATEST(amendment.date, budget.date_from), budget.date_to), 'amendment', budget.id, line.id,
                   line.purpose_id, budget.team_id, budget.user_id, NULL::integer, budget.company_id, amendment.reason,
                   0, amendment.amount, 0, 0, 0
              FROM sale_budget_amendment amendment
              JOIN sale_budget_line line ON line.id = amendment.line_id
              JOIN sale_budget budget ON budget.id = line.budget_id
             WHERE budget.state <> 'draft'
            """,
            SOURCES,
        )

    def _select_ledger(self) -> SQL:
        return SQL(
            """
            SELECT entry.id::bigint * %s + 2, entry.date, 'ledger', line.budget_id, line.id, line.purpose_id,
                   entry.team_id, entry.user_id, entry.partner_id, entry.company_id, entry.document_name,
                   0, 0,
                   CASE WHEN entry.kind = 'commitment' THEN entry.amount ELSE 0 END,
                   CASE WHEN entry.kind = 'actual' THEN entry.amount ELSE 0 END,
                   0
              FROM sale_budget_entry entry
              JOIN sale_budget_line line ON line.id = entry.line_id
            """,
            SOURCES,
        )

    def _select_revenue(self) -> SQL:
        zones = [SQL("(%s, %s)", company.id, company._sales_timezone()) for company in self.env.companies]
        return SQL(
            """
            SELECT orders.id::bigint * %(sources)s + 3,
                   (orders.date_order AT TIME ZONE 'UTC' AT TIME ZONE zone.name)::date, 'revenue',
                   NULL::integer, NULL::integer, NULL::integer, orders.team_id, orders.user_id,
                   partner.commercial_partner_id, orders.company_id, orders.name, 0, 0, 0, 0, orders.revenue
              FROM (%(orders)s) AS orders
              JOIN res_partner partner ON partner.id = orders.partner_id
              JOIN (VALUES %(zones)s) AS zone (company_id, name) ON zone.company_id = orders.company_id
            """,
            sources=SOURCES,
            orders=self.env["sales.department.revenue"]._select_orders(self.env.companies),
            zones=SQL(", ").join(zones),
        )

    def _select_credits(self) -> SQL:
        """Credit notes that have nothing to do with an order, on their own date: they lower revenue."""
        return SQL(
            """
            SELECT credits.id::bigint * %s + 4, credits.date, 'revenue', NULL::integer, NULL::integer, NULL::integer,
                   credits.team_id, credits.user_id, credits.partner_id, credits.company_id, credits.name,
                   0, 0, 0, 0, -credits.amount
              FROM (%s) AS credits
            """,
            SOURCES,
            self.env["sales.department.revenue"]._select_free_credits(self.env.companies),
        )

    # ------------------------------------------------------------------
    # Share of revenue: a quotient of sums, never a mean of quotients
    # ------------------------------------------------------------------

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec == SHARE:
            actual, revenue, currency, unknown = (
                self._field_to_sql(self._table, name, query)
                for name in ("actual", "revenue", "currency_id", "is_unconverted")
            )
            quotient = SQL("SUM(%s) / NULLIF(SUM(%s), 0)", actual, revenue)
            known = SQL("CASE WHEN NOT BOOL_OR(%s) THEN %s END", unknown, quotient)
            return self.env["sales.department.revenue"]._in_one_currency(known, currency)
        return super()._read_group_select(aggregate_spec, query)

    @api.model
    def _read_group(self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None):
        rows = super()._read_group(domain, groupby, aggregates, having, offset, limit, order)
        return self._with_share(rows, domain, groupby, aggregates)

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        results = super()._read_grouping_sets(domain, grouping_sets, aggregates, order)
        return [
            self._with_share(rows, domain, groupby, aggregates)
            for groupby, rows in zip(grouping_sets, results, strict=True)
        ]

    def _with_share(self, rows: list[tuple], domain, groupby, aggregates) -> list[tuple]:
        """Put the right share of revenue into grouped rows.

        Revenue has no purpose and no budget. Where the groups or the filter speak of them, the cost is divided by the
        revenue of the same months, people and customers whatever the purpose: so the shares of all purposes add up to
        the share of all. Of several currencies, or an unknown revenue, there is no share.
        """
        if SHARE not in aggregates or not rows:
            return rows
        wanted = Domain(domain).optimize(self)
        fields_of_domain = {condition.field_expr.split(".")[0] for condition in wanted.iter_conditions()}
        fields_of_groups = {spec.split(":")[0].split(".")[0] for spec in groupby}
        if not SPENDING_ONLY & (fields_of_domain | fields_of_groups):
            return rows
        neutral = wanted.map_conditions(
            lambda condition: Domain.TRUE if condition.field_expr.split(".")[0] in SPENDING_ONLY else condition
        )
        kept = [spec for spec in groupby if spec.split(":")[0].split(".")[0] not in SPENDING_ONLY]
        figures = ["revenue:sum", "is_unconverted:bool_or", "currency_id:count_distinct"]
        revenue = {
            tuple(key): 0.0 if is_unknown or currencies > 1 else amount
            for *key, amount, is_unknown, currencies in self._read_group(neutral, kept, figures)
        }
        cost = {tuple(key): value for *key, value in self._read_group(domain, groupby, ["actual:sum"])}
        place = len(groupby) + list(aggregates).index(SHARE)
        result = []
        for row in rows:
            key = row[: len(groupby)]
            base = revenue.get(tuple(value for spec, value in zip(groupby, key, strict=True) if spec in kept))
            share = (cost.get(key) or 0.0) / base if base else None
            result.append((*row[:place], share, *row[place + 1 :]))
        return result

    def action_open_document(self) -> dict:
        """Open what a row stands for: budget, document, bill, order or credit note."""
        self.ensure_one()
        self.check_access("read")
        row_id, source = divmod(self.id, SOURCES)
        if source == 2:
            return self.env["sale.budget.entry"].browse(row_id).action_open_document()
        model = {3: "sale.order", 4: "account.move"}.get(source)
        record = self.env[model].browse(row_id) if model else self.budget_id
        if not record.exists():
            raise UserError(self.env._("This document does not exist any more."))
        return record._get_records_action()
