from collections.abc import Mapping
from typing import Any

from odoo import api, fields, models
from odoo.tools import format_date

from ..tools import decision, scoring


class CustomerGradeAssessment(models.Model):
    """An assessment in words: the figures, the reasons, what is missing to the next grade.

    Everything is told from what was stored when the review was computed: the scheme
    version, the customer's figures and points, and the rungs of the review. An old
    assessment therefore explains itself as it did on its first day.
    """

    _inherit = "customer.grade.assessment"

    explanation = fields.Html(compute="_compute_explanation", sanitize=False)
    missing = fields.Text("Missing to the Next Grade", compute="_compute_missing")
    reasons_text = fields.Text("Remarks", compute="_compute_reasons_text")

    @api.depends_context("lang")
    @api.depends("points", "figures", "reasons", "grade_id", "decision", "reason")
    def _compute_explanation(self):
        for assessment in self:
            assessment.explanation = self.env["ir.qweb"]._render(
                "customer_grade.assessment_explanation", assessment._get_explanation_values()
            )

    @api.depends_context("lang")
    @api.depends("points", "figures", "reasons")
    def _compute_missing(self):
        for assessment in self:
            assessment.missing = "\n".join(assessment._missing_sentences()) or False

    @api.depends_context("lang")
    @api.depends("reasons")
    def _compute_reasons_text(self):
        for assessment in self:
            assessment.reasons_text = (
                "\n".join(assessment._reason_sentence(reason) for reason in assessment.reasons or ()) or False
            )

    def _get_explanation_values(self) -> dict[str, Any]:
        """Return the values of the explanation template."""
        self.ensure_one()
        Metric = self.env["customer.grade.metric"]
        points, figures = self.points or {}, self.figures or {}
        # The scheme is readable for everyone who may read the assessment.
        criteria = self.scheme_id.criterion_ids if points else self.scheme_id.criterion_ids.browse()
        total = sum(criteria.mapped("weight")) or 1.0
        rows = []
        for criterion in criteria:
            earned = points.get(criterion.metric, 0.0)
            rows.append({
                "name": criterion.display_name,
                "figure": Metric._format_figure(criterion.metric, figures.get(criterion.metric), self.currency_id),
                "rule": criterion.summary,
                "points": earned,
                "weight": f"{100.0 * criterion.weight / total:.0f}%",
                "contribution": earned * criterion.weight / total,
            })
        return {
            "assessment": self,
            "rows": rows,
            "thresholds": self.scheme_id.threshold_ids.sorted(lambda threshold: -threshold.minimum) if rows else (),
            "reasons": [self._reason_sentence(reason) for reason in self.reasons or ()],
            "missing": self._missing_sentences(),
            "decision": self._decision_sentence(),
        }

    # ------------------------------------------------------------------
    # Sentences
    # ------------------------------------------------------------------

    def _decision_sentence(self) -> str:
        """Say who decided what, and why."""
        if self.decision == "pending" or not (self.decided_by_id or self.reason):
            return ""
        sentence = self.env._(
            "%(decision)s by %(user)s on %(day)s.",
            decision=dict(self._fields["decision"]._description_selection(self.env))[self.decision],
            user=self.decided_by_id.name or self.env._("the system"),
            day=format_date(self.env, self.decided_on or self.date),
        )
        if self.reason:
            sentence += " " + self.env._("Reason: %s", self.reason)
        if self.override_until:
            sentence += " " + self.env._("Valid until %s.", format_date(self.env, self.override_until))
        return sentence

    def _reason_sentence(self, reason: Mapping[str, Any]) -> str:
        """Say one reason why the grade is not simply that of the score."""
        match reason.get("code"):
            case "history":
                return self._history_sentence(reason)
            case "held":
                return self._held_sentence(reason)
            case "in_a_row":
                return self.env._(
                    "The grade changes within the margin: %s reviews in a row have asked for it.", reason["reviews"]
                )
            case "veto":
                Metric = self.env["customer.grade.metric"]
                return self.env._(
                    "%(metric)s is %(figure)s (limit %(limit)s): at best grade %(grade)s.",
                    metric=self._metric_label(reason["metric"]),
                    figure=Metric._format_figure(reason["metric"], reason["figure"], self.currency_id),
                    limit=Metric._format_figure(reason["metric"], reason["limit"], self.currency_id),
                    grade=self._grade_name(reason["to"]),
                )
            case "no_rate":
                return self.env._(
                    "No grade can be proposed: there are orders in %(currencies)s, for which %(company)s has no exchange "
                    "rate. Add a rate, then compute the review again.",
                    currencies=", ".join(self.env["res.currency"].browse(reason["currencies"]).mapped("name")),
                    company=self.company_id.name,
                )
        return ""

    def _history_sentence(self, reason: Mapping[str, Any]) -> str:
        months = reason["months"]
        return self.env._(
            "Too little history: %(months)s months since the first order (%(minimum_months)s needed), %(orders)s orders "
            "(%(minimum_orders)s needed).",
            months=0 if months is None else months,
            minimum_months=reason["minimum_months"],
            orders=reason["orders"],
            minimum_orders=reason["minimum_orders"],
        )

    def _held_sentence(self, reason: Mapping[str, Any]) -> str:
        grade = self._grade_name(reason["by_score"])
        if reason["reviews_needed"]:
            return self.env._(
                "The score alone would give grade %(grade)s. The present grade is kept until the score is %(margin)g points "
                "past the threshold, or %(needed)s reviews in a row ask for the change (now %(reviews)s).",
                grade=grade,
                margin=reason["margin"],
                needed=reason["reviews_needed"],
                reviews=reason["reviews"],
            )
        return self.env._(
            "The score alone would give grade %(grade)s. The present grade is kept until the score is %(margin)g points past "
            "the threshold.",
            grade=grade,
            margin=reason["margin"],
        )

    def _missing_sentences(self) -> list[str]:
        """Say what would lead to the next better grade, one way a sentence.

        Each sentence looks at one criterion alone, the other figures as they are; ranks
        and Pareto limits are those of the review.
        """
        self.ensure_one()
        if not self.points or not self.proposed_grade_id or not self.scheme_id:
            return []
        conditions = [
            sentence
            for reason in self.reasons or ()
            if reason.get("code") in ("history", "veto")
            for sentence in [self._condition_sentence(reason)]
        ]
        # The whole policy would cost a query for each customer of a list.
        rules = decision.Policy(self.scheme_id._get_thresholds(), margin=self.scheme_id.hysteresis_margin)
        step = decision.points_to_next(rules, self.score, self.proposed_grade_id.id, self.previous_grade_id.id or None)
        if step is None:
            return conditions
        grade_id, gap = step
        grade = self._grade_name(grade_id)
        if not gap:
            return [*conditions, self.env._("The score is high enough for grade %s.", grade)]
        ways = [way for criterion in self.scheme_id.criterion_ids for way in [self._way(criterion, gap)] if way]
        if ways:
            head = self.env._(
                "%(points).1f points are missing to grade %(grade)s. Each of these would do:", points=gap, grade=grade
            )
        else:
            head = self.env._(
                "%(points).1f points are missing to grade %(grade)s; no single figure is enough, several have to improve.",
                points=gap,
                grade=grade,
            )
        return [*conditions, head, *ways]

    def _way(self, criterion, gap: float) -> str | None:
        """Say how far one figure must go to close the gap alone; None when it cannot."""
        total = sum(self.scheme_id.criterion_ids.mapped("weight"))
        if not criterion.weight:
            return None
        key = criterion.metric
        ladder = (self.review_id.ladders or {}).get(key) or ()
        needed = self.points.get(key, 0.0) + gap * total / criterion.weight
        figure = (self.figures or {}).get(key)
        target = scoring.nearest_target(figure, map(scoring.Rung.from_json, ladder), needed - decision.SCORE_TOLERANCE)
        if target is None:
            return None
        Metric = self.env["customer.grade.metric"]
        values = {
            "metric": criterion.display_name,
            "target": Metric._format_figure(key, target.figure, self.currency_id),
            "figure": Metric._format_figure(key, figure, self.currency_id),
        }
        if target.at_least:
            return self.env._("%(metric)s of at least %(target)s (now %(figure)s)", **values)
        return self.env._("%(metric)s below %(target)s (now %(figure)s)", **values)

    def _condition_sentence(self, reason: Mapping[str, Any]) -> str:
        """Say which condition has to be met before any score counts."""
        if reason["code"] == "history":
            return self.env._(
                "First at least %(months)s months since the first order and %(orders)s orders.",
                months=reason["minimum_months"],
                orders=reason["minimum_orders"],
            )
        Metric = self.env["customer.grade.metric"]
        limit = Metric._format_figure(reason["metric"], reason["limit"], self.currency_id)
        metric = self._metric_label(reason["metric"])
        match reason["operator"]:
            case ">":
                return self.env._("First %(metric)s must be at most %(limit)s.", metric=metric, limit=limit)
            case ">=":
                return self.env._("First %(metric)s must be below %(limit)s.", metric=metric, limit=limit)
            case "<":
                return self.env._("First %(metric)s must be at least %(limit)s.", metric=metric, limit=limit)
        return self.env._("First %(metric)s must be above %(limit)s.", metric=metric, limit=limit)

    def _metric_label(self, key: str) -> str:
        return dict(self.env["customer.grade.metric"]._selection()).get(key, key)

    def _grade_name(self, grade_id: int) -> str:
        return self.env["customer.grade"].browse(grade_id).name
