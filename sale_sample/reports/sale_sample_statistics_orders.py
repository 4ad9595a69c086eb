from odoo import models
from odoo.tools import SQL


class SaleSampleStatistics(models.Model):
    """How requests ended, and what they brought."""

    _inherit = "sale.sample.statistics"
    _depends = {
        "sale.order": ["company_id", "currency_rate", "date_order", "partner_id", "state"],
        "sale.order.line": [
            "display_type", "is_downpayment", "order_id", "price_subtotal", "product_id", "sample_request_id",
        ],
        "res.partner": ["commercial_partner_id"],
    }  # fmt: skip

    def _get_facts(self):
        return [*super()._get_facts(), self._select_ends(), self._select_ordered()]

    def _get_shared(self):
        spent = SQL(
            "SELECT spending.request_id, SUM(spending.amount) AS cost FROM (%s) AS spending GROUP BY spending.request_id",
            SQL(" UNION ALL ").join(self._get_spending()),
        )
        # approved samples of a product
        sample = SQL(
            """
            SELECT id, company_id, commercial_partner_id AS partner_id, product_id, submitted_at, closed_at
              FROM sale_sample_request
             WHERE state = 'approved'
               AND product_id IS NOT NULL
               AND company_id IN (SELECT company_id FROM reader)
            """
        )
        return super()._get_shared() | {"spent": spent, "sample": sample, "gain": self._gain_sql()}

    def _sold_sql(self) -> SQL:
        """Return the confirmed order lines of products of which the customer approved a sample.

        A line has company, customer and product, day, amount in company currency, and whether it may count for
        a sample it does not name. Lines are read once, before they are compared with the samples (OFFSET keeps
        PostgreSQL from looking them up sample by sample).
        """
        return SQL(
            """
            SELECT sold.*
              FROM (
                    SELECT line.id, orders.company_id, buyer.commercial_partner_id AS partner_id, line.product_id,
                           orders.date_order, line.price_subtotal / COALESCE(NULLIF(orders.currency_rate, 0), 1) AS amount,
                           line.sample_request_id IS NULL AND line.display_type IS NULL
                               AND line.is_downpayment IS NOT TRUE AS is_free
                      FROM sale_order_line line
                      JOIN sale_order orders ON orders.id = line.order_id AND orders.state = 'sale'
                      JOIN res_partner buyer ON buyer.id = orders.partner_id
                     WHERE line.product_id IN (SELECT product_id FROM sample)
                    OFFSET 0
                   ) AS sold
              JOIN (SELECT DISTINCT company_id, partner_id, product_id FROM sample) AS known
                ON known.company_id = sold.company_id
               AND known.partner_id = sold.partner_id
               AND known.product_id = sold.product_id
            """
        )

    def _won_lines_sql(self) -> SQL:
        """Return a query of the order lines that samples won: request, day, amount in company currency.

        A line names its sample, when it came from the quotation of the sample. Repeat orders do not:
        a confirmed line counts for the last sample of its product that the customer approved before, if the
        customer had not ordered the product before that request was handed over. So each line counts once, and
        what would have been ordered anyway does not count.

        For that, samples and lines of one customer and product stand in one row of time, each valid sample
        opens a chapter, and the lines of a chapter are its own.
        """
        return SQL(
            """
            SELECT line.sample_request_id AS request_id, orders.date_order,
                   line.price_subtotal / COALESCE(NULLIF(orders.currency_rate, 0), 1) AS amount
              FROM sale_order_line line
              JOIN sale_order orders ON orders.id = line.order_id AND orders.state = 'sale'
             WHERE line.sample_request_id IS NOT NULL
               AND line.display_type IS NULL
               AND line.is_downpayment IS NOT TRUE
             UNION ALL
            SELECT told.opener_id, told.moment, told.amount
              FROM (
                    SELECT chapter.is_free, chapter.moment, chapter.amount,
                           MAX(chapter.sample_id) OVER (
                               PARTITION BY chapter.company_id, chapter.partner_id, chapter.product_id, chapter.number
                           ) AS opener_id
                      FROM (
                            SELECT event.*,
                                   COUNT(*) FILTER (WHERE event.sample_id IS NOT NULL) OVER (
                                       PARTITION BY event.company_id, event.partner_id, event.product_id
                                       ORDER BY event.moment, event.sample_id NULLS LAST, event.line_id
                                       ROWS UNBOUNDED PRECEDING
                                   ) AS number
                              FROM (%s) AS event
                           ) AS chapter
                     WHERE chapter.number > 0
                   ) AS told
             WHERE told.is_free
            """,
            self._events_sql(),
        )

    def _events_sql(self) -> SQL:
        """Return lines sold and samples approved, but those whose product the customer had ordered before."""
        return SQL(
            """
            SELECT both_.*
              FROM (
                    SELECT timed.company_id, timed.partner_id, timed.product_id, timed.moment, timed.amount,
                           timed.is_free, timed.sample_id, timed.line_id,
                           timed.submitted_at > MIN(timed.moment) FILTER (WHERE timed.line_id IS NOT NULL) OVER (
                               PARTITION BY timed.company_id, timed.partner_id, timed.product_id) AS was_bought
                      FROM (
                            SELECT company_id, partner_id, product_id, date_order AS moment, amount, is_free,
                                   NULL::integer AS sample_id, id AS line_id, NULL::timestamp AS submitted_at
                              FROM (%s) AS line
                             UNION ALL
                            SELECT company_id, partner_id, product_id, closed_at, NULL, FALSE, id, NULL, submitted_at
                              FROM sample
                             WHERE closed_at IS NOT NULL
                           ) AS timed
                   ) AS both_
             WHERE both_.was_bought IS NOT TRUE
            """,
            self._sold_sql(),
        )

    def _gain_sql(self) -> SQL:
        """Return what each sample won: its first order, the revenue of 12 months, and when that reached the cost."""
        return SQL(
            """
            SELECT won.request_id, MIN(won.date_order) AS first_order,
                   SUM(won.amount) FILTER (WHERE won.date_order < asked.closed_at + INTERVAL '12 months') AS revenue,
                   MIN(won.date_order) FILTER (WHERE won.so_far >= spent.cost) AS paid_back
              FROM (
                    SELECT line.*, SUM(line.amount) OVER (PARTITION BY line.request_id ORDER BY line.date_order) AS so_far
                      FROM (%s) AS line
                   ) AS won
              JOIN sale_sample_request asked
                ON asked.id = won.request_id AND asked.company_id IN (SELECT company_id FROM reader)
              LEFT JOIN spent ON spent.request_id = won.request_id
             GROUP BY won.request_id
            """,
            self._won_lines_sql(),
        )

    def _select_ends(self) -> SQL:
        """Requests approved, rejected or cancelled after the hand-over, with what they cost and brought."""
        return self._fact(
            3,
            # each side is grouped by its request once more: then PostgreSQL knows that it adds no row, and
            # does not read it at all where nobody asks for its figures
            SQL(
                """
                sale_sample_step step
                  JOIN sale_sample_request ended ON ended.id = step.request_id AND ended.submitted_at IS NOT NULL
                  LEFT JOIN LATERAL (
                           SELECT MIN(earlier.entered_at) AS start, SUM(COALESCE(earlier.working_hours, 0)) AS hours
                             FROM sale_sample_step earlier
                            WHERE earlier.request_id = step.request_id
                              AND earlier.step <> 'draft'
                              AND earlier.id < step.id
                       ) AS log ON TRUE
                  LEFT JOIN (
                           SELECT request_id, SUM(cost) AS cost FROM spent GROUP BY request_id
                       ) AS total ON total.request_id = step.request_id
                  LEFT JOIN (
                           SELECT request_id, SUM(revenue) AS revenue, MIN(paid_back) AS paid_back
                             FROM gain
                            GROUP BY request_id
                       ) AS won ON won.request_id = step.request_id
                 WHERE step.step IN ('approved', 'rejected', 'cancelled')
                """
            ),
            row_id="step.id",
            event="step.step",
            request="step.request_id",
            moment="step.entered_at",
            approved="(step.step = 'approved')::integer",
            rejected="(step.step = 'rejected')::integer",
            cancelled="(step.step = 'cancelled')::integer",
            rounds="CASE WHEN step.step <> 'cancelled' THEN ended.round_count::double precision END",
            hit_rate="""
                CASE WHEN step.step <> 'cancelled' THEN (won.request_id IS NOT NULL)::integer::double precision END
            """,
            days="""
                CASE WHEN step.step = 'approved'
                     THEN (EXTRACT(EPOCH FROM step.entered_at - log.start) / 86400.0)::double precision END
            """,
            working_days="CASE WHEN step.step = 'approved' THEN log.hours::double precision END",
            ended_cost="COALESCE(total.cost, 0)",
            revenue="COALESCE(won.revenue, 0)",
            payback_days="""
                CASE WHEN total.cost > 0
                     THEN (EXTRACT(EPOCH FROM won.paid_back - log.start) / 86400.0)::double precision END
            """,
        )

    def _select_ordered(self) -> SQL:
        """Samples on the day of their first order."""
        return self._fact(
            4,
            SQL("gain first"),
            row_id="first.request_id",
            event="'ordered'",
            request="first.request_id",
            moment="first.first_order",
            ordered="1",
        )
