from odoo import models
from odoo.tools import SQL


class SaleSampleStatistics(models.Model):
    """How requests ended, and what they brought."""

    _inherit = "sale.sample.statistics"
    _depends = {
        "sale.order": ["company_id", "currency_rate", "date_order", "partner_id", "state"],
        "sale.order.line": [
            "display_type",
            "is_downpayment",
            "order_id",
            "price_subtotal",
            "product_id",
            "sample_request_id",
        ],
        "res.partner": ["commercial_partner_id"],
    }

    def _get_facts(self):
        return [*super()._get_facts(), self._select_ends(), self._select_ordered()]

    def _get_shared(self):
        spent = SQL(
            "SELECT spending.request_id, SUM(spending.amount) AS cost FROM (%s) AS spending GROUP BY spending.request_id",
            SQL(" UNION ALL ").join(self._get_spending()),
        )
        # approved samples, and the sets of those of one customer and product
        sample = SQL(
            """
            SELECT id, submitted_at, closed_at, company_id, commercial_partner_id AS partner_id, product_id,
                   MIN(id) OVER (PARTITION BY company_id, commercial_partner_id, product_id) AS set_id
              FROM sale_sample_request
             WHERE state = 'approved'
               AND product_id IS NOT NULL
               AND company_id IN (SELECT company_id FROM reader)
            """
        )
        return super()._get_shared() | {"spent": spent, "sample": sample, "gain": self._gain_sql()}

    def _earned_sql(self) -> SQL:
        """Return what a ``line`` earns in the currency of its order, by which samples pay back. Extension point.

        Here the revenue; where margins are known, the margin is nearer to the truth.
        """
        return SQL("line.price_subtotal")

    def _sold_sql(self) -> SQL:
        """Return the confirmed order lines of products of which the customer approved a sample.

        A line has the set of samples, day, amount and what it earns in company currency, and whether it may count for a sample it
        does not name. Lines are read once, before they are compared with the samples: OFFSET keeps PostgreSQL from
        looking them up sample by sample.
        """
        return SQL(
            """
            SELECT line.id, known.set_id, line.date_order, line.amount, line.earned, line.is_free
              FROM (
                    SELECT line.id, orders.company_id, buyer.commercial_partner_id AS partner_id, line.product_id,
                           orders.date_order, line.price_subtotal / COALESCE(NULLIF(orders.currency_rate, 0), 1) AS amount,
                           %s / COALESCE(NULLIF(orders.currency_rate, 0), 1) AS earned,
                           line.sample_request_id IS NULL AND line.display_type IS NULL
                               AND line.is_downpayment IS NOT TRUE AS is_free
                      FROM sale_order_line line
                      JOIN sale_order orders ON orders.id = line.order_id AND orders.state = 'sale'
                      JOIN res_partner buyer ON buyer.id = orders.partner_id
                     WHERE line.product_id IN (
                               SELECT product_id
                                 FROM sale_sample_request
                                WHERE state = 'approved'
                                  AND product_id IS NOT NULL)
                    OFFSET 0
                   ) AS line
              JOIN (SELECT DISTINCT set_id, company_id, partner_id, product_id FROM sample) AS known
                ON known.company_id = line.company_id
               AND known.partner_id = line.partner_id
               AND known.product_id = line.product_id
            """,
            self._earned_sql(),
        )

    def _won_lines_sql(self) -> SQL:
        """Return a query of the order lines that samples won: request, day, amount and earnings in company currency.

        A line names its sample, when it came from the quotation of the sample. Repeat orders do not:
        a confirmed line counts for the last sample of its product that the customer approved before, if the
        customer had not ordered the product before that request was handed over. So each line counts once, and
        what would have been ordered anyway does not count.

        For that, samples and lines of one customer and product stand in one row of time. Each sample of a product
        not ordered before opens a chapter, and the lines of a chapter are its own.
        """
        return SQL(
            """
            SELECT line.sample_request_id AS request_id, orders.date_order,
                   line.price_subtotal / COALESCE(NULLIF(orders.currency_rate, 0), 1) AS amount,
                   %s / COALESCE(NULLIF(orders.currency_rate, 0), 1) AS earned
              FROM sale_order_line line
              JOIN sale_order orders ON orders.id = line.order_id AND orders.state = 'sale'
             WHERE line.sample_request_id IS NOT NULL
               AND line.display_type IS NULL
               AND line.is_downpayment IS NOT TRUE
             UNION ALL
            SELECT told.opener_id, told.moment, told.amount, told.earned
              FROM (
                    SELECT chapter.is_free, chapter.moment, chapter.amount, chapter.earned,
                           MAX(chapter.opener_id) OVER (PARTITION BY chapter.set_id, chapter.number) AS opener_id
                      FROM (
                            SELECT event.*, COUNT(event.opener_id) OVER (
                                       PARTITION BY event.set_id ORDER BY event.moment, event.sample_id, event.line_id
                                       ROWS UNBOUNDED PRECEDING) AS number
                              FROM (%s) AS event
                           ) AS chapter
                     WHERE chapter.number > 0
                   ) AS told
             WHERE told.is_free
            """,
            self._earned_sql(),
            self._events_sql(),
        )

    def _events_sql(self) -> SQL:
        """Return samples approved and lines sold, in one row of time for each set.

        `opener_id` is the sample where the customer had not ordered the product before the hand-over. Lines of the
        same moment come after the samples.
        """
        return SQL(
            """
            SELECT timed.set_id, timed.moment, timed.sample_id, timed.line_id, timed.amount, timed.earned, timed.is_free,
                   CASE WHEN (timed.submitted_at > MIN(timed.moment) FILTER (WHERE timed.line_id IS NOT NULL) OVER (
                                  PARTITION BY timed.set_id ORDER BY timed.moment, timed.sample_id, timed.line_id
                                  ROWS UNBOUNDED PRECEDING)) IS NOT TRUE
                        THEN timed.sample_id END AS opener_id
              FROM (
                    SELECT set_id, date_order AS moment, amount, earned, is_free, NULL::integer AS sample_id, id AS line_id,
                           NULL::timestamp AS submitted_at
                      FROM (%s) AS sold
                     UNION ALL
                    SELECT set_id, closed_at, NULL, NULL, FALSE, id, NULL, submitted_at
                      FROM sample
                     WHERE closed_at IS NOT NULL
                   ) AS timed
            """,
            self._sold_sql(),
        )

    def _gain_sql(self) -> SQL:
        """Return what each sample won: its first order, revenue and earnings of 12 months, and when it paid back."""
        return SQL(
            """
            SELECT won.request_id, MIN(won.date_order) AS first_order,
                   SUM(won.amount) FILTER (WHERE won.date_order < asked.closed_at + INTERVAL '12 months') AS revenue,
                   SUM(won.earned) FILTER (WHERE won.date_order < asked.closed_at + INTERVAL '12 months') AS earned,
                   MIN(won.date_order) FILTER (WHERE won.so_far >= spent.cost) AS paid_back
              FROM (
                    SELECT line.*, SUM(line.earned) OVER (PARTITION BY line.request_id ORDER BY line.date_order) AS so_far
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
                           SELECT request_id, SUM(revenue) AS revenue, SUM(earned) AS earned, MIN(paid_back) AS paid_back
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
            earned="COALESCE(won.earned, 0)",
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
