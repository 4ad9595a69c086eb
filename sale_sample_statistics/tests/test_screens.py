from odoo.tests import tagged

from odoo.addons.sale_sample.tests.common_rounds import RoundCase
from odoo.addons.sale_sample.tests.common_screens import view_arch


@tagged("post_install", "-at_install")
class TestStatisticsScreens(RoundCase):
    """The subscriptions to the report, and who sees which column."""

    def test_subscriptions_of_others(self):
        """Only those who may subscribe colleagues are offered to choose one."""
        subscriptions = self.env["sale.sample.report.subscription"]
        for role, readonly in (("salesman", True), ("finance", True), ("manager", False), ("policy_admin", False)):
            with self.subTest(role=role):
                model = subscriptions.with_user(getattr(self, role))
                found = view_arch(model, "list").xpath("//field[@name='user_id']")
                self.assertEqual([field.get("readonly") for field in found], ["1" if readonly else None])

    def test_only_who_sees_revenue_sees_that_a_rate_is_missing(self):
        """R&D has no such column, and nothing in its list asks for one."""
        statistics = self.env["sale.sample.statistics"]
        for role, seen in (("salesman", True), ("finance", True), ("rnd", False)):
            with self.subTest(role=role):
                arch = view_arch(statistics.with_user(getattr(self, role)), "list")
                self.assertEqual(bool(arch.xpath("//field[@name='is_unconverted']")), seen)
                asking = [
                    node for node in arch.iter() if any("is_unconverted" in value for value in node.attrib.values())
                ]
                self.assertEqual(bool(asking), seen)
