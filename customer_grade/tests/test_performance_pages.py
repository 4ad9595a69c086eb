"""What the addon adds to the pages of Odoo: the queries for their records, as their views ask for them."""

from lxml import etree

from odoo.fields import Command
from odoo.tests import tagged

from .common_prospect import ProspectCase

ADDON = "customer_grade"
EXTRA = 2
"""Queries the addon may add to reading a page."""
EXTRA_PARTNER_FORM = 9
EXTRA_LEAD_FORM = 7
"""Over what a page may cost: the forms read the gaps of the file, the answers, the product
families and the fit to the profile even when nobody opens their tabs. No more than now."""


@tagged("post_install", "-at_install")
class TestPages(ProspectCase):
    """Everything is in use: grades, incomplete files, graded leads, a profile, answers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls._customers(*(f"Customer {n:02}" for n in range(40)))
        cls._orders([(customer, 10 ** (n % 5 + 1)) for n, customer in enumerate(cls.customers)])
        for name in ("vat", "website"):
            cls.env["customer.file.requirement"].create(
                {"field_id": cls.env["ir.model.fields"]._get("res.partner", name).id}
            )
        cls._applied(cls._scheme())
        question = cls.env["crm.prospect.question"].create({"name": "Buys elsewhere?"})
        cls._profile(traits=[
            {"name": "Large", "kind": "size", "weight": 30, "minimum": 500},
            {"name": "Buys elsewhere", "kind": "question", "weight": 20, "question_id": question.id},
        ])  # fmt: skip
        answer = Command.create({"question_id": question.id, "answer": "yes"})
        cls.leads = cls._grade_leads(
            [100.0 * n for n in range(40)], stage_id=cls.env["crm.stage"].search([], limit=1).id
        )
        for record in (cls.leads[0], cls.customers[0]):
            record.prospect_answer_ids = [answer]

    def _specifications(self, model, view_type, xmlid):
        """Return what a client asks for on a page: without our fields, and with them."""
        records = self.env[model].with_user(self.manager)
        view = records.get_view(self.env.ref(xmlid).id, view_type)
        whole = self._specification(records, etree.fromstring(view["arch"]))
        plain = {name: asked for name, asked in whole.items() if set(records._fields[name]._modules) != {ADDON}}
        self.assertLess(len(plain), len(whole), "the view shows none of our fields")
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

    def _extra(self, page, read):
        """Return the queries that our fields add to reading a page."""
        plain, whole = self._specifications(*page)
        for asked in (whole, plain):
            read(asked)  # fills the caches of the registry
        return self._count(lambda: read(whole)) - self._count(lambda: read(plain))

    def test_partner_list(self):
        partners = self.env["res.partner"].with_user(self.manager)
        extra = self._extra(
            ("res.partner", "list", "base.view_partner_tree"),
            lambda asked: partners.web_search_read([("id", "in", self.customers.ids)], asked, limit=80),
        )
        self.assertLessEqual(extra, EXTRA)

    def test_pipeline_kanban(self):
        leads = self.env["crm.lead"].with_user(self.manager)
        extra = self._extra(
            ("crm.lead", "kanban", "crm.crm_case_kanban_view_leads"),
            lambda asked: leads.web_read_group(
                [("id", "in", self.leads.ids)], ["stage_id"], ["__count"], auto_unfold=True,
                unfold_read_specification=asked,
            ),
        )  # fmt: skip
        self.assertLessEqual(extra, EXTRA)

    def test_pipeline_list(self):
        leads = self.env["crm.lead"].with_user(self.manager)
        extra = self._extra(
            ("crm.lead", "list", "crm.crm_case_tree_view_oppor"),
            lambda asked: leads.web_search_read([("id", "in", self.leads.ids)], asked, limit=80),
        )
        self.assertLessEqual(extra, EXTRA)

    def test_partner_form(self):
        partner = self.customers[0].with_user(self.manager)
        extra = self._extra(
            ("res.partner", "form", "base.view_partner_form"), lambda asked: partner.browse(partner.id).web_read(asked)
        )
        self.assertLessEqual(extra, EXTRA_PARTNER_FORM)

    def test_lead_form(self):
        lead = self.leads[0].with_user(self.manager)
        extra = self._extra(
            ("crm.lead", "form", "crm.crm_lead_view_form"), lambda asked: lead.browse(lead.id).web_read(asked)
        )
        self.assertLessEqual(extra, EXTRA_LEAD_FORM)
