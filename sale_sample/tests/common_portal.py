"""A customer with a login, another customer, and pages asked for by both."""

import json
import re

from odoo import Command
from odoo.tests import HttpCase, new_test_user

from .common_rounds import RoundCase, picture


class PortalCase(HttpCase, RoundCase):
    """A customer's contact who logs in, and a stranger who does, too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].sudo().set_param("web.base.url", cls.base_url())
        cls.stranger_company = cls.env["res.partner"].create({"name": "Other Shoes", "is_company": True})
        cls.buyer = cls._portal_user("sample_buyer", cls.customer)
        cls.stranger = cls._portal_user("sample_stranger", cls.stranger_company)
        cls.contact = cls.buyer.partner_id
        cls.request = cls._request(
            expected_yearly_volume=987654,
            competitor_id=cls.env["crm.competitor"].create({"name": "Secret Rival"}).id,
            competitor_sample="Secret rival sole",
            function="<p>Grips on ice</p>",
        )
        cls.first = cls._sent_round(cls.request)
        cls.photo = cls.env["sale.sample.photo"].create({"round_id": cls.first.id, "name": "Side", "image": picture()})
        cls.other_request = cls._request(partner_id=cls.stranger_company.id, contact_id=False)
        cls.other_round = cls._sent_round(cls.other_request)
        cls.other_photo = cls.env["sale.sample.photo"].create({"round_id": cls.other_round.id, "image": picture()})
        cls.token = cls.request._portal_ensure_token()

    @classmethod
    def _portal_user(cls, login, customer):
        user = new_test_user(
            cls.env,
            login,
            groups="base.group_portal",
            email=f"{login}@example.com",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        user.partner_id.write({"parent_id": customer.id, "name": login, "lang": "en_US"})
        return user

    @classmethod
    def _sent_round(cls, request):
        """Return the open round of a request, with the customer; with secrets on it."""
        sample = cls._made(request)
        sample.sudo().write({"note": "<p>Secret of R&amp;D</p>", "concession": "Secret concession"})
        sample._send(sample._get_today(), carrier="SF", tracking_ref="SF1", tracking_url="https://sf.example/SF1")
        return sample.sudo()

    # ------------------------------------------------------------------
    # Pages
    # ------------------------------------------------------------------

    def _page(self, path, login=None, **params):
        """Return the answer to a page that a visitor asks for, redirections followed."""
        self.authenticate(login, login)
        query = "&".join(f"{key}={value}" for key, value in params.items())
        return self.url_open(f"{path}?{query}" if query else path)

    def _assert_shown(self, response):
        self.assertEqual(response.status_code, 200)
        self.assertIn('id="sample_rounds"', response.text)

    def _assert_sent_away(self, response):
        self.assertNotIn("sample_rounds", response.text)
        self.assertNotIn("Runner 26", response.text)

    def _csrf(self, response):
        """Return the token of the forms of a page."""
        return re.search(r'csrf_token: "([^"]+)"', response.text)[1]

    def _answer(self, request=None, sample=None, login=None, token=None, **form):
        """Post the answer form as a visitor fills it in; return the page that follows."""
        request, sample = request or self.request, sample or self.first
        page = self._page(request.access_url, login, **({"access_token": token} if token else {}))
        data = {"csrf_token": self._csrf(page), "access_token": token or "", **form}
        return self.url_open(f"/my/samples/{request.id}/answer/{sample.id}", data=data)

    def _sign(self, name, signature, request=None, sample=None, login=None, token=None):
        """Sign as the page does it; return what the server answers."""
        request, sample = request or self.request, sample or self.first
        self.authenticate(login, login)
        response = self.url_open(
            f"/my/samples/{request.id}/sign/{sample.id}",
            data=json.dumps({"params": {"access_token": token, "name": name, "signature": signature}}),
            headers={"Content-Type": "application/json"},
        )
        return response.json()["result"]

    def _rpc(self, login, model, method, *args, **kwargs):
        """Return what a remote call of a logged-in user answers: result or error."""
        self.authenticate(login, login)
        return self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps({"params": {"model": model, "method": method, "args": args, "kwargs": kwargs}}),
            headers={"Content-Type": "application/json"},
        ).json()
