from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command, Domain


class CustomerGradingScheme(models.Model):
    """Schemes that grade prospects: their own metrics, starter rules and population."""

    _inherit = "customer.grading.scheme"

    lead_domain = fields.Char(
        "Leads Graded",
        default="[]",
        help="Which leads and opportunities are graded. Empty: every one that is neither won nor lost.",
    )

    @api.model
    def _default_criteria(self):
        """Propose rules for prospects where a scheme of that kind is begun."""
        if self.env.context.get("default_kind") == "prospect":
            return self._get_prospect_criteria()
        return super()._default_criteria()

    @api.model
    def _get_prospect_criteria(self) -> list:
        """Propose expected revenue and engagement; the user changes them freely. Extension point of other addons."""
        return [
            Command.create({"sequence": 20, "metric": "expected_revenue", "weight": 30, "method": "percentile"}),
            Command.create({
                "sequence": 30,
                "metric": "engagement",
                "weight": 20,
                "method": "bands",
                "band_ids": self._prepare_starter_bands((None, 0), (1, 40), (3, 70), (8, 100)),
            }),
        ]

    @api.model
    def _prepare_starter_bands(self, *steps: tuple[float | None, float]) -> list:
        """Return commands for bands without a gap: ``(lower limit, points)`` in rising order, the first one open."""
        ends = [*(lower for lower, _points in steps[1:]), None]
        return [
            Command.create({
                "open_below": lower is None,
                "lower": lower or 0,
                "open_above": upper is None,
                "upper": upper or 0,
                "points": points,
            })
            for (lower, points), upper in zip(steps, ends, strict=True)
        ]

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("kind") == "prospect" and "criterion_ids" not in vals:
                vals["criterion_ids"] = self._get_prospect_criteria()
        return super().create(vals_list)

    @api.onchange("kind")
    def _onchange_kind(self):
        if self._origin or any(self.kind in criterion._get_kinds() for criterion in self.criterion_ids):
            return
        criteria = self._get_prospect_criteria() if self.kind == "prospect" else self._default_criteria()
        self.criterion_ids = [Command.clear(), *criteria]
        self.veto_ids = [Command.clear()]
        self.minimum_orders = 0

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    @api.constrains("kind", "criterion_ids", "veto_ids", "minimum_orders")
    def _check_kind(self):
        for scheme in self:
            scheme.criterion_ids._check_kind()
            scheme.veto_ids._check_kind()
            if scheme.kind == "prospect" and scheme.minimum_orders:
                raise ValidationError(
                    self.env._(
                        "Scheme “%s” grades prospects, who have no orders yet: set the orders needed to 0.",
                        scheme.display_name,
                    )
                )

    @api.constrains("lead_domain")
    def _check_lead_domain(self):
        for scheme in self:
            try:
                Domain(scheme._get_lead_domain()).validate(self.env["crm.lead"])
            except (ValueError, SyntaxError) as error:
                raise ValidationError(
                    self.env._(
                        "The choice of leads of scheme “%s” is not a valid filter. Choose the leads anew.",
                        scheme.display_name,
                    )
                ) from error

    def _get_lead_domain(self) -> list:
        """Return the scheme's own restriction of the leads graded; empty for all open ones.

        :raise ValueError, SyntaxError: the text is not a literal list
        """
        self.ensure_one()
        return literal_eval(self.lead_domain or "[]")
