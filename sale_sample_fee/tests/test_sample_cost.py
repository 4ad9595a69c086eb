from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, new_test_user, tagged, users
from odoo.tools import mute_logger

from odoo.addons.sale_sample.tests.common import MONDAY_9, NEEDED, SampleCase
from odoo.addons.sale_sample.tests.common_portal import PortalCase
from odoo.addons.sale_sample.tests.common_rounds import RoundCase

INTERNAL_FIELDS = (
    "estimated_cost",
    "budget_line_id",
    "budget_available_amount",
    "budget_committed_amount",
    "budget_actual_amount",
)


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestEstimatedCost(SampleCase):
    """R&D says at the acceptance what a sample will cost."""

    def test_accept_with_an_estimate(self):
        request = self._submitted()
        wizard = self.env["sale.sample.accept"].with_user(self.rnd)
        form = Form(wizard.with_context(**request.with_user(self.rnd).action_open_accept()["context"]))
        form.estimated_cost = 300
        form.save().action_accept()
        self.assertRecordValues(request, [{"state": "accepted", "estimated_cost": 300.0}])

    def test_negative_cost(self):
        request = self._submitted().with_user(self.rnd)
        with self.assertRaisesRegex(UserError, "negative"):
            request._accept(NEEDED, estimated_cost=-1)

    @users("request_salesman", "request_rnd", "request_manager")
    def test_nobody_sets_what_the_buttons_set(self):
        request = self._submitted().with_env(self.env)
        with self.assertRaises(AccessError):
            request.write({"estimated_cost": 1.0})

    def test_copy_starts_anew(self):
        request = self._submitted()
        request.with_user(self.rnd)._accept(NEEDED, estimated_cost=300)
        self.assertEqual(request.with_user(self.salesman).copy().estimated_cost, 0.0)

    def test_customers_do_not_read_it(self):
        buyer = new_test_user(self.env, "cost_buyer", groups="base.group_portal")
        request = self._submitted().with_user(buyer)
        for name in INTERNAL_FIELDS:
            with self.subTest(name=name):
                self.assertFalse(request._has_field_access(request._fields[name], "read"))


@tagged("post_install", "-at_install")
class TestRoundCost(RoundCase):
    """R&D enters what making a round cost."""

    def test_rnd_enters_it(self):
        sample = self._request().current_round_id.with_user(self.rnd)
        sample.action_start()
        sample.cost = 120
        self._measured(sample)
        sample.action_made()
        self.assertEqual(sample.cost, 120.0)

    def test_salesperson_does_not(self):
        sample = self._request().current_round_id.with_user(self.salesman)
        with self.assertRaises(AccessError):
            sample.cost = 1

    def test_not_negative(self):
        sample = self._request().current_round_id
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            sample.write({"cost": -1})
            sample.flush_recordset()


@tagged("post_install", "-at_install")
class TestCostOnPortal(PortalCase):
    """The customer sees neither estimate nor cost."""

    def test_secrets_stay(self):
        self.first.sudo().cost = 4321.09
        for login in ("sample_buyer", None):
            page = self._page(self.request.access_url, login, access_token=self.token)
            self._assert_shown(page)
            for secret in ("4321", "4,321"):
                self.assertNotIn(secret, page.text)

    @mute_logger("odoo.http")
    def test_remote_calls(self):
        for record, field in ((self.request, "estimated_cost"), (self.first, "cost")):
            for method, argument in (("read", [record.ids, [field]]), ("search", [[(field, "!=", False)]])):
                with self.subTest(field=field, method=method):
                    answer = self._rpc("sample_buyer", record._name, method, *argument)
                    self.assertIn("AccessError", answer["error"]["data"]["name"])
