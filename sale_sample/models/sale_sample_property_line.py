from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.requirement import Asked
from .sale_sample_property import LIMIT_KINDS

#: What a line of a new revision takes over.
COPIED = (
    "sequence",
    "limit_kind",
    "target",
    "tolerance_minus",
    "tolerance_plus",
    "target_text",
    "uom_name",
    "standard",
    "condition",
    "required",
)


class SaleSamplePropertyLine(models.Model):
    """A physical property that a request asks for: target, tolerance, test."""

    _name = "sale.sample.property.line"
    _description = "Required Physical Property"
    _inherit = ["sale.sample.requirement.mixin"]
    _order = "request_id, sequence, id"
    _rec_name = "property_id"

    request_id = fields.Many2one("sale.sample.request", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    property_id = fields.Many2one("sale.sample.property", required=True, index=True, ondelete="restrict")
    limit_kind = fields.Selection(
        LIMIT_KINDS,
        "Limit",
        compute="_compute_from_property",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    target = fields.Float(digits=(16, 3), min_display_digits=0, aggregator=None)
    tolerance_minus = fields.Float(
        "Tolerance −",
        digits=(16, 3),
        min_display_digits=0,
        aggregator=None,
        help="Distance below the target that still passes",
    )
    tolerance_plus = fields.Float(
        "Tolerance +",
        digits=(16, 3),
        min_display_digits=0,
        aggregator=None,
        help="Distance above the target that still passes",
    )
    target_text = fields.Char("Requirement in Words")
    uom_name = fields.Char("Unit", compute="_compute_from_property", store=True, readonly=False, precompute=True)
    standard = fields.Char(
        "Test Standard", compute="_compute_from_property", store=True, readonly=False, precompute=True
    )
    condition = fields.Char(
        "Test Condition", compute="_compute_from_property", store=True, readonly=False, precompute=True
    )
    required = fields.Boolean(default=True, help="A round that fails it does not go out without a concession.")
    requirement = fields.Char(compute="_compute_requirement", help="The limit as it is written in a specification")

    _property_uniq = models.UniqueIndex(
        "(request_id, COALESCE(revision_id, 0), property_id, COALESCE(condition, ''))",
        "This property is already on the request under the same condition.",
    )
    _tolerances_not_negative = models.Constraint(
        "CHECK(tolerance_minus >= 0 AND tolerance_plus >= 0)",
        "Tolerances are distances from the target and cannot be negative.",
    )

    @api.depends("property_id")
    def _compute_from_property(self):
        for line in self:
            asked = line.property_id
            line.limit_kind = asked.limit_kind or line.limit_kind or "range"
            line.uom_name = asked.uom_name
            line.standard = asked.standard
            line.condition = asked.condition

    @api.depends("limit_kind", "target", "tolerance_minus", "tolerance_plus", "target_text", "uom_name")
    def _compute_requirement(self):
        for line in self:
            line.requirement = (
                " ".join(filter(None, (line._limit_in_words(), line.uom_name)))
                if line.limit_kind != "text"
                else line.target_text or ""
            )

    def _limit_in_words(self) -> str:
        """Return the limit of one line without its unit: 65 ± 3, ≥ 8, ≤ 200."""
        self.ensure_one()
        minus, plus = self.tolerance_minus, self.tolerance_plus
        if self.limit_kind == "at_least":
            return f"≥ {self.target - minus:g}"
        if self.limit_kind == "at_most":
            return f"≤ {self.target + plus:g}"
        if minus == plus:
            return f"{self.target:g} ± {plus:g}" if plus else f"{self.target:g}"
        return f"{self.target:g} −{minus:g} / +{plus:g}"

    def _get_asked(self) -> Asked:
        """Return what this one line asks for, to compare it with that of another revision."""
        words = self.limit_kind == "text"
        return Asked(
            subject=f"property {self.property_id.id}",
            name=self.property_id.name or "",
            value=(self.target_text or "") if words else self._limit_in_words(),
            unit="" if words else self.uom_name or "",
            variant=self.condition or "",
            details=(self.standard or "", self.env._("required") if self.required else self.env._("not required")),
        )

    def _prepare_copy(self) -> dict:
        """Return the values of this one line for another revision."""
        return {"property_id": self.property_id.id, **{name: self[name] for name in COPIED}}

    @api.constrains("limit_kind", "target", "target_text", "tolerance_minus", "tolerance_plus")
    def _check_limit(self):
        for line in self:
            name = line.property_id.name
            if line.limit_kind == "text" and not (line.target_text or "").strip():
                raise ValidationError(self.env._("%s: write the requirement in words.", name))
            if line.limit_kind == "at_least" and line.tolerance_plus:
                raise ValidationError(
                    self.env._(
                        "%s asks for at least the target: there is no tolerance above it. Leave it empty, or choose "
                        "a target with tolerance.",
                        name,
                    )
                )
            if line.limit_kind == "at_most" and line.tolerance_minus:
                raise ValidationError(
                    self.env._(
                        "%s asks for at most the target: there is no tolerance below it. Leave it empty, or choose a "
                        "target with tolerance.",
                        name,
                    )
                )
