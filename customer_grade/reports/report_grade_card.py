from typing import Any

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date, formatLang

from odoo.addons.sales_department_base.tools.svg_charts import Level, Step, steps_svg

CHART = {"width": 900.0, "height": 210.0}
"""Size of the history chart in pixels: as wide as the page."""


class ReportGradeCard(models.AbstractModel):
    """The customer grade card: one page on one customer.

    Read in batch for all customers of one print. A person's own words and the evidence
    come from the assessments, under the record rules of the reader.
    """

    _name = "report.customer_grade.report_grade_card"
    _description = "Printed Customer Grade Card"

    @api.model
    def _get_report_values(self, docids: list[int], data: dict | None = None) -> dict[str, Any]:
        """Return the values of the template: one card for each customer behind the chosen contacts.

        :raise UserError: nobody is chosen
        """
        chosen = self.env["res.partner"].browse(docids)
        chosen.check_access("read")
        partners = chosen.commercial_partner_id
        if not partners:
            raise UserError(self.env._("Choose at least one customer."))
        assessments = self.env["customer.grade.assessment"].search(
            [("partner_id", "in", partners.ids), ("company_id", "=", self.env.company.id), ("state", "=", "applied")],
            order="partner_id, date, id",
        )
        history = assessments.grouped("partner_id")
        missing = partners._get_card_missing_fields()
        return {
            "doc_ids": docids,
            "doc_model": "res.partner",
            "docs": partners,
            "company": self.env.company,
            "title": self.env._("Customer Grade Card"),
            "subtitle": "",
            "cards": [
                self._get_card(partner, history.get(partner, assessments.browse()), missing.get(partner.id, []))
                for partner in partners
            ],
        }

    def _get_card(self, partner, history, missing_fields: list[str]) -> dict[str, Any]:
        """Return what the card of one customer says.

        :param history: the applied assessments of the customer, oldest first
        """
        current = history.filtered("is_current")[-1:]
        # A grade that was set or imported has no evidence: the last computed one is shown, with its day.
        evidence = history.filtered("points")[-1:]
        return {
            "name": partner.name,
            "whereabouts": self._get_whereabouts(partner),
            "grade": partner.customer_grade_id.name or self.env._("No grade"),
            "before": current.previous_grade_id.name or "–",
            "score": self.env._("%s points", formatLang(self.env, partner.customer_grade_score, digits=1))
            if partner.customer_grade_score
            else "",
            "since": format_date(self.env, partner.customer_grade_since) if partner.customer_grade_since else "",
            "revenue": format_amount(self.env, round(evidence.revenue), evidence.currency_id, trailing_zeroes=False)
            if evidence
            else "",
            "description": partner.customer_grade_id.description or "",
            "evidence_day": format_date(self.env, evidence.date) if evidence else "",
            "rows": evidence._get_explanation_values()["rows"] if evidence else [],
            "missing": evidence._missing_sentences() if evidence else [],
            # The drawing escapes every text it is given.
            "chart": Markup(steps_svg(self._get_steps(history), self._get_levels(evidence), **CHART)),
            "remarks": self._get_remarks(current),
            "missing_fields": missing_fields,
        }

    def _get_whereabouts(self, partner) -> str:
        """Return place and salesperson in one line."""
        seller = partner.user_id.name
        parts = [partner.city, partner.country_id.name, seller and self.env._("Salesperson: %s", seller)]
        return " · ".join(filter(None, parts))

    def _get_steps(self, history) -> list[Step]:
        """Return the history as the chart draws it."""
        return [
            Step(
                day=assessment.date,
                score=assessment.score if assessment.points else None,
                mark=assessment.grade_id.code or "–",
                label=format_date(self.env, assessment.date),
            )
            for assessment in history
        ]

    def _get_levels(self, evidence) -> list[Level]:
        """Return the thresholds of the scheme behind the last computed grade."""
        return [Level(threshold.grade_id.code, threshold.minimum) for threshold in evidence.scheme_id.threshold_ids]

    def _get_remarks(self, current) -> list[str]:
        """Return the decision and the reasons behind the present grade, in words."""
        if not current:
            return []
        return [
            *filter(None, [current._decision_sentence()]),
            *(current._reason_sentence(reason) for reason in current.reasons or ()),
        ]
