from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.sale_sample.tests.common import MONDAY_9

from ..hooks import uninstall_hook
from .common import MouldCase


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestMouldRequest(MouldCase):
    """What moulds add to requests: the grade of the day, and which types need a mould."""

    def test_grade_of_the_day_is_kept(self):
        self.customer.with_company(self.company).sudo().customer_grade_id = self.grade_a
        request = self._submitted()
        self.customer.with_company(self.company).sudo().customer_grade_id = self.grade_b
        self.assertEqual(request.grade_id, self.grade_a)

    def test_uninstalling_lets_go_of_grades(self):
        """Requests and their rounds stay, archived ones too; only the grades are let go of."""
        self.customer.with_company(self.company).sudo().customer_grade_id = self.grade_a
        request = self._submitted()
        request.active = False
        uninstall_hook(self.env)
        self.assertFalse(request.grade_id)
        self.assertEqual(request.state, "submitted")

    def test_grade_is_closed(self):
        """Nobody sets it by hand, and customers on the portal do not see it."""
        request = self._request()
        with self.assertRaises(AccessError):
            request.with_user(self.salesman).grade_id = self.grade_a
        buyer = new_test_user(self.env, "mould_buyer", groups="base.group_portal")
        self.assertFalse(request.with_user(buyer)._has_field_access(request._fields["grade_id"], "read"))

    def test_shipped_types(self):
        self.assertTrue(self.env.ref("sale_sample.sample_type_mould_opening").needs_mould)

    def test_moulds_of_a_request(self):
        request = self._submitted()
        mould = self._mould(request_id=request.id)
        self.assertEqual(request.mould_count, 1)
        action = request.with_user(self.salesman).action_open_moulds()
        self.assertEqual(self.env["sale.sample.mould"].search(action["domain"]), mould)
