from typing import Any, NamedTuple

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_amount, format_date

from ..tools.assessment import Assessment, History, movement, partner_and_lead
from ..tools.migration import Migration, Move
from .customer_grade_simulation import CHANGEABLE

LISTED_AT_MOST = 1000
"""Customers that move shown one by one, those with the most revenue; the counts hold for all."""


class Graded(NamedTuple):
    """What is compared of one customer; whole assessments of 100,000 twice would fill the memory."""

    user: int | None
    revenue: float
    score: float
    grade: int | None

    @classmethod
    def of(cls, assessment: Assessment) -> "Graded":
        return cls(assessment.user_id, assessment.revenue, assessment.score, assessment.grade_id)


NOTHING = Graded(None, 0.0, 0.0, None)


class CustomerGradeSimulation(models.TransientModel):
    """How a simulation grades: by an unsaved review of an unsaved scheme.

    The engine of reviews does all the work, so that a simulation cannot promise anything a
    review would not do.
    """

    _inherit = "customer.grade.simulation"

    def _check_can_read_schemes(self) -> None:
        """:raise AccessError, UserError: a scheme of another company, or none to compare with"""
        self.base_scheme_id.check_access("read")
        self.other_scheme_id.check_access("read")
        if self.mode == "scheme" and not self.other_scheme_id:
            raise UserError(self.env._("Choose the scheme to compare with %s.", self.base_scheme_id.display_name))
        if self.mode == "scheme" and self.other_scheme_id.kind != self.base_scheme_id.kind:
            raise UserError(
                self.env._(
                    "%(base)s and %(other)s grade different kinds of subjects and cannot be compared.",
                    base=self.base_scheme_id.display_name,
                    other=self.other_scheme_id.display_name,
                )
            )

    # ------------------------------------------------------------------
    # The changed rules
    # ------------------------------------------------------------------

    def _get_changed_scheme(self):
        """Return the rules to compare with: another scheme, or an unsaved copy with the changed numbers."""
        self.ensure_one()
        if self.mode == "scheme":
            return self.other_scheme_id
        return self.base_scheme_id.new(
            {
                **self._get_changed_numbers(),
                "criterion_ids": [
                    Command.update(
                        line.criterion_id.id,
                        {"weight": line.weight, **self._get_steps(line.criterion_id)._get_commands()},
                    )
                    for line in self.criterion_ids
                ],
                "threshold_ids": [
                    Command.update(line.threshold_id.id, {"minimum": line.minimum}) for line in self.threshold_ids
                ],
            },
            origin=self.base_scheme_id,
        )

    def _get_changed_numbers(self) -> dict[str, float]:
        """Return the numbers of the scheme itself as they stand in the simulation."""
        return {name: self[name] for name in CHANGEABLE}

    def _get_steps(self, criterion):
        """Return the bands or Pareto classes of one criterion as they stand in the simulation."""
        return self.step_ids.filtered(lambda step: step.criterion_id == criterion)

    def _is_changed(self) -> bool:
        """Tell whether any number differs from the base scheme."""
        return (
            any(self[name] != self.base_scheme_id[name] for name in CHANGEABLE)
            or any(line.weight != line.base_weight for line in self.criterion_ids)
            or any(line.minimum != line.base_minimum for line in self.threshold_ids)
            or self.step_ids._is_changed()
        )

    def _check_changed_rules(self, scheme) -> None:
        """Refuse rules that could not grade; what the database refuses in a scheme included.

        :raise UserError: names what is wrong
        """
        if scheme.window_months <= 0:
            raise UserError(self.env._("The window lasts at least one month."))
        if any(scheme[name] < 0 for name in CHANGEABLE):
            raise UserError(self.env._("Margin, reviews in a row and minimum history cannot be negative."))
        if len(set(scheme.threshold_ids.mapped("minimum"))) < len(scheme.threshold_ids):
            raise UserError(self.env._("Two grades of one scheme begin at the same score."))
        for criterion in scheme.criterion_ids:
            if len(set(criterion.pareto_ids.mapped("share"))) < len(criterion.pareto_ids):
                raise UserError(self.env._("Two Pareto classes of one criterion end at the same share."))
        scheme._check_ready()

    # ------------------------------------------------------------------
    # Grading twice
    # ------------------------------------------------------------------

    def _simulate(self) -> None:
        """Grade by both sets of rules and keep what differs.

        :raise UserError: see :meth:`action_simulate`
        """
        self.ensure_one()
        base, changed = self.base_scheme_id, self._get_changed_scheme()
        base._check_ready()
        self._check_changed_rules(changed)
        before, after = self._grade_both(base, changed)
        rank = {
            grade.id: place
            for place, grade in enumerate(
                self.env["customer.grade"].with_context(active_test=False).search([("is_unrated", "=", False)])
            )
        }
        migration, moved = Migration(), []
        for customer in before.keys() | after.keys():
            left, right = before.get(customer, NOTHING), after.get(customer, NOTHING)
            revenue = left.revenue if customer in before else right.revenue
            migration.add(Move(left.grade, right.grade, revenue), right.revenue)
            if left.grade != right.grade:
                moved.append((customer, revenue, left, right))
        moved.sort(key=lambda move: (-move[1], move[0]))
        self.write({
            "matrix": self._get_matrix(migration),
            "totals": {
                str(grade): [total.count_before, total.revenue_before, total.count_after, total.revenue_after]
                for grade, total in migration.totals.items()
            },
            "customer_count": migration.count,
            "moved_count": migration.moved,
            "line_ids": [
                Command.clear(),
                *(
                    Command.create(self._prepare_line(*move, movement(move[2].grade, move[3].grade, rank)))
                    for move in moved[:LISTED_AT_MOST]
                ),
            ],
        })

    def _prepare_line(self, key: int, revenue: float, left: Graded, right: Graded, direction: str) -> dict[str, Any]:
        """Return the values of the line of one customer that moves."""
        partner, lead = partner_and_lead(key)
        return {
            "partner_id": partner,
            "lead_id": lead,
            "user_id": left.user or right.user,
            "revenue": revenue,
            "base_score": left.score,
            "base_grade_id": left.grade,
            "score": right.score,
            "grade_id": right.grade,
            "movement": direction,
        }

    def _grade_both(self, base, changed) -> tuple[dict[int, Graded], dict[int, Graded]]:
        """Grade everyone by both schemes; figures are read once when both look at the same window."""
        Review = self.env["customer.grade.review"].sudo()  # sudo: figures of the whole company, as in a review
        reviews = [Review.new({"scheme_id": scheme, "date": self.date}) for scheme in (base, changed)]
        keys = [review._get_metric_keys() for review in reviews]
        if reviews[0]._get_window() == reviews[1]._get_window():
            fetched = [reviews[0]._fetch(keys[0] | keys[1])] * 2
        else:
            fetched = [review._fetch(own) for review, own in zip(reviews, keys, strict=True)]
        graded = []
        for review, (figures, history) in zip(reviews, fetched, strict=True):
            self._check_window_not_empty(review, history)
            assessments, _ladders = review._grade(figures, history)
            graded.append({assessment.key: Graded.of(assessment) for assessment in assessments})
        return graded[0], graded[1]

    def _check_window_not_empty(self, review, history: dict[int, History]) -> None:
        """Refuse to judge everyone on nothing: the matrix would only show the day was wrong.

        :raise UserError: names the window
        """
        if review.kind == "customer" and not any(known.order_count or known.revenue for known in history.values()):
            raise UserError(
                self.env._(
                    "Nobody ordered in %(company)s from %(start)s to %(stop)s: there is nothing to judge by. Choose a "
                    "later day or a longer window.",
                    company=review.company_id.name,
                    start=format_date(self.env, review._get_window().start),
                    stop=format_date(self.env, review.date),
                )
            )

    # ------------------------------------------------------------------
    # Showing
    # ------------------------------------------------------------------

    def _get_matrix(self, migration: Migration) -> dict[str, Any]:
        """Return the matrix; its cells open the customers that move."""
        return self.env["customer.grade"]._get_migration_matrix(migration.cells, self.company_id) | {
            "opens": {
                "model": "customer.grade.simulation.line",
                "link": "simulation_id",
                "before": "base_grade_id",
                "after": "grade_id",
                "moved_only": True,
            }
        }

    def _get_side_names(self) -> tuple[str, str]:
        """Return the names of the two sets of rules."""
        if self.mode == "scheme":
            return self.base_scheme_id.display_name, self.other_scheme_id.display_name
        return self.base_scheme_id.display_name, self.env._("Changed rules")

    def _get_comparison_values(self) -> dict[str, Any]:
        """Return the values of the template with the totals per grade."""
        totals = self.totals
        names = {grade["id"]: grade["name"] for grade in self.matrix["grades"]}
        rows = [
            {
                "name": names.get(grade, self.env._("No grade")),
                "counts": (count_before, count_after),
                "revenues": tuple(
                    format_amount(self.env, amount, self.currency_id, trailing_zeroes=False)
                    for amount in (round(revenue_before), round(revenue_after))
                ),
                "difference": count_after - count_before,
            }
            for grade in (*names, 0)
            if str(grade) in totals
            for count_before, revenue_before, count_after, revenue_after in [totals[str(grade)]]
        ]
        return {"rows": rows, "sides": self._get_side_names()}
