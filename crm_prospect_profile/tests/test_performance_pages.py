"""What the addon and the grades below it add to the pages of Odoo, together."""

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_grade.tests.common_pages import PagesCase

from .common import ProfileCase


@tagged("post_install", "-at_install")
class TestPages(PagesCase, ProfileCase):
    """A profile is in use, too, and answers."""

    ADDONS = PagesCase.ADDONS | {"crm_prospect_profile"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        question = cls.env["crm.prospect.question"].create({"name": "Buys elsewhere?"})
        cls._profile(
            traits=[
                {"name": "Large", "kind": "size", "weight": 30, "minimum": 500},
                {"name": "Buys elsewhere", "kind": "question", "weight": 20, "question_id": question.id},
            ]
        )
        answer = Command.create({"question_id": question.id, "answer": "yes"})
        for record in (cls.leads[0], cls.customers[0]):
            record.prospect_answer_ids = [answer]
            record.prospect_family_ids = cls.env["product.category"].create({"name": "Outsoles"})
        cls.leads.prospect_industry_id = cls.shoes

    def test_partner_form(self):
        self.assertFormCheap(self.customers[0], "base.view_partner_form", self.manager, self.salesman, self.approver)

    def test_lead_form(self):
        self.assertFormCheap(self.leads[0], "crm.crm_lead_view_form", self.manager, self.salesman)
