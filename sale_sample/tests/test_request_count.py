from lxml import etree

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common import MONDAY_9, SampleCase

PAGES = {
    "crm.lead": "crm.crm_lead_view_form",
    "res.partner": "base.view_partner_form",
    "sale.order": "sale.view_order_form",
    "product.template": "product.product_template_only_form_view",
    "product.product": "product.product_normal_form_view",
}
COUNT = "sample_request_count"


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestRequestCount(SampleCase):
    """Leads, customers, quotations and products show their sample requests and make new ones."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.env["crm.lead"].create({
            "name": "New outsole",
            "type": "opportunity",
            "partner_id": cls.contact.id,
            "user_id": cls.salesman.id,
            "company_id": cls.company.id,
        })
        cls.order = cls.env["sale.order"].create({
            "partner_id": cls.contact.id,
            "user_id": cls.salesman.id,
            "opportunity_id": cls.lead.id,
        })
        cls.sources = [cls.lead, cls.customer, cls.order, cls.product.product_tmpl_id, cls.product]

    def _from(self, source):
        """Let the salesman make a request by the button of a record."""
        mine = source.with_user(self.salesman)
        action = mine.action_view_sample_requests()
        form = Form(self.env["sale.sample.request"].with_user(self.salesman).with_context(**action["context"]))
        form.type_id = self.type
        if not form.partner_id:
            form.partner_id = self.customer
        return action, form.save()

    def test_from_each(self):
        for source in self.sources:
            with self.subTest(model=source._name):
                first = not source.with_user(self.salesman)[COUNT]
                action, request = self._from(source)
                if first:
                    self.assertEqual(action["views"], [(False, "form")], "the first one opens at once")
                self.assertEqual((request.partner_id, request.user_id), (self.customer, self.salesman))
                source.invalidate_recordset()
                self.assertGreaterEqual(source.with_user(self.salesman)[COUNT], 1)
                again = source.with_user(self.salesman).action_view_sample_requests()
                self.assertIn(request, self.env["sale.sample.request"].search(again["domain"]))

    def test_from_quotation(self):
        request = self._from(self.order)[1]
        self.assertEqual((request.lead_id, request.contact_id), (self.lead, self.contact))

    def test_from_contact(self):
        request = self._from(self.contact)[1]
        self.assertEqual((request.partner_id, request.contact_id), (self.customer, self.contact))
        self.assertEqual(self.contact.with_user(self.salesman)[COUNT], 1)

    def test_from_product(self):
        self.assertEqual(self._from(self.product)[1].product_family_id, self.family)

    def test_counts_are_those_one_may_see(self):
        self._request(user_id=self.manager.id)
        self._request()
        for user, count in ((self.salesman, 1), (self.manager, 2), (self.rnd, 0)):
            with self.subTest(user=user.login):
                self.customer.invalidate_recordset()
                self.assertEqual(self.customer.with_user(user)[COUNT], count)

    def test_a_lead_that_gets_a_customer(self):
        lead = self.env["crm.lead"].create({
            "name": "Stand 12",
            "company_id": self.company.id,
            "user_id": self.salesman.id,
        })
        request = self._request(partner_id=False, lead_id=lead.id)
        self.assertFalse(request.partner_id)
        lead.with_user(self.salesman).partner_id = self.contact
        self.assertEqual((request.partner_id, request.contact_id), (self.customer, self.contact))

    def test_leads_that_are_merged(self):
        other = self.lead.copy({"name": "The same"})
        request = self._request(lead_id=other.id)
        kept = (self.lead + other).merge_opportunity()
        self.assertEqual(request.lead_id, kept)

    # ------------------------------------------------------------------
    # What the pages of Odoo cost
    # ------------------------------------------------------------------

    def _queries(self, records, names):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        records.web_read({name: {} for name in names})
        return self.cr.sql_log_count - before

    def test_pages_show_the_button_and_cost_one_query_more(self):
        for source in self.sources:
            mine = source.with_user(self.manager)
            view = etree.fromstring(mine.get_view(self.env.ref(PAGES[source._name]).id, "form")["arch"])
            with self.subTest(model=source._name):
                self.assertTrue(view.xpath(f"//field[@name='{COUNT}']"))
                plain = [
                    "display_name",
                    "write_date",
                    *(["commercial_partner_id"] if source._name == "res.partner" else []),
                ]
                for _warm in range(2):
                    self._queries(mine, [*plain, COUNT])
                self.assertLessEqual(self._queries(mine, [*plain, COUNT]) - self._queries(mine, plain), 1)

    def test_counting_many_costs_as_much_as_one(self):
        customers = self.env["res.partner"].create([{"name": f"Customer {n}", "is_company": True} for n in range(40)])
        for customer in customers:
            self._request(partner_id=customer.id)
        mine = customers.with_user(self.manager)
        self.assertEqual(mine.mapped(COUNT), [1] * 40)
        self._queries(mine, [COUNT])
        self.assertLessEqual(self._queries(mine, [COUNT]), self._queries(mine[:1], [COUNT]))

    def test_hidden_from_those_who_may_not_read_requests(self):
        view = self.customer.with_user(self.internal).get_view(self.env.ref(PAGES["res.partner"]).id, "form")
        self.assertNotIn(COUNT, view["arch"])

    def test_salesperson_is_found(self):
        self.assertEqual(self._request(user_id=False, lead_id=self.lead.id).user_id, self.salesman)
        request = self.env["sale.sample.request"].with_user(self.colleague).create(self._values(user_id=False))
        self.assertEqual(request.user_id, self.colleague)

    def test_companies_of_what_is_linked(self):
        other = self._make_company("Insole Works")
        foreign = self.env["crm.lead"].with_company(other).create({"name": "Foreign", "company_id": other.id})
        with self.assertRaises(UserError) as caught:
            self._request(lead_id=foreign.id, size_line_ids=[Command.clear()])
        self.assertIn("compan", str(caught.exception).lower())
