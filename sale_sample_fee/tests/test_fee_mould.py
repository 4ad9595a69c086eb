from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.sale_sample.tests.common import MONDAY_9

from .common_fees import FeeCase


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestFeeMould(FeeCase):
    """What a mould costs the company is spent when it is released."""

    def test_released_mould_is_spent(self):
        line = self._budget()
        self._policy()
        request = self._request()
        mould = self._mould(request_id=request.id)
        self.assertEqual(request.fee_cost, 3000.0)
        request.with_user(self.salesman).action_submit()
        request.with_user(self.salesman).action_confirm_fee()
        self.assertEqual(self._figures(line), (1500.0, 0.0, 48500.0))
        for size in mould.size_ids:
            size.is_first = True
        mould.action_open()
        mould.action_trial()
        mould.action_release()
        self.assertEqual(self._figures(line), (0.0, 1500.0, 48500.0))
        with self.assertRaises(UserError):
            mould.unlink()
