from odoo.tests import HttpCase, tagged

from .common_rounds import RoundCase


@tagged("post_install", "-at_install", "is_tour")
class TestRoundTours(RoundCase, HttpCase):
    """What people do in the browser, as the people who do it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.family = cls.env["product.category"].create({"name": "Tour Soles"})

    def test_rnd_day(self):
        """R&D accepts a request, makes, measures and sends its first round."""
        request = self._request(accepted=False, product_family_id=self.family.id)
        request.with_user(self.salesman).action_submit()
        self.start_tour("/odoo/samples-to-accept", "sale_sample_rnd_day", login=self.rnd.login)
        sample = request.current_round_id
        self.assertEqual((request.state, request.rnd_user_id), ("accepted", self.rnd))
        self.assertEqual((sample.state, sample.tracking_ref), ("sent", "SF123"))
        self.assertEqual(sample.result, "pass")

    def test_from_opportunity_to_approved_sample(self):
        """A salesperson asks for a sample, records changes, then the approval, and quotes it."""
        lead = self.env["crm.lead"].create({
            "name": "Tour Opportunity",
            "type": "opportunity",
            "partner_id": self.contact.id,
            "user_id": self.salesman.id,
            "company_id": self.company.id,
        })
        self.start_tour(f"/odoo/crm.lead/{lead.id}", "sale_sample_from_opportunity", login=self.salesman.login)
        request = self.env["sale.sample.request"].search([("lead_id", "=", lead.id)])
        self.assertEqual(request.state, "submitted")
        self.assertEqual((request.partner_id, request.contact_id), (self.customer, self.contact))
        self.assertEqual(request.property_line_ids.requirement, "65 −0 / +3 Shore A")
        request.with_user(self.rnd)._accept(request.needed_by)
        first = self._sent(request)
        path = f"/odoo/sample-requests/{request.id}"
        self.start_tour(path, "sale_sample_answer_changes", login=self.salesman.login)
        self.assertEqual((first.verdict, first.answered_by_id), ("changes", self.contact))
        second = self._sent(request)
        self.start_tour(path, "sale_sample_answer_approved", login=self.salesman.login)
        self.assertEqual((second.verdict, request.state), ("approved", "approved"))
        self.assertEqual(request.point_ids.mapped("state"), ["solved"])
        self.assertEqual(request.product_id.name, "Tour Sole")
        self.assertEqual(request.order_line_ids.product_uom_qty, 1200)
