from psycopg2.errors import CheckViolation

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ConfidentialCase

RIGHTS = {right: f"sales_confidentiality.group_{right}" for right in ("export", "cost", "contact")}


@tagged("post_install", "-at_install")
class TestSettings(ConfidentialCase):
    def _rights(self, user):
        return {right for right, group in RIGHTS.items() if user.has_group(group)}

    def test_nothing_changes_until_somebody_chooses(self):
        self.assertEqual(self._rights(self.rnd), {"cost", "contact"})
        self.assertEqual(self._rights(self.anna), {"cost", "contact"})
        self.assertEqual(self._rights(self.exporter), {"export", "cost", "contact"})
        rows = self.customers[self.anna].with_user(self.rnd).read(["phone", "email"])
        self.assertTrue(rows[0]["phone"])
        self.assertEqual(self.product.with_user(self.anna).standard_price, 12.5)

    def test_limited(self):
        self.limit(export=False, cost=False, contact=False)
        self.assertEqual(self._rights(self.rnd), set())
        self.assertEqual(self._rights(self.anna), {"contact"}, "sales write to their customers")
        self.assertEqual(self._rights(self.exporter), {"contact"})
        self.assertEqual(self._rights(self.manager), {"export", "cost", "contact"})

    def test_given_to_one(self):
        self.limit(export=False, cost=False, contact=False)
        self.rnd.group_ids += self.env.ref(RIGHTS["contact"])
        self.assertEqual(self._rights(self.rnd), {"contact"})

    def test_open_again(self):
        self.limit(export=False, cost=False, contact=False)
        self.limit(export=True, cost=True, contact=True)
        self.assertEqual(self._rights(self.exporter), {"export", "cost", "contact"})

    def test_the_responsible_can_open_the_log(self):
        self.company.confidentiality_user_id = self.manager
        with self.assertRaisesRegex(ValidationError, "Administrator"):
            self.company.confidentiality_user_id = self.anna

    def test_limits_are_not_negative(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.company.confidentiality_open_limit = -1
            self.company.flush_recordset()
