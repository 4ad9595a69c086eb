from odoo import api, models
from odoo.tools import SQL

from ..tools.metric import GradingWindow, Metric

PROSPECT = frozenset({"prospect"})

OPEN_LEAD = SQL("l.active IS TRUE AND l.won_status = 'pending'")
"""Over the lead ``l``: neither won nor lost."""


class CustomerGradeMetric(models.AbstractModel):
    """Metrics of prospects: leads, opportunities, and partners that never ordered.

    Their sources give leads and partners in one query; in the column ``partner_id`` a lead
    stands with its negative id, see ``tools.assessment.lead_key``.
    """

    _inherit = "customer.grade.metric"

    @api.model
    def _get_metrics(self):
        metrics = [
            Metric(
                "expected_revenue",
                self.env._("Expected Revenue"),
                "money",
                "_source_prospects",
                SQL("revenue"),
                kinds=PROSPECT,
                help=self.env._("Of the open lead or opportunity; of a contact the sum of its open ones"),
            ),
            Metric(
                "engagement",
                self.env._("Engagement"),
                "count",
                "_source_engagement",
                SQL("touches"),
                kinds=PROSPECT,
                help=self.env._("Activities done in the window, plus messages received from the prospect in it"),
            ),
        ]
        return super()._get_metrics() | {metric.key: metric for metric in metrics}

    @api.model
    def _get_keys_of_kind(self, kind: str) -> list[str]:
        """Return the metrics that schemes of a kind may use."""
        return [key for key, metric in self._get_metrics().items() if kind in metric.kinds]

    # ------------------------------------------------------------------
    # Queries
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
