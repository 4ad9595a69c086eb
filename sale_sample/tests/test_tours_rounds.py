from odoo.tests import HttpCase, tagged

from .common_rounds import RoundCase


@tagged("post_install", "-at_install", "is_tour")
class TestRoundTours(RoundCase, HttpCase):
    """What people do in the browser, as the people who do it."""

    def test_rnd_day(self):
        """R&D makes, measures and sends a round."""
        request = self._request()
        self.start_tour("/odoo/sample-rounds", "sale_sample_rnd_day", login=self.rnd.login)
        sample = request.current_round_id
        self.assertEqual((sample.state, sample.cost, sample.tracking_ref), ("sent", 120.0, "SF123"))
        self.assertEqual(sample.result, "pass")

    def test_two_rounds_to_an_approved_sample(self):
        """A salesperson records changes, then the approval, and quotes the sample."""
        self.env["product.category"].create({"name": "Tour Soles"})
        request = self._request()
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
