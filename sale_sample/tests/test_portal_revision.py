from lxml import html

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_portal import PortalCase
from .common_revision import RevisionCase
from .test_tools_portal import drawn


@tagged("post_install", "-at_install")
class TestPortalRevision(PortalCase, RevisionCase):
    """The customer sees which version a round was made to, and never why or what was only proposed."""

    def _show(self):
        """Return the customer's page as one line of text without tags."""
        page = self._page(self.request.access_url, access_token=self.token)
        self._assert_shown(page)
        content = html.fromstring(page.text).get_element_by_id("sample_content")
        return " ".join(" ".join(content.itertext()).split())

    def test_what_is_proposed_is_not_shown(self):
        self._proposed(self.request)
        text = self._show()
        self.assertNotIn("60 ± 3", text)
        self.assertNotIn("Too stiff", text)
        self.assertIn("Revision 1", text)

    def test_what_holds_and_what_the_round_was_made_to(self):
        self.assertNotIn("Revision", self._show())
        revision = self._proposed(self.request, pairs=4).with_user(self.rnd)
        revision.decision_note = "Costs a new compound"
        revision.action_confirm()
        text = self._show()
        self.assertIn("What You Asked For Revision 2", text)
        self.assertIn("Hardness T: 65 −3 / +2 → 60 ± 3 Shore A", text)
        self.assertIn("Size 42: 3 → 4 pairs", text)
        self.assertIn("Revision 1 to which earlier rounds were made", text)
        self.assertIn("This round was made to revision 1 of what you asked for; revision 2 holds", text)
        for secret in ("Too stiff", "new compound"):
            self.assertNotIn(secret, text)

    def test_the_customer_signs_revision_2(self):
        self._answer(token=self.token, verdict="changes", comment_properties="Softer")
        self._confirmed(self.request)
        second = self.request.current_round_id.with_user(self.rnd)
        second.action_start()
        self._measured(second, 61.0)
        second.action_made()
        second._send(second._get_today())
        page = self._page(self.request.access_url, access_token=self.token)
        self.assertIn("requirement (revision 2), measured values", page.text)
        result = self._sign("Lin", drawn(), sample=second, token=self.token)
        self.assertTrue(result.get("force_refresh"), result)
        self.assertIn("Specification: revision 2", second.sudo().signed_statement)
        self.assertIn("Hardness T: 60 ± 3 Shore A, measured 61 Shore A", second.sudo().signed_statement)
        self.assertIn("Specification: revision 1", self.first._get_signed_statement())

    @mute_logger("odoo.http")
    def test_nothing_by_remote_call(self):
        revision = self._confirmed(self.request)
        for model, fields in (
            ("sale.sample.revision", ["reason"]),
            ("sale.sample.request", ["revision_ids"]),
            ("sale.sample.request", ["revision_id"]),
            ("sale.sample.round", ["revision_id"]),
            ("sale.sample.round", ["asked_property_ids"]),
        ):
            with self.subTest(model=model, fields=fields):
                answer = self._rpc("sample_buyer", model, "search_read", [], fields)
                self.assertIn("error", answer)
        for button in ("action_propose", "action_confirm", "action_refuse", "action_withdraw", "action_discard"):
            with self.subTest(button=button):
                self.assertIn("error", self._rpc("sample_buyer", "sale.sample.revision", button, [revision.id]))
