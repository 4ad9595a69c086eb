import json
from importlib.util import find_spec
from unittest.mock import patch

from odoo import http
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import ConfidentialCase

WEB = "odoo.addons.web.controllers.export"


@tagged("post_install", "-at_install")
class TestExportHttp(ConfidentialCase, HttpCase):
    """Files of the web client: refused, or logged with the filter."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.limit(export=False)
        for user in (cls.manager, cls.exporter):
            user.password = f"{user.login}-Pass1"

    def _download(self, user, path="/web/export/csv", model="res.partner", domain=(), ids=False, **more):
        self.authenticate(user.login, user.password or f"{user.login}-Pass1")
        data = {
            "model": model,
            "fields": [{"name": "name", "label": "Name", "type": "char"}],
            "ids": ids,
            "domain": list(domain),
            "import_compat": False,
            "context": {"allowed_company_ids": self.company.ids},
            **more,
        }
        return self.url_open(path, data={"data": json.dumps(data), "csrf_token": http.Request.csrf_token(self)})

    def _entries(self):
        return self.env["sales.export.log"].search([("company_id", "=", self.company.id)])

    def test_logged_with_the_filter(self):
        domain = [["user_id", "=", self.ben.id]]
        for path in ("/web/export/csv", "/web/export/xlsx"):
            self.assertEqual(self._download(self.manager, path, domain=domain).status_code, 200)
        entries = self._entries()
        self.assertEqual(len(entries), 2)
        self.assertEqual(set(entries.mapped("way")), {"file"})
        self.assertEqual(set(entries.mapped("filter_domain")), {str(domain)})
        self.assertEqual(entries.mapped("record_count"), [1, 1])

    def test_logged_with_the_choice(self):
        chosen = self.everything["orders"][:2]
        self.assertEqual(self._download(self.manager, model="sale.order", ids=chosen.ids).status_code, 200)
        entry = self._entries()
        self.assertFalse(entry.filter_domain)
        self.assertEqual(entry.record_ids, ", ".join(map(str, chosen.ids)))

    def test_refused(self):
        for path in ("/web/export/csv", "/web/export/xlsx"):
            with mute_logger(WEB, "odoo.http"):
                answer = self._download(self.exporter, path)
            self.assertEqual(answer.status_code, 500)
            self.assertIn("may not export", answer.text)
            self.assertNotIn("Customer of", answer.text)
        self.assertFalse(self._entries())

    def test_the_dialog_says_so(self):
        self.authenticate(self.exporter.login, f"{self.exporter.login}-Pass1")

        def fields_of(model):
            return self.url_open(
                "/web/export/get_fields",
                data=json.dumps({"params": {"model": model, "domain": []}}),
                headers={"Content-Type": "application/json"},
            ).json()

        with mute_logger("odoo.http"):
            self.assertIn("may not export", fields_of("res.partner")["error"]["data"]["message"])
        self.assertIn("result", fields_of("product.product"))

    def test_tables_of_totals(self):
        table = {
            "model": "sale.report",
            "title": "Sales",
            "measure_count": 1,
            "origin_count": 1,
            "col_group_headers": [[{"title": "Total", "width": 1, "height": 1}]],
            "measure_headers": [{"title": "Untaxed Total", "width": 1, "height": 1, "is_bold": True}],
            "origin_headers": [],
            "rows": [{"title": "Total", "indent": 0, "values": [{"is_bold": True, "value": 900}]}],
        }

        def download(user):
            self.authenticate(user.login, f"{user.login}-Pass1")
            return self.url_open(
                "/web/pivot/export_xlsx", data={"data": json.dumps(table), "csrf_token": http.Request.csrf_token(self)}
            )

        with mute_logger("odoo.http"):
            self.assertNotEqual(download(self.exporter).status_code, 200)
        add = self.env.registry["sales.export.log"]._add
        with patch.object(self.env.registry["sales.export.log"], "_add", autospec=True, side_effect=add) as logged:
            self.assertEqual(download(self.manager).status_code, 200)
        _log, way, _model, count, names = logged.call_args.args
        self.assertEqual((way, count, list(names)), ("pivot", 1, ["Untaxed Total"]))

    def test_json_addresses(self):
        self.env["ir.config_parameter"].set_param("web.json.enabled", "1")
        action = self.env.ref("base.action_partner_form")
        for user in (self.exporter, self.manager):
            self.authenticate(user.login, f"{user.login}-Pass1")
            browser = {
                "Sec-Fetch-Dest": "document",
                "Sec-Fetch-Mode": "navigate",
                "Sec-Fetch-Site": "none",
                "Sec-Fetch-User": "?1",
            }
            with mute_logger("odoo.http"):
                answer = self.url_open(f"/json/1/action-{action.id}?view_type=list", headers=browser)
            self.assertEqual("may not export" in answer.text, user == self.exporter, answer.text[:300])

    def test_files_of_side_doors(self):
        event = self.env["calendar.event"].create({
            "name": "Wear test",
            "start": "2026-05-21 02:00:00",
            "stop": "2026-05-21 03:00:00",
            "partner_ids": [(6, 0, self.everything["customers"].ids)],
        })
        choice = {
            "model": "calendar.attendee",
            "domain": [["event_id", "=", event.id]],
            "fields": [{"name": name, "label": name, "type": "char"} for name in ("email", "phone")],
        }
        with mute_logger(WEB, "odoo.http"):
            answer = self._download(self.exporter, **choice)
        self.assertIn("may not export", answer.text)
        self.assertNotIn("buyer.", answer.text)
        self.assertFalse(self._entries())
        self.assertIn("buyer.", self._download(self.manager, **choice).text)
        self.assertEqual(self._entries().record_count, 3)

    def test_contact_cards(self):
        if not find_spec("vobject"):
            self.skipTest("contact cards need vobject")
        one, all_of_them = self.customers[self.anna], self.everything["customers"]

        def download(user, partners):
            self.authenticate(user.login, f"{user.login}-Pass1")
            return self.url_open(f"/web/partner/vcard?partner_ids={','.join(map(str, partners.ids))}")

        for partners in (one, all_of_them, one | self.anna.partner_id):
            with mute_logger("odoo.http"):
                answer = download(self.exporter, partners)
            self.assertNotEqual(answer.status_code, 200)
            self.assertNotIn(b"buyer.", answer.content)
        with mute_logger("odoo.http"):
            self.assertNotIn(b"buyer.", self.url_open(f"/web_enterprise/partner/{one.id}/vcard").content)
        self.assertEqual(download(self.exporter, self.anna.partner_id).status_code, 200, "a colleague")
        self.assertFalse(self._entries())
        self.assertIn(one.email, download(self.manager, one).text)
        self.assertEqual(download(self.manager, all_of_them).status_code, 200)
        entries = self._entries().sorted("record_count")
        self.assertEqual(entries.mapped("record_count"), [1, 3])
        self.assertEqual(set(entries.mapped("way")), {"vcard"})
        self.assertEqual(entries.user_id, self.manager)
