"""What the addon and the grades below it add to the pages of Odoo, together."""

from odoo.tests import tagged

from odoo.addons.customer_grade.tests.common_pages import EXTRA, PagesCase


@tagged("post_install", "-at_install")
class TestPages(PagesCase):
    """Files are kept, too, and are incomplete."""

    ADDONS = PagesCase.ADDONS | {"customer_file"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("vat", "website"):
            cls.env["customer.file.requirement"].create({
                "field_id": cls.env["ir.model.fields"]._get("res.partner", name).id
            })

    def test_lists(self):
        for page in ("base.view_partner_tree", "customer_grade.res_partner_view_list_grade"):
            with self.subTest(page=page):
                extra = self._extra_of_page("res.partner", "list", page, self.customers)
                self.assertLessEqual(extra, EXTRA)

    def test_partner_form(self):
        self.assertFormCheap(self.customers[0], "base.view_partner_form", self.manager, self.salesman, self.approver)
