import re
from io import BytesIO
from unittest.mock import patch

from lxml import html as lxml_html

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import HOST
from odoo.tools import config
from odoo.tools.pdf import PdfReader

from ..reports.customer_grade_list import ListRow
from .common import GradeCase

LIST_REVIEW = "customer_grade.report_grade_list_review"
LIST_PARTNER = "customer_grade.report_grade_list_partner"
CARD = "customer_grade.report_grade_card"


@tagged("post_install", "-at_install")
class TestGradePaper(GradeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.big, cls.small = cls._customers("Big Shoes", "Small Shoes")
        cls.big.write({"city": "Jinjiang", "user_id": cls.salesman.id})
        cls.small.user_id = cls.manager
        cls._orders([(cls.big, 2000), (cls.small, 200)])
        cls.scheme = cls._scheme()
        cls._applied(cls.scheme, "2026-05-31")
        cls._order(cls.big, 20000, "2026-06-10 04:00:00")
        cls.review = cls._applied(cls.scheme)  # Big B → A, Small C → C

    def _html(self, report, docs, user=None, **context):
        Report = self.env["ir.actions.report"].with_user(user or self.manager).with_context(**context)
        content, _kind = Report._render_qweb_html(report, docs.ids)
        return lxml_html.fromstring(content)

    def _rows(self, page):
        """Return the printed customers: name → cells."""
        rows = page.xpath("//table[contains(@class, 'o_list')]/tbody/tr")
        return {
            cells[0]: cells for row in rows for cells in [[cell.text_content().strip() for cell in row.findall("td")]]
        }

    # ------------------------------------------------------------------
    # Grade list
    # ------------------------------------------------------------------

    def test_list_of_a_review(self):
        page = self._html(LIST_REVIEW, self.review)
        rows = self._rows(page)
        self.assertEqual(set(rows), {"Big Shoes", "Small Shoes"})
        _name, city, salesperson, revenue, score, grade, remark = rows["Big Shoes"]
        self.assertEqual((city, salesperson, score), ("Jinjiang", self.salesman.name, "90.0"))
        self.assertIn("22,000", revenue)
        self.assertEqual(grade, "B → A")
        self.assertEqual(remark, "Accepted")
        self.assertEqual(rows["Small Shoes"][5:], ["C → C", ""])
        self.assertEqual(len(page.xpath("//h3[contains(text(), '1 customers')]")), 2)
        header = page.xpath("//div[contains(@class, 'header')]")[0].text_content()
        self.assertIn("Outsole Works", header)
        self.assertIn("Customer Grades", header)

    def test_matrix_and_totals(self):
        values = self.env["report.customer_grade.report_grade_list_review"]._get_report_values(self.review.ids)
        [document] = values["lists"]
        matrix = document["matrix"]
        self.assertEqual((matrix["count"], matrix["moved"]), (2, 1))
        row = next(row for row in matrix["rows"] if row["name"] == "B")
        self.assertEqual(row["cells"][matrix["columns"].index("A")]["count"], 1)
        self.assertEqual(
            [(total["name"], total["count"], total["up"], total["same"]) for total in document["totals"]],
            [("A", 1, 1, 0), ("C", 1, 0, 1)],
        )

    def test_override_tells_its_reason(self):
        review = self._review(self.scheme, "2026-07-31")
        self._of(review, self.small)._override(self.grade["a"], "Yearly contract")
        remark = self._rows(self._html(LIST_REVIEW, review))["Small Shoes"][6]
        self.assertIn("Overridden: Yearly contract", remark)

    def test_list_of_chosen_customers(self):
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.big.id})
        rows = self._rows(self._html(LIST_PARTNER, contact | self.small))
        self.assertEqual(set(rows), {"Big Shoes", "Small Shoes"})
        self.assertEqual(rows["Big Shoes"][5], "B → A")
        # Set by hand after the review: before stays the grade before the last review.
        self.small.customer_grade_id = self.grade["b"]
        self.assertEqual(self._rows(self._html(LIST_PARTNER, self.small))["Small Shoes"][5], "C → B")

    def test_customer_without_grade(self):
        [fresh] = self._customers("Fresh")
        page = self._html(LIST_PARTNER, fresh)
        self.assertEqual(self._rows(page)["Fresh"][5], "– → –")
        self.assertIn("No grade", page.text_content())

    def test_salesman_prints_own_customers(self):
        rows = self._rows(self._html(LIST_REVIEW, self.review, self.salesman))
        self.assertEqual(set(rows), {"Big Shoes"})
        rows = self._rows(self._html(LIST_PARTNER, self.big | self.small, self.salesman))
        self.assertEqual(rows["Small Shoes"][3], "", "figures of others' customers stay closed")

    def test_internal_user_prints_nothing(self):
        for report, docs in ((LIST_REVIEW, self.review), (LIST_PARTNER, self.big), (CARD, self.big)):
            with self.subTest(report=report), self.assertRaises(AccessError):
                self._html(report, docs, self.internal)

    def test_nothing_to_print(self):
        draft = self._review(self.scheme, "2026-08-31", compute=False)
        with self.assertRaisesRegex(UserError, "no customers to print"):
            self._html(LIST_REVIEW, draft)
        with self.assertRaisesRegex(UserError, "at least one customer"):
            self._html(LIST_PARTNER, self.env["res.partner"])

    def test_one_query_for_a_thousand_customers(self):
        Values = self.env["report.customer_grade.report_grade_list_review"].with_user(self.manager)
        Chosen = self.env["report.customer_grade.report_grade_list_partner"].with_user(self.manager)

        def queries(method, ids):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            method(ids)
            return self.env.cr.sql_log_count - before

        def both():
            return (
                queries(Values._get_report_values, self.review.ids),
                queries(Chosen._get_report_values, self.review.assessment_ids.partner_id.ids),
            )

        both()  # fills the caches of the registry
        few = both()
        partners = self._customers(*(f"Customer {place}" for place in range(1000)))
        self.env["customer.grade.assessment"].create([
            {
                "company_id": self.company.id,
                "review_id": self.review.id,
                "scheme_id": self.scheme.id,
                "partner_id": partner.id,
                "date": self.review.date,
                "state": "applied",
                "is_current": True,
                "grade_id": self.grade["c"].id,
                "decision": "accepted",
                "user_id": self.salesman.id,
                "reasons": [{"code": "in_a_row", "reviews": 2}],
            }
            for partner in partners
        ])
        self.assertEqual(both(), few)
        [document] = Values._get_report_values(self.review.ids)["lists"]
        self.assertEqual(document["count"], 1002)
        self.assertEqual([len(table) for group in document["groups"] for table in group["tables"]], [1, *[200] * 5, 1])

    def test_more_than_a_print_holds(self):
        limit = self.env["ir.config_parameter"]
        limit.set_param("customer_grade.print_limit", "1")
        for report, docs in ((LIST_REVIEW, self.review), (LIST_PARTNER, self.big | self.small)):
            with self.subTest(report=report), self.assertRefused("at most 1 customers.*Filter them.*Export"):
                self._html(report, docs)
        self.assertEqual(set(self._rows(self._html(LIST_PARTNER, self.small))), {"Small Shoes"})
        # The limit holds for the print, not for each review in it.
        limit.set_param("customer_grade.print_limit", "3")
        earlier = self.review.search([("scheme_id", "=", self.scheme.id)])
        with self.assertRefused("at most 3 customers"):
            self._html(LIST_REVIEW, earlier)
        for nonsense in ("", "0", "many"):
            limit.set_param("customer_grade.print_limit", nonsense)
            self.assertEqual(len(self._rows(self._html(LIST_REVIEW, self.review))), 2, nonsense)

    def test_margins_are_light(self):
        """Each page opens header and footer anew: with the bundles of Odoo a long list takes gigabytes."""
        for xmlid, docs in (("action_report_grade_list_review", self.review), ("action_report_grade_card", self.big)):
            report = self.env.ref(f"customer_grade.{xmlid}")
            content, _kind = (
                self
                .env["ir.actions.report"]
                .with_user(self.manager)
                ._render_qweb_html(report.report_name, docs.ids, data={"report_type": "pdf"})
            )
            bodies, _ids, header, footer, _arguments = report._prepare_html(content, report_model=report.model)
            self.assertIn("stylesheet", bodies[0])
            for margin in (header, footer):
                with self.subTest(xmlid=xmlid):
                    self.assertNotIn("stylesheet", margin)
                    self.assertIn("border-collapse", margin, "its own style is there")
                    self.assertIn("subst()", margin, "page numbers are filled in")
            self.assertIn("Outsole Works", header)
            self.assertIn('class="topage"', footer)

    # ------------------------------------------------------------------
    # Grade card
    # ------------------------------------------------------------------

    def test_card(self):
        page = self._html(CARD, self.small | self.big)
        cards = page.xpath("//div[contains(@class, 'o_card')]")
        cards = [card for card in cards if "page" in card.get("class").split()]
        self.assertEqual(len(cards), 2)
        text = " ".join(cards[0].text_content().split())
        self.assertIn("Small Shoes", text)
        self.assertIn("40.0 points", text)
        self.assertIn("Points by Criterion", text)
        self.assertIn("20.0 points are missing to grade B", text)
        self.assertEqual(len(cards[0].xpath(".//*[name()='svg']//*[name()='circle']")), 2)
        self.assertIn("o_new_page", cards[1].get("class"))
        self.assertNotIn("o_new_page", cards[0].get("class"))

    def test_card_of_a_contact_and_without_history(self):
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.big.id})
        self.assertIn("Big Shoes", self._html(CARD, contact).text_content())
        [fresh] = self._customers("Fresh")
        text = self._html(CARD, fresh).text_content()
        self.assertIn("No grade", text)
        self.assertNotIn("Points by Criterion", text)

    def test_card_after_a_grade_set_by_hand(self):
        self.small.customer_grade_id = self.grade["b"]
        text = self._html(CARD, self.small).text_content()
        self.assertIn("Set or imported", text)
        self.assertIn("Points by Criterion", text, "the last computed evidence is shown")

    def test_queries_do_not_grow_with_cards(self):
        Card = self.env["report.customer_grade.report_grade_card"].with_user(self.manager)

        def queries(partners):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            Card._get_report_values(partners.ids)
            return self.env.cr.sql_log_count - before

        more = self._customers(*(f"Customer {place}" for place in range(40)))
        self._orders([(partner, 500) for partner in more])
        self._applied(self.scheme, "2026-07-31")
        queries(more)  # fills the caches of the registry
        self.assertEqual(queries(more), queries(more[:1]))

    def test_missing_fields_come_from_the_hook(self):
        Partner = type(self.env["res.partner"])
        with patch.object(Partner, "_get_card_missing_fields", lambda partners: {partners.id: ["Tax ID", "Email"]}):
            text = self._html(CARD, self.small).text_content()
        self.assertIn("Tax ID, Email", text)

    # ------------------------------------------------------------------
    # Languages
    # ------------------------------------------------------------------

    def _chinese_words(self, report, docs):
        """Return what is printed for a Chinese reader, and the Latin words in it."""
        page = self._html(report, docs, lang="zh_CN")
        parts = page.xpath("//div[contains(@class, 'o_sales_page')]//text()[not(parent::style)]")
        text = " ".join(" ".join(parts).split())
        return text, set(re.findall(r"[A-Za-z]{2,}", text))

    def test_everything_is_printed_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"].search([
            ("name", "in", ("customer_grade", "sales_department_base"))
        ])._update_translations(["zh_CN"])
        # Read in English first: nothing of it may stay behind.
        for report, docs in ((LIST_REVIEW, self.review), (LIST_PARTNER, self.big), (CARD, self.small)):
            self._html(report, docs)
        own = set(
            re.findall(
                r"[A-Za-z]{2,}",
                " ".join([
                    self.company.name,
                    self.scheme.name,
                    self.review.name,
                    self.manager.name,
                    self.salesman.name,
                    self.env.user.name,
                    self.big.name,
                    self.big.city,
                    self.small.name,
                ]),
            )
        )
        for report, docs, titles in (
            (
                LIST_REVIEW,
                self.review,
                ("客户等级", "等级变动", "各等级合计", "客户 占比 销售额", "客户 城市", "个客户中有", "第 1 版"),
            ),
            (LIST_PARTNER, self.big | self.small, ("客户等级", "客户 占比 销售额", "客户 城市", "决定、备注")),
            (CARD, self.small, ("客户等级卡", "各指标得分", "等级起始日", "销售额", "历史")),
        ):
            with self.subTest(report=report):
                text, words = self._chinese_words(report, docs)
                for title in titles:
                    self.assertIn(title, text)
                self.assertFalse(words - own)

    def test_prospects_are_called_so(self):
        Values = self.env["report.customer_grade.report_grade_list_review"]
        row = ListRow("Lead", None, None, 100.0, 50.0, None, self.grade["b"].id, "accepted", None, None)
        document = Values._get_list([row], self.company, prospects=True)
        self.assertTrue(document["prospects"])
        self.assertIn("1 of 1 prospects", document["note"])
        self.assertEqual(document["groups"][0]["title"], "Grade B: 1 prospects")
        document = Values._get_list([row], self.company)
        self.assertFalse(document["prospects"])

    # ------------------------------------------------------------------
    # PDF
    # ------------------------------------------------------------------

    def test_pdf(self):
        """The page breaks come from the style sheet: they tell that it reached the printer."""
        self.env["ir.config_parameter"].set_param("report.url", f"http://{HOST}:{config['http_port']}")
        Report = self.env["ir.actions.report"].with_user(self.manager).with_context(force_report_rendering=True)
        both = self.big | self.small
        for report, docs, pages in ((LIST_REVIEW, self.review, 2), (LIST_PARTNER, both, 2), (CARD, both, 2)):
            with self.subTest(report=report):
                with self.allow_pdf_render():
                    content, kind = Report._render_qweb_pdf(report, docs.ids)
                self.assertEqual((kind, content[:4]), ("pdf", b"%PDF"))
                self.assertEqual(len(PdfReader(BytesIO(content)).pages), pages)
