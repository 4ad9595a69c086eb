from datetime import datetime

from lxml import html as lxml_html

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged, users
from odoo.tests.common import HOST
from odoo.tools import config

from ..reports.report_sample import WORDS
from ..wizards.sale_sample_report import LONGEST
from .common_statistics import StatisticsCase

REPORT = "sale_sample_statistics.report_sample"


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
        words = {code: self.env._(text) for code, text in WORDS.items()}
        for name in ("requested", "made", "approved", "rejected", "cycle"):
            self.assertTrue({f"{name}_up", f"{name}_down", f"{name}_same"} <= words.keys(), name)
        for name in ("cycle", "on_time_needed", "on_time_promised", "first_round", "cost", "mould_cost"):
            self.assertTrue({f"{name}_up", f"{name}_down", f"{name}_new"} <= words.keys(), name)
        for code, text in words.items():
            with self.subTest(code):
                self.assertTrue(text % {"now": "1", "before": "2", "change": "3"})

    def test_empty_period(self):
        page = self._html(self._wizard(date_from="2020-01-01"))
        self.assertIn("No samples were requested", page.text_content())

    def test_hit_rate_and_revenue_are_not_judged(self):
        """A month that just ended had less time to win orders."""
        page = self._html(self._wizard())
        figures = self._table(page)
        self.assertEqual(figures["Hit rate of ended samples"], ["0 %", "100 %", "-100 points"])
        for label in ("Hit rate of ended samples", "Revenue within 12 months"):
            change = page.xpath(f"//th[text()='{label}']/following-sibling::td[3]")[0]
            self.assertFalse(change.get("class"), label)
        self.assertNotIn("led to an order", page.text_content())
        self.assertIn("Hit rate and revenue within 12 months may still rise", page.text_content())

    def test_mould_cost(self):
        mould = self.env["sale.sample.mould"].create({
            "shape": "Cup Sole",
            "request_id": self.request_c.id,
            "part_ids": [Command.create({"cost": 7000})],
        })
        with freeze_time("2026-04-09 01:00:00"):
            mould.with_user(self.rnd).action_open()
        page = self._html(self._wizard())
        self.assertEqual(self._table(page)["Mould cost"][0].split()[-1].strip("¥\xa0"), "7,000")
        self.assertIn("Moulds opened cost", page.text_content())
        self.assertIn("Making samples cost", page.text_content())
        self.assertNotIn("Mould cost", self._table(self._html(self._wizard(self.rnd))))

    @freeze_time("2026-05-04 01:00:00")
    def test_agreements_near_a_deadline(self):
        """Running out comes first, then what is near its threshold; the rest is not printed."""
        self.company.sample_refund_notice_days = 30

        def agreement(months, pairs):
            sole = self.env["product.product"].create({"name": "Sole"})
            terms = self.env["sale.sample.mould.agreement"].create({
                "partner_id": self.customer.id,
                "user_id": self.salesman.id,
                "fee_amount": 1000,
                "date_start": "2026-02-20",
                "product_ids": [Command.set(sole.ids)],
                "step_ids": [Command.create({"threshold_pairs": 1000, "percent": 100, "months": months})],
            })
            terms.action_start()
            if pairs:
                terms.with_user(self.finance)._book_by_hand(pairs, terms.date_start, "Paper note")
            return terms

        _far, _begun, near, soon = agreement(12, 0), agreement(12, 100), agreement(12, 900), agreement(3, 0)
        refunds = (
            self.env["report.sale_sample_statistics.report_sample"].with_user(self.manager)._get_refunds(self.company)
        )
        self.assertEqual([name.split(" ")[0] for name, _cells in refunds.rows], [soon.name, near.name])

    def test_scope(self):
        report = self.env["report.sale_sample_statistics.report_sample"]
        rnd_too = self.salesman
        self.assertIn("the own team", report.with_user(rnd_too)._get_scope())
        for group in ("rnd", "quality", "finance"):
            link = [Command.link(self.env.ref(f"sales_department_base.group_collaborator_{group}").id)]
            with self.subTest(group):
                before = rnd_too.group_ids
                rnd_too.group_ids = link
                self.assertEqual(report.with_user(rnd_too)._get_scope(), "All samples of the company")
                rnd_too.group_ids = before
        self.assertEqual(report.with_user(self.policy_admin)._get_scope(), "All samples of the company")

    def test_each_figure_is_read_once(self):
        """Figures by all dimensions, those before, two times the stages, the months, the agreements, names."""
        report = self.env["report.sale_sample_statistics.report_sample"].with_user(self.manager)
        wizard = self._wizard()
        report._get_document(wizard)
        self.env.flush_all()
        with self.assertQueryCount(6):
            report._get_document(wizard)

    def test_documents_are_not_taken_from_clients(self):
        wizard = self._wizard()
        report = self.env["report.sale_sample_statistics.report_sample"].with_user(self.manager)
        values = report._get_report_values(wizard.ids, {"documents": [{"title": "Mine"}]})
        self.assertEqual(values["documents"][0].title, "Sample Report")

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
                self
                .env["ir.actions.report"]
                .with_user(self.manager)
                .with_context(force_report_rendering=True)
                ._render_qweb_pdf(REPORT, self._wizard().ids)
            )
        self.assertEqual((kind, content[:4]), ("pdf", b"%PDF"))

    # ------------------------------------------------------------------
    # Digest
    # ------------------------------------------------------------------

    def test_digest(self):
        digest = self.env["digest.digest"].create({"name": "Samples", "company_id": self.company.id})
        digest = digest.with_context(start_datetime=datetime(2026, 2, 28, 16), end_datetime=datetime(2026, 3, 31, 16))
        figures = (digest.kpi_sample_requested_value, digest.kpi_sample_made_value, digest.kpi_sample_approved_value)
        self.assertEqual(figures, (2, 3, 1))
        with self.assertRaises(AccessError):
            _value = digest.with_user(self.internal).kpi_sample_requested_value
