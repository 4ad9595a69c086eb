import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_portal import PortalCase

SECRETS = ("987654", "Secret", "Sole rnd", "expected_yearly_volume", "concession")
CLOSED_FIELDS = (
    ("sale.sample.request", "competitor_id"),
    ("sale.sample.request", "competitor_sample"),
    ("sale.sample.request", "expected_yearly_volume"),
    ("sale.sample.request", "lead_id"),
    ("sale.sample.request", "purpose"),
    ("sale.sample.request", "rnd_user_id"),
    ("sale.sample.request", "sale_order_id"),
    ("sale.sample.request", "point_ids"),
    ("sale.sample.round", "note"),
    ("sale.sample.round", "concession"),
    ("sale.sample.round", "retained_quantity"),
    ("sale.sample.round", "signature"),
    ("sale.sample.round", "photo_ids"),
)


@tagged("post_install", "-at_install")
class TestPortalAccess(PortalCase):
    """Who sees which page, and what is on it."""

    def test_own_by_login(self):
        page = self._page(self.request.access_url, "sample_buyer")
        self._assert_shown(page)
        for text in (
            "Runner 26",
            "Grips on ice",
            "Hardness T",
            "65 Shore A",
            "As the swatch",
            "SF1",
            "https://sf.example/SF1",
            "Awaits Your Answer",
            f"/photo/{self.photo.id}",
        ):
            self.assertIn(text, page.text)

    def test_own_by_token(self):
        self._assert_shown(self._page(self.request.access_url, access_token=self.token))

    def test_secrets_stay(self):
        self.first._record_answer("changes", {"style": True}, {"style": "Toe"})
        for login in ("sample_buyer", None):
            page = self._page(self.request.access_url, login, access_token=self.token)
            self._assert_shown(page)
            for secret in SECRETS:
                self.assertNotIn(secret, page.text)

    def test_strangers(self):
        self._assert_sent_away(self._page(self.request.access_url))
        self._assert_sent_away(self._page(self.request.access_url, access_token="wrong"))
        other_token = self.other_request._portal_ensure_token()
        self._assert_sent_away(self._page(self.request.access_url, access_token=other_token))
        self._assert_sent_away(self._page(self.request.access_url, "sample_stranger"))
        self._assert_sent_away(self._page(self.other_request.access_url, "sample_buyer", access_token=self.token))
        self._assert_sent_away(self._page("/my/samples/99999999", "sample_buyer"))

    def test_draft_is_hidden(self):
        draft = self._request(accepted=False, style_name="Runner 26")
        token = draft._portal_ensure_token()
        self._assert_sent_away(self._page(draft.access_url, "sample_buyer"))
        self._assert_sent_away(self._page(draft.access_url, access_token=token))
        self.assertNotIn(draft.name, self._page("/my/samples", "sample_buyer").text)
        for button in ("action_preview_portal", "action_share_portal"):
            with self.assertRaisesRegex(UserError, "cannot see"):
                getattr(draft.with_user(self.salesman), button)()

    def test_rounds_appear_when_sent(self):
        self.first._record_answer("changes", {"style": True}, {"style": "Toe"})
        page = self._page(self.request.access_url, "sample_buyer")
        self.assertIn('data-round="1"', page.text)
        self.assertNotIn('data-round="2"', page.text)
        self.assertIn("The next round is in the making", page.text)
        rounds = self.request.with_user(self.buyer).round_ids
        self.assertEqual(rounds, self.first)

    def test_photos(self):
        path = f"{self.request.access_url}/photo/{self.photo.id}"
        for response in (
            self._page(path, "sample_buyer"),
            self._page(f"{path}/thumbnail", "sample_buyer"),
            self._page(path, access_token=self.token),
        ):
            self.assertEqual((response.status_code, response.headers["Content-Type"]), (200, "image/png"))
        foreign = self.other_photo
        for refused, login, token in (
            (path, None, None),
            (path, None, "wrong"),
            (path, "sample_stranger", None),
            (f"{self.request.access_url}/photo/{foreign.id}", "sample_buyer", None),
            (f"{self.request.access_url}/photo/{foreign.id}", None, self.token),
            (f"{self.other_request.access_url}/photo/{foreign.id}", None, self.token),
            (f"{self.request.access_url}/photo/99999999", "sample_buyer", None),
        ):
            with self.subTest(path=refused, login=login, token=token):
                page = self._page(refused, login, **({"access_token": token} if token else {}))
                self.assertEqual(page.status_code, 404)

    def test_photo_of_unsent_round(self):
        self.first._record_answer("changes", {"style": True}, {"style": "Toe"})
        hidden = self.env["sale.sample.photo"].create({
            "round_id": self.request.current_round_id.id,
            "image": self.photo.image,
        })
        path = f"{self.request.access_url}/photo/{hidden.id}"
        self.assertEqual(self._page(path, "sample_buyer").status_code, 404)

    @mute_logger("odoo.http")
    def test_remote_calls(self):
        records = {"sale.sample.request": self.request, "sale.sample.round": self.first}
        for model, field in CLOSED_FIELDS:
            with self.subTest(model=model, field=field):
                answer = self._rpc("sample_buyer", model, "read", records[model].ids, [field])
                self.assertIn("AccessError", answer["error"]["data"]["name"])
                answer = self._rpc("sample_buyer", model, "search", [(field, "!=", False)])
                self.assertIn("AccessError", answer["error"]["data"]["name"])
        for model in (
            "sale.sample.photo",
            "sale.sample.measurement",
            "sale.sample.point",
            "sale.sample.step",
            "sale.sample.kept",
            "sale.sample.question",
            "sale.sample.type",
        ):
            with self.subTest(model=model):
                answer = self._rpc("sample_buyer", model, "search_read", [], ["id"])
                self.assertIn("AccessError", answer["error"]["data"]["name"])
        for model, record in records.items():
            found = self._rpc("sample_buyer", model, "search_read", [], ["display_name"])["result"]
            self.assertEqual([row["id"] for row in found], record.ids)
            ids = record.ids
            for method, args in (("write", [ids, {"active": False}]), ("unlink", [ids]), ("create", [[{}]])):
                answer = self._rpc("sample_buyer", model, method, *args)
                self.assertIn("AccessError", answer["error"]["data"]["name"])

    @mute_logger("odoo.http")
    def test_files_by_other_routes(self):
        drawing = self.env["ir.attachment"].create({
            "name": "drawing.txt",
            "raw": b"Secret drawing",
            "res_model": self.request._name,
            "res_id": self.request.id,
        })
        for path in (
            f"/web/content/{drawing.id}",
            f"/web/content/sale.sample.round/{self.first.id}/note",
            f"/web/content/sale.sample.round/{self.first.id}/concession",
            f"/web/content/sale.sample.request/{self.request.id}/competitor_sample",
            f"/web/image/sale.sample.photo/{self.photo.id}/image",
        ):
            for login in ("sample_buyer", None):
                with self.subTest(path=path, login=login):
                    page = self._page(path, login, access_token=self.token)
                    self.assertNotIn("Secret", page.text)
                    self.assertNotEqual(page.content, base64.b64decode(self.photo.image))

    def test_portal_user_writes_nothing(self):
        for record in (self.request, self.first):
            mine = record.with_user(self.buyer)
            self.assertTrue(mine.has_access("read"))
            self.assertFalse(record.with_user(self.stranger).has_access("read"))
            for operation in ("write", "create", "unlink"):
                self.assertFalse(mine.has_access(operation))
        with self.assertRaises(AccessError):
            self.first.with_user(self.buyer)._record_answer("approved")
        for field in ("signed_by", "signed_statement", "signed_digest"):
            with self.subTest(field), self.assertRaises(AccessError):
                self.first.with_user(self.salesman).write({field: "x"})

    def test_fields_added_later_are_closed(self):
        request = self.request.with_user(self.buyer)
        readable = request.fields_get()
        self.assertEqual(set(readable), {name for name in request._get_portal_fields() if name in request._fields})
        self.assertEqual(request.portal_state, "answer")

    def test_list_and_home(self):
        page = self._page("/my/samples", "sample_buyer")
        self.assertIn(self.request.name, page.text)
        self.assertNotIn(self.other_request.name, page.text)
        self.assertIn("Awaits Your Answer", page.text)
        self.authenticate("sample_buyer", "sample_buyer")
        counters = self.make_jsonrpc_request("/my/counters", {"counters": ["sample_count", "sample_waiting_count"]})
        self.assertEqual(counters, {"sample_count": 1, "sample_waiting_count": 1})
        self.assertIn("Your Samples", self.url_open("/my").text)

    def test_list_is_limited(self):
        closed = self._answered("approved", self._request(style_name="Old Boot")).request_id
        closed.current_round_id.sudo().write({"signed_on": "2026-01-01 00:00:00"})
        for params, shown in (
            ({"filterby": "open"}, self.request),
            ({"filterby": "waiting"}, self.request),
            ({"filterby": "closed"}, closed),
            ({"search": "old boot"}, closed),
            ({"search": "old boot", "search_in": "name"}, None),
            ({"search": self.request.name, "search_in": "name", "sortby": "nonsense", "filterby": "x"}, self.request),
            ({"search": self.other_request.name}, None),
        ):
            page = self._page("/my/samples", "sample_buyer", **params)
            with self.subTest(params):
                self.assertEqual(page.status_code, 200)
                for request in (self.request, closed):
                    self.assertEqual(f'"{request.access_url}"' in page.text, request == shown)
                self.assertEqual("No sample matches" in page.text, not shown)

    def test_no_samples_yet(self):
        self._portal_user("sample_newcomer", self.env["res.partner"].create({"name": "New Shoes", "is_company": True}))
        self.assertIn("You have no samples yet", self._page("/my/samples", "sample_newcomer").text)

    def test_list_cost_does_not_grow(self):
        def queries(count):
            requests = (
                self
                .env["sale.sample.request"]
                .with_user(self.buyer)
                .search(self.request._get_portal_domain(self.contact), limit=count)
                .sudo()
            )
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            requests.mapped(lambda one: (one.portal_state, one.type_id.name, one.current_round_id.number))
            return self.env.cr.sql_log_count - before

        for number in range(4):
            self._request(style_name=f"Runner {number}")
        self.env.flush_all()
        self.assertEqual(queries(1), queries(5))
        with self.assertQueryCount(4):
            self.env.invalidate_all()
            requests = self.env["sale.sample.request"].with_user(self.buyer).search([("company_id", "!=", False)])
            self.assertEqual(len(requests.sudo().mapped("name")), 5)

    def test_other_companys_users_preview(self):
        page = self._page(self.request.access_url, "sample_salesman")
        self._assert_shown(page)
        self.assertIn("This is what the customer sees", page.text)
        self.assertNotIn("o_sample_changes", page.text)
        self._assert_sent_away(self._page(self.request.access_url, "sample_other_salesman"))

    def test_buttons(self):
        request = self.request.with_user(self.salesman)
        action = request.action_preview_portal()
        self.assertEqual(action["url"], f"/my/samples/{self.request.id}?access_token={self.token}")
        self.assertEqual(request.action_share_portal()["res_model"], "portal.share")
        self.assertEqual(request._get_portal_return_action(), self.env.ref("sale_sample.sale_sample_request_action"))
