from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.portal_answer import MAX_COMMENT
from ..tools.signature import digest
from .common_portal import PortalCase
from .common_rounds import picture
from .test_tools_portal import drawn


@tagged("post_install", "-at_install")
class TestPortalAnswer(PortalCase):
    """What the customer answers, by login or by token."""

    def test_changes(self):
        page = self._answer(
            login="sample_buyer", verdict="changes", comment_style="Toe too round\nHeel lower", comment="See the swatch"
        )
        self.assertIn("We have your points", page.text)
        self.assertEqual((self.first.state, self.first.verdict), ("answered", "changes"))
        self.assertEqual((self.first.answered_by_id, self.first.answer_user_id), (self.contact, self.buyer))
        self.assertEqual(self.first.answer_comment, "See the swatch")
        following = self.request.current_round_id
        self.assertEqual((following.number, following.state), (2, "planned"))
        self.assertEqual(following.carried_point_ids.mapped("name"), ["Toe too round", "Heel lower"])
        todo = self.request.activity_ids.filtered(lambda activity: activity.user_id == self.salesman)
        self.assertEqual(todo.summary, "The customer wants changes on round 1: 2 open points")
        self.assertIn("Plan round 2: 2 open points", following.activity_ids.mapped("summary"))
        message = self.request.message_ids.filtered(lambda one: one.author_id == self.contact and one.body)[:1]
        self.assertIn("Toe too round", message.body)
        self.assertLessEqual((self.salesman | self.rnd).partner_id, message.notified_partner_ids)
        self.assertFalse(message.is_internal)

    def test_changes_by_token(self):
        page = self._answer(token=self.token, verdict="changes", comment_packing="One box a pair")
        self.assertIn("We have your points", page.text)
        self.assertEqual(self.first.answered_by_id, self.request.contact_id)
        self.assertFalse(self.first.answer_user_id.share)
        self.assertEqual(self.request.current_round_id.number, 2)

    def test_contact_without_email(self):
        self.request.contact_id.email = False
        self.company.email = False
        self._answer(token=self.token, verdict="changes", comment_packing="One box a pair")
        self.assertEqual(self.first.verdict, "changes")

    def test_approval_without_seal(self):
        self.type.is_sealed = False
        page = self._answer(login="sample_buyer", verdict="approved", comment="Fine", comment_style="ignored")
        self.assertIn("You have approved the sample", page.text)
        self.assertEqual((self.first.verdict, self.request.state), ("approved", "approved"))
        self.assertFalse(self.first.point_ids)
        todo = self.request.activity_ids.filtered(lambda activity: activity.user_id == self.salesman)
        self.assertEqual(todo.summary, "The customer approved round 1")

    def test_sealed_needs_signature(self):
        page = self._answer(login="sample_buyer", verdict="approved")
        self.assertEqual(page.status_code, 422)
        self.assertIn("approved by a signature", page.text)
        self.assertEqual(self.first.state, "sent")

    def test_answered_before(self):
        for _time in range(2):
            page = self._answer(login="sample_buyer", verdict="changes", comment_style="Toe")
        self.assertIn("has been answered already", page.text)
        self.assertEqual(len(self.first.point_ids), 1)
        self.assertEqual(self.request.round_count, 2)
        result = self._sign("Lin", drawn(), login="sample_buyer")
        self.assertIn("nothing to sign", result["error"])

    def test_points_of_earlier_rounds(self):
        self._answer(login="sample_buyer", verdict="changes", comment_style="Toe\nHeel")
        second = self._sent_round(self.request)
        toe, heel = second.carried_point_ids
        self._answer(sample=second, login="sample_buyer", verdict="changes", **{f"solved_{toe.id}": "on"})
        self.assertEqual((toe.solved_round_id, heel.state), (second, "open"))
        third = self._sent_round(self.request)
        page = self._answer(sample=third, login="sample_buyer", verdict="changes", **{f"solved_{heel.id}": "on"})
        self.assertIn("write what is to be changed", page.text)
        self.assertEqual((third.state, heel.state), ("sent", "open"))

    def test_nothing_written(self):
        page = self._answer(login="sample_buyer", verdict="changes", comment="Only a remark", comment_style="  ")
        self.assertEqual(page.status_code, 422)
        self.assertIn("write what is to be changed", page.text)
        self.assertIn("Only a remark", page.text, "what was written is not lost")
        self.assertEqual(self.first.state, "sent")

    def test_too_long(self):
        page = self._answer(login="sample_buyer", verdict="changes", comment_function="x" * (MAX_COMMENT + 1))
        self.assertEqual(page.status_code, 422)
        self.assertIn("shorten your text to 2000 characters each: Function", page.text)
        self.assertEqual(self.first.state, "sent")

    def test_script_is_text(self):
        evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
        page = self._answer(login="sample_buyer", verdict="changes", comment_style=evil, comment=evil)
        self.assertNotIn("<script>alert(1)", page.text)
        self.assertNotIn("<img src=x", page.text)
        self.assertIn("&lt;script&gt;alert(1)", page.text)
        self.assertEqual(self.first.point_ids.name, evil, "kept as it was written")
        for message in self.request.message_ids:
            self.assertNotIn("<script", message.body)
            self.assertNotIn("<img", message.body)

    @mute_logger("odoo.http")
    def test_forged_form(self):
        self.authenticate("sample_buyer", "sample_buyer")
        url = f"/my/samples/{self.request.id}/answer/{self.first.id}"
        self.assertEqual(self.url_open(url, data={"verdict": "changes", "comment_style": "Toe"}).status_code, 400)
        self.assertIn(self.url_open(url).status_code, (404, 405), "an answer is posted, never fetched")
        self.assertEqual(self.first.state, "sent")

    def test_somebody_else_is_answering(self):
        refusal = UserError("Another user is processing one of these records.")
        with patch.object(self.env.registry["sale.sample.round"], "_lock", side_effect=refusal):
            page = self._answer(login="sample_buyer", verdict="changes", comment_style="Toe too round")
            result = self._sign("Lin", drawn(), login="sample_buyer")
        self.assertEqual(page.status_code, 422)
        self.assertIn("Another user is processing", page.text)
        self.assertIn("Toe too round", page.text, "what was written is not lost")
        self.assertIn("Another user is processing", result["error"])
        self.assertEqual((self.first.state, self.first.signed_on), ("sent", False))
        self.assertFalse(self.first.verdict_line_ids)

    def test_nonsense(self):
        for form in ({"verdict": "rejected"}, {"verdict": "nonsense"}, {}):
            page = self._answer(login="sample_buyer", comment_style="Toe", **form)
            self.assertIn("did not understand your answer", page.text)
        page = self._answer(sample=self.other_round, login="sample_buyer", verdict="changes", comment_style="Toe")
        self.assertIn("did not understand your answer", page.text)
        self.assertEqual((self.first.state, self.other_round.state), ("sent", "sent"))

    def test_strangers_do_not_answer(self):
        url = f"/my/samples/{self.request.id}/answer/{self.first.id}"
        for token in ("", "wrong", self.other_request._portal_ensure_token()):
            page = self._page("/my/samples", "sample_stranger")
            data = {"csrf_token": self._csrf(page), "access_token": token, "verdict": "changes", "comment_style": "Toe"}
            self._assert_sent_away(self.url_open(url, data=data))
            result = self._sign("Lin", drawn(), login="sample_stranger", token=token)
            self.assertIn("does not exist", result["error"])
        self.assertEqual(self.first.state, "sent")

    def test_colleagues_do_not_answer_for_the_customer(self):
        page = self._answer(login="sample_salesman", token=self.token, verdict="changes", comment_style="Toe")
        self.assertIn("Record the customer&#39;s answer on the round", page.text)
        result = self._sign("Wang", drawn(), login="sample_salesman", token=self.token)
        self.assertIn("only the customer signs", result["error"])
        self.assertEqual(self.first.state, "sent")


@tagged("post_install", "-at_install")
class TestPortalSignature(PortalCase):
    """How a sealed sample is signed."""

    def test_approve_and_sign(self):
        result = self._sign("  Lin Hai  ", drawn(), login="sample_buyer")
        self.assertTrue(result["force_refresh"])
        self.assertEqual((self.request.state, self.first.verdict), ("approved", "approved"))
        self.assertEqual((self.first.signed_by, self.first.answered_by_id), ("Lin Hai", self.contact))
        self.assertTrue(self.first.signed_on and self.first.signature)
        self.assertEqual(self.first.signed_digest, digest(self.first.signed_statement))
        for text in (
            self.request.name,
            "Runner 26",
            "Grips on ice",
            "Size 42 EU: 3 pairs",
            "Hardness T",
            "Lin Hai",
            self.first._get_photo_checksums()[0],
        ):
            self.assertIn(text, self.first.signed_statement)
        for secret in ("4321", "Secret", "987654"):
            self.assertNotIn(secret, self.first.signed_statement)
        page = self.url_open(result["redirect_url"])
        self.assertIn("approved and signed", page.text)
        self.assertIn(self.first.signed_digest, page.text)
        self.assertIn(self.first.signed_digest, " ".join(self.request.message_ids.mapped("body")))
        self.assertTrue(self.request.kept_ids.filtered(lambda kept: kept.kind == "sealed"))

    def test_sign_by_token(self):
        self.assertTrue(self._sign("Lin", drawn(), token=self.token)["force_refresh"])
        self.assertEqual(self.first.answered_by_id, self.request.contact_id)

    def test_sign_what_was_approved_by_word(self):
        self.first._record_answer("approved")
        self.assertEqual(self.request.portal_state, "sign")
        self.assertIn("Awaits Your Signature", self._page(self.request.access_url, "sample_buyer").text)
        self.assertTrue(self._sign("Lin", drawn(), login="sample_buyer")["force_refresh"])
        self.assertEqual(self.request.portal_state, "approved")
        self.assertIn("nothing to sign", self._sign("Lin", drawn(), login="sample_buyer")["error"])

    def test_no_signature(self):
        for name, signature, error in (
            ("Lin", "", "signature is missing"),
            ("Lin", None, "signature is missing"),
            ("Lin", drawn(line=False), "signature is missing"),
            ("Lin", picture().decode(), "signature is missing"),
            ("Lin", "no base64!", "not a picture"),
            ("Lin", "QUJD", "not a picture"),
            ("Lin", ["x"], "not a picture"),
            ("Lin", "A" * 2_000_000, "too large"),
            ("", drawn(), "Write your name"),
            (None, drawn(), "Write your name"),
            ({"a": 1}, drawn(), "Write your name"),
            ("L" * 101, drawn(), "100 characters at most"),
        ):
            with self.subTest(error=error, name=name):
                self.assertIn(error, self._sign(name, signature, login="sample_buyer")["error"])
        self.assertEqual((self.first.state, self.first.signed_by), ("sent", False))

    def test_type_without_seal(self):
        self.type.is_sealed = False
        self.assertIn("nothing to sign", self._sign("Lin", drawn(), login="sample_buyer")["error"])

    def test_round_of_another_request(self):
        result = self._sign("Lin", drawn(), sample=self.other_round, login="sample_buyer")
        self.assertIn("nothing to sign", result["error"])
        self.assertEqual(self.other_round.state, "sent")
