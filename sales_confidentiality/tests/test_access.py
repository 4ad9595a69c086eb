"""The rights on what this addon brings. Those on the others change with it, and are tried without it."""

from odoo.tests import tagged

from odoo.addons.sales_department_base.tests.test_access_matrix import AccessCase


@tagged("post_install", "-at_install")
class TestAccess(AccessCase):
    def test_models(self):
        self.assertTrue(self.compare("sales_confidentiality"))
