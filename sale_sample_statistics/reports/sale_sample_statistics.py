from typing import ClassVar

from odoo import fields, models
from odoo.tools import SQL

MONEY_GROUPS = "sales_team.group_sale_salesman,sales_department_base.group_collaborator_finance"
"""Who may see fees and revenue; what making cost is R&D's own figure."""

EVENTS = [
    ("requested", "Requested"),
    ("accepted", "Accepted by R&D"),
    ("made", "Made"),
    ("mould_opened", "Mould Opened"),
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
ENDS = ("approved", "rejected", "cancelled")


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
            "closed_at",
            "commercial_partner_id",
            "company_id",
            "grade_id",
            "needed_by",
            "product_family_id",
            "product_id",
            "rnd_user_id",
            "round_count",
            "state",
            "submitted_at",
            "team_id",
            "type_id",
            "user_id",
        ],
        "sale.sample.round": [
            "answered_on",
            "cost",
            "first_promised_on",
            "made_on",
            "number",
            "quantity",
            "sent_on",
            "started_on",
            "state",
            "verdict",
        ],
        "sale.sample.step": ["entered_at", "left_at", "request_id", "round_id", "step", "working_hours"],
    }

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
        help="Share of rounds sent by the day R&D promised first; rounds without a promise do not count",
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
    mould_cost = fields.Monetary(
        readonly=True,
        groups=MONEY_GROUPS,
        help="Parts made once on the day the mould was opened, parts of each size on the day the size was opened",
    )
    charged = fields.Monetary(
        "Fees Charged",
        readonly=True,
        groups=MONEY_GROUPS,
        help="Fees on the day of the first confirmed order that charges them, without taxes",
    )
    collected = fields.Monetary(
        "Fees Collected",
        readonly=True,
        groups=MONEY_GROUPS,
        help="What customers paid of fees, on the days they paid it, without taxes",
    )
    refunded = fields.Monetary(
        "Fees Refunded",
        readonly=True,
        groups=MONEY_GROUPS,
        help="Posted credit notes of mould fees, on their invoice date, without taxes",
    )
    ordered = fields.Integer("Orders Won", readonly=True, help="Samples ordered for the first time")
    hit_rate = fields.Float(
        "Hit Rate (%)",
        readonly=True,
        aggregator="avg",
        help="Share of approved and rejected samples that led to an order. Samples of the last months may still do so.",
    )
    ended_cost = fields.Monetary(
        "Net Cost of Ended Samples",
        readonly=True,
        groups=MONEY_GROUPS,
        help="Making cost of all rounds and cost of the moulds opened, less the fees collected, plus the fees refunded, "
        "of requests that ended",
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
        help="Net cost of all samples that ended, those without an order too, for each customer who ordered one of "
        "them. Empty where companies of different currencies are added up",
    )
    return_ratio = fields.Float(
        "Revenue per Cost",
        readonly=True,
        aggregator="avg",
        groups=MONEY_GROUPS,
        help="Revenue within 12 months, as a multiple of the net cost of all samples that ended. Empty where nothing was "
        "spent, and where companies of different currencies are added up",
    )
    payback_days = fields.Float(
        "Payback in Days, Median",
        readonly=True,
        aggregator="avg",
        groups=MONEY_GROUPS,
        help="Calendar days from the first hand-over until the revenue, or the margin where margins are known, reached the "
        "net cost; samples that have not paid back, or had nothing to pay back, do not count",
    )

    # ------------------------------------------------------------------
    # Quotients of sums, never means of quotients
    # ------------------------------------------------------------------

    def _read_group_select(self, aggregate_spec, query):
        def column(name: str) -> SQL:
            return self._field_to_sql(self._table, name, query)

        def in_one_currency(quotient: SQL) -> SQL:
            currency, ends = column("currency_id"), SQL("FILTER (WHERE %s IN %s)", column("event"), ENDS)
            return SQL(
                "CASE WHEN MIN(%(currency)s) %(ends)s = MAX(%(currency)s) %(ends)s THEN (%(quotient)s)::double precision END",
                currency=currency,
                ends=ends,
                quotient=quotient,
            )

        if aggregate_spec == "return_ratio:avg":
            cost = column("ended_cost")
            return in_one_currency(
                SQL("CASE WHEN SUM(%s) > 0 THEN SUM(%s) / SUM(%s) END", cost, column("revenue"), cost)
            )
        if aggregate_spec == "cost_per_won:avg":
            return in_one_currency(
                SQL(
                    "SUM(%s) / NULLIF(COUNT(DISTINCT %s) FILTER (WHERE %s > 0), 0)",
                    column("ended_cost"),
                    column("partner_id"),
                    column("hit_rate"),
                )
            )
        return super()._read_group_select(aggregate_spec, query)
