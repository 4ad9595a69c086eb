from odoo import api, models
from odoo.tools import SQL

from ..tools.metric import GradingWindow


class CustomerGradeMetric(models.AbstractModel):
    """The queries behind the metrics. The registry itself stands in the file beside."""

    _inherit = "customer.grade.metric"

    @api.model
    def _source_orders(self, window: GradingWindow) -> SQL:
        """Figures from confirmed sales orders, in company currency at the order's rate.

        Columns: revenue, revenue_before, margin, order_count, orders_ever, first_day,
        recency (days), unconverted (currencies of orders that have no rate).

        An order that cannot be converted counts for nothing: its amount would be wrong.

        Net of returns: an order with a negative amount counts as it is. For goods that
        were invoiced and credited, the credited quantity is taken off its order line,
        but no more than what is not invoiced there now: a credit note that was followed
        by a corrected invoice takes nothing off. Credit notes without an order are taken
        off on their own date.
        """
        has_margin = "margin" in self.env["sale.order"]._fields
        return SQL(
            """
            WITH %(returned)s, %(late_rate)s,
            orders AS (
                SELECT p.commercial_partner_id AS partner_id, o.date_order, o.currency_id,
                       o.amount_untaxed > 0 AS is_purchase,
                       u.order_id IS NOT NULL AND u.rate IS NULL AS is_unconverted,
                       (o.amount_untaxed - COALESCE(r.amount, 0)) / rate.value AS net,
                       %(margin)s / rate.value AS margin
                  FROM sale_order o
                  JOIN res_partner p ON p.id = o.partner_id
             LEFT JOIN returned r ON r.order_id = o.id
             LEFT JOIN late_rate u ON u.order_id = o.id
            CROSS JOIN LATERAL (SELECT CASE WHEN u.order_id IS NULL THEN COALESCE(NULLIF(o.currency_rate, 0), 1)
                                            ELSE u.rate END AS value) rate
                 WHERE o.company_id = %(company)s AND o.state = 'sale' AND o.date_order < %(stop)s
            ),
            credits AS (
                SELECT m.commercial_partner_id AS partner_id,
                       SUM(l.balance) FILTER (WHERE m.invoice_date >= %(first_day)s) AS amount,
                       SUM(l.balance) FILTER (WHERE m.invoice_date < %(first_day)s) AS amount_before
                  FROM account_move m
                  JOIN account_move_line l ON l.move_id = m.id AND l.display_type = 'product'
                 WHERE m.company_id = %(company)s AND m.move_type = 'out_refund' AND m.state = 'posted'
                   AND m.invoice_date >= %(first_day_before)s AND m.invoice_date <= %(as_of)s
                   AND NOT EXISTS (SELECT 1 FROM sale_order_line_invoice_rel x WHERE x.invoice_line_id = l.id)
              GROUP BY m.commercial_partner_id
            )
            SELECT o.partner_id,
                   COALESCE(SUM(o.net) FILTER (WHERE o.date_order >= %(start)s), 0)
                       - COALESCE(MAX(c.amount), 0) AS revenue,
                   COALESCE(SUM(o.net) FILTER (WHERE o.date_order >= %(before)s AND o.date_order < %(start)s), 0)
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
            returned=self._cte_returned(window, has_margin),
            late_rate=self._cte_late_rate(window),
            margin=SQL("(o.margin - COALESCE(r.margin, 0))") if has_margin else SQL("0"),
            company=window.company_id,
            start=window.start_utc,
            before=window.previous_start_utc,
            stop=window.stop_utc,
            first_day=window.start,
            first_day_before=window.previous_start,
            as_of=window.as_of,
            tz=window.timezone,
        )

    def _cte_returned(self, window: GradingWindow, has_margin: bool) -> SQL:
        """Amount and margin, in order currency, of credited goods per order."""
        return SQL(
            """
            returned AS (
                SELECT s.order_id,
                       SUM(s.price_subtotal * back.share) AS amount,
                       SUM(%s * back.share) AS margin
                  FROM (SELECT x.order_line_id, SUM(l.quantity * lu.factor / su.factor) AS credited
                          FROM account_move m
                          JOIN account_move_line l ON l.move_id = m.id
                          JOIN sale_order_line_invoice_rel x ON x.invoice_line_id = l.id
                          JOIN sale_order_line so ON so.id = x.order_line_id
                          JOIN uom_uom su ON su.id = so.product_uom_id
                          JOIN uom_uom lu ON lu.id = COALESCE(l.product_uom_id, so.product_uom_id)
                         WHERE m.company_id = %s AND m.move_type = 'out_refund' AND m.state = 'posted'
                           AND m.invoice_date <= %s
                      GROUP BY x.order_line_id) c
                  JOIN sale_order_line s ON s.id = c.order_line_id AND s.product_uom_qty > 0
            CROSS JOIN LATERAL (SELECT LEAST(c.credited, GREATEST(s.product_uom_qty - s.qty_invoiced, 0))
                                       / s.product_uom_qty AS share) back
              GROUP BY s.order_id
            )
            """,
            SQL("s.margin") if has_margin else SQL("0"),
            window.company_id,
            window.as_of,
        )

    def _cte_late_rate(self, window: GradingWindow) -> SQL:
        """Rates for orders that were written before their currency had one.

        Odoo then stores a rate of exactly 1, which would take 100 USD for 100 CNY. The
        rate of the order day is used when there is one now, or the first one after, as
        ``res.currency`` itself does; without any rate it is NULL.
        """
        root = self.env["res.company"].browse(window.company_id).root_id

        def rate_of(currency: SQL | int) -> SQL:
            return SQL(
                """(SELECT r.rate FROM res_currency_rate r
                     WHERE r.currency_id = %s AND (r.company_id IS NULL OR r.company_id = %s)
                  ORDER BY r.company_id IS NULL, r.name > o.date_order::date, ABS(r.name - o.date_order::date)
                     LIMIT 1)""",
                currency,
                root.id,
            )

        return SQL(
            """
            late_rate AS (
                SELECT o.id AS order_id, %(order_rate)s / COALESCE(%(company_rate)s, 1) AS rate
                  FROM sale_order o
                 WHERE o.company_id = %(company)s AND o.state = 'sale' AND o.currency_rate = 1
                   AND o.currency_id <> %(currency)s AND o.date_order < %(stop)s
            )
            """,
            order_rate=rate_of(SQL("o.currency_id")),
            company_rate=rate_of(window.currency_id),
            company=window.company_id,
            currency=window.currency_id,
            stop=window.stop_utc,
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
