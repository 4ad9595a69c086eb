import re
from datetime import datetime

from lxml import html as lxml_html

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged, users
from odoo.tests.common import HOST
from odoo.tools import config, mute_logger

from ..wizards.sale_sample_report import LONGEST
from .common_statistics import StatisticsCase

REPORT = "sale_sample.report_sample"


@tagged("post_install", "-at_install")
class TestSampleReport(StatisticsCase):
    """The printed report of April 2026 against March, and who gets it by mail."""

    def _wizard(self, user=None, **values):
        values = {"period_kind": "month", "date_from": "2026-04-01", **values}
        return self.env["sale.sample.report"].with_user(user or self.manager).create(values)

    def _html(self, wizard):
        content, _kind = self.env(user=wizard.env.uid)["ir.actions.report"]._render_qweb_html(REPORT, wizard.ids)
        return lxml_html.fromstring(content)

    def _table(self, page, title=None):
        """Return a printed table: first cell → other cells. Without a title, the table of figures."""
        path = "//table[contains(@class, 'o_sample_figures')]"
        if title:
            path = f"//h3[text()='{title}']/following-sibling::table[1]"
        rows = page.xpath(f"({path})[1]/tbody/tr")
        texts = [[cell.text_content().strip() for cell in row] for row in rows]
        return {cells[0]: cells[1:] for cells in texts}

    # ------------------------------------------------------------------
    # Periods
    # ------------------------------------------------------------------

    def test_periods(self):
        for kind, first, start, stop, before, name in (
            ("month", "2026-03-15", "2026-03-01", "2026-04-01", "2026-02-01", "2026-03"),
            ("quarter", "2026-03-15", "2026-01-01", "2026-04-01", "2025-10-01", "2026 Q1"),
            ("half_year", "2026-07-01", "2026-07-01", "2027-01-01", "2026-01-01", "2026 H2"),
            ("year", "2026-07-01", "2026-01-01", "2027-01-01", "2025-01-01", "2026"),
        ):
            with self.subTest(kind):
                wizard = self._wizard(period_kind=kind, date_from=first)
                self.assertEqual([str(day) for day in wizard._get_period()], [start, stop, before])
                self.assertEqual(wizard._get_period_name(), name)
        days = self._wizard(period_kind="days", date_from="2026-03-02", date_to="2026-03-08")
        self.assertEqual([str(day) for day in days._get_period()], ["2026-03-02", "2026-03-09", "2026-02-23"])

    def test_bad_periods(self):
        wizard = self._wizard(period_kind="days", date_from="2026-03-02", date_to="2026-03-01")
        with self.assertRefused("Choose a last day"):
            wizard.action_print()
        with self.assertRefused("at most three years"):
            self._wizard(period_kind="days", date_from="2020-01-01", date_to="2026-03-01").action_print()
        self.assertGreater(LONGEST, 3 * 365)

    @freeze_time("2026-05-04 01:00:00")
    def test_last_month_by_default(self):
        wizard = self.env["sale.sample.report"].with_user(self.manager).create({})
        self.assertEqual((str(wizard.date_from), str(wizard.date_to)), ("2026-04-01", "2026-04-30"))

    # ------------------------------------------------------------------
    # What is printed
    # ------------------------------------------------------------------

    def test_figures(self):
        page = self._html(self._wizard())
        figures = self._table(page)
        self.assertEqual(figures["Requested"], ["2", "2", "0"])
        self.assertEqual(figures["Samples made"], ["1", "3", "-2"])
        self.assertEqual(figures["Cycle, working days (median)"], ["27.0", "10.0", "+17.0"])
        self.assertEqual(figures["On time for the customer"], ["100 %", "50 %", "50 points"][:2] + ["+50 points"])
        self.assertEqual(figures["Orders won"], ["1", "0", "+1"])
        self.assertTrue(page.xpath("//svg"))

    def test_tables(self):
        page = self._html(self._wizard(period_kind="half_year", date_from="2026-01-01"))
        people = self._table(page, "By Salesperson")
        # requested, made, approved, rejected, rounds, cycle, on time, first round
        self.assertEqual(people[self.salesman.name], ["3", "2", "1", "1", "1.0", "10.0", "100 %", "50 %"])
        self.assertEqual(people[self.other_salesman.name], ["1", "2", "1", "0", "2.0", "27.0", "0 %", "0 %"])
        self.assertEqual(self._table(page, "By Sample Type").keys(), {"Test Type"})

    def test_sentences(self):
        page = self._html(self._wizard())
        said = " ".join(page.xpath("//div[contains(@class, 'o_sample_said')]")[0].text_content().split())
        for words in (
            "Samples requested: 2, as many as in the period before.",
            "Samples made: 1, 2 fewer than in the period before.",
            "it took 27.0 working days (median), 17.0 longer than before.",
            "100 % of first samples were sent by the day the customer needs them, 50 points more than before.",
            "0 % of samples were approved in the first round, 50 points fewer than before.",
        ):
            with self.subTest(words):
                self.assertIn(words, said)

    def test_every_code_has_words(self):
        words = self.env["sale.sample.statistics"]._get_words()
        for name in ("requested", "made", "approved", "rejected", "cycle"):
            self.assertTrue({f"{name}_up", f"{name}_down", f"{name}_same"} <= words.keys(), name)
        for name in ("cycle", "on_time_needed", "on_time_promised", "first_round", "hit_rate", "cost"):
            self.assertTrue({f"{name}_up", f"{name}_down", f"{name}_new"} <= words.keys(), name)
        for code, text in words.items():
            with self.subTest(code):
                self.assertTrue(text % {"now": "1", "before": "2", "change": "3"})

    def test_empty_period(self):
        page = self._html(self._wizard(date_from="2020-01-01"))
        self.assertIn("No samples were requested", page.text_content())

    @users("sample_salesman")
    def test_salesman_prints_own(self):
        page = self._html(self._wizard(self.env.user, date_from="2026-03-01"))
        self.assertEqual(self._table(page)["Requested"][0], "1")
        self.assertIn("and the own team", page.text_content())
        self.assertNotIn(self.other_salesman.name, self._table(page, "By Salesperson"))

    @users("sample_rnd")
    def test_no_money_for_rnd(self):
        figures = self._table(self._html(self._wizard(self.env.user)))
        self.assertIn("Making cost", figures)
        self.assertFalse({"Fees charged", "Revenue within 12 months"} & figures.keys())

    @users("sample_internal")
    def test_nobody_else(self):
        with self.assertRaises(AccessError):
            self._wizard(self.env.user)

    def test_pdf(self):
        self.env["ir.config_parameter"].set_param("report.url", f"http://{HOST}:{config['http_port']}")
        with self.allow_pdf_render():
            content, kind = (
                self.env["ir.actions.report"].with_user(self.manager).with_context(force_report_rendering=True)
                ._render_qweb_pdf(REPORT, self._wizard().ids)
            )  # fmt: skip
        self.assertEqual((kind, content[:4]), ("pdf", b"%PDF"))

    # ------------------------------------------------------------------
    # By mail
    # ------------------------------------------------------------------

    def _subscribe(self, *people, **values):
        return self.env["sale.sample.report.subscription"].create([{"user_id": user.id, **values} for user in people])

    def _run(self, day="2026-05-01"):
        """Run the cron on a day; return the mails it made."""
        mails = self.env["mail.mail"]
        before = mails.search([("subject", "like", "Sample report")])
        with freeze_time(f"{day} 01:00:00"), self.enter_registry_test_mode():
            self.env.ref("sale_sample.ir_cron_sample_report").method_direct_trigger()
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

    def test_quarter(self):
        self._subscribe(self.manager, period_kind="quarter")
        self.assertIn("2026 Q1", self._run().subject)

    def test_own_rights(self):
        """Each subscriber gets the own figures: 2 of 4 requests of the year's first quarter, or 1."""
        self._subscribe(self.manager, self.salesman, period_kind="quarter")
        bodies = {mail.recipient_ids: mail.body_html for mail in self._run()}
        found = {
            partner: re.search(r"Samples requested: (\d+)", body).group(1) for partner, body in bodies.items()
        }
        self.assertEqual(found, {self.manager.partner_id: "2", self.salesman.partner_id: "1"})

    def test_attachment_is_the_pdf(self):
        content = b"%PDF-1.7 \x00\xe2\xe3 made by a patched renderer"
        self.patch(
            type(self.env["ir.actions.report"]), "_render_qweb_pdf", lambda *_args, **_options: (content, "pdf")
        )
        self._subscribe(self.manager)
        attachment = self._run().attachment_ids
        self.assertEqual((attachment.name, attachment.raw), ("Sample Report 2026-04.pdf", content))

    def test_left_the_company(self):
        for values in ({"active": False}, {"group_ids": [Command.set(self.env.ref("base.group_user").ids)]}):
            with self.subTest(values):
                subscription = self._subscribe(self.manager)
                before = self.manager.read(["active", "group_ids"])[0]
                self.manager.write(values)
                with self.assertNoLogs("odoo.addons.sale_sample"):
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
        with mute_logger("odoo.addons.sale_sample.models.sale_sample_report_subscription"):
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

    # ------------------------------------------------------------------
    # Digest
    # ------------------------------------------------------------------

    def test_digest(self):
        digest = self.env["digest.digest"].create({"name": "Samples", "company_id": self.company.id})
        digest = digest.with_context(
            start_datetime=datetime(2026, 2, 28, 16), end_datetime=datetime(2026, 3, 31, 16)
        )
        figures = (digest.kpi_sample_requested_value, digest.kpi_sample_made_value, digest.kpi_sample_approved_value)
        self.assertEqual(figures, (2, 3, 1))
        with self.assertRaises(AccessError):
            _value = digest.with_user(self.internal).kpi_sample_requested_value
