"""The fit to the profile in schemes and reviews of prospects."""

from datetime import datetime

from odoo.exceptions import UserError
from odoo.tests import Form

from .common import ProfileCase


class TestProspectFit(ProfileCase):
    def test_fit_of_a_lead(self):
        self._profile()
        lead = self._leads("lead", prospect_industry_id=self.shoes.id, prospect_employees=600)
        self.assertEqual(self._figures(lead, ["profile_fit"])["profile_fit"], 80)
        self.assertEqual(lead.prospect_fit, 80)

    def test_a_lead_without_data_takes_that_of_its_partner(self):
        self._profile()
        partner = self._customers(
            "P one", industry_id=self.shoes.id, prospect_employees=900, country_id=self.vietnam.id
        )
        contact = self.env["res.partner"].create({"name": "buyer", "parent_id": partner.id})
        lead = self._leads("lead", partner_id=contact.id)
        lead.write({"country_id": self.china.id, "state_id": False})
        self._known_since(partner, datetime(2026, 1, 1))
        self.assertEqual(lead.prospect_fit, 80, "its own country comes first")
        self.assertEqual(partner.prospect_fit, 100)
        self.assertEqual(self._figures(partner, ["profile_fit"])["profile_fit"], 100)

    def test_starter_rules(self):
        self._profile()
        scheme = self.env["customer.grading.scheme"].create({"name": "New", "kind": "prospect"})
        self.assertEqual(scheme.criterion_ids.mapped("metric"), ["profile_fit", "expected_revenue", "engagement"])
        scheme.action_activate()
        lead = self._leads("lead", prospect_industry_id=self.shoes.id)
        self.assertIn(lead, self._review(scheme).assessment_ids.lead_id)

    def test_the_form_follows_the_kind(self):
        self._profile()
        with self.with_user("grade_policy_admin"):
            form = Form(self.env["customer.grading.scheme"])
            form.name = "From the form"
            form.kind = "prospect"
            scheme = form.save()
            self.assertEqual(scheme.criterion_ids.mapped("metric"), ["profile_fit", "expected_revenue", "engagement"])
            self.assertTrue(scheme.criterion_ids[0].band_ids)

    def test_the_fit_needs_a_profile_in_force(self):
        scheme = self._prospect_scheme(activate=False, criterion_ids=[self._criterion("profile_fit")])
        with self.assertRaisesRegex(UserError, "has none in force"):
            scheme.action_activate()

    def test_only_prospects_have_it(self):
        self.assertNotIn("profile_fit", self._scheme(activate=False).criterion_ids.metric_choices)
        self.assertIn("profile_fit", self._prospect_scheme(activate=False).criterion_ids.metric_choices)
