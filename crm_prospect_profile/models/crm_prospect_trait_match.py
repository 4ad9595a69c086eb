from odoo import models
from odoo.tools import SQL


class CrmProspectTrait(models.Model):
    """A trait as an SQL expression over the rows of ``prospect``, see the profile."""

    _inherit = "crm.prospect.trait"

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
