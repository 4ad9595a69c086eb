"""Leads and a scheme for the tests of prospects."""

from datetime import date, datetime

from odoo.tools import SQL

from .common import GradeCase

DAY = date(2026, 6, 30)
KNOWN_FROM = datetime(2026, 1, 15, 4, 0)


class ProspectCase(GradeCase):
    """A company with industries, leads and a scheme for prospects."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shoes, cls.bags = cls.env["res.partner.industry"].create([{"name": "Sports shoes"}, {"name": "Bags"}])
        cls.vietnam, cls.china = cls.env.ref("base.vn"), cls.env.ref("base.cn")

    @classmethod
    def _prospect_scheme(cls, **values):
        """Create a scheme that looks at the expected revenue alone, unless told otherwise."""
        return cls._scheme(
            name="Prospects",
            kind="prospect",
            **{
                "criterion_ids": [cls._criterion("expected_revenue")],
                "population_domain": "[('id', '=', 0)]",
                **values,
            },
        )

    @classmethod
    def _leads(cls, *names, known_from=KNOWN_FROM, **values):
        """Create opportunities that are known since ``known_from``."""
        leads = cls.env["crm.lead"].create([
            {"name": name, "type": "opportunity", "company_id": cls.company.id, "user_id": cls.salesman.id, **values}
            for name in names
        ])
        cls._known_since(leads, known_from)
        return leads

    @classmethod
    def _known_since(cls, records, moment):
        records.flush_recordset()
        cls.env.cr.execute(
            SQL(
                "UPDATE %s SET create_date = %s WHERE id = ANY(%s)", SQL.identifier(records._table), moment, records.ids
            )
        )
        records.invalidate_recordset(["create_date"])

    @classmethod
    def _closed(cls, won=0, lost=0, **values):
        """Create leads that are won or lost."""
        leads = cls._leads(*[f"closed {n}" for n in range(won + lost)], **values)
        leads[:won].action_set_won()
        leads[won:].action_set_lost()
        return leads

    @staticmethod
    def _of_lead(review, lead):
        return review.assessment_ids.filtered(lambda assessment: assessment.lead_id == lead)

    @classmethod
    def _grade_leads(cls, revenues, **values):
        """Apply a review to new leads of these expected revenues, and return them."""
        leads = cls._leads(*[f"lead {n}" for n in range(len(revenues))], **values)
        for lead, revenue in zip(leads, revenues, strict=True):
            lead.expected_revenue = revenue
        scheme = (
            cls.env["customer.grading.scheme"].search([
                ("company_id", "=", cls.company.id),
                ("kind", "=", "prospect"),
                ("state", "=", "active"),
            ])
            or cls._prospect_scheme()
        )
        cls._applied(scheme, DAY)
        return leads

    def _lead_history(self, lead):
        return self.env["customer.grade.assessment"].search(
            [("lead_id", "=", lead.id), ("state", "=", "applied")], order="id"
        )

    def _figures(self, lead_or_partner, keys, **values):
        """Return the figures of one prospect in a review of these metrics."""
        scheme = self._prospect_scheme(
            criterion_ids=[self._criterion(key) for key in keys],
            population_domain="[('name', '=like', 'P %')]",
            **values,
        )
        review = self._review(scheme)
        of = self._of_lead if lead_or_partner._name == "crm.lead" else self._of
        return of(review, lead_or_partner).figures
