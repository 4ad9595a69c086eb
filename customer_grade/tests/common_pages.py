"""What an addon adds to the pages of Odoo: the queries for their records, as their views ask for them."""

from functools import partial

from lxml import etree

from odoo.fields import Command

from .common_prospect import ProspectCase

EXTRA = 2
"""Queries our fields may add to reading a page, whatever it shows."""


class PagesCase(ProspectCase):
    """Grades are in use: some propose terms, customers and leads are graded. Addons above add their own."""

    ADDONS = {"customer_grade"}
    """Whose fields are ours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls._customers(*(f"Customer {n:02}" for n in range(40)))
        cls._orders([(customer, 10 ** (n % 5 + 1)) for n, customer in enumerate(cls.customers)])
        cls.env["customer.grade"].search([("pricelist_id", "=", False)]).write({
            "pricelist_id": cls.env["product.pricelist"].create({"name": "Best Customers", "company_id": False}).id,
            "payment_term_id": cls.env["account.payment.term"].create({"name": "60 Days"}).id,
        })
        cls.manager.group_ids = [Command.link(cls.env.ref("product.group_product_pricelist").id)]
        cls._applied(cls._scheme())
        cls.leads = cls._grade_leads(
            [100.0 * n for n in range(40)], stage_id=cls.env["crm.stage"].search([], limit=1).id
        )

    def _specifications(self, user, model, view_type, xmlid):
        """Return what a client asks for on a page: without our fields, and with them."""
        records = self.env[model].with_user(user)
        view = records.get_view(self.env.ref(xmlid).id, view_type)
        whole = self._specification(records, etree.fromstring(view["arch"]))
        ours = {
            name
            for name in whole
            if records._fields[name]._modules and {*records._fields[name]._modules} <= self.ADDONS
        }
        plain = {name: asked for name, asked in whole.items() if name not in ours}
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

    def _extra_of_page(self, model, view_type, xmlid, records):
        """Return the queries that our fields add to a list or kanban."""
        read = partial(records.with_user(self.manager).web_search_read, [("id", "in", records.ids)])
        return self._extra((model, view_type, xmlid), read)

    def _extra_of_form(self, record, xmlid, user):
        record = record.with_user(user)
        return self._extra((record._name, "form", xmlid), record.browse(record.id).web_read, user)

    def assertFormCheap(self, record, xmlid, *users):
        """Check that our fields add next to nothing to a form, whoever opens it."""
        for user in users:
            with self.subTest(form=xmlid, user=user.login):
                self.assertLessEqual(self._extra_of_form(record, xmlid, user), EXTRA)
