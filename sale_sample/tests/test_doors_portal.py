import io

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_portal import PortalCase
from .test_tools_portal import drawn

#: Parameters that a page once took from its address.
INJECTED = (
    "refusal",
    "answer",
    "error",
    "warning",
    "success",
    "visitor",
    "sample",
    "values",
    "title",
    "no_breadcrumbs",
)
TEXT = "Pay to account 4711"


@tagged("post_install", "-at_install")
class TestPortalDoors(PortalCase):
    """What a visitor adds to an address, a form or a remote call."""

    def test_parameters_reach_no_page(self):
        for path in (self.request.access_url, "/my/samples"):
            for name in INJECTED:
                page = self._page(path, "sample_buyer", **{name: TEXT.replace(" ", "+")})
                with self.subTest(path=path, parameter=name):
                    self.assertEqual(page.status_code, 200)
                    self.assertNotIn(TEXT, page.text)

    def test_parameters_break_no_page(self):
        for path in (self.request.access_url, "/my/samples", f"{self.request.access_url}/photo/{self.photo.id}"):
            for name in ("self", "status", "values", "sample", "kwargs", "message", "page", "size", "search_in"):
                with self.subTest(path=path, parameter=name):
                    self.assertEqual(self._page(f"{path}?{name}=x", "sample_buyer").status_code, 200)

    def test_contacts_that_are_none(self):
        for pid in ("abc", "²", "1.5", "-1", "9" * 5000, "%00", str(self.contact.id)):
            page = self._page(self.request.access_url, None, access_token=self.token, pid=pid, hash="%C3%A9")
            with self.subTest(pid=pid[:9]):
                self._assert_shown(page)
                page = self._page(self.request.access_url, None, access_token=self.token, pid=pid, hash="wrong")
                self._assert_shown(page)

    def test_a_signed_contact_is_known(self):
        other = self.env["res.partner"].create({"name": "Zhou of Runner", "parent_id": self.customer.id})
        self.type.is_sealed = False
        signed = {"pid": str(other.id), "hash": self.request._sign_token(other.id)}
        self._answer(token=self.token, verdict="changes", comment_style="Toe", **signed)
        self.assertEqual(self.first.answered_by_id, other)

    def test_searches_for_nothing(self):
        for search in ("%00", "a%00b", "%25", "%27%22%5C", "%F0%9F%91%9F"):
            with self.subTest(search=search):
                self.assertEqual(self._page("/my/samples", "sample_buyer", search=search).status_code, 200)

    def test_tokens_and_ids_that_are_none(self):
        path = "/my/samples/%s"
        for token in ("%C3%A9", "%00", "9" * 3000):
            with self.subTest(token=token[:9]):
                self._assert_sent_away(self._page(self.request.access_url, None, access_token=token))
                page = self._page(f"{self.request.access_url}/photo/{self.photo.id}", None, access_token=token)
                self.assertEqual(page.status_code, 404)
        for id_ in (0, 2**31, 10**30):
            with self.subTest(id=id_):
                self._assert_sent_away(self._page(path % id_, "sample_buyer"))
                self.assertEqual(self._page(f"{path % id_}/photo/{id_}", "sample_buyer").status_code, 404)
        for number in (0, 10**30):
            self.assertEqual(self._page(f"/my/samples/page/{number}", "sample_buyer").status_code, 200)

    def test_files_instead_of_words(self):
        page = self._page(self.request.access_url, "sample_buyer")
        url = f"/my/samples/{self.request.id}/answer/{self.first.id}"
        form = {"csrf_token": self._csrf(page), "verdict": "changes"}
        for name in ("comment_style", "comment", "pid", "hash", "access_token"):
            with self.subTest(field=name):
                files = {name: ("evil.html", io.BytesIO(b"<script>alert(1)</script>"), "text/html")}
                page = self.opener.post(f"{self.base_url()}{url}", data=form, files=files)
                self.assertEqual(page.status_code, 422)
        self.assertEqual(self.first.state, "sent")
        self._answer(login="sample_buyer", verdict="changes", **{f"solved_{'9' * 5000}": "on", "comment_style": "Toe"})
        self.assertEqual(self.first.verdict, "changes")

    def test_signatures_with_nonsense(self):
        for token in (5, ["a"], {"a": 1}, "é"):
            with self.subTest(token=token):
                self.assertIn("does not exist", self._sign("Lin", drawn(), token=token)["error"])
        self._sign("L\x00in", drawn(), login="sample_buyer")
        self.assertEqual(self.first.signed_by, "Lin")

    def test_drawings_stay_with_us(self):
        drawing = self.env["ir.attachment"].with_user(self.salesman).create({"name": "Secret last", "raw": b"Secret"})
        family = self.env["product.category"].create({"name": "Soles T"})
        request = self._request(accepted=False, product_family_id=family.id)
        request.with_user(self.salesman).style_file_ids = drawing
        request.with_user(self.salesman).action_submit()
        theirs = self.env["ir.attachment"].with_user(self.buyer)
        for name in ("name", "raw"):
            with self.assertRaises(AccessError):
                theirs.browse(drawing.id).read([name])
        named = [("name", "=like", "Secret%")]
        for records, domain in (
            (request, [("style_file_ids.name", "=like", "Secret%")]),
            (request, [("style_file_ids", "any", named)]),
            (request, ["!", ("style_file_ids", "not any", named)]),
            (self.first, [("request_id.style_file_ids.name", "=like", "Secret%")]),
            (self.first, [("request_id", "any", [("style_file_ids", "any", named)])]),
        ):
            with self.subTest(domain=domain), self.assertRaises(AccessError):
                records.with_user(self.buyer).search_count(domain)
        page = self._page(f"/web/content/{drawing.id}", "sample_buyer")
        self.assertNotIn("Secret", page.text)
        self.assertEqual(request.with_user(self.rnd).style_file_ids.raw, b"Secret")

    @mute_logger("odoo.http")
    def test_one_list_for_every_way_to_read(self):
        """Reading, searching, ordering and grouping, on the documents and through them."""
        for record in (self.request, self.first):
            mine = record.with_user(self.buyer)
            open_fields = mine._get_portal_fields()
            through = {"sale.sample.request": "current_round_id", "sale.sample.round": "request_id"}[record._name]
            other = mine[through]
            for records, prefix, allowed in (
                (mine, "", open_fields),
                (other, f"{through}.", other._get_portal_fields()),
            ):
                for name, field in records._fields.items():
                    if name in allowed:
                        continue
                    with self.subTest(model=record._name, field=prefix + name):
                        if not prefix:
                            with self.assertRaises(AccessError):
                                mine.read([name])
                            with self.assertRaises(AccessError):
                                mine.web_read({name: {}})
                        if field._description_searchable:
                            with self.assertRaises(AccessError):
                                mine.search([(prefix + name, "!=", False)])
                        if field._description_sortable and field.column_type and not prefix:
                            with self.assertRaises(AccessError):
                                mine.search([], order=name)
                        if field._description_groupable:
                            by = f"{prefix}{name}:month" if field.type in ("date", "datetime") else prefix + name
                            with self.assertRaises(AccessError):
                                mine.formatted_read_group([], [by], ["__count"])
