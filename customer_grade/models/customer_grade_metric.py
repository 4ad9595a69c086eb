from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_amount, formatLang

from ..tools.assessment import History
from ..tools.metric import GradingWindow, Metric
from ..tools.scoring import Rung


class CustomerGradeMetric(models.AbstractModel):
    """The registry of metrics: one figure per customer, each from one set-based query.

    An addon adds a metric by extending two methods::

        def _get_metrics(self):
            return super()._get_metrics() | {
                "samples": Metric(
                    "samples", self.env._("Samples"), "count", "_source_samples", SQL("samples"),
                ),
            }

        def _source_samples(self, window):
            return SQL("SELECT r.commercial_partner_id AS partner_id, count(*) AS samples FROM ...")

    A source gives one row per commercial partner; ``Metric.value`` is an SQL expression
    over its columns. Metrics of one source share its query, so a review runs as many
    queries as its criteria and vetoes have sources, whatever the number of customers.

    Figures are those of the whole company: the queries read as superuser, because a
    grade must not depend on whose documents the reviewer may see. The order source is
    always read, for the population and the history of each customer.
    """

    _name = "customer.grade.metric"
    _description = "Customer Grade Metrics"

    # ------------------------------------------------------------------
    # Registry
    # ------------------------------------------------------------------

    @api.model
    def _get_metrics(self) -> dict[str, Metric]:
        """Return the metrics by key, in the order shown. The extension point for addons."""
        orders, receivables = "_source_orders", "_source_receivables"
        metrics = [
            Metric(
                "revenue",
                self.env._("Revenue"),
                "money",
                orders,
                SQL("revenue"),
                help=self.env._("Confirmed orders before tax, less returned goods and credit notes"),
            ),
            Metric(
                "order_count",
                self.env._("Orders"),
                "count",
                orders,
                SQL("order_count"),
                help=self.env._("Confirmed orders of a positive amount"),
            ),
            Metric(
                "growth",
                self.env._("Growth"),
                "percent",
                orders,
                SQL("CASE WHEN revenue_before > 0 THEN 100.0 * (revenue - revenue_before) / revenue_before END"),
                help=self.env._("Revenue against the window of the same length before"),
            ),
            Metric(
                "recency",
                self.env._("Days since Last Order"),
                "days",
                orders,
                SQL("recency"),
                higher_is_better=False,
                help=self.env._("From the last confirmed order to the day of the review"),
            ),
            Metric(
                "days_overdue",
                self.env._("Days Overdue"),
                "days",
                receivables,
                SQL("days_overdue"),
                higher_is_better=False,
                help=self.env._(
                    "Average delay of the amounts due in the window, paid or still open, weighted by amount"
                ),
            ),
            Metric(
                "oldest_overdue",
                self.env._("Oldest Overdue"),
                "days",
                receivables,
                SQL("oldest_overdue"),
                higher_is_better=False,
                help=self.env._("Days since the oldest amount still open was due"),
            ),
            Metric(
                "late_share",
                self.env._("Late Payments"),
                "percent",
                receivables,
                SQL("late_share"),
                higher_is_better=False,
                help=self.env._("Share of the payments due in the window that came late, or have not come"),
            ),
        ]
        if "margin" in self.env["sale.order"]._fields:
            metrics.insert(
                1,
                Metric(
                    "margin",
                    self.env._("Gross Margin"),
                    "money",
                    orders,
                    SQL("margin"),
                    help=self.env._("Margin of the confirmed orders, less that of returned goods"),
                ),
            )
        return {metric.key: metric for metric in metrics}

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
    # Queries
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
            columns = [SQL.identifier(name) for name in History._fields[:width]] + [metric.value for metric in metrics]
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
