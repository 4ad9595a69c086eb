from typing import Any

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.learning import COUNTS, TraitCounts

VALUE_FIELDS = {"industry": "industry_ids", "family": "category_ids", "source": "source_ids", "question": "question_id"}


class CrmProspectTrait(models.Model):
    """One trait of a good prospect: the values that meet it, and its weight in the fit.

    It is an SQL expression over the rows of ``prospect``, see the profile.
    """

    _name = "crm.prospect.trait"
    _description = "Trait of a Good Prospect"
    _inherit = ["customer.grade.version.rule.mixin"]
    _order = "profile_id, sequence, id"

    profile_id = fields.Many2one("crm.prospect.profile", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="profile_id.company_id")
    sequence = fields.Integer(default=10)
    name = fields.Char("Trait", required=True)
    kind = fields.Selection(
        [
            ("industry", "Industry"),
            ("size", "Company Size"),
            ("region", "Region"),
            ("family", "Product Family"),
            ("volume", "Stated Yearly Volume"),
            ("source", "Source"),
            ("question", "Question"),
        ],
        required=True,
        default="industry",
    )
    industry_ids = fields.Many2many("res.partner.industry", string="Industries")
    country_ids = fields.Many2many("res.country", string="Countries")
    state_ids = fields.Many2many("res.country.state", string="Provinces")
    category_ids = fields.Many2many(
        "product.category", string="Product Families", help="Families below them count, too."
    )
    source_ids = fields.Many2many("utm.source", string="Sources")
    minimum = fields.Integer("At Least", help="Employees, or pairs a year. 0: no lower limit.")
    maximum = fields.Integer("At Most", help="Employees, or pairs a year. 0: no upper limit.")
    question_id = fields.Many2one(
        "crm.prospect.question", domain="[('company_id', 'in', [company_id, False])]", ondelete="restrict", index=True
    )
    expected_answer = fields.Selection([("yes", "Yes"), ("no", "No")], default="yes")
    summary = fields.Char("Met by", compute="_compute_summary")
    weight = fields.Float(
        default=10.0, required=True, digits=(16, 1), help="Share in the fit, relative to the other traits."
    )
    weight_share = fields.Float("Share of Fit", compute="_compute_weight_share")

    won_with = fields.Integer("Won with It", readonly=True, copy=False)
    lost_with = fields.Integer("Lost with It", readonly=True, copy=False)
    won_without = fields.Integer("Won without It", readonly=True, copy=False)
    lost_without = fields.Integer("Lost without It", readonly=True, copy=False)
    won_unknown = fields.Integer("Won, Not Known", readonly=True, copy=False)
    lost_unknown = fields.Integer("Lost, Not Known", readonly=True, copy=False)
    proposed_weight = fields.Float(readonly=True, copy=False, digits=(16, 1))

    _weight_not_negative = models.Constraint("CHECK(weight >= 0)", "A weight cannot be negative.")
    _range_in_order = models.Constraint(
        "CHECK(minimum >= 0 AND maximum >= 0 AND (maximum = 0 OR minimum <= maximum))",
        "The range of a trait begins at or below its end, and is not negative.",
    )

    def _get_version(self):
        return self.profile_id

    @api.depends("weight", "profile_id.trait_ids.weight")
    def _compute_weight_share(self):
        for trait in self:
            total = sum(trait.profile_id.trait_ids.mapped("weight"))
            trait.weight_share = trait.weight / total if total else 0.0

    @api.depends_context("lang")
    @api.depends(
        "kind",
        "industry_ids",
        "country_ids",
        "state_ids",
        "category_ids",
        "source_ids",
        "minimum",
        "maximum",
        "question_id",
        "expected_answer",
    )
    def _compute_summary(self):
        for trait in self:
            trait.summary = trait._get_summary()

    # ------------------------------------------------------------------
    # Words
    # ------------------------------------------------------------------

    def _get_summary(self) -> str:
        """Return in words what meets the trait; empty when nothing is set."""
        self.ensure_one()
        match self.kind:
            case "size" | "volume":
                return self._get_range_summary()
            case "region":
                return ", ".join([*self.country_ids.mapped("name"), *self.state_ids.mapped("name")])
            case "question":
                if not self.question_id:
                    return ""
                answers = dict(self._fields["expected_answer"]._description_selection(self.env))
                return self.env._(
                    "%(question)s %(answer)s",
                    question=self.question_id.name,
                    answer=answers.get(self.expected_answer, ""),
                )
        return ", ".join(self[VALUE_FIELDS[self.kind]].mapped("display_name"))

    def _get_range_summary(self) -> str:
        values = {"minimum": f"{self.minimum:,}", "maximum": f"{self.maximum:,}"}
        is_size = self.kind == "size"
        if self.minimum and self.maximum:
            if is_size:
                return self.env._("%(minimum)s to %(maximum)s employees", **values)
            return self.env._("%(minimum)s to %(maximum)s pairs a year", **values)
        if self.minimum:
            lower = values["minimum"]
            if is_size:
                return self.env._("at least %s employees", lower)
            return self.env._("at least %s pairs a year", lower)
        if self.maximum:
            upper = values["maximum"]
            if is_size:
                return self.env._("at most %s employees", upper)
            return self.env._("at most %s pairs a year", upper)
        return ""

    # ------------------------------------------------------------------
    # Who meets it
    # ------------------------------------------------------------------

    def _is_complete(self) -> bool:
        """Tell whether the trait says which values meet it."""
        self.ensure_one()
        if self.kind in ("size", "volume"):
            return bool(self.minimum or self.maximum)
        if self.kind == "region":
            return bool(self.country_ids or self.state_ids)
        return bool(self[VALUE_FIELDS[self.kind]]) and (self.kind != "question" or bool(self.expected_answer))

    def _get_condition(self) -> SQL:
        """Return an expression that is true, false, or null when the data is missing."""
        self.ensure_one()
        match self.kind:
            case "industry":
                return SQL("industry_id = ANY(%s)", self.industry_ids.ids)
            case "size":
                return self._get_range_condition(SQL("employees"))
            case "volume":
                return self._get_range_condition(SQL("volume"))
            case "region":
                return self._get_region_condition()
            case "family":
                below = self.env["product.category"].search([("id", "child_of", self.category_ids.ids)])
                return SQL("family_ids && %s::int[]", below.ids)
            case "source":
                return SQL("source_ids && %s::int[]", self.source_ids.ids)
        return SQL("(answers->>%s) = %s", str(self.question_id.id), self.expected_answer)

    def _get_range_condition(self, column: SQL) -> SQL:
        """The columns are null where nothing is stated."""
        lower = SQL("%s >= %s", column, self.minimum)
        return SQL("(%s AND %s <= %s)", lower, column, self.maximum) if self.maximum else lower

    def _get_region_condition(self) -> SQL:
        """A country that is named counts with all its provinces.

        When the country is one of a province that is named, but the prospect's province is
        not filled in, it is not known whether the trait is met.
        """
        return SQL(
            """CASE WHEN country_id = ANY(%(countries)s) OR state_id = ANY(%(states)s) THEN TRUE
                    WHEN country_id IS NULL AND state_id IS NULL THEN NULL
                    WHEN state_id IS NULL AND country_id = ANY(%(partly)s) THEN NULL
                    ELSE FALSE END""",
            countries=self.country_ids.ids,
            states=self.state_ids.ids,
            partly=self.state_ids.country_id.ids,
        )

    # ------------------------------------------------------------------
    # What was learned of it
    # ------------------------------------------------------------------

    def _get_counts(self) -> TraitCounts:
        """Return what was learned as the plain value the arithmetic works on."""
        self.ensure_one()
        return TraitCounts(**{name: self[name] for name in COUNTS})

    def _store_learned(self, values: dict[str, Any]) -> None:
        """Store what was learned, whatever the state of the profile.

        The rules of a version in force are closed to the ORM's ``write``; these columns are no rules.
        """
        self.ensure_one()
        assignments = SQL(", ").join(SQL("%s = %s", SQL.identifier(name), value) for name, value in values.items())
        self.env.cr.execute(SQL("UPDATE crm_prospect_trait SET %s WHERE id = %s", assignments, self.id))
        self.invalidate_recordset(list(values))
