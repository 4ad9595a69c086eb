from odoo.tests import tagged

from odoo.addons.sale_sample.tests.common_rounds import RoundCase
from odoo.addons.sale_sample.tests.common_screens import view_arch


@tagged("post_install", "-at_install")
class TestStatisticsScreens(RoundCase):
    """The subscriptions to the report."""

    def test_subscriptions_of_others(self):
        """Only those who may subscribe colleagues are offered to choose one."""
        subscriptions = self.env["sale.sample.report.subscription"]
        for role, readonly in (("salesman", True), ("finance", True), ("manager", False), ("policy_admin", False)):
            with self.subTest(role=role):
                model = subscriptions.with_user(getattr(self, role))
                found = view_arch(model, "list").xpath("//field[@name='user_id']")
                self.assertEqual([field.get("readonly") for field in found], ["1" if readonly else None])
