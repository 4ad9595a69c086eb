from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import ClassVar

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.sale_sample_fee.constants import COST_GROUPS
from odoo.addons.sales_department_base.constants import FINANCE_GROUP, SALES_GROUP

MONEY_GROUPS = f"{SALES_GROUP},{FINANCE_GROUP}"
"""Who may see fees and revenue; what making cost is R&D's own figure."""

mean = partial(fields.Float, readonly=True, aggregator="avg")
money = partial(fields.Monetary, readonly=True, groups=MONEY_GROUPS)

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

#: Figures of a fact, and their type in SQL. What a fact does not tell is 0 or, of those that have a mean, nothing.
COUNTS = ("requested", "made", "pairs_made", "sent", "approved", "rejected", "cancelled", "ordered", "unconverted")
MEANS = ("rounds", "days", "working_days", "payback_days")
#: Columns that hold 1 or 0 in a fact, and 100 or 0 in the report: their mean is a share in percent.
SHARES = ("first_round", "on_time_needed", "on_time_promised", "hit_rate")
AMOUNTS = ("cost", "mould_cost", "charged", "collected", "refunded", "ended_cost", "revenue", "earned")
FIGURES = {
    **dict.fromkeys(COUNTS, "integer"),
    **dict.fromkeys((*MEANS, *SHARES), "double precision"),
    **dict.fromkeys(AMOUNTS, "numeric"),
}
NOTHING = {"integer": "0", "numeric": "0", "double precision": "NULL"}
#: Dimensions of facts that have no request: column of a fact → column of the request that comes first.
OWN = {"company_id": "company_id", "partner_id": "commercial_partner_id", "user_id": "user_id", "team_id": "team_id"}
KINDS_OF_FACTS = 16
"""Ids of rows of one kind share their remainder of this."""
REFUNDED = 6

#: Key of a figure in reports → column it comes from. In the order in which the report tells them.
REPORTED = {
    "requested": "requested",
    "made": "made",
    "sent": "sent",
    "approved": "approved",
    "rejected": "rejected",
    "cancelled": "cancelled",
    "rounds": "rounds",
    "cycle": "cycle_working_days_median",
    "cycle_p90": "cycle_working_days_p90",
    "on_time_needed": "on_time_needed",
    "on_time_promised": "on_time_promised",
    "first_round": "first_round",
    "cost": "cost",
    "mould_cost": "mould_cost",
    "charged": "charged",
    "collected": "collected",
    "refunded": "refunded",
    "ordered": "ordered",
    "hit_rate": "hit_rate",
    "revenue": "revenue",
}


@dataclass(frozen=True, slots=True)
class StageFigures:
    """How long one stage took in a period, in working days, and how often it ended."""

    median: float
    p90: float
    count: int


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
        "account.move": [
            "amount_total",
            "amount_untaxed_signed",
            "currency_id",
            "invoice_currency_rate",
            "invoice_date",
            "move_type",
            "reversed_entry_id",
            "state",
        ],
        "account.move.line": [
            "account_id",
            "balance",
            "display_type",
            "move_id",
            "name",
            "price_subtotal",
            "price_total",
            "product_id",
            "product_uom_id",
            "quantity",
        ],
        "account.partial.reconcile": ["amount", "credit_move_id", "debit_move_id", "max_date"],
        "account.payment": ["amount_company_currency_signed", "date", "move_id", "state"],
        "res.currency.rate": ["company_id", "currency_id", "name", "rate"],
        "sale.order": ["currency_id", "currency_rate", "date_order", "state"],
        "sale.order.line": [
            "display_type",
            "invoice_lines",
            "is_downpayment",
            "order_id",
            "price_subtotal",
            "price_total",
            "product_id",
            "product_uom_id",
            "product_uom_qty",
            "sample_fee_decision_id",
            "sample_request_id",
        ],
        "sale.sample.fee.decision": ["collected_amount", "decided_at", "fee_amount", "request_id"],
        "sale.sample.mould": ["company_id", "opened_on", "request_id", "state"],
        "sale.sample.mould.agreement": ["commercial_partner_id", "company_id", "request_id", "team_id", "user_id"],
        "sale.sample.mould.part": ["cost", "mould_id", "per_size"],
        "sale.sample.mould.size": ["mould_id", "opened_on", "state"],
        "sale.sample.refund": ["agreement_id", "move_id"],
        "sale.sample.request": [
            "closed_at",
            "commercial_partner_id",
            "company_id",
            "grade_id",
            "needed_by",
            "product_family_id",
            "rnd_user_id",
            "round_count",
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
    rounds = mean("Rounds per Request", help="Of requests that were approved or rejected")
    first_round = mean("Approved in the First Round (%)", help="Share of the first rounds answered")
    on_time_needed = mean(
        "On Time, Needed by (%)", help="Share of requests whose first sample was sent by the day the customer needs it"
    )
    on_time_promised = mean(
        "On Time, Promised (%)",
        help="Share of rounds sent by the day R&D promised first; rounds without a promise do not count",
    )
    cycle_days = mean("Cycle in Days, Mean", help="Calendar days from hand-over to approval")
    cycle_days_median = mean("Cycle in Days, Median")
    cycle_days_p90 = mean("Cycle in Days, P90")
    cycle_working_days = mean("Cycle in Working Days, Mean")
    cycle_working_days_median = mean("Cycle in Working Days, Median")
    cycle_working_days_p90 = mean("Cycle in Working Days, P90")
    cost = fields.Monetary("Making Cost", readonly=True, groups=COST_GROUPS)
    mould_cost = money(
        help="Parts made once on the day the mould was opened, parts of each size on the day the size was opened"
    )
    charged = money(
        "Fees Charged", help="Fees on the day of the first confirmed order that charges them, without taxes"
    )
    collected = money("Fees Collected", help="What customers paid of fees, on the days they paid it, without taxes")
    refunded = money("Fees Refunded", help="Posted credit notes of mould fees, on their invoice date, without taxes")
    ordered = fields.Integer("Orders Won", readonly=True, help="Samples ordered for the first time")
    hit_rate = mean(
        "Hit Rate (%)",
        help="Share of approved and rejected samples that led to an order. Samples of the last months may still do so.",
    )
    ended_cost = money(
        "Net Cost of Ended Samples",
        help="Making cost of all rounds and cost of the moulds opened, less the fees collected, plus the fees refunded, "
        "of requests that ended",
    )
    revenue = money(
        "Revenue within 12 Months",
        help="Net amount of the confirmed orders that the sample won, in the 12 months from its approval, less what was "
        "credited: returned goods and price allowances",
    )
    is_unconverted = fields.Boolean(
        "Without Rate",
        readonly=True,
        groups=MONEY_GROUPS,
        help="The currency of an order that the sample won has no rate: its revenue is unknown and counts for nothing. "
        "Enter a rate on the currency; the report then takes it.",
    )
    cost_per_won = mean(
        "Cost per Won Customer",
        groups=MONEY_GROUPS,
        help="Net cost of all samples that ended, those without an order too, for each customer who ordered one of "
        "them. Empty where companies of different currencies are added up",
    )
    return_ratio = mean(
        "Revenue per Cost",
        groups=MONEY_GROUPS,
        help="Revenue within 12 months, as a multiple of the net cost of all samples that ended. Empty where nothing was "
        "spent, where companies of different currencies are added up, and where the currency of an order has no rate",
    )
    payback_days = mean(
        "Payback in Days, Median",
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
            ends = SQL("%s IN %s", column("event"), ENDS)
            return self.env["sales.department.revenue"]._in_one_currency(quotient, column("currency_id"), ends)

        if aggregate_spec == "return_ratio:avg":
            cost = column("ended_cost")
            return in_one_currency(
                SQL(
                    "CASE WHEN SUM(%(cost)s) > 0 AND NOT BOOL_OR(%(unknown)s) THEN SUM(%(revenue)s) / SUM(%(cost)s) END",
                    cost=cost,
                    unknown=column("is_unconverted"),
                    revenue=column("revenue"),
                )
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

    def action_open_request(self) -> dict:
        """Open the sample request of a row; of a refund without one, the agreement."""
        self.ensure_one()
        if self.event == "refunded" and not self.request_id:
            refund = self.env["sale.sample.refund"].browse(self.id // KINDS_OF_FACTS)
            return refund.agreement_id._get_records_action()
        return self._open_request()

    # ------------------------------------------------------------------
    # How the rows are put together: facts of several kinds, and their dimensions
    # ------------------------------------------------------------------

    @property
    def _table_query(self) -> SQL:
        plain = [name for name in FIGURES if name not in ("days", "working_days", "unconverted", *SHARES)]
        return SQL(
            """
            WITH %(shared)s
            SELECT fact.id, COALESCE(fact.day, (fact.moment AT TIME ZONE 'UTC' AT TIME ZONE place.zone)::date) AS date,
                   fact.event, fact.request_id, fact.round_id, %(dimensions)s, company.currency_id, %(plain)s,
                   %(shares)s,
                   fact.days AS cycle_days, fact.days AS cycle_days_median, fact.days AS cycle_days_p90,
                   fact.working_days / place.hours_per_day AS cycle_working_days,
                   fact.working_days / place.hours_per_day AS cycle_working_days_median,
                   fact.working_days / place.hours_per_day AS cycle_working_days_p90,
                   CASE WHEN fact.hit_rate = 1 THEN fact.ended_cost END AS cost_per_won,
                   CASE WHEN fact.ended_cost > 0 THEN (fact.revenue / fact.ended_cost)::double precision END
                       AS return_ratio,
                   fact.unconverted = 1 AS is_unconverted
              FROM (%(facts)s) AS fact
              LEFT JOIN sale_sample_request request ON request.id = fact.request_id
              JOIN res_company company ON company.id = COALESCE(request.company_id, fact.company_id)
              JOIN %(places)s ON place.company_id = company.id
            """,
            dimensions=self._dimensions_sql(),
            places=self._places_sql(),
            plain=SQL(", ").join(SQL.identifier("fact", name) for name in plain),
            shares=SQL(", ").join(
                SQL("%s * 100 AS %s", SQL.identifier("fact", name), SQL.identifier(name)) for name in SHARES
            ),
            facts=SQL(" UNION ALL ").join(self._get_facts()),
            shared=SQL(", ").join(
                SQL("%s AS MATERIALIZED (%s)", SQL.identifier(name), query)
                for name, query in self._get_shared().items()
            ),
        )

    def _get_facts(self) -> list[SQL]:
        """Return one SELECT for each kind of row, made by :meth:`_fact`. Extension point."""
        return [
            self._select_handover(),
            self._select_rounds(),
            self._select_given_up(),
            self._select_moulds(),
            self._select_charged(),
            self._select_collected(),
            self._select_refunds(),
            self._select_ends(),
            self._select_ordered(),
        ]

    def _get_shared(self) -> dict[str, SQL]:
        """Return queries that several facts read: name → query, after those it reads itself. Extension point.

        Each is computed once, and not at all when no figure asked for needs it.
        """
        return {
            "reader": SQL("SELECT id AS company_id FROM res_company WHERE id IN %s", tuple(self.env.companies.ids)),
            "opened_mould": self._opened_moulds_sql(),
            "posted_refund": self._posted_refunds_sql(),
            "fee_bill": self._fee_bills_sql(),
            "spent": SQL(
                "SELECT spending.request_id, SUM(spending.amount) AS cost FROM (%s) AS spending GROUP BY spending.request_id",
                SQL(" UNION ALL ").join(self._get_spending()),
            ),
            "gain": self._gain_sql(),
        }

    def _get_spending(self) -> list[SQL]:
        """Return one SELECT (request_id, amount) for each kind of cost of requests; negative is income. Extension point."""
        return [
            SQL("SELECT request_id, cost AS amount FROM sale_sample_round"),
            SQL("SELECT request_id, amount FROM opened_mould"),
            SQL("SELECT request_id, -collected_amount FROM sale_sample_fee_decision WHERE collected_amount <> 0"),
            SQL("SELECT request_id, amount FROM posted_refund WHERE request_id IS NOT NULL"),
        ]

    def _dimensions_sql(self) -> SQL:
        own = [
            SQL(
                "COALESCE(%s, %s) AS %s",
                SQL.identifier("request", of_request),
                SQL.identifier("fact", name),
                SQL.identifier(name),
            )
            for name, of_request in OWN.items()
        ]
        return SQL(
            "request.type_id, request.grade_id, request.rnd_user_id, request.product_family_id, %s", SQL(", ").join(own)
        )

    @api.model
    def _piece(self, piece: str) -> SQL:
        """Return a piece of SQL that stands in the code as a string; never a user's."""
        return SQL(piece)

    @api.model
    def _fact(
        self,
        place: int,
        source: SQL,
        *,
        row_id: str,
        event: str,
        request: str,
        day: str = "NULL",
        moment: str = "NULL",
        round_: str = "NULL",
        own: dict[str, str] | None = None,
        **figures: str,
    ) -> SQL:
        """Return the SELECT of one kind of row. Its pieces of SQL stand in the code and are never a user's.

        All kinds have columns of exactly the same types. Else PostgreSQL would compute each kind as a whole, also
        where only one event or one figure is asked for.

        :param place: number of the kind, below :data:`KINDS_OF_FACTS`; its ids have this remainder
        :param source: what follows FROM
        :param row_id: column that is unique within the kind
        :param day: day of the event, else `moment` (naive UTC) tells it
        :param own: dimensions of rows without a request, by the names of :data:`OWN`
        :param figures: by the names of :data:`FIGURES`
        """
        own = own or {}
        if unknown := (figures.keys() - FIGURES.keys()) | (own.keys() - OWN.keys()):
            raise ValueError(f"no such figures or dimensions: {unknown}")
        columns = {
            "id": ("bigint", f"{row_id}::bigint * {KINDS_OF_FACTS} + {place}"),
            "event": ("varchar", event),
            "request_id": ("integer", request),
            "round_id": ("integer", round_),
            "moment": ("timestamp", moment),
            "day": ("date", day),
            **{name: (kind, figures.get(name, NOTHING[kind])) for name, kind in FIGURES.items()},
            **{name: ("integer", own.get(name, "NULL")) for name in OWN},
        }
        selected = (
            SQL("(%s)::%s AS %s", self._piece(piece), self._piece(kind), SQL.identifier(name))
            for name, (kind, piece) in columns.items()
        )
        return SQL("SELECT %s FROM %s", SQL(", ").join(selected), source)

    # ------------------------------------------------------------------
    # Requests and rounds until the answer, from the step log
    # ------------------------------------------------------------------

    def _select_handover(self) -> SQL:
        """Requests handed over for the first time, and accepted by R&D."""
        return self._fact(
            0,
            SQL(
                """
                sale_sample_step step
                 WHERE step.step IN ('submitted', 'accepted') AND step.round_id IS NULL AND NOT EXISTS (
                           SELECT 1 FROM sale_sample_step earlier
                            WHERE earlier.request_id = step.request_id AND earlier.step = step.step
                              AND earlier.id < step.id)
                """
            ),
            row_id="step.id",
            event="CASE step.step WHEN 'submitted' THEN 'requested' ELSE 'accepted' END",
            request="step.request_id",
            moment="step.entered_at",
            requested="(step.step = 'submitted')::integer",
        )

    def _select_rounds(self) -> SQL:
        """Rounds made, sent and answered, on the days that people entered."""
        return self._fact(
            1,
            SQL(
                """
                sale_sample_step step
                  JOIN sale_sample_round round ON round.id = step.round_id
                  JOIN sale_sample_request asked ON asked.id = step.request_id
                 WHERE step.step IN ('made', 'sent', 'answered')
                """
            ),
            row_id="step.id",
            event="step.step",
            request="step.request_id",
            round_="step.round_id",
            moment="step.entered_at",
            day="""
                CASE step.step WHEN 'made' THEN round.made_on WHEN 'sent' THEN round.sent_on ELSE round.answered_on END
            """,
            made="(step.step = 'made')::integer",
            pairs_made="CASE WHEN step.step = 'made' THEN round.quantity ELSE 0 END",
            sent="(step.step = 'sent')::integer",
            cost="CASE WHEN step.step = 'made' THEN COALESCE(round.cost, 0) ELSE 0 END",
            on_time_needed="""
                CASE WHEN step.step = 'sent' AND NOT EXISTS (
                              SELECT 1 FROM sale_sample_step earlier
                               WHERE earlier.request_id = step.request_id AND earlier.step = 'sent'
                                 AND earlier.id < step.id)
                     THEN (round.sent_on <= asked.needed_by)::integer::double precision END
            """,
            on_time_promised="""
                CASE WHEN step.step = 'sent' THEN (round.sent_on <= round.first_promised_on)::integer::double precision END
            """,
            first_round="""
                CASE WHEN step.step = 'answered' AND round.number = 1
                     THEN (round.verdict = 'approved')::integer::double precision END
            """,
        )

    def _select_given_up(self) -> SQL:
        """What rounds cost that were cancelled in the making, on the day they were begun."""
        return self._fact(
            2,
            SQL(
                """
                sale_sample_round round
                 WHERE round.state = 'cancelled' AND round.made_on IS NULL AND round.started_on IS NOT NULL
                   AND round.cost > 0
                """
            ),
            row_id="round.id",
            event="'given_up'",
            request="round.request_id",
            round_="round.id",
            day="round.started_on",
            cost="round.cost",
        )

    # ------------------------------------------------------------------
    # Moulds of requests: what they cost once opened, and with each size that is opened
    # ------------------------------------------------------------------

    def _opened_moulds_sql(self) -> SQL:
        """Return what opening cost: a row for each mould, of the parts made once, and each size, of those made for it.

        As `staged_costs` has it: a mould that lists no sizes counts as one size.
        """
        return SQL(
            """
            SELECT opened.id, mould.request_id, opened.day, SUM(part.cost) AS amount
              FROM (
                    SELECT id::bigint * 2 AS id, id AS mould_id, opened_on AS day, FALSE AS is_size
                      FROM sale_sample_mould
                     UNION ALL
                    SELECT id::bigint * 2 + 1, mould_id, opened_on, TRUE
                      FROM sale_sample_mould_size
                     WHERE state = 'opened'
                   ) AS opened
              JOIN sale_sample_mould mould
                ON mould.id = opened.mould_id
               AND mould.request_id IS NOT NULL
               AND mould.state NOT IN ('quoted', 'cancelled')
               AND mould.company_id IN (SELECT company_id FROM reader)
              JOIN sale_sample_mould_part part
                ON part.mould_id = mould.id
               AND opened.is_size = (part.per_size IS TRUE AND EXISTS (
                       SELECT 1 FROM sale_sample_mould_size size WHERE size.mould_id = mould.id))
             GROUP BY opened.id, mould.request_id, opened.day
            HAVING SUM(part.cost) > 0
            """
        )

    def _select_moulds(self) -> SQL:
        """Moulds and their sizes on the day they were opened."""
        return self._fact(
            3,
            SQL("opened_mould opened"),
            row_id="opened.id",
            event="'mould_opened'",
            request="opened.request_id",
            day="opened.day",
            mould_cost="opened.amount",
        )

    # ------------------------------------------------------------------
    # Mould fees, each on its day: what a past month says does not change later
    # ------------------------------------------------------------------

    def _posted_refunds_sql(self) -> SQL:
        """Return the refunds whose credit note is posted, with the amount in company currency."""
        return SQL(
            """
            SELECT refund.id, agreement.request_id, note.invoice_date AS day, ABS(note.amount_untaxed_signed) AS amount,
                   agreement.company_id, agreement.commercial_partner_id AS partner_id, agreement.user_id,
                   agreement.team_id
              FROM sale_sample_refund refund
              JOIN account_move note ON note.id = refund.move_id AND note.state = 'posted'
              JOIN sale_sample_mould_agreement agreement ON agreement.id = refund.agreement_id
            """
        )

    def _fee_bills_sql(self) -> SQL:
        """Return the posted invoices of each decision and order, and which share of the invoice is the fee.

        A down payment on the order is one on the fee, too, for as much of the order as the fee is; the final
        invoice deducts it again. Invoices that credit notes took back are none; those of a cancelled order stand.
        """
        return SQL(
            """
            SELECT part.decision_id, line.order_id, invoice.id AS move_id,
                   SUM(part.share * invoiced.price_total) / invoice.amount_total AS share
              FROM (
                    SELECT fee.sample_fee_decision_id AS decision_id, fee.id AS line_id, 1.0 AS share
                      FROM sale_order_line fee
                     WHERE fee.sample_fee_decision_id IS NOT NULL
                     UNION ALL
                    SELECT fee.sample_fee_decision_id, deposit.id, fee.price_subtotal / ordered.amount
                      FROM sale_order_line fee
                      JOIN sale_order_line deposit ON deposit.order_id = fee.order_id AND deposit.is_downpayment
                      JOIN LATERAL (
                               SELECT SUM(line.price_subtotal) AS amount
                                 FROM sale_order_line line
                                WHERE line.order_id = fee.order_id AND line.is_downpayment IS NOT TRUE
                           ) AS ordered ON ordered.amount > 0
                     WHERE fee.sample_fee_decision_id IS NOT NULL
                   ) AS part
              JOIN sale_order_line line ON line.id = part.line_id
              JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = part.line_id
              JOIN account_move_line invoiced ON invoiced.id = rel.invoice_line_id
              JOIN account_move invoice ON invoice.id = invoiced.move_id
             WHERE invoice.state = 'posted'
               AND invoice.move_type = 'out_invoice'
               AND invoice.amount_total > 0
               AND invoice.amount_total > COALESCE((
                       SELECT SUM(note.amount_total * invoice.invoice_currency_rate
                                  / COALESCE(NULLIF(note.invoice_currency_rate, 0), 1))
                         FROM account_move note
                        WHERE note.reversed_entry_id = invoice.id
                          AND note.state = 'posted'
                          AND NOT EXISTS (SELECT 1 FROM sale_sample_refund refund WHERE refund.move_id = note.id)
                   ), 0)
             GROUP BY part.decision_id, line.order_id, invoice.id
            """
        )

    def _select_refunds(self) -> SQL:
        """Credit notes that were posted; also those of agreements entered by hand, which have no request."""
        names = ("company_id", "partner_id", "user_id", "team_id")
        return self._fact(
            REFUNDED,
            SQL("posted_refund refund"),
            row_id="refund.id",
            event="'refunded'",
            request="refund.request_id",
            day="refund.day",
            own={name: f"CASE WHEN refund.request_id IS NULL THEN refund.{name} END" for name in names},
            refunded="refund.amount",
        )

    def _select_charged(self) -> SQL:
        """Fees on the day of the first confirmed order that charges them, or was cancelled with its invoice standing."""
        return self._fact(
            4,
            SQL(
                """
                (SELECT line.sample_fee_decision_id AS id, MIN(orders.date_order) AS moment
                   FROM sale_order_line line
                   JOIN sale_order orders ON orders.id = line.order_id
                  WHERE line.sample_fee_decision_id IS NOT NULL
                    AND (orders.state = 'sale' OR (
                           orders.state = 'cancel' AND EXISTS (
                               SELECT 1 FROM fee_bill bill
                                WHERE bill.order_id = line.order_id AND bill.decision_id = line.sample_fee_decision_id)))
                  GROUP BY line.sample_fee_decision_id) AS charged
                  JOIN sale_sample_fee_decision decision ON decision.id = charged.id AND decision.fee_amount > 0
                """
            ),
            row_id="decision.id",
            event="'charged'",
            request="decision.request_id",
            moment="charged.moment",
            charged="decision.fee_amount",
        )

    def _select_collected(self) -> SQL:
        """What customers paid of the fees: a row for each decision and day of payment.

        What was collected of a decision is shared out by what was paid on each day. Each day takes what is due up to
        it less what was due before, so that rounding loses nothing.
        """
        return self._fact(
            5,
            SQL(
                """
                (SELECT due.id, due.request_id, due.decided_at, due.day,
                        CASE WHEN due.whole > 0
                             THEN ROUND(due.amount * due.so_far / due.whole, due.digits)
                                  - ROUND(due.amount * (due.so_far - due.weight) / due.whole, due.digits)
                             ELSE due.amount END AS amount
                   FROM (
                         SELECT decision.id, decision.request_id, decision.decided_at, paid.day, paid.weight,
                                decision.collected_amount AS amount, currency.decimal_places AS digits,
                                SUM(paid.weight) OVER (PARTITION BY decision.id ORDER BY paid.day) AS so_far,
                                SUM(paid.weight) OVER (PARTITION BY decision.id) AS whole
                           FROM sale_sample_fee_decision decision
                           JOIN res_company company ON company.id = decision.company_id
                           JOIN res_currency currency ON currency.id = company.currency_id
                           LEFT JOIN (%s) AS paid ON paid.decision_id = decision.id
                          WHERE decision.collected_amount > 0
                        ) AS due
                ) AS collected WHERE collected.amount <> 0
                """,
                self._paid_days_sql(),
            ),
            # a day in 16 bits: 1970 to 2149
            row_id="(collected.id::bigint * 65536 + COALESCE(collected.day - DATE '1970-01-01', 0))",
            event="'collected'",
            request="collected.request_id",
            moment="collected.decided_at",
            day="collected.day",
            collected="collected.amount",
        )

    def _paid_days_sql(self) -> SQL:
        """Return a query of the payments of fees: decision, day, weight.

        Credit notes pay nothing. Payments without a journal entry are read where nothing was reconciled. Weights are in
        company currency, as invoices of a fee may be in several.
        """
        return SQL(
            """
            SELECT payment.decision_id, payment.day, SUM(payment.weight) AS weight
              FROM (
                    SELECT found.*, MIN(found.rank) OVER (PARTITION BY found.decision_id) AS best
                      FROM (
                            SELECT bill.decision_id, 1 AS rank, partial.max_date AS day,
                                   partial.amount * bill.share AS weight
                              FROM fee_bill bill
                              JOIN account_move_line receivable ON receivable.move_id = bill.move_id
                              JOIN account_account account
                                ON account.id = receivable.account_id AND account.account_type = 'asset_receivable'
                              JOIN account_partial_reconcile partial ON partial.debit_move_id = receivable.id
                              JOIN account_move_line credit ON credit.id = partial.credit_move_id
                              JOIN account_move counterpart
                                ON counterpart.id = credit.move_id AND counterpart.move_type <> 'out_refund'
                             UNION ALL
                            SELECT bill.decision_id, 2, payment.date,
                                   ABS(payment.amount_company_currency_signed) * bill.share
                              FROM fee_bill bill
                              JOIN account_move__account_payment matched ON matched.invoice_id = bill.move_id
                              JOIN account_payment payment
                                ON payment.id = matched.payment_id
                               AND payment.move_id IS NULL
                               AND payment.state IN ('in_process', 'paid')
                           ) AS found
                     WHERE found.weight > 0
                   ) AS payment
             WHERE payment.rank = payment.best
             GROUP BY payment.decision_id, payment.day
            """
        )

    # ------------------------------------------------------------------
    # How requests ended, and what they brought
    # ------------------------------------------------------------------

    def _earned_sql(self) -> SQL:
        """Return what a ``line`` of ``sales.department.revenue`` earns, by which samples pay back. Extension point.

        Here the revenue; where margins are known, the margin is nearer to the truth.
        """
        return SQL("line.revenue")

    def _gain_sql(self) -> SQL:
        """Return what each sample won: its first order, revenue and earnings of 12 months, and when it paid back.

        Each confirmed order line names the sample that won it, if any: see `_link_samples` of the line. Amounts are
        those of ``sales.department.revenue``: in company currency, net of what was credited. Those without a rate are
        unknown, count for nothing, and are told (``is_unconverted``).
        """
        return SQL(
            """
            SELECT won.request_id, MIN(won.date_order) AS first_order,
                   SUM(won.amount) FILTER (WHERE won.date_order < won.closed_at + INTERVAL '12 months') AS revenue,
                   SUM(won.earned) FILTER (WHERE won.date_order < won.closed_at + INTERVAL '12 months') AS earned,
                   MIN(won.date_order) FILTER (WHERE won.so_far >= spent.cost) AS paid_back,
                   BOOL_OR(won.is_unconverted) FILTER (WHERE won.date_order < won.closed_at + INTERVAL '12 months')
                       AS is_unconverted
              FROM (
                    SELECT line.*, SUM(line.earned) OVER (PARTITION BY line.request_id ORDER BY line.date_order) AS so_far
                      FROM (
                            SELECT asked.id AS request_id, asked.closed_at, line.date_order, line.is_unconverted,
                                   line.revenue AS amount, %(earned)s AS earned
                              FROM sale_sample_request asked
                              JOIN sale_order_line ordered ON ordered.sample_request_id = asked.id
                              JOIN (%(lines)s) AS line ON line.id = ordered.id
                             WHERE asked.company_id IN (SELECT company_id FROM reader)
                           ) AS line
                   ) AS won
              LEFT JOIN spent ON spent.request_id = won.request_id
             GROUP BY won.request_id
            """,
            earned=self._earned_sql(),
            lines=self.env["sales.department.revenue"]._select_lines(self.env.companies),
        )

    def _select_ends(self) -> SQL:
        """Requests approved, rejected or cancelled after the hand-over, with what they cost and brought."""
        return self._fact(
            7,
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
                           SELECT request_id, SUM(revenue) AS revenue, SUM(earned) AS earned, MIN(paid_back) AS paid_back,
                                  BOOL_OR(is_unconverted) AS is_unconverted
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
            unconverted="COALESCE(won.is_unconverted, FALSE)::integer",
            payback_days="""
                CASE WHEN total.cost > 0
                     THEN (EXTRACT(EPOCH FROM won.paid_back - log.start) / 86400.0)::double precision END
            """,
        )

    def _select_ordered(self) -> SQL:
        """Samples on the day of their first order."""
        return self._fact(
            8,
            SQL("gain first"),
            row_id="first.request_id",
            event="'ordered'",
            request="first.request_id",
            moment="first.first_order",
            ordered="1",
        )

    # ------------------------------------------------------------------
    # The figures of a period, for reports
    # ------------------------------------------------------------------

    @api.model
    def _get_figures(
        self,
        company,
        start: date,
        stop: date,
        groupbys: Sequence[str | None] = (None,),
        keys: Iterable[str] = tuple(REPORTED),
        events: Sequence[str] = (),
    ) -> list[dict]:
        """Return the figures of a period that the reader may see, by the reader's record rules; in one query.

        :param start: first day
        :param stop: first day no longer meant
        :param groupbys: dimensions by which to give the figures, None for the whole
        :param keys: of :data:`REPORTED`; those closed to the reader are left out
        :param events: those the figures come from, where they are few: then little is computed
        :return: for each of `groupbys`: key → figure, shares from 0 to 1, None where there was nothing to measure; by
            group when grouped
        """
        report = self.with_context(allowed_company_ids=company.ids)
        keys = [key for key in keys if report._has_field_access(self._fields[REPORTED[key]], "read")]
        aggregates = [f"{REPORTED[key]}:{self._fields[REPORTED[key]].aggregator}" for key in keys]
        domain = self._get_period_domain(company, start, stop)
        if events:
            domain &= Domain("event", "in", events)
        sets = [[groupby] if groupby else [] for groupby in groupbys]

        def figures(values) -> dict:
            # the database knows no mean of nothing: Odoo returns False
            found = {key: None if value is False else value for key, value in zip(keys, values, strict=True)}
            return {key: value / 100 if value and key in SHARES else value for key, value in found.items()}

        return [
            {row[0]: figures(row[1:]) for row in rows} if groupby else figures(rows[0] if rows else [False] * len(keys))
            for groupby, rows in zip(groupbys, report._read_grouping_sets(domain, sets, aggregates), strict=True)
        ]

    @api.model
    def _get_stage_figures(self, company, start: date, stop: date) -> dict[str, StageFigures]:
        """Return median and P90 in working days of each stage that ended in a period."""
        cycle = self.env["sale.sample.cycle"].with_context(allowed_company_ids=company.ids)
        domain = self._get_period_domain(company, start, stop)
        rows = cycle._read_group(domain, ["stage"], ["working_days_median:avg", "working_days_p90:avg", "__count"])
        return {stage: StageFigures(*figures) for stage, *figures in rows}

    @api.model
    def _get_period_domain(self, company, start: date, stop: date) -> Domain:
        return Domain("company_id", "=", company.id) & Domain("date", ">=", start) & Domain("date", "<", stop)
