from typing import Any

from odoo import api, fields, models
from odoo.fields import Command


class CustomerGradeSimulationStep(models.TransientModel):
    """Where a band or a Pareto class of a criterion ends in a simulation, and what it earns.

    A band is moved by its lower limit; the band below then ends there, so that a change
    leaves no gap. The lowest band has none.
    """

    _name = "customer.grade.simulation.step"
    _description = "Simulated Band or Pareto Class"
    _order = "simulation_id, id"

    simulation_id = fields.Many2one("customer.grade.simulation", required=True, index=True, ondelete="cascade")
    criterion_id = fields.Many2one("customer.grading.criterion", required=True, ondelete="cascade")
    band_id = fields.Many2one("customer.grading.band", ondelete="cascade")
    pareto_id = fields.Many2one("customer.grading.pareto.class", ondelete="cascade")
    label = fields.Char("Step Now", compute="_compute_base")
    has_limit = fields.Boolean(compute="_compute_base")
    base_limit = fields.Float("Limit Now", digits=(16, 2), compute="_compute_base")
    base_points = fields.Float("Points Now", digits=(16, 1), compute="_compute_base")
    limit = fields.Float(
        digits=(16, 2), help="Band: figures from this one on belong to it. Pareto class: per cent of the total."
    )
    points = fields.Float(required=True, digits=(16, 1), help="0 to 100")

    _points_range = models.Constraint(
        "CHECK(points >= 0 AND points <= 100)", "The points of a step lie between 0 and 100."
    )
    _share_range = models.Constraint(
        'CHECK(pareto_id IS NULL OR ("limit" > 0 AND "limit" <= 100))',
        "The share of a Pareto class lies between 0 and 100 %.",
    )

    @api.depends("band_id", "pareto_id")
    @api.depends_context("lang")
    def _compute_base(self):
        Metric = self.env["customer.grade.metric"]
        for step in self:
            band, pareto, criterion = step.band_id, step.pareto_id, step.criterion_id
            step.has_limit = not band.open_below
            step.base_limit = band.lower if band else pareto.share
            step.base_points = band.points if band else pareto.points
            step.label = (
                Metric._format_range(criterion.metric, band._as_rung(), criterion.scheme_id.currency_id)
                if band
                else self.env._("first %(share)g %%", share=pareto.share)
            )

    @api.model
    def _prepare_steps(self, criterion) -> list[dict[str, Any]]:
        """Return the values of the steps of a criterion as they are now; a percentile rank has none."""
        if criterion.method == "bands":
            return [
                {"criterion_id": criterion.id, "band_id": band.id, "limit": band.lower, "points": band.points}
                for band in criterion.band_ids
            ]
        if criterion.method == "pareto":
            return [
                {"criterion_id": criterion.id, "pareto_id": step.id, "limit": step.share, "points": step.points}
                for step in criterion.pareto_ids
            ]
        return []

    def _is_changed(self) -> bool:
        """Tell whether any step differs from the scheme."""
        return any(
            step.points != step.base_points or (step.has_limit and step.limit != step.base_limit) for step in self
        )

    def _get_rules(self) -> dict[str, list[dict[str, Any]]]:
        """Return the bands and classes of one criterion as they stand in the simulation, in the order of self.

        :return: values by field of the criterion, for each step of self that belongs there
        """
        rules: dict[str, list[dict[str, Any]]] = {}
        bands = self.filtered("band_id")
        for step, above in zip(bands, [*bands, None][1:], strict=True):
            values = {"open_below": step.band_id.open_below, "lower": step.limit, "points": step.points}
            values |= {"open_above": step.band_id.open_above, "upper": above.limit if above else step.band_id.upper}
            rules.setdefault("band_ids", []).append(values)
        classes = [{"share": step.limit, "points": step.points} for step in self.filtered("pareto_id")]
        if classes:
            rules["pareto_ids"] = classes
        return rules

    def _get_commands(self, *, anew: bool = False) -> dict[str, list]:
        """Return the commands that give one criterion these bands and classes.

        :param anew: replace those there are, instead of changing them: changed one after
            the other, two classes could end at one share
        """
        commands = {}
        for name, rules in self._get_rules().items():
            ids = (self.band_id if name == "band_ids" else self.pareto_id).ids
            commands[name] = (
                [Command.clear(), *map(Command.create, rules)]
                if anew
                else [Command.update(record_id, values) for record_id, values in zip(ids, rules, strict=True)]
            )
        return commands
