from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common_prospect import ProspectCase


@tagged("post_install", "-at_install", "is_tour")
class TestTourProspect(ProspectCase, HttpCase):
    def test_prospect_graded_in_the_pipeline(self):
        self._profile()
        scheme = self._prospect_scheme()
        self.policy_admin.group_ids = [Command.link(self.env.ref("sales_team.group_sale_manager").id)]
        lead = self._leads("Tour Lead", expected_revenue=50000, prospect_employees=600, user_id=self.policy_admin.id)
        review = self.env["customer.grade.review"].create({"scheme_id": scheme.id})
        self.start_tour(
            f"/odoo/grade-reviews/{review.id}", "customer_grade_prospect", login=self.policy_admin.login
        )
        self.assertEqual(lead.customer_grade_id, self.grade["a"])
        self.assertEqual(review.state, "applied")
