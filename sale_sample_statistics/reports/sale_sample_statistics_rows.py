from odoo import api, models
from odoo.tools import SQL

#: Figures of a fact, and their type in SQL. What a fact does not tell is 0 or, of those that have a mean, nothing.
FIGURES = {
    **dict.fromkeys(
        ("requested", "made", "pairs_made", "sent", "approved", "rejected", "cancelled", "ordered"), "integer"
    ),
    **dict.fromkeys(
        (
            "rounds",
            "first_round",
            "on_time_needed",
            "on_time_promised",
            "hit_rate",
            "days",
            "working_days",
            "payback_days",
        ),
        "double precision",
    ),
    **dict.fromkeys(
        ("cost", "mould_cost", "charged", "collected", "refunded", "ended_cost", "revenue", "earned"), "numeric"
    ),
}
NOTHING = {"integer": "0", "numeric": "0", "double precision": "NULL"}
#: Columns that hold 1 or 0 in a fact, and 100 or 0 in the report: their mean is a share in percent.
SHARES = ("first_round", "on_time_needed", "on_time_promised", "hit_rate")
#: Dimensions of facts that have no request: column of a fact → column of the request that comes first.
OWN = {"company_id": "company_id", "partner_id": "commercial_partner_id", "user_id": "user_id", "team_id": "team_id"}
KINDS_OF_FACTS = 16
"""Ids of rows of one kind share their remainder of this."""


class SaleSampleStatistics(models.Model):
    """How the rows are put together: facts of several kinds, and their dimensions."""

    _inherit = "sale.sample.statistics"

    @property
    def _table_query(self) -> SQL:
        plain = [name for name in FIGURES if name not in ("days", "working_days", *SHARES)]
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
                       AS return_ratio
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

    def _get_facts(self) -> list[SQL]:
        """Return one SELECT for each kind of row, made by :meth:`_fact`. Extension point."""
        return []

    def _get_shared(self) -> dict[str, SQL]:
        """Return queries that several facts read: name → query, after those it reads itself. Extension point.

        Each is computed once, and not at all when no figure asked for needs it.
        """
        return {"reader": SQL("SELECT id AS company_id FROM res_company WHERE id IN %s", tuple(self.env.companies.ids))}

    def _get_spending(self) -> list[SQL]:
        """Return one SELECT (request_id, amount) for each kind of cost of requests; negative is income. Extension point."""
        return []

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
