from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CustomerGradingMetricMixin(models.AbstractModel):
    """Rules that look at one metric: it has to be one of the kind the scheme grades."""

    _name = "customer.grading.metric.mixin"
    _description = "Rule on a Grading Metric"

    scheme_id = fields.Many2one("customer.grading.scheme", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    metric = fields.Selection("_selection_metric", required=True)
    # Names the metrics the user may choose from: the selection itself knows all of them.
    metric_choices = fields.Json(compute="_compute_metric_choices")

    @api.model
    def _selection_metric(self):
        return self.env["customer.grade.metric"]._selection()

    @api.depends("scheme_id.kind")
    def _compute_metric_choices(self):
        Metric = self.env["customer.grade.metric"]
        choices = {kind: Metric._get_keys_of_kind(kind) for kind in ("customer", "prospect")}
        for rule in self:
            rule.metric_choices = choices[rule.scheme_id.kind or "customer"]

    @api.constrains("metric", "scheme_id")
    def _check_kind(self):
        kinds = dict(self.env["customer.grading.scheme"]._fields["kind"]._description_selection(self.env))
        labels = dict(self.env["customer.grade.metric"]._selection())
        for rule in self:
            # A metric whose addon is gone is reported where the scheme is checked as a whole.
            if rule.metric in labels and rule.scheme_id.kind not in rule._get_kinds():
                raise ValidationError(
                    self.env._(
                        "Scheme “%(scheme)s” grades: %(kind)s. The metric “%(metric)s” does not apply to them: choose "
                        "another one.",
                        scheme=rule.scheme_id.display_name,
                        kind=kinds[rule.scheme_id.kind],
                        metric=labels[rule.metric],
                    )
                )

    def _get_kinds(self) -> frozenset:
        """Return the kinds of schemes the metric is for; none when it is no longer available."""
        self.ensure_one()
        metric = self.env["customer.grade.metric"]._get_metrics().get(self.metric)
        return metric.kinds if metric else frozenset()
