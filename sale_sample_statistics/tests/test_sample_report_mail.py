import re

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged, users
from odoo.tools import mute_logger

from .common_statistics import StatisticsCase


@tagged("post_install", "-at_install")
class TestSampleReportMail(StatisticsCase):
    """Who gets the report by mail, and what is in it."""

    def _subscribe(self, *people, **values):
        return self.env["sale.sample.report.subscription"].create([{"user_id": user.id, **values} for user in people])

    def _run(self, day="2026-05-01"):
        """Run the cron on a day; return the mails it made."""
        mails = self.env["mail.mail"]
        before = mails.search([("subject", "like", "Sample report")])
        with freeze_time(f"{day} 01:00:00"), self.enter_registry_test_mode():
            self.env.ref("sale_sample_statistics.ir_cron_sample_report").method_direct_trigger()
        return mails.search([("subject", "like", "Sample report"), ("id", "not in", before.ids)])

    def test_mailed_once_a_month(self):
        subscription = self._subscribe(self.manager)
        mail = self._run()
        self.assertEqual(mail.recipient_ids, self.manager.partner_id)
        self.assertIn("2026-04", mail.subject)
        self.assertIn("17.0 longer than before", mail.body_html)
        self.assertEqual(len(mail.attachment_ids), 1)
        self.assertEqual(str(subscription.sent_for), "2026-04-01")
        self.assertFalse(self._run("2026-05-02"))
        self.assertTrue(self._run("2026-06-01"))

    def test_read_once_for_pdf_and_mail(self):
        report = type(self.env["report.sale_sample_statistics.report_sample"])
        plain, calls = report._get_document, []
        self.patch(report, "_get_document", lambda model, wizard: calls.append(wizard) or plain(model, wizard))
        self._subscribe(self.manager)
        mail = self._run()
        self.assertEqual(len(calls), 1)
        self.assertIn("Samples requested: 2", mail.body_html)
        self.assertIn(b"Samples requested: 2", mail.attachment_ids.raw)

    def test_quarter(self):
        self._subscribe(self.manager, period_kind="quarter")
        self.assertIn("2026 Q1", self._run().subject)

    def test_own_rights(self):
        """Each subscriber gets the own figures: 2 of 4 requests of the year's first quarter, or 1."""
        self._subscribe(self.manager, self.salesman, period_kind="quarter")
        bodies = {mail.recipient_ids: mail.body_html for mail in self._run()}
        found = {partner: re.search(r"Samples requested: (\d+)", body).group(1) for partner, body in bodies.items()}
        self.assertEqual(found, {self.manager.partner_id: "2", self.salesman.partner_id: "1"})

    def test_attachment_is_the_pdf(self):
        content = b"%PDF-1.7 \x00\xe2\xe3 made by a patched renderer"
        self.patch(type(self.env["ir.actions.report"]), "_render_qweb_pdf", lambda *_args, **_options: (content, "pdf"))
        self._subscribe(self.manager)
        attachment = self._run().attachment_ids
        self.assertEqual((attachment.name, attachment.raw), ("Sample Report 2026-04.pdf", content))

    def test_left_the_company(self):
        for values in ({"active": False}, {"group_ids": [Command.set(self.env.ref("base.group_user").ids)]}):
            with self.subTest(values):
                subscription = self._subscribe(self.manager)
                before = self.manager.read(["active", "group_ids"])[0]
                self.manager.write(values)
                with self.assertNoLogs("odoo.addons.sale_sample_statistics"):
                    self.assertFalse(self._run())
                with self.assertRefused(re.escape(self.manager.name) + " has left"):
                    subscription.action_send()
                self.assertFalse(subscription.sent_for or subscription.sent_at)
                self.manager.write({"active": True, "group_ids": [Command.set(before["group_ids"])]})
                self.assertTrue(self._run())
                subscription.unlink()

    def test_trouble_of_one_does_not_stop_the_others(self):
        first, second = self._subscribe(self.manager, self.salesman_all)
        plain = type(first)._send
        message = "No mail server"

        def send(subscription):
            if subscription.user_id == self.manager:
                raise UserError(message)
            return plain(subscription)

        self.patch(type(first), "_send", send)
        with mute_logger("odoo.addons.sale_sample_statistics.models.sale_sample_report_subscription"):
            self._run()
        self.assertFalse(first.sent_for)
        self.assertTrue(second.sent_for)

    @users("sample_salesman")
    def test_everybody_subscribes_for_themselves(self):
        subscriptions = self.env["sale.sample.report.subscription"]
        mine = subscriptions.create({})
        self.assertEqual(mine.user_id, self.env.user)
        with self.assertRaises(AccessError):
            subscriptions.create({"user_id": self.manager.id})
        with self.assertRaises(AccessError):
            mine.sent_for = "2026-01-01"
