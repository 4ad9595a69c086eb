from functools import partial

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_amount, formatLang

from ..tools.assessment import History
from ..tools.metric import GradingWindow, Metric
from ..tools.scoring import Rung

PROSPECT = frozenset({"prospect"})

OPEN_LEAD = SQL("l.active IS TRUE AND l.won_status = 'pending'")
"""Over the lead ``l``: neither won nor lost."""


class CustomerGradeMetric(models.AbstractModel):
    """The registry of metrics: one figure per customer, each from one set-based query.

    An addon adds a metric by extending two methods::

        def _get_metrics(self):
            return super()._get_metrics() | {
                "samples": Metric("samples", self.env._("Samples"), "count", "_source_samples"),
            }

        def _source_samples(self, window):
            return SQL("SELECT r.commercial_partner_id AS partner_id, count(*) AS samples FROM ...")

    A source gives one row per commercial partner; a metric is the column of its name, or
    the SQL expression ``Metric.value`` over the columns. Metrics of one source share its query, so a review runs as many
    queries as its criteria and vetoes have sources, whatever the number of customers.

    Figures are those of the whole company: the queries read as superuser, because a
    grade must not depend on whose documents the reviewer may see. The order source is
    always read, for the population and the history of each customer.

    The sources of prospects (leads, opportunities, and partners that never ordered) give
    leads and partners in one query; in the column ``partner_id`` a lead stands with its
    negative id, see ``tools.assessment.lead_key``.
    """

    _name = "customer.grade.metric"
    _description = "Customer Grade Metrics"

    # ------------------------------------------------------------------
    # Registry
    # ------------------------------------------------------------------

    @api.model
    def _get_metrics(self) -> dict[str, Metric]:
        """Return the metrics by key, in the order shown. The extension point for addons."""
        order = partial(Metric, source="_source_orders")
        receivable = partial(Metric, source="_source_receivables", higher_is_better=False)
        prospect = partial(Metric, kinds=PROSPECT)
        metrics = [
            order(
                "revenue",
                self.env._("Revenue"),
                "money",
                help=self.env._("Confirmed orders before tax, less returned goods, price allowances and credit notes"),
            ),
            order(
                "margin",
                self.env._("Gross Margin"),
                "money",
                help=self.env._(
                    "Margin of the confirmed orders, less that of returned goods, and less price allowances"
                ),
            ),
            order(
                "order_count", self.env._("Orders"), "count", help=self.env._("Confirmed orders of a positive amount")
            ),
            order(
                "growth",
                self.env._("Growth"),
                "percent",
                value=SQL("CASE WHEN revenue_before > 0 THEN 100.0 * (revenue - revenue_before) / revenue_before END"),
                help=self.env._("Revenue against the window of the same length before"),
            ),
            order(
                "recency",
                self.env._("Days since Last Order"),
                "days",
                higher_is_better=False,
                help=self.env._("From the last confirmed order to the day of the review"),
            ),
            receivable(
                "days_overdue",
                self.env._("Days Overdue"),
                "days",
                help=self.env._(
                    "Average delay of the amounts due in the window, paid or still open, weighted by amount"
                ),
            ),
            receivable(
                "oldest_overdue",
                self.env._("Oldest Overdue"),
                "days",
                help=self.env._("Days since the oldest amount still open was due"),
            ),
            receivable(
                "late_share",
                self.env._("Late Payments"),
                "percent",
                help=self.env._("Share of the payments due in the window that came late, or have not come"),
            ),
            prospect(
                "expected_revenue",
                self.env._("Expected Revenue"),
                "money",
                "_source_prospects",
                SQL("revenue"),
                help=self.env._("Of the open lead or opportunity; of a contact the sum of its open ones"),
            ),
            prospect(
                "engagement",
                self.env._("Engagement"),
                "count",
                "_source_engagement",
                SQL("touches"),
                help=self.env._("Activities done in the window, plus messages received from the prospect in it"),
            ),
        ]
        has_margin = "margin" in self.env["sale.order"]._fields
        return {metric.key: metric for metric in metrics if metric.key != "margin" or has_margin}

    @api.model
    def _get_metric(self, key: str) -> Metric:
        """Return one metric.

        :raise UserError: no addon offers it any more
        """
        metric = self._get_metrics().get(key)
        if metric is None:
            raise UserError(
                self.env._("The metric “%s” is no longer available: the addon that brought it was removed.", key)
            )
        return metric

    @api.model
    def _get_keys_of_kind(self, kind: str) -> list[str]:
        """Return the metrics that schemes of a kind may use."""
        return [key for key, metric in self._get_metrics().items() if kind in metric.kinds]

    @api.model
    def _selection(self) -> list[tuple[str, str]]:
        """Return the metrics as the values of a selection field."""
        return [(key, metric.label) for key, metric in self._get_metrics().items()]

    @api.model
    def _get_base_source(self, kind: str) -> str:
        """Return the source that is always read for schemes of a kind.

        It has a column for each field of ``History``.
        """
        return "_source_prospects" if kind == "prospect" else "_source_orders"

    # ------------------------------------------------------------------
    # Figures in words
    # ------------------------------------------------------------------

    @api.model
    def _format_figure(self, key: str, figure: float | None, currency) -> str:
        """Return a figure as a person reads it: with its currency or unit."""
        if figure is None:
            return self.env._("no figure")
        metric = self._get_metrics().get(key)
        unit = metric.unit if metric else "count"
        if unit == "money":
            return format_amount(self.env, figure, currency, trailing_zeroes=False)
        digits = 0 if abs(figure - round(figure)) < 0.05 else 1
        number = formatLang(self.env, figure, digits=digits)
        if unit == "days":
            return self.env._("%s days", number)
        if unit == "percent":
            return f"{number}%"
        return number

    @api.model
    def _format_range(self, key: str, rung: Rung, currency) -> str:
        """Return the figures of a band in words."""
        json = rung.as_json()
        lower, upper = (None if bound is None else self._format_figure(key, bound, currency) for bound in json[1:])
        if lower is None and upper is None:
            return self.env._("any figure")
        if lower is None:
            return self.env._("below %s", upper)
        if upper is None:
            return self.env._("from %s", lower)
        return self.env._("%(lower)s up to %(upper)s", lower=lower, upper=upper)

    # ------------------------------------------------------------------
    # Fetching
    # ------------------------------------------------------------------

    @api.model
    def _fetch_figures(
        self, keys: set[str], window: GradingWindow, kind: str = "customer"
    ) -> tuple[dict[str, dict[int, float]], dict[int, History]]:
        """Return the figures of all customers, and their history. One query per source.

        :param keys: metrics to fetch
        :param kind: kind of the scheme
        :return: ``{metric: {partner id: figure}}``, without the customers that have no such
            figure; and ``{partner id: History}`` of everyone who ever ordered, revenue in
            company currency
        :raise UserError: a metric is not available
        """
        base = self._get_base_source(kind)
        by_source: dict[str, list[Metric]] = {base: []}
        for key in sorted(keys):
            metric = self._get_metric(key)
            by_source.setdefault(metric.source, []).append(metric)
        figures: dict[str, dict[int, float]] = {key: {} for key in keys}
        history: dict[int, History] = {}
        for source, metrics in by_source.items():
            width = len(History._fields) if source == base else 0
            columns = [SQL.identifier(name) for name in History._fields[:width]] + [
                metric.expression for metric in metrics
            ]
            for partner_id, *values in self._query_source(source, columns, window):
                if width:
                    history[partner_id] = History(*values[:width])
                for metric, value in zip(metrics, values[width:], strict=True):
                    if value is not None:
                        figures[metric.key][partner_id] = float(value)
        return figures, history

    def _query_source(self, source: str, columns: list[SQL], window: GradingWindow) -> list[tuple]:
        """Run one source and return ``(partner id, column, …)`` rows."""
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                "SELECT partner_id, %s FROM (%s) source WHERE partner_id IS NOT NULL",
                SQL(", ").join(columns),
                getattr(self, source)(window),
            )
        )

    # ------------------------------------------------------------------
    # Sources of customers
    # ------------------------------------------------------------------

    @api.model
    def _source_orders(self, window: GradingWindow) -> SQL:
        """Figures from confirmed sales orders, net of credits: see ``sales.department.revenue``.

        Columns: revenue, revenue_before, margin, order_count, orders_ever, first_day,
        recency (days), unconverted (currencies of orders that have no rate).

        An order that cannot be converted counts for nothing: its amount would be wrong. An order with a negative amount
        counts as it is. Credit notes of an order count in the window of the order, up to the day of the review; those
        without an order are taken off on their own date.
        """
        company = self.env["res.company"].browse(window.company_id)
        revenue = self.env["sales.department.revenue"]
        return SQL(
            """
            WITH orders AS (
                SELECT p.commercial_partner_id AS partner_id, o.date_order, o.currency_id, o.is_purchase,
                       o.is_unconverted, o.revenue, o.margin
                  FROM (%(orders)s) AS o
                  JOIN res_partner p ON p.id = o.partner_id
                 WHERE o.date_order < %(stop)s
            ),
            credits AS (
                SELECT c.partner_id,
                       SUM(c.amount) FILTER (WHERE c.date >= %(first_day)s) AS amount,
                       SUM(c.amount) FILTER (WHERE c.date < %(first_day)s) AS amount_before
                  FROM (%(credits)s) AS c
                 WHERE c.date >= %(first_day_before)s AND c.date <= %(as_of)s
              GROUP BY c.partner_id
            )
            SELECT o.partner_id,
                   COALESCE(SUM(o.revenue) FILTER (WHERE o.date_order >= %(start)s), 0)
                       - COALESCE(MAX(c.amount), 0) AS revenue,
                   COALESCE(SUM(o.revenue) FILTER (WHERE o.date_order >= %(before)s AND o.date_order < %(start)s), 0)
                       - COALESCE(MAX(c.amount_before), 0) AS revenue_before,
                   COALESCE(SUM(o.margin) FILTER (WHERE o.date_order >= %(start)s), 0) AS margin,
                   COUNT(*) FILTER (WHERE o.date_order >= %(start)s AND o.is_purchase) AS order_count,
                   COUNT(*) FILTER (WHERE o.is_purchase) AS orders_ever,
                   (MIN(o.date_order) FILTER (WHERE o.is_purchase)
                       AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS first_day,
                   %(as_of)s - (MAX(o.date_order) FILTER (WHERE o.is_purchase)
                       AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS recency,
                   ARRAY_AGG(DISTINCT o.currency_id) FILTER (
                       WHERE o.is_unconverted AND o.date_order >= %(before)s) AS unconverted
              FROM orders o
         LEFT JOIN credits c ON c.partner_id = o.partner_id
          GROUP BY o.partner_id
            """,
            orders=revenue._select_orders(company, window.as_of),
            credits=revenue._select_free_credits(company),
            start=window.start_utc,
            before=window.previous_start_utc,
            stop=window.stop_utc,
            first_day=window.start,
            first_day_before=window.previous_start,
            as_of=window.as_of,
            tz=window.timezone,
        )

    @api.model
    def _source_receivables(self, window: GradingWindow) -> SQL:
        """Payment behaviour from posted customer invoices, in company currency.

        Columns: days_overdue (mean delay weighted by amount), oldest_overdue (days),
        late_share (per cent of the instalments).

        Counted are instalments due in the window, and older ones still open on the day
        of the review. What was settled is late by settlement day less due day, what is
        open by review day less due day; early payment is no delay, it does not make up
        for a late one.
        """
        return SQL(
            """
            WITH due AS (
                SELECT l.id, m.commercial_partner_id AS partner_id, l.date_maturity, l.balance
                  FROM account_move_line l
                  JOIN account_move m ON m.id = l.move_id
                  JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
                 WHERE m.company_id = %(company)s AND m.state = 'posted' AND m.move_type = 'out_invoice'
                   AND l.balance > 0 AND l.date_maturity <= %(as_of)s
                   AND (l.date_maturity >= %(first_day)s OR l.amount_residual > 0 OR EXISTS (
                       SELECT 1 FROM account_partial_reconcile r
                        WHERE r.debit_move_id = l.id AND r.max_date > %(as_of)s))
            ),
            settled AS (
                SELECT d.id, SUM(r.amount) AS amount,
                       SUM(r.amount * GREATEST(r.max_date - d.date_maturity, 0)) AS amount_days,
                       BOOL_OR(r.max_date > d.date_maturity) AS is_late
                  FROM due d
                  JOIN account_partial_reconcile r ON r.debit_move_id = d.id AND r.max_date <= %(as_of)s
              GROUP BY d.id
            ),
            instalment AS (
                SELECT d.partner_id, d.balance AS amount, %(as_of)s - d.date_maturity AS age,
                       d.balance - COALESCE(s.amount, 0) AS still_open,
                       COALESCE(s.amount_days, 0) AS settled_days,
                       COALESCE(s.is_late, FALSE) AS settled_late
                  FROM due d LEFT JOIN settled s ON s.id = d.id
            )
            SELECT partner_id,
                   SUM(settled_days + GREATEST(still_open, 0) * age) / SUM(amount) AS days_overdue,
                   COALESCE(MAX(age) FILTER (WHERE still_open > %(rounding)s), 0) AS oldest_overdue,
                   100.0 * COUNT(*) FILTER (WHERE settled_late OR (still_open > %(rounding)s AND age > 0))
                         / COUNT(*) AS late_share
              FROM instalment
          GROUP BY partner_id
            """,
            company=window.company_id,
            first_day=window.start,
            as_of=window.as_of,
            rounding=self.env["res.currency"].browse(window.currency_id).rounding / 2,
        )

    # ------------------------------------------------------------------
    # Sources of prospects
    # ------------------------------------------------------------------

    @api.model
    def _source_prospects(self, window: GradingWindow) -> SQL:
        """Expected revenue in company currency, and the day a prospect became known.

        Its columns are those of ``History``: revenue is the expected one, first_day the
        day the record was created; there are no orders.
        """
        return SQL(
            """
            SELECT prospect.partner_id, SUM(prospect.revenue) AS revenue, 0 AS order_count, 0 AS orders_ever,
                   (MIN(prospect.known_from) AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS first_day,
                   NULL::int[] AS unconverted
              FROM (SELECT -l.id AS partner_id, COALESCE(l.expected_revenue, 0) AS revenue, l.create_date AS known_from
                      FROM crm_lead l
                     WHERE %(open_lead)s AND (l.company_id IS NULL OR l.company_id = %(company)s)
                 UNION ALL
                    SELECT p.id, 0, p.create_date FROM res_partner p
                     WHERE p.active IS TRUE AND p.commercial_partner_id = p.id
                 UNION ALL
                    SELECT d.commercial_partner_id, COALESCE(l.expected_revenue, 0), NULL
                      FROM crm_lead l JOIN res_partner d ON d.id = l.partner_id
                     WHERE %(open_lead)s AND (l.company_id IS NULL OR l.company_id = %(company)s)) prospect
          GROUP BY prospect.partner_id
            """,
            open_lead=OPEN_LEAD,
            company=window.company_id,
            tz=window.timezone,
        )

    @api.model
    def _source_engagement(self, window: GradingWindow) -> SQL:
        """Touches in the window: activities done, and messages written by the other side.

        touches = activities done on the record + messages on it whose author is not one of
        our users. For a partner those of its contacts and of its leads count, too. Log notes
        and our own messages do not count: writing much is not being answered.
        """
        return SQL(
            """
            WITH touch AS (
                SELECT a.res_model AS model, a.res_id, COUNT(*) AS number
                  FROM mail_activity a
                 WHERE a.active IS FALSE AND a.res_model IN ('crm.lead', 'res.partner')
                   AND a.date_done >= %(first_day)s AND a.date_done <= %(as_of)s
              GROUP BY a.res_model, a.res_id
             UNION ALL
                SELECT m.model, m.res_id, COUNT(*)
                  FROM mail_message m
             LEFT JOIN res_partner author ON author.id = m.author_id
                 WHERE m.model IN ('crm.lead', 'res.partner') AND m.message_type IN ('email', 'comment')
                   AND m.date >= %(start)s AND m.date < %(stop)s AND m.is_internal IS NOT TRUE
                   AND (author.partner_share IS TRUE OR (m.author_id IS NULL AND m.email_from IS NOT NULL))
              GROUP BY m.model, m.res_id
            ),
            lead AS (
                SELECT l.id, d.commercial_partner_id, %(open_lead)s AS is_open, COALESCE(SUM(t.number), 0) AS number
                  FROM crm_lead l
             LEFT JOIN touch t ON t.model = 'crm.lead' AND t.res_id = l.id
             LEFT JOIN res_partner d ON d.id = l.partner_id
                 WHERE l.company_id IS NULL OR l.company_id = %(company)s
              GROUP BY l.id, d.commercial_partner_id
            )
            SELECT -id AS partner_id, number AS touches FROM lead WHERE is_open
         UNION ALL
            SELECT known.partner_id, SUM(known.number)
              FROM (SELECT p.commercial_partner_id AS partner_id, COALESCE(t.number, 0) AS number
                      FROM res_partner p
                 LEFT JOIN touch t ON t.model = 'res.partner' AND t.res_id = p.id
                     WHERE p.active IS TRUE
                 UNION ALL
                    SELECT commercial_partner_id, number FROM lead WHERE commercial_partner_id IS NOT NULL) known
          GROUP BY known.partner_id
            """,
            open_lead=OPEN_LEAD,
            first_day=window.start,
            as_of=window.as_of,
            start=window.start_utc,
            stop=window.stop_utc,
            company=window.company_id,
        )
