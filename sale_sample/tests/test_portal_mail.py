from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCase

from .common_portal import PortalCase


@tagged("post_install", "-at_install")
class TestPortalMail(PortalCase, MailCase):
    """Mail leads the customer to the page, and the customer's words to us."""

    def test_round_sent_has_the_link(self):
        with self.mock_mail_gateway():
            self.first.with_user(self.salesman)._mail_customer("sale_sample.mail_template_round_sent")
        self.assertIn(f"/my/samples/{self.request.id}?access_token={self.token}", self._new_mails.body_html)

    def test_button_of_a_message(self):
        def button(request):
            message = request.message_post(body="Hello", subtype_xmlid="mail.mt_comment")
            groups = request._notify_get_recipients_groups(message, "Sample Request")
            return next(options for name, _match, options in groups if name == "portal_customer")

        options = button(self.request)
        self.assertTrue(options["has_button_access"])
        self.assertEqual(options["button_access"]["title"], "Answer on the Sample")
        self.assertIn("access_token", options["button_access"]["url"])
        self.first._record_answer("approved")
        self.assertEqual(button(self.request)["button_access"]["title"], "Sign the Sample")
        self.assertFalse(button(self._request(accepted=False))["has_button_access"])

    def test_link_of_a_mail_leads_to_the_page(self):
        page = self._page("/mail/view", None, model=self.request._name, res_id=self.request.id, access_token=self.token)
        self._assert_shown(page)
        self._assert_sent_away(
            self._page("/mail/view", None, model=self.request._name, res_id=self.request.id, access_token="wrong")
        )

    def test_customer_writes_a_message(self):
        for login, params in (("sample_buyer", {}), (None, {"token": self.token})):
            self.authenticate(login, login)
            words = {"body": "When does it come?", "message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
            self.make_jsonrpc_request(
                "/mail/message/post",
                {"thread_model": self.request._name, "thread_id": self.request.id, "post_data": words, **params},
            )
            message = self.request.message_ids[:1]
            self.assertIn("When does it come?", message.body)
            self.assertEqual(message.author_id, self.request.contact_id if not login else self.contact)

    def test_internal_notes_stay(self):
        for body, subtype in (("Margin is thin", "mail.mt_note"), ("On its way", "mail.mt_comment")):
            self.request.with_user(self.salesman).message_post(body=body, message_type="comment", subtype_xmlid=subtype)
        for login, params in (("sample_buyer", {}), (None, {"token": self.token})):
            self.authenticate(login, login)
            answer = self.make_jsonrpc_request(
                "/mail/chatter_fetch", {"thread_model": self.request._name, "thread_id": self.request.id, **params}
            )
            self.assertIn("On its way", str(answer))
            self.assertNotIn("Margin is thin", str(answer))

    def test_mail_goes_to_the_contact(self):
        self.assertEqual(self.request._mail_get_partners()[self.request.id], self.request.contact_id)
        self.assertEqual(self.other_request._mail_get_partners()[self.other_request.id], self.stranger_company)
