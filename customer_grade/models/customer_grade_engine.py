import json
from collections.abc import Iterable, Iterator
from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, split_every

from odoo.addons.sales_department_base.tools.periods import months_before

from ..tools import scoring
from ..tools.assessment import Assessment, Assessor, History, Present
from ..tools.metric import GradingWindow

COLUMN_TYPES = {
    "partner_id": "int",
    "user_id": "int",
    "revenue": "numeric",
    "order_count": "int",
    "score": "numeric",
    "figures": "jsonb",
    "points": "jsonb",
    "reasons": "jsonb",
    "streak": "int",
    "is_incomplete": "bool",
    "previous_grade_id": "int",
    "by_score_grade_id": "int",
    "proposed_grade_id": "int",
    "grade_id": "int",
    "movement": "text",
    "decision": "text",
    "reason": "text",
    "override_until": "date",
    "lead_id": "int",
}

BATCH = 5000
"""Rows of one INSERT: keeps memory flat; above it the time per row no longer falls."""


class CustomerGradeReview(models.Model):
    """How a review is computed: few queries, plain arithmetic, one bulk insert.

    The work is one transaction. Killed half-way it leaves the review as it was, and
    computing again starts from the beginning.
    """

    _inherit = "customer.grade.review"

    def _get_window(self) -> GradingWindow:
        """Return the time this review looks at."""
        self.ensure_one()
        company, months = self.company_id, self.scheme_id.window_months
        stop = self.date + timedelta(days=1)
        start = months_before(stop, months)
        previous_start = months_before(start, months)
        start_utc, stop_utc = company._sales_utc_bounds(start, stop)
        return GradingWindow(
            company_id=company.id,
            currency_id=company.currency_id.id,
            timezone=company._sales_timezone(),
            as_of=self.date,
            start=start,
            start_utc=start_utc,
            stop_utc=stop_utc,
            previous_start=previous_start,
            previous_start_utc=company._sales_utc_bounds(previous_start, start)[0],
        )

    def _assess_customers(self) -> None:
        """Replace the assessments of this review by freshly computed ones.

        :raise UserError: the scheme is not complete, or nobody is there to be graded
        """
        self.ensure_one()
        self.scheme_id._check_ready()
        assessments, ladders = self._grade(*self._fetch(self._get_metric_keys()))
        self._store(assessments)
        self.ladders = ladders

    def _get_metric_keys(self) -> set[str]:
        """Return the metrics the scheme needs figures of."""
        return {*self.scheme_id.criterion_ids.mapped("metric"), *self.scheme_id.veto_ids.mapped("metric")}

    def _fetch(self, keys: set[str]) -> tuple[dict[str, dict[int, float]], dict[int, History]]:
        """Return the figures of everyone in the window of this review, and their history.

        Reading is apart from grading, so that a simulation grades by several rules what
        was read once.

        :param keys: metrics to fetch
        """
        return self.env["customer.grade.metric"]._fetch_figures(keys, self._get_window(), self.scheme_id.kind)

    def _grade(
        self, figures: dict[str, dict[int, float]], history: dict[int, History]
    ) -> tuple[Iterator[Assessment], dict[str, list]]:
        """Grade everyone by the rules of the scheme. Writes nothing: the review may be unsaved.

        :param figures: at least those of the metrics of the scheme
        :param history: what everyone ordered so far
        :return: the assessments, computed while they are read, and the rungs used as JSON
        :raise UserError: nobody is there to be graded
        """
        scheme = self.scheme_id
        present = self._fetch_population(history)
        if not present:
            raise UserError(self._nobody_to_grade())
        sound = [customer for customer in present if not (customer in history and history[customer].unconverted)]
        points, ladders = self._score(figures, sound)
        grades = self.env["customer.grade"].with_context(active_test=False).search([("is_unrated", "=", False)])
        keys = self._get_metric_keys()
        assessor = Assessor(
            policy=scheme._get_policy(),
            weights={criterion.metric: criterion.weight for criterion in scheme.criterion_ids},
            as_of=self.date,
            rank={grade.id: place for place, grade in enumerate(grades)},
            figures={key: known for key, known in figures.items() if key in keys},
            points=points,
        )
        nothing = History()
        return (
            assessor.assess(customer, known, history.get(customer, nothing)) for customer, known in present.items()
        ), ladders

    def _nobody_to_grade(self) -> str:
        """Say that there is nobody to grade, and what to do about it."""
        values = {"day": format_date(self.env, self.date), "company": self.company_id.name}
        if self.scheme_id._get_population_domain():
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

    def _fetch_population(self, history: dict[int, History]) -> dict[int, Present]:
        """Return who is graded, by key, with what is known of their present grade.

        Partners that were graded as prospects and never ordered stay prospects.
        """
        domain = self.scheme_id._get_population_domain()
        chosen = SQL("TRUE")
        if domain:
            everyone = self.env["res.partner"].sudo()  # sudo: the scheme grades the whole company, not my customers
            chosen = SQL("p.id IN %s", everyone._search(domain).subselect())
        rows = self.env.execute_query(
            SQL(
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
                key=str(self.company_id.id),
                company=self.company_id.id,
                day=self.date,
                ordered=list(history),
                chosen=chosen,
            )
        )
        return {row[0]: Present(*row[1:]) for row in rows}

    def _score(
        self, figures: dict[str, dict[int, float]], customers: list[int]
    ) -> tuple[dict[str, scoring.Points], dict[str, list]]:
        """Score all customers by all criteria.

        :return: ``{metric: {partner id: points}}`` and the rungs used as JSON
        """
        points, ladders = {}, {}
        for criterion in self.scheme_id.criterion_ids:
            known = figures[criterion.metric]
            points[criterion.metric], rungs = criterion._score({
                customer: known.get(customer) for customer in customers
            })
            ladders[criterion.metric] = [rung.as_json() for rung in rungs]
        return points, ladders

    def _store(self, assessments: Iterable[Assessment]) -> None:
        """Replace the stored assessments of this review, in bulk."""
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM customer_grade_assessment WHERE review_id = %s", self.id))
        names = [SQL.identifier(name) for name in Assessment._fields]
        for rows in split_every(BATCH, assessments, list):
            columns = []
            for name, values in zip(Assessment._fields, zip(*rows, strict=True), strict=True):
                kind = COLUMN_TYPES[name]
                if kind == "jsonb":
                    columns.append(SQL("%s::text[]::jsonb[]", [json.dumps(value) for value in values]))
                else:
                    columns.append(SQL("%s::%s[]", list(values), SQL(kind)))
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO customer_grade_assessment
                           (review_id, kind, origin, company_id, scheme_id, date, state, is_current,
                            create_uid, create_date, write_uid, write_date, %(names)s)
                    SELECT %(review)s, %(kind)s, 'review', %(company)s, %(scheme)s, %(date)s, 'proposed', FALSE,
                           %(uid)s, %(now)s, %(uid)s, %(now)s, batch.*
                      FROM unnest(%(columns)s) AS batch
                    """,
                    names=SQL(", ").join(names),
                    columns=SQL(", ").join(columns),
                    review=self.id,
                    kind=self.scheme_id.kind,
                    company=self.company_id.id,
                    scheme=self.scheme_id.id,
                    date=self.date,
                    uid=self.env.uid,
                    now=self.env.cr.now(),
                )
            )
        self.env["customer.grade.assessment"].invalidate_model()
        self.invalidate_recordset()
