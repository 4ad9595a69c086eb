from typing import ClassVar

from odoo import api, fields, models
from odoo.tools import SQL

MONEY_GROUPS = "sales_team.group_sale_salesman,sales_department_base.group_collaborator_finance"
"""Who may see fees and revenue; what making cost is R&D's own figure."""

EVENTS = [
    ("requested", "Requested"),
    ("accepted", "Accepted by R&D"),
    ("made", "Made"),
    ("given_up", "Given Up in the Making"),
    ("sent", "Sent"),
    ("answered", "Answered"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
    ("ordered", "First Ordered"),
    ("charged", "Fee Charged"),
    ("collected", "Fee Collected"),
    ("refunded", "Fee Refunded"),
]

#: Columns of a fact and what they hold where it says nothing of them, in their order.
NOTHING = {
    "requested": "0", "made": "0", "pairs_made": "0", "sent": "0", "approved": "0", "rejected": "0",
    "cancelled": "0", "ordered": "0",
    "rounds": "NULL::double precision", "first_round": "NULL::double precision",
    "on_time_needed": "NULL::double precision", "on_time_promised": "NULL::double precision",
    "hit_rate": "NULL::double precision", "days": "NULL::double precision",
    "working_days": "NULL::double precision", "payback_days": "NULL::double precision",
    "cost": "0.0", "charged": "0.0", "collected": "0.0", "refunded": "0.0", "ended_cost": "0.0", "revenue": "0.0",
}  # fmt: skip
#: Columns that hold 1 or 0 in a fact, and 100 or 0 in the report: their mean is a share in percent.
SHARES = ("first_round", "on_time_needed", "on_time_promised", "hit_rate")
KINDS_OF_FACTS = 8
"""Ids of rows of one kind share their remainder of this."""


class SaleSampleStatistics(models.Model):
    """What happened to samples, each event in the month in which it happened.

    Counts of requested, made, approved and rejected samples are therefore those of the month, as
    the department reports them. What a sample brought in the end (hit rate, revenue, payback) stands on the
    day the request ended: so a month is judged by the samples that ended in it.
    """

    _name = "sale.sample.statistics"
    _description = "Sample Statistics"
    _inherit = ["sale.sample.report.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "request_id"
    _percentiles: ClassVar = {
        "cycle_days_median": 0.5,
        "cycle_days_p90": 0.9,
        "cycle_working_days_median": 0.5,
        "cycle_working_days_p90": 0.9,
        "payback_days": 0.5,
    }
    _depends = {
        "sale.sample.request": [
            "closed_at", "commercial_partner_id", "company_id", "grade_id", "needed_by", "product_family_id",
            "product_id", "rnd_user_id", "round_count", "state", "submitted_at", "team_id", "type_id", "user_id",
        ],
        "sale.sample.round": [
            "answered_on", "cost", "made_on", "number", "promised_on", "quantity", "sent_on", "started_on", "state",
            "verdict",
        ],
        "sale.sample.step": ["entered_at", "left_at", "request_id", "round_id", "step", "working_hours"],
        "sale.order": ["company_id", "currency_rate", "date_order", "partner_id", "state"],
        "sale.order.line": ["order_id", "price_subtotal", "product_id", "sample_request_id"],
        "res.partner": ["commercial_partner_id"],
    }  # fmt: skip

    event = fields.Selection(EVENTS, readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    requested = fields.Integer(readonly=True, help="Requests handed over to R&D for the first time")
    made = fields.Integer("Samples Made", readonly=True, help="Rounds made")
    pairs_made = fields.Integer(readonly=True)
    sent = fields.Integer("Samples Sent", readonly=True, help="Rounds sent to the customer")
    approved = fields.Integer(readonly=True)
    rejected = fields.Integer(readonly=True)
    cancelled = fields.Integer(readonly=True)
    rounds = fields.Float(
        "Rounds per Request", readonly=True, aggregator="avg", help="Of requests that were approved or rejected"
    )
    first_round = fields.Float(
        "Approved in the First Round (%)", readonly=True, aggregator="avg", help="Share of the first rounds answered"
    )
    on_time_needed = fields.Float(
        "On Time, Needed by (%)",
        readonly=True,
        aggregator="avg",
        help="Share of requests whose first sample was sent by the day the customer needs it",
    )
    on_time_promised = fields.Float(
        "On Time, Promised (%)",
        readonly=True,
        aggregator="avg",
        help="Share of rounds sent by the day R&D promised; rounds without a promise do not count",
    )
    cycle_days = fields.Float(
        "Cycle in Days, Mean", readonly=True, aggregator="avg", help="Calendar days from hand-over to approval"
    )
    cycle_days_median = fields.Float("Cycle in Days, Median", readonly=True, aggregator="avg")
    cycle_days_p90 = fields.Float("Cycle in Days, P90", readonly=True, aggregator="avg")
    cycle_working_days = fields.Float("Cycle in Working Days, Mean", readonly=True, aggregator="avg")
    cycle_working_days_median = fields.Float("Cycle in Working Days, Median", readonly=True, aggregator="avg")
    cycle_working_days_p90 = fields.Float("Cycle in Working Days, P90", readonly=True, aggregator="avg")
    cost = fields.Monetary("Making Cost", readonly=True)
    charged = fields.Monetary("Fees Charged", readonly=True, groups=MONEY_GROUPS)
    collected = fields.Monetary("Fees Collected", readonly=True, groups=MONEY_GROUPS)
    refunded = fields.Monetary("Fees Refunded", readonly=True, groups=MONEY_GROUPS)
    ordered = fields.Integer("Orders Won", readonly=True, help="Samples ordered for the first time")
    hit_rate = fields.Float(
        "Hit Rate (%)",
        readonly=True,
        aggregator="avg",
        help="Share of approved and rejected samples that led to an order. Samples of the last months may still do so.",
    )
    ended_cost = fields.Monetary(
        "Cost of Ended Samples",
        readonly=True,
        groups=MONEY_GROUPS,
        help="Making cost of all rounds of requests that ended",
    )
    revenue = fields.Monetary(
        "Revenue within 12 Months",
        readonly=True,
        groups=MONEY_GROUPS,
        help="Net amount of the confirmed orders that the sample won, in the 12 months from its approval",
    )
    cost_per_won = fields.Float(
        "Cost per Won Customer",
        readonly=True,
        aggregator="avg",
        groups=MONEY_GROUPS,
        help="Cost of all samples that ended, those without an order too, for each customer who ordered one of them",
    )
    return_ratio = fields.Float(
        "Revenue per Cost",
        readonly=True,
        aggregator="avg",
        groups=MONEY_GROUPS,
        help="Revenue within 12 months, as a multiple of the cost of all samples that ended",
    )
    payback_days = fields.Float(
        "Payback in Days, Median",
        readonly=True,
        aggregator="avg",
        groups=MONEY_GROUPS,
        help="Calendar days from the hand-over until the revenue reached the making cost; samples that have not paid "
        "back do not count",
    )

    # ------------------------------------------------------------------
    # Quotients of sums, never means of quotients
    # ------------------------------------------------------------------

    def _read_group_select(self, aggregate_spec, query):
        def column(name: str) -> SQL:
            return self._field_to_sql(self._table, name, query)

        if aggregate_spec == "return_ratio:avg":
            return SQL(
                "(SUM(%s) / NULLIF(SUM(%s), 0))::double precision", column("revenue"), column("ended_cost")
            )
        if aggregate_spec == "cost_per_won:avg":
            return SQL(
                "(SUM(%s) / NULLIF(COUNT(DISTINCT %s) FILTER (WHERE %s > 0), 0))::double precision",
                column("ended_cost"), column("partner_id"), column("hit_rate"),
            )  # fmt: skip
        return super()._read_group_select(aggregate_spec, query)

    # ------------------------------------------------------------------
    # Rows
    # ------------------------------------------------------------------

    @property
    def _table_query(self) -> SQL:
        plain = [name for name in NOTHING if name not in ("days", "working_days", *SHARES)]
        return SQL(
            """
            SELECT fact.id, COALESCE(fact.day, (fact.moment AT TIME ZONE 'UTC' AT TIME ZONE place.zone)::date) AS date,
                   fact.event, fact.request_id, fact.round_id, %(dimensions)s, company.currency_id, %(plain)s,
                   %(shares)s,
                   fact.days AS cycle_days, fact.days AS cycle_days_median, fact.days AS cycle_days_p90,
                   fact.working_days / place.hours_per_day AS cycle_working_days,
                   fact.working_days / place.hours_per_day AS cycle_working_days_median,
                   fact.working_days / place.hours_per_day AS cycle_working_days_p90,
                   CASE WHEN fact.hit_rate = 1 THEN fact.ended_cost END AS cost_per_won,
                   (fact.revenue / NULLIF(fact.ended_cost, 0))::double precision AS return_ratio
              FROM (%(facts)s) AS fact
              JOIN sale_sample_request request ON request.id = fact.request_id
              JOIN res_company company ON company.id = request.company_id
              JOIN %(places)s ON place.company_id = request.company_id
            """,
            dimensions=self._dimensions_sql(), places=self._places_sql(),
            plain=SQL(", ").join(SQL.identifier("fact", name) for name in plain),
            shares=SQL(", ").join(
                SQL("%s * 100 AS %s", SQL.identifier("fact", name), SQL.identifier(name)) for name in SHARES
            ),
            facts=SQL(" UNION ALL ").join(self._get_facts()),
        )  # fmt: skip

    def _get_facts(self) -> list[SQL]:
        """Return one SELECT for each kind of row, made by :meth:`_fact`. Extension point."""
        return []

    @api.model
    def _piece(self, piece: str | SQL) -> SQL:
        """Return a piece of SQL that stands in the code as a string; never a user's."""
        return piece if isinstance(piece, SQL) else SQL(piece)

    @api.model
    def _fact(
        self, place: int, source: SQL, *, row_id: str, event: SQL, request: str, day: str = "NULL::date",
        moment: str = "NULL::timestamp", round_: str = "NULL::integer", **columns: str | SQL,
    ) -> SQL:  # fmt: skip
        """Return the SELECT of one kind of row.

        :param place: number of the kind, below :data:`KINDS_OF_FACTS`; its ids have this remainder
        :param source: what follows FROM
        :param row_id: column that is unique within the kind
        :param day: day of the event, else `moment` (naive UTC) tells it
        :param columns: figures, by the names of :data:`NOTHING`. Pieces of SQL written here, never a user's
        """
        if unknown := columns.keys() - NOTHING.keys():
            raise ValueError(f"no such figures: {unknown}")
        figures = [
            SQL("%s AS %s", self._piece(value), SQL.identifier(name))
            for name, value in (NOTHING | columns).items()
        ]
        return SQL(
            """
            SELECT %s::bigint * %s + %s AS id, %s AS event, %s AS request_id, %s AS round_id, %s AS moment, %s AS day,
                   %s
              FROM %s
            """,
            SQL(row_id), KINDS_OF_FACTS, place, event, SQL(request), SQL(round_), SQL(moment), SQL(day),
            SQL(", ").join(figures), source,
        )  # fmt: skip
