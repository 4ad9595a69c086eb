from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import ProfileCase


@tagged("post_install", "-at_install", "is_tour")
class TestTourProspect(ProfileCase, HttpCase):
    def test_prospect_graded_in_the_pipeline(self):
        question = self.env["crm.prospect.question"].create({"name": "Buys from other makers?"})
        family = self.env["product.category"].create({"name": "Tour Outsoles"})
        self._profile(
            traits=[
                {"name": "Large", "kind": "size", "weight": 30, "minimum": 500},
                {"name": "Buys elsewhere", "kind": "question", "weight": 20, "question_id": question.id},
            ]
        )
        scheme = self._prospect_scheme()
        self.policy_admin.group_ids = [Command.link(self.env.ref("sales_team.group_sale_manager").id)]
        lead = self._leads("Tour Lead", expected_revenue=50000, prospect_employees=600, user_id=self.policy_admin.id)
        review = self.env["customer.grade.review"].create({"scheme_id": scheme.id})
        self.start_tour(f"/odoo/grade-reviews/{review.id}", "crm_prospect_profile_lead", login=self.policy_admin.login)
        self.assertEqual(lead.customer_grade_id, self.grade["a"])
        self.assertEqual(review.state, "applied")
        self.assertEqual((lead.prospect_answer_ids.question_id, lead.prospect_answer_ids.answer), (question, "yes"))
        self.assertEqual(lead.prospect_family_ids, family)

    def test_partner_compared_and_given_terms(self):
        self._profile()
        term = self.env["account.payment.term"].create({"name": "Tour Terms", "company_id": self.company.id})
        grade = self.env["customer.grade"].create({
            "name": "Key",
            "code": "K",
            "company_id": self.company.id,
            "payment_term_id": term.id,
        })
        customer = self._customers("Tour Customer", customer_grade_id=grade.id)
        self.manager.group_ids = [Command.link(self.env.ref("base.group_partner_manager").id)]
        self.start_tour(f"/odoo/res.partner/{customer.id}", "crm_prospect_profile_partner", login=self.manager.login)
        self.assertEqual((customer.prospect_employees, customer.property_payment_term_id), (600, term))
