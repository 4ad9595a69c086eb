from odoo.tests import tagged

from .common_portal import PortalCase


@tagged("post_install", "-at_install", "is_tour")
class TestPortalTours(PortalCase):
    """A customer's answers: changes on round 1, approved and signed on round 2."""

    def test_customer_answers_two_rounds(self):
        self.start_tour("/my", "sale_sample_portal_changes", login="sample_buyer")
        self.assertEqual(self.first.verdict, "changes")
        self.assertEqual(self.first.answer_comment, "Please hurry")
        self.assertEqual(self.first.point_ids.mapped("name"), ["Toe too round", "One box a pair"])
        second = self._sent_round(self.request)
        self.start_tour("/my/samples", "sale_sample_portal_sign", login="sample_buyer")
        self.assertEqual((self.request.state, second.verdict), ("approved", "approved"))
        self.assertEqual(second.signed_by, "Lin Haiyan")
        self.assertEqual(set(self.request.point_ids.mapped("state")), {"solved"})
