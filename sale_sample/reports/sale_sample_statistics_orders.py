from odoo import models
from odoo.tools import SQL


class SaleSampleStatistics(models.Model):
    """How requests ended, and what they brought."""

    _inherit = "sale.sample.statistics"

    def _get_facts(self):
        return [*super()._get_facts(), self._select_ends(), self._select_ordered()]

    def _won_lines_sql(self) -> SQL:
        """Return a query of the order lines that samples won: request, day, amount in company currency.

        A line names its sample, when it came from the quotation of the sample. Repeat orders do not:
        a confirmed line counts for the last sample of its product that the customer approved before, if the
        customer had not ordered the product before that request was handed over. So each line counts once, and
        what would have been ordered anyway does not count.
        """
        return SQL(
            """
            SELECT COALESCE(line.sample_request_id, sample.id) AS request_id, orders.date_order,
                   line.price_subtotal / COALESCE(NULLIF(orders.currency_rate, 0), 1) AS amount
              FROM sale_order_line line
              JOIN sale_order orders ON orders.id = line.order_id AND orders.state = 'sale'
              JOIN res_partner buyer ON buyer.id = orders.partner_id
              LEFT JOIN LATERAL (
                       SELECT approved.id
                         FROM sale_sample_request approved
                        WHERE line.sample_request_id IS NULL
                          AND approved.state = 'approved'
                          AND approved.company_id = orders.company_id
                          AND approved.product_id = line.product_id
                          AND approved.commercial_partner_id = buyer.commercial_partner_id
                          AND approved.closed_at <= orders.date_order
                          AND NOT EXISTS (
                                  SELECT 1
                                    FROM sale_order_line old_line
                                    JOIN sale_order old ON old.id = old_line.order_id AND old.state = 'sale'
                                    JOIN res_partner old_buyer ON old_buyer.id = old.partner_id
                                   WHERE old_line.product_id = approved.product_id
                                     AND old.company_id = approved.company_id
                                     AND old_buyer.commercial_partner_id = approved.commercial_partner_id
                                     AND old.date_order < approved.submitted_at)
                        ORDER BY approved.closed_at DESC, approved.id DESC
                        LIMIT 1
                   ) AS sample ON TRUE
             WHERE line.display_type IS NULL
               AND line.is_downpayment IS NOT TRUE
               AND (line.sample_request_id IS NOT NULL OR line.product_id IN (
                       SELECT known.product_id FROM sale_sample_request known WHERE known.state = 'approved'))
               AND COALESCE(line.sample_request_id, sample.id) IS NOT NULL
            """
        )

    def _select_ends(self) -> SQL:
        """Requests approved, rejected or cancelled after the hand-over, with what they cost and brought."""
        return self._fact(
            3,
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
                  LEFT JOIN LATERAL (
                           SELECT COALESCE(SUM(round.cost), 0) AS cost
                             FROM sale_sample_round round
                            WHERE round.request_id = step.request_id
                       ) AS spent ON TRUE
                  LEFT JOIN (
                           SELECT won.request_id, MIN(won.date_order) AS first_order,
                                  SUM(won.amount) FILTER (
                                      WHERE won.date_order < asked.closed_at + INTERVAL '12 months') AS revenue
                             FROM (%(won)s) AS won
                             JOIN sale_sample_request asked ON asked.id = won.request_id
                            GROUP BY won.request_id
                       ) AS gain ON gain.request_id = step.request_id
                  LEFT JOIN (
                           SELECT running.request_id, MIN(running.date_order) AS moment
                             FROM (
                                   SELECT won.request_id, won.date_order,
                                          SUM(won.amount) OVER (PARTITION BY won.request_id ORDER BY won.date_order)
                                              AS so_far
                                     FROM (%(won)s) AS won
                                  ) AS running
                            WHERE running.so_far >= (
                                      SELECT COALESCE(SUM(round.cost), 0)
                                        FROM sale_sample_round round
                                       WHERE round.request_id = running.request_id)
                            GROUP BY running.request_id
                       ) AS paid_back ON paid_back.request_id = step.request_id
                 WHERE step.step IN ('approved', 'rejected', 'cancelled')
                """,
                won=self._won_lines_sql(),
            ),
            row_id="step.id",
            event=SQL("step.step"),
            request="step.request_id",
            moment="step.entered_at",
            approved="(step.step = 'approved')::integer",
            rejected="(step.step = 'rejected')::integer",
            cancelled="(step.step = 'cancelled')::integer",
            rounds="CASE WHEN step.step <> 'cancelled' THEN ended.round_count::double precision END",
            hit_rate="""
                CASE WHEN step.step <> 'cancelled' THEN (gain.request_id IS NOT NULL)::integer::double precision END
            """,
            days="""
                CASE WHEN step.step = 'approved'
                     THEN (EXTRACT(EPOCH FROM step.entered_at - log.start) / 86400.0)::double precision END
            """,
            working_days="CASE WHEN step.step = 'approved' THEN log.hours::double precision END",
            ended_cost="spent.cost",
            revenue="COALESCE(gain.revenue, 0)",
            payback_days="""
                CASE WHEN spent.cost > 0
                     THEN (EXTRACT(EPOCH FROM paid_back.moment - ended.submitted_at) / 86400.0)::double precision END
            """,
        )

    def _select_ordered(self) -> SQL:
        """Samples on the day of their first order."""
        return self._fact(
            4,
            SQL(
                """
                (SELECT won.request_id, MIN(won.date_order) AS moment FROM (%s) AS won GROUP BY won.request_id) AS first
                """,
                self._won_lines_sql(),
            ),
            row_id="first.request_id",
            event=SQL("'ordered'"),
            request="first.request_id",
            moment="first.moment",
            ordered="1",
        )
