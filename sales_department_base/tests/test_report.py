from contextlib import ExitStack

from lxml import html as lxml_html

from odoo import fields, models
from odoo.tests import TransactionCase, new_test_user, tagged, users
from odoo.tools import SQL

from .common import throwaway_model

FACT = "sales.department.test.fact"


class Fact(models.Model):
    _module = None
    _name = FACT
    _description = "Fact"
    _inherit = ["sales.department.report.mixin"]
    _percentiles = {"days_median": 0.5, "days_p90": 0.9}

    group = fields.Char()
    days = fields.Float(aggregator="avg")
    days_median = fields.Float(aggregator="avg")
    days_p90 = fields.Float(aggregator="avg")


@tagged("post_install", "-at_install")
class TestReportMixin(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        stack.enter_context(throwaway_model(cls.registry, cls.cr, Fact))
        cls.registry.init_models(cls.cr, [FACT], {})
        cls.env[FACT].create([
            {"group": group, "days": days, "days_median": days, "days_p90": days}
            for group, days in (("a", 1), ("a", 2), ("a", 12), ("b", 10))
        ])

    def test_percentiles_of_each_group_and_of_all(self):
        wanted = ["days:avg", "days_median:avg", "days_p90:avg", "days_median:max"]
        groups = self.env[FACT]._read_group([], ["group"], wanted)
        self.assertEqual(groups[0], ("a", 5.0, 2.0, 10.0, 12.0))
        self.assertEqual(groups[1], ("b", 10.0, 10.0, 10.0, 10.0))
        [(mean, median, _p90, _max)] = self.env[FACT]._read_group([], [], wanted)
        self.assertEqual((mean, median), (6.25, 6.0))
        by_group, everything = self.env[FACT]._read_grouping_sets([], [["group"], []], ["days_median:avg"])
        self.assertEqual([row[-1] for row in by_group + everything], [2.0, 10.0, 6.0])

    def test_places(self):
        company = self.env["res.company"].create({"name": "Plant"})
        company.resource_calendar_id.write({"tz": "Asia/Shanghai", "hours_per_day": 7.5})
        bare = self.env["res.company"].create({"name": "Round the clock"})
        bare.resource_calendar_id = False
        bare.partner_id.tz = "Europe/Berlin"
        report = self.env[FACT].with_context(allowed_company_ids=[company.id, bare.id])
        rows = self.env.execute_query(SQL("SELECT * FROM %s", report._places_sql()))
        self.assertEqual(rows, [(company.id, "Asia/Shanghai", 7.5), (bare.id, "Europe/Berlin", 24.0)])


@tagged("post_install", "-at_install")
class TestReportPage(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "report_reader", groups="base.group_user")
        cls.env["ir.ui.view"].create({
            "name": "sales_department_base.test_page",
            "key": "sales_department_base.test_page",
            "type": "qweb",
            "arch": """
                <t t-name="sales_department_base.test_page">
                    <t t-call="web.html_container">
                        <t t-foreach="docs" t-as="doc">
                            <t t-set="company" t-value="res_company" />
                            <t t-set="title">Title</t>
                            <t t-set="subtitle" t-value="doc.name" />
                            <t t-call="sales_department_base.report_page"><div class="page">Body</div></t>
                        </t>
                    </t>
                </t>
            """,
        })
        cls.report = cls.env["ir.actions.report"].create({
            "name": "Test",
            "model": "res.partner",
            "report_type": "qweb-pdf",
            "report_name": "sales_department_base.test_page",
            "paperformat_id": cls.env.ref("sales_department_base.paperformat_page").id,
        })
        cls.partner = cls.env["res.partner"].create({"name": "Customer"})

    @users("report_reader")
    def test_page(self):
        report = self.env["ir.actions.report"]
        content, _kind = report._render_qweb_html(self.report, self.partner.ids)
        page = lxml_html.fromstring(content)
        parts = {
            name: " ".join(
                page.xpath(f"//div[contains(concat(' ', @class, ' '), ' {name} ')]")[0].text_content().split()
            )
            for name in ("header", "article", "footer")
        }
        self.assertIn(f"{self.env.company.name} Title · Customer", parts["header"])
        self.assertEqual(parts["article"], "Body")
        self.assertRegex(parts["footer"], r"Printed by report_reader .*, \d{4}-\d\d-\d\d \d\d:\d\d$")

    @users("report_reader")
    def test_margins_without_style_sheets(self):
        report = self.report.with_env(self.env)
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(
            self.report, self.partner.ids, data={"report_type": "pdf"}
        )
        bodies, _ids, header, footer, _arguments = report._prepare_html(content, report_model="res.partner")
        self.assertIn("stylesheet", bodies[0])
        for margin in (header, footer):
            self.assertNotIn("stylesheet", margin)
            self.assertIn("o_sales_page_header table", margin, "its own style stays")
