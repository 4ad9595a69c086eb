"""Texts that are put together follow the language of the reader, not that of who read them first."""

from odoo.tests import tagged

from .common_prospect import ProspectCase


@tagged("post_install", "-at_install")
class TestLanguages(ProspectCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        # Labels of fields and their values are kept in the database; those of base name the kinds of addresses.
        modules = cls.env["ir.module.module"].search([("name", "in", ("base", "customer_grade"))])
        modules._update_translations(["zh_CN"])

    def assertTexts(self, record, name, english, chinese):
        """Check a text in both languages, and in the first one again: nothing is kept of the other."""
        for lang, text in (("en_US", english), ("zh_CN", chinese), ("en_US", english)):
            self.assertEqual(record.with_context(lang=lang)[name], text, lang)

    def test_names(self):
        scheme = self._scheme()
        simulation = self.env["customer.grade.simulation"].create({"base_scheme_id": scheme.id})
        self.assertTexts(scheme, "display_name", "Standard v1", "Standard 第 1 版")
        self.assertTexts(scheme.criterion_ids, "display_name", "Revenue", "销售额")
        self.assertTexts(simulation, "display_name", "Simulation: Standard v1", "模拟：Standard 第 1 版")

    def test_names_of_customers(self):
        """Odoo names an address without name after its type."""
        customer = self._customers("Anta")
        address = self.env["res.partner"].create({"type": "invoice", "parent_id": customer.id})
        entry = self.env["customer.grade.assessment"].new({"partner_id": address.id})
        line = self.env["customer.grade.simulation.line"].new({"partner_id": address.id})
        chinese = address.with_context(lang="zh_CN").display_name
        self.assertNotEqual(chinese, address.display_name)
        for record in (entry, line):
            self.assertTexts(record, "display_name", address.display_name, chinese)

    def test_words_of_rules_and_reviews(self):
        scheme = self._scheme(criterion_ids=[self._criterion("order_count", method="percentile", band_ids=[])])
        [criterion] = scheme.criterion_ids
        for field in ("summary", "metric_help"):
            english, chinese = (criterion.with_context(lang=lang)[field] for lang in ("en_US", "zh_CN"))
            self.assertNotEqual(english, chinese, field)
            self.assertTexts(criterion, field, english, chinese)
        review = self._review(scheme, compute=False)
        self.assertTexts(review, "subject_label", "Customers", "客户")
        self.grade["a"].with_context(lang="zh_CN").name = "甲"
        self._order(self._customers("Anta"), 2000)
        review.action_compute()
        names = [
            [grade["name"] for grade in review.with_context(lang=lang).matrix["grades"]] for lang in ("en_US", "zh_CN")
        ]
        self.assertIn("A", names[0])
        self.assertIn("甲", names[1])
