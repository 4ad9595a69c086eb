"""How everyone is graded: few queries, plain arithmetic."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property

from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from odoo.addons.sales_department_base.tools.periods import months_before

from ..tools import scoring
from ..tools.assessment import Assessment, Assessor, History, Present
from ..tools.metric import GradingWindow
from .customer_grade_metric import OPEN_LEAD


class GradingRun:
    """Grades everyone by the rules of one scheme, as of one day. Writes nothing.

    Reading is apart from grading, so that a simulation grades by several rules what was read once::

        run = GradingRun(scheme, day)
        assessments, ladders = run.grade(*run.fetch(run.metric_keys))

    :param scheme: the rules; in an environment of the superuser, because a grade must not depend on whose documents
        the reviewer may see
    :param as_of: last day counted
    """

    def __init__(self, scheme, as_of: date) -> None:
        self.scheme = scheme
        self.company = scheme.company_id
        self.env = scheme.env
        self.as_of = as_of

    @cached_property
    def window(self) -> GradingWindow:
        """The time this run looks at.

        :raise UserError: it is out of range
        """
        company, months = self.company, self.scheme.window_months
        try:
            stop = self.as_of + timedelta(days=1)
            start = months_before(stop, months)
            previous_start = months_before(start, months)
        except (OverflowError, ValueError) as error:
            raise UserError(
                self.env._(
                    "No calendar has two windows of %(months)s months before %(day)s. Choose another day, or a shorter "
                    "window.",
                    months=months,
                    day=format_date(self.env, self.as_of),
                )
            ) from error
        start_utc, stop_utc = company._sales_utc_bounds(start, stop)
        return GradingWindow(
            company_id=company.id,
            currency_id=company.currency_id.id,
            timezone=company._sales_timezone(),
            as_of=self.as_of,
            start=start,
            start_utc=start_utc,
            stop_utc=stop_utc,
            previous_start=previous_start,
            previous_start_utc=company._sales_utc_bounds(previous_start, start)[0],
        )

    @property
    def metric_keys(self) -> set[str]:
        """The metrics the scheme needs figures of."""
        return {*self.scheme.criterion_ids.mapped("metric"), *self.scheme.veto_ids.mapped("metric")}

    def fetch(self, keys: set[str]) -> tuple[dict[str, dict[int, float]], dict[int, History]]:
        """Return the figures of everyone in the window of this run, and their history.

        :param keys: metrics to fetch
        """
        return self.env["customer.grade.metric"]._fetch_figures(keys, self.window, self.scheme.kind)

    def grade(
        self, figures: dict[str, dict[int, float]], history: dict[int, History]
    ) -> tuple[Iterator[Assessment], dict[str, list]]:
        """Grade everyone by the rules of the scheme.

        :param figures: at least those of the metrics of the scheme
        :param history: what everyone ordered so far
        :return: the assessments, computed while they are read, and the rungs used as JSON
        :raise UserError: nobody is there to be graded
        """
        present = self._fetch_population(history)
        if not present:
            raise UserError(self._nobody_to_grade())
        sound = [customer for customer in present if not (customer in history and history[customer].unconverted)]
        points, ladders = self._score(figures, sound)
        keys = self.metric_keys
        assessor = Assessor(
            policy=self.scheme._get_policy(),
            weights={criterion.metric: criterion.weight for criterion in self.scheme.criterion_ids},
            as_of=self.as_of,
            rank=self.env["customer.grade"]._get_ranks(),
            figures={key: known for key, known in figures.items() if key in keys},
            points=points,
        )
        nothing = History()
        return (
            assessor.assess(customer, known, history.get(customer, nothing)) for customer, known in present.items()
        ), ladders

    def _score(
        self, figures: dict[str, dict[int, float]], customers: list[int]
    ) -> tuple[dict[str, scoring.Points], dict[str, list]]:
        """Score all customers by all criteria.

        :return: ``{metric: {partner id: points}}`` and the rungs used as JSON
        """
        points, ladders = {}, {}
        for criterion in self.scheme.criterion_ids:
            known = figures[criterion.metric]
            points[criterion.metric], rungs = criterion._score({
                customer: known.get(customer) for customer in customers
            })
            ladders[criterion.metric] = [rung.as_json() for rung in rungs]
        return points, ladders

    def _nobody_to_grade(self) -> str:
        """Say that there is nobody to grade, and what to do about it."""
        values = {"day": format_date(self.env, self.as_of), "company": self.company.name}
        if self.scheme.kind == "prospect":
            return self.env._(
                "There is nobody to grade: on %(day)s %(company)s had no open lead and no contact without orders that the "
                "scheme chooses. Choose a later day, or change who is graded.",
                **values,
            )
        if self.scheme._get_domain("population_domain"):
            return self.env._(
                "There is nobody to grade: up to %(day)s none of the customers the scheme chooses has a confirmed order "
                "or a grade in %(company)s. Choose a later day, or change the customers graded.",
                **values,
            )
        return self.env._(
            "There is nobody to grade: up to %(day)s no customer has a confirmed order or a grade in %(company)s. "
            "Choose a later day.",
            **values,
        )

    # ------------------------------------------------------------------
    # Who is graded
    # ------------------------------------------------------------------

    def _fetch_population(self, history: dict[int, History]) -> dict[int, Present]:
        """Return who is graded, by key, with what is known of their present grade."""
        if self.scheme.kind == "prospect":
            query = SQL("%s UNION ALL %s", self._query_leads(), self._query_partners_without_orders())
        else:
            query = self._query_customers(list(history))
        return {row[0]: Present(*row[1:]) for row in self.env.execute_query(query)}

    def _sql_chosen(self, column: str, name: str, model: str) -> SQL:
        """Return the condition that the scheme chooses a record.

        :param column: the record's id in the query, such as ``p.id``
        :param name: the field of the scheme that chooses
        """
        domain = self.scheme._get_domain(name)
        if not domain:
            return SQL("TRUE")
        everyone = self.env[model].sudo()  # sudo: the scheme grades the whole company, not my customers and leads
        return SQL("%s IN %s", SQL(column), everyone._search(domain).subselect())

    def _query_customers(self, ordered: list[int]) -> SQL:
        """Everyone who ever ordered, or who has a grade.

        Partners that were graded as prospects and never ordered stay prospects.
        """
        return SQL(
            """
            SELECT p.id, p.user_id, (p.customer_grade_id->>%(key)s)::int, COALESCE(a.streak, 0),
                   CASE WHEN a.override_until >= %(day)s AND a.kind = 'customer' THEN a.override_until END,
                   a.reason, COALESCE(a.kind, 'customer') = 'customer'
              FROM res_partner p
         LEFT JOIN customer_grade_assessment a
                ON a.partner_id = p.id AND a.company_id = %(company)s AND a.is_current IS TRUE
             WHERE p.commercial_partner_id = p.id AND p.active IS TRUE
               AND (p.id = ANY(%(ordered)s)
                    OR (p.customer_grade_id->>%(key)s IS NOT NULL AND a.kind IS DISTINCT FROM 'prospect'))
               AND %(chosen)s
            """,
            key=str(self.company.id),
            company=self.company.id,
            day=self.as_of,
            ordered=ordered,
            chosen=self._sql_chosen("p.id", "population_domain", "res.partner"),
        )

    def _query_leads(self) -> SQL:
        """Leads that were there on the day, and are neither won nor lost now."""
        return SQL(
            """
            SELECT -l.id, l.user_id, l.customer_grade_id, COALESCE(a.streak, 0),
                   CASE WHEN a.decision = 'overridden' AND a.override_until >= %(day)s THEN a.override_until END,
                   a.reason, TRUE
              FROM crm_lead l
         LEFT JOIN customer_grade_assessment a ON a.lead_id = l.id AND a.is_current IS TRUE
             WHERE %(open_lead)s AND l.create_date < %(stop)s
               AND (l.company_id IS NULL OR l.company_id = %(company)s) AND %(chosen)s
            """,
            open_lead=OPEN_LEAD,
            day=self.as_of,
            stop=self.window.stop_utc,
            company=self.company.id,
            chosen=self._sql_chosen("l.id", "lead_domain", "crm.lead"),
        )

    def _query_partners_without_orders(self) -> SQL:
        """Partners that never ordered.

        A partner counts when it was there on the day, is the commercial one, has no confirmed order in the company
        and no grade given to it as a customer, is no mere supplier and none of our own companies or users.
        """
        return SQL(
            """
            SELECT p.id, p.user_id, (p.customer_grade_id->>%(key)s)::int, COALESCE(a.streak, 0),
                   CASE WHEN a.decision = 'overridden' AND a.override_until >= %(day)s THEN a.override_until END,
                   a.reason, TRUE
              FROM res_partner p
         LEFT JOIN customer_grade_assessment a
                ON a.partner_id = p.id AND a.company_id = %(company)s AND a.is_current IS TRUE
             WHERE p.commercial_partner_id = p.id AND p.active IS TRUE AND p.create_date < %(stop)s
               AND (p.company_id IS NULL OR p.company_id = %(company)s)
               AND p.partner_share IS TRUE
               AND NOT (COALESCE(p.supplier_rank, 0) > 0 AND COALESCE(p.customer_rank, 0) = 0)
               AND (a.kind = 'prospect' OR p.customer_grade_id->>%(key)s IS NULL)
               AND NOT EXISTS (SELECT FROM res_company own WHERE own.partner_id = p.id)
               AND NOT EXISTS (SELECT FROM sale_order o JOIN res_partner b ON b.id = o.partner_id
                                WHERE b.commercial_partner_id = p.id AND o.company_id = %(company)s
                                  AND o.state = 'sale')
               AND %(chosen)s
            """,
            key=str(self.company.id),
            day=self.as_of,
            stop=self.window.stop_utc,
            company=self.company.id,
            chosen=self._sql_chosen("p.id", "population_domain", "res.partner"),
        )
