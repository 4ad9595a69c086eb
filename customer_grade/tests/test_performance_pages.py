"""What the addon adds to the pages of Odoo: the queries for their records, as their views ask for them."""

from functools import partial

from lxml import etree

from odoo.fields import Command
from odoo.tests import tagged

from .common_prospect import ProspectCase

ADDON = "customer_grade"
EXTRA = 2
"""Queries the addon may add to reading a page, whatever it shows."""


@tagged("post_install", "-at_install")
class TestPages(ProspectCase):
    """Everything is in use: grades that propose terms, incomplete files, graded leads, a profile, answers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls._customers(*(f"Customer {n:02}" for n in range(40)))
        cls._orders([(customer, 10 ** (n % 5 + 1)) for n, customer in enumerate(cls.customers)])
        for name in ("vat", "website"):
            cls.env["customer.file.requirement"].create({
                "field_id": cls.env["ir.model.fields"]._get("res.partner", name).id
            })
        cls.env["customer.grade"].search([("pricelist_id", "=", False)]).write({
            "pricelist_id": cls.env["product.pricelist"].create({"name": "Best Customers", "company_id": False}).id,
            "payment_term_id": cls.env["account.payment.term"].create({"name": "60 Days"}).id,
        })
        cls.manager.group_ids = [Command.link(cls.env.ref("product.group_product_pricelist").id)]
        cls._applied(cls._scheme())
        question = cls.env["crm.prospect.question"].create({"name": "Buys elsewhere?"})
        cls._profile(
            traits=[
                {"name": "Large", "kind": "size", "weight": 30, "minimum": 500},
                {"name": "Buys elsewhere", "kind": "question", "weight": 20, "question_id": question.id},
            ]
        )
        answer = Command.create({"question_id": question.id, "answer": "yes"})
        cls.leads = cls._grade_leads(
            [100.0 * n for n in range(40)], stage_id=cls.env["crm.stage"].search([], limit=1).id
        )
        for record in (cls.leads[0], cls.customers[0]):
            record.prospect_answer_ids = [answer]
            record.prospect_family_ids = cls.env["product.category"].create({"name": "Outsoles"})
        cls.leads.prospect_industry_id = cls.shoes

    def _specifications(self, user, model, view_type, xmlid):
        """Return what a client asks for on a page: without our fields, and with them."""
        records = self.env[model].with_user(user)
        view = records.get_view(self.env.ref(xmlid).id, view_type)
        whole = self._specification(records, etree.fromstring(view["arch"]))
        plain = {name: asked for name, asked in whole.items() if set(records._fields[name]._modules) != {ADDON}}
        return plain, whole

    def _specification(self, records, view):
        """Return the specification of the fields of a view, subviews included."""
        asked = {}
        depth = len(list(view.iterancestors("field")))
        for node in view.xpath(f".//field[count(ancestor::field) = {depth}]"):
            field = records._fields.get(node.get("name"))
            if field is None or node.get("column_invisible") in ("1", "True"):
                continue
            asked[field.name] = {}
            if field.type in ("one2many", "many2many"):
                subview = next((child for child in node if child.tag in ("list", "kanban", "form")), None)
                lines = self.env[field.comodel_name]
                asked[field.name]["fields"] = (
                    {"display_name": {}} if subview is None else self._specification(lines, subview)
                )
            elif field.type == "many2one":
                asked[field.name]["fields"] = {"display_name": {}}
        return asked

    def _count(self, function):
        """Return the queries of one call, the records to be read anew."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        function()
        return self.cr.sql_log_count - before

    def _extra(self, page, read, user=None):
        """Return the queries that our fields add to reading a page."""
        plain, whole = self._specifications(user or self.manager, *page)
        self.assertLess(len(plain), len(whole), "the view shows none of our fields")
        for asked in (whole, plain):
            self._count(partial(read, asked))  # fills the caches of the registry
        return self._count(lambda: read(whole)) - self._count(lambda: read(plain))

    def test_lists(self):
        pages = (
            ("res.partner", "list", "base.view_partner_tree", self.customers),
            ("res.partner", "list", "customer_grade.res_partner_view_list_grade", self.customers),
            ("res.partner", "kanban", "base.res_partner_kanban_view", self.customers),
            ("crm.lead", "list", "crm.crm_case_tree_view_oppor", self.leads),
            ("crm.lead", "list", "crm.crm_case_tree_view_leads", self.leads),
        )
        for *page, records in pages:
            with self.subTest(page=page):
                search_read = partial(records.with_user(self.manager).web_search_read, [("id", "in", records.ids)])
                self.assertLessEqual(self._extra(page, search_read), EXTRA)

    def test_pipeline_kanban(self):
        leads = self.env["crm.lead"].with_user(self.manager)
        extra = self._extra(
            ("crm.lead", "kanban", "crm.crm_case_kanban_view_leads"),
            lambda asked: leads.web_read_group(
                [("id", "in", self.leads.ids)],
                ["stage_id"],
                ["__count"],
                auto_unfold=True,
                unfold_read_specification=asked,
            ),
        )
        self.assertLessEqual(extra, EXTRA)

    def _extra_of_form(self, record, xmlid, user):
        record = record.with_user(user)
        return self._extra((record._name, "form", xmlid), record.browse(record.id).web_read, user)

    def test_partner_form(self):
        for user in (self.manager, self.salesman, self.approver):
            with self.subTest(user=user.login):
                extra = self._extra_of_form(self.customers[0], "base.view_partner_form", user)
                self.assertLessEqual(extra, EXTRA)

    def test_lead_form(self):
        for user in (self.manager, self.salesman):
            with self.subTest(user=user.login):
                extra = self._extra_of_form(self.leads[0], "crm.crm_lead_view_form", user)
                self.assertLessEqual(extra, EXTRA)

    def test_orders_read_nothing_of_ours(self):
        pages = (
            ("sale.order", "form", "sale.view_order_form"),
            ("sale.order", "list", "sale.view_quotation_tree"),
            ("sale.order", "list", "sale.view_order_tree"),
        )
        for page in pages:
            with self.subTest(page=page):
                plain, whole = self._specifications(self.manager, *page)
                self.assertEqual(whole, plain)
