from ast import literal_eval

from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

from ..tools import decision


class CustomerGradingScheme(models.Model):
    """The rules of a scheme: a set to start from, when they are sound, and as plain values."""

    _inherit = "customer.grading.scheme"

    @api.model
    def _default_criteria(self):
        """Propose revenue, rhythm and payment behaviour; the user changes them freely."""
        late = [(True, 0, False, 10, 100), (False, 10, False, 30, 60), (False, 30, True, 0, 0)]
        return [
            Command.create({
                "sequence": 10,
                "metric": "revenue",
                "weight": 50,
                "method": "pareto",
                "pareto_ids": [
                    Command.create({"share": share, "points": points})
                    for share, points in ((80, 100), (95, 60), (100, 25))
                ],
            }),
            Command.create({"sequence": 20, "metric": "order_count", "weight": 20, "method": "percentile"}),
            Command.create({
                "sequence": 30,
                "metric": "days_overdue",
                "weight": 30,
                "method": "bands",
                "missing_points": 100,
                "band_ids": [
                    Command.create({
                        "open_below": below,
                        "lower": lower,
                        "open_above": above,
                        "upper": upper,
                        "points": points,
                    })
                    for below, lower, above, upper, points in late
                ],
            }),
        ]

    @api.model
    def _default_thresholds(self):
        """Propose even steps for the company's own grades, else for the shared ones."""
        grades = self.env["customer.grade"].search([
            ("is_unrated", "=", False),
            ("company_id", "in", [self.env.company.id, False]),
        ])
        grades = grades.filtered("company_id") or grades
        steps = {1: [0], 2: [50, 0], 3: [70, 40, 0], 4: [80, 60, 35, 0]}.get(len(grades))
        steps = steps or [round(90 * (1 - place / (len(grades) - 1))) for place in range(len(grades))]
        return [
            Command.create({"grade_id": grade.id, "minimum": minimum})
            for grade, minimum in zip(grades, steps, strict=True)
        ]

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    @api.constrains("criterion_ids", "threshold_ids")
    def _check_rules(self):
        for scheme in self:
            problem = scheme._weights_problem() or scheme._thresholds_problem()
            if problem:
                raise ValidationError(problem)

    @api.constrains("population_domain")
    def _check_population_domain(self):
        for scheme in self:
            try:
                Domain(scheme._get_population_domain()).validate(self.env["res.partner"])
            except (ValueError, SyntaxError) as error:
                raise ValidationError(
                    self.env._(
                        "The choice of customers of scheme “%s” is not a valid filter. Choose the customers anew.",
                        scheme.display_name,
                    )
                ) from error

    def _get_population_domain(self) -> list:
        """Return the scheme's own restriction of who is graded; empty for everyone.

        :raise ValueError, SyntaxError: the text is not a literal list
        """
        self.ensure_one()
        return literal_eval(self.population_domain or "[]")

    def _weights_problem(self) -> str | None:
        if self.criterion_ids and sum(self.criterion_ids.mapped("weight")) <= 0:
            return self.env._(
                "The weights of scheme “%s” sum to zero: give at least one criterion a weight.", self.display_name
            )
        return None

    def _thresholds_problem(self) -> str | None:
        """Thresholds fall in the order of the grades, and the last one begins at zero."""
        ordered = self.threshold_ids.sorted(lambda threshold: -threshold.minimum)
        if not ordered:
            return None
        unrated = ordered.grade_id.filtered("is_unrated")
        if unrated:
            return self.env._(
                "“%s” has no place in the ranking: customers get it when their history is too short. Remove its "
                "threshold.",
                unrated[0].name,
            )
        if list(ordered.grade_id) != list(ordered.grade_id.sorted(lambda grade: (grade.sequence, grade.id))):
            return self.env._(
                "In scheme “%s” a worse grade asks for a higher score than a better one: let the thresholds fall "
                "in the order of the grades.",
                self.display_name,
            )
        if ordered[-1].minimum:
            return self.env._(
                "In scheme “%(scheme)s” customers below %(minimum)g points would get no grade: set the threshold of "
                "the last grade (%(grade)s) to 0.",
                scheme=self.display_name,
                minimum=ordered[-1].minimum,
                grade=ordered[-1].grade_id.name,
            )
        return None

    def _check_ready(self) -> None:
        """Refuse a scheme that could not grade.

        :raise UserError: names the first thing that is missing
        """
        # A filter may have become invalid since, with the addon that brought its field.
        self._check_population_domain()
        for scheme in self:
            problem = scheme._readiness_problem()
            if problem:
                raise UserError(problem)

    def _readiness_problem(self) -> str | None:
        """Say in words what keeps the scheme from grading. Extension point for glue addons."""
        self.ensure_one()
        if not self.criterion_ids:
            return self.env._("Scheme “%s” has no criteria: add at least one.", self.display_name)
        if not self.threshold_ids:
            return self.env._("Scheme “%s” has no thresholds: add one for each grade.", self.display_name)
        for criterion in self.criterion_ids:
            problem = criterion._method_problem()
            if problem:
                return problem
        ranked = self.threshold_ids.grade_id
        for veto in self.veto_ids:
            if veto.grade_id not in ranked:
                return self.env._(
                    "A veto of scheme “%(scheme)s” names grade %(grade)s, which has no threshold in the scheme.",
                    scheme=self.display_name,
                    grade=veto.grade_id.name,
                )
        if (self.minimum_months or self.minimum_orders) and not self.env["customer.grade"]._get_unrated(
            self.company_id
        ):
            return self.env._(
                "Scheme “%s” asks for a minimum history, but there is no grade marked “unrated” to give to new "
                "customers.",
                self.display_name,
            )
        return self._weights_problem() or self._thresholds_problem()

    def _get_thresholds(self) -> tuple[decision.Threshold, ...]:
        """Return the thresholds as plain values, best grade first."""
        return tuple(
            decision.Threshold(threshold.grade_id.id, threshold.minimum)
            for threshold in self.threshold_ids.sorted(lambda threshold: -threshold.minimum)
        )

    def _get_policy(self) -> decision.Policy:
        """Return the rules from score to grade as the plain value the arithmetic works on."""
        self.ensure_one()
        return decision.Policy(
            thresholds=self._get_thresholds(),
            unrated=self.env["customer.grade"]._get_unrated(self.company_id).id or None,
            vetoes=tuple(
                decision.Veto(veto.metric, veto.operator, veto.limit, veto.grade_id.id) for veto in self.veto_ids
            ),
            margin=self.hysteresis_margin,
            reviews_in_a_row=self.hysteresis_reviews,
            minimum_months=self.minimum_months,
            minimum_orders=self.minimum_orders,
        )
