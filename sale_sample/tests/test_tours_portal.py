from odoo.tests import tagged

from .common_portal import PortalCase
from .common_revision import RevisionCase


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


@tagged("post_install", "-at_install", "is_tour")
class TestRevisionTour(PortalCase, RevisionCase):
    """60 instead of 65 Shore after round 1: proposed, confirmed, measured, signed."""

    def test_from_the_proposal_to_the_signature(self):
        self.first.with_user(self.salesman)._record_answer("changes", {"style": True}, {"style": "Toe too round"})
        path = f"/odoo/sample-requests/{self.request.id}"
        self.start_tour(path, "sale_sample_revision_propose", login=self.salesman.login)
        revision = self.request.sudo().open_revision_id
        self.assertEqual((revision.state, revision.reason), ("proposed", "Too stiff in the wear test"))
        self.start_tour(path, "sale_sample_revision_confirm", login=self.rnd.login)
        second = self.request.current_round_id
        self.assertEqual((second.revision_id, second.result), (revision, "pass"))
        second.with_user(self.rnd)._send(second._get_today())
        self.start_tour("/my/samples", "sale_sample_portal_sign", login="sample_buyer")
        self.assertIn("Specification: revision 2", second.signed_statement)
        self.assertIn("Hardness T: 60 −3 / +2 Shore A, measured 61 Shore A", second.signed_statement)
