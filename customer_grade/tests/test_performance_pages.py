"""What the addon adds to the pages of Odoo."""

from odoo.tests import tagged

from .common_pages import EXTRA, PagesCase


@tagged("post_install", "-at_install")
class TestPages(PagesCase):
    def test_lists(self):
        pages = (
            ("res.partner", "list", "base.view_partner_tree", self.customers),
            ("res.partner", "list", "customer_grade.res_partner_view_list_grade", self.customers),
            ("res.partner", "kanban", "base.res_partner_kanban_view", self.customers),
            ("crm.lead", "list", "crm.crm_case_tree_view_oppor", self.leads),
            ("crm.lead", "list", "crm.crm_case_tree_view_leads", self.leads),
        )
        for page in pages:
            with self.subTest(page=page):
                self.assertLessEqual(self._extra_of_page(*page), EXTRA)

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

    def test_partner_form(self):
        self.assertFormCheap(self.customers[0], "base.view_partner_form", self.manager, self.salesman, self.approver)

    def test_lead_form(self):
        self.assertFormCheap(self.leads[0], "crm.crm_lead_view_form", self.manager, self.salesman)

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
