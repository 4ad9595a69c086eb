from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import scoring


class CustomerGradingCriterion(models.Model):
    """One metric, the way to turn it into points, and its weight in the score."""

    _name = "customer.grading.criterion"
    _inherit = ["customer.grade.version.rule.mixin", "customer.grading.metric.mixin"]
    _description = "Grading Criterion"
    _order = "scheme_id, sequence, id"

    metric_help = fields.Char(compute="_compute_metric_help")
    weight = fields.Float(
        default=1.0, required=True, digits=(16, 1), help="Share in the score, relative to the other criteria."
    )
    weight_share = fields.Float("Share of Score", compute="_compute_weight_share")
    method = fields.Selection(
        [("bands", "Bands"), ("percentile", "Percentile Rank"), ("pareto", "Pareto Share")],
        required=True,
        default="bands",
        help="Bands: fixed limits. Percentile rank: place among all who are graded. Pareto share: "
        "those who together make the first so many per cent of the total.",
    )
    band_ids = fields.One2many("customer.grading.band", "criterion_id", copy=True)
    pareto_ids = fields.One2many("customer.grading.pareto.class", "criterion_id", copy=True)
    rest_points = fields.Float(
        "Points of the Rest",
        digits=(16, 1),
        help="Earned after the last Pareto class, and by figures of zero or below.",
    )
    missing_points = fields.Float(
        "Points without a Figure",
        digits=(16, 1),
        help="Earned by a customer who has no such figure, for example no invoice due yet.",
    )
    summary = fields.Char("Points", compute="_compute_summary")

    _weight_not_negative = models.Constraint("CHECK(weight >= 0)", "A weight cannot be negative.")
    _points_range = models.Constraint(
        "CHECK(rest_points >= 0 AND rest_points <= 100 AND missing_points >= 0 AND missing_points <= 100)",
        "Points lie between 0 and 100.",
    )
    _metric_once = models.Constraint(
        "UNIQUE(scheme_id, metric)", "A scheme uses each metric once: raise its weight instead."
    )

    @api.depends("metric")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._selection_metric())
        for criterion in self:
            criterion.display_name = labels.get(criterion.metric, criterion.metric)

    @api.depends("metric")
    @api.depends_context("lang")
    def _compute_metric_help(self):
        metrics = self.env["customer.grade.metric"]._get_metrics()
        for criterion in self:
            metric = metrics.get(criterion.metric)
            criterion.metric_help = metric.help if metric else False

    @api.depends("weight", "scheme_id.criterion_ids.weight")
    def _compute_weight_share(self):
        for criterion in self:
            total = sum(criterion.scheme_id.criterion_ids.mapped("weight"))
            criterion.weight_share = criterion.weight / total if total else 0.0

    @api.depends(
        "method",
        "metric",
        "rest_points",
        "band_ids.points",
        "band_ids.lower",
        "band_ids.upper",
        "band_ids.open_below",
        "band_ids.open_above",
        "pareto_ids.share",
        "pareto_ids.points",
    )
    @api.depends_context("lang")
    def _compute_summary(self):
        Metric = self.env["customer.grade.metric"]
        metrics = Metric._get_metrics()
        for criterion in self:
            if criterion.method == "percentile":
                metric = metrics.get(criterion.metric)
                criterion.summary = (
                    self.env._("Rank among all who are graded: best 100, last 0; the more the better")
                    if not metric or metric.higher_is_better
                    else self.env._("Rank among all who are graded: best 100, last 0; the less the better")
                )
            elif criterion.method == "pareto":
                parts = [
                    self.env._("first %(share)g %%: %(points)g", share=step.share, points=step.points)
                    for step in criterion.pareto_ids
                ]
                parts.append(self.env._("rest: %(points)g", points=criterion.rest_points))
                criterion.summary = " · ".join(parts)
            else:
                criterion.summary = " · ".join(
                    self.env._(
                        "%(band)s: %(points)g",
                        band=Metric._format_range(criterion.metric, band._as_rung(), criterion.scheme_id.currency_id),
                        points=band.points,
                    )
                    for band in criterion.band_ids
                )

    @api.constrains("method", "band_ids", "pareto_ids")
    def _check_method(self):
        for criterion in self:
            problem = criterion._method_problem()
            if problem:
                raise ValidationError(problem)

    def _method_problem(self) -> str | None:
        """Say in words what keeps this criterion from scoring, or return None."""
        self.ensure_one()
        name = self.display_name
        if self.metric not in self.env["customer.grade.metric"]._get_metrics():
            return self.env._(
                "The metric “%(metric)s” is no longer available: the addon that brought it was removed. "
                "Remove the criterion.",
                metric=self.metric,
            )
        if self.method == "pareto" and not self.pareto_ids:
            return self.env._(
                "Criterion “%(criterion)s” scores by Pareto share but has no classes: add them, for example "
                "80, 95 and 100 %%.",
                criterion=name,
            )
        if self.method != "bands":
            return None
        match scoring.band_problem(band._as_rung() for band in self.band_ids):
            case "none":
                return self.env._(
                    "Criterion “%(criterion)s” scores by bands but has none: add its bands.", criterion=name
                )
            case "empty":
                return self.env._(
                    "Criterion “%(criterion)s” has a band that ends where it begins, or before.", criterion=name
                )
            case "overlap":
                return self.env._(
                    "Bands of criterion “%(criterion)s” overlap, but a figure belongs to one band only. Let each "
                    "band begin where the one before ends.",
                    criterion=name,
                )
            case "gap":
                return self.env._(
                    "Bands of criterion “%(criterion)s” leave figures out. Let each band begin where the one "
                    "before ends, the first without lower limit and the last without upper limit.",
                    criterion=name,
                )
        return None

    def _get_rules(self) -> tuple:
        """Return metric, weight and steps as one plain value, to compare with other criteria."""
        self.ensure_one()
        points = (self.rest_points, self.missing_points)
        bands = sorted((band._as_rung() for band in self.band_ids), key=lambda rung: rung.lower)
        classes = sorted((step.share, step.points) for step in self.pareto_ids)
        return self.metric, self.weight, self.method, points, bands, classes

    def _score(self, figures: scoring.Figures) -> tuple[scoring.Points, list[scoring.Rung]]:
        """Score the figures of all customers.

        :param figures: ``{partner id: figure or None}``
        :return: ``{partner id: points}`` and the rungs used
        """
        self.ensure_one()
        if self.method == "bands":
            return scoring.score_bands(
                figures, [band._as_rung() for band in self.band_ids], missing_points=self.missing_points
            )
        if self.method == "percentile":
            metric = self.env["customer.grade.metric"]._get_metric(self.metric)
            return scoring.score_percentile(
                figures, higher_is_better=metric.higher_is_better, missing_points=self.missing_points
            )
        return scoring.score_pareto(
            figures,
            [scoring.ParetoClass(step.share, step.points) for step in self.pareto_ids],
            rest_points=self.rest_points,
            missing_points=self.missing_points,
        )
