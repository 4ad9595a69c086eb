from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.sales_confidentiality.tests.common import ConfidentialCase


@tagged("post_install", "-at_install")
class TestSampleMargin(ConfidentialCase):
    def test_every_way(self):
        statistics = self.env["sale.sample.statistics"]
        mine = statistics.with_user(self.anna)
        self.assertIn("earned", mine.fields_get(), "everybody with the money of samples, until somebody chooses")
        self.limit(cost=False)
        self.assertNotIn("earned", mine.fields_get())
        self.assertIn("earned", statistics.with_user(self.manager).fields_get())
        self.assertNotIn("earned", statistics.with_user(self.rnd).fields_get())
        for attempt in (
            lambda: mine.search_read([], ["earned"]),
            lambda: mine.search([("earned", ">", 0)]),
            lambda: mine.search([], order="earned"),
            lambda: mine.formatted_read_group([], [], ["earned:sum"]),
            lambda: mine.formatted_read_group([], ["earned"]),
        ):
            with self.assertRaises(AccessError):
                attempt()
