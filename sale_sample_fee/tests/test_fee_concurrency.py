"""Two salespeople give the last free sample of a customer at the same moment, over two real connections."""

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestLastFreeSample(BaseCase):
    """What is prepared is committed for the length of a test, and deleted afterwards."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self._remove)
        with self.registry.cursor() as cr:
            self._prepare(api.Environment(cr, SUPERUSER_ID, {}))
        self.patch(retrying.__globals__["time"], "sleep", lambda _seconds: None)

    def _prepare(self, env):
        """Commit two requests of one customer, each with the proposal of the one free sample of the year."""
        self.partner = env["res.partner"].create({"name": "Race Shoes", "is_company": True}).id
        self.type = env["sale.sample.type"].create({"name": "Race type", "code": "RACE", "needs_fee_decision": True}).id
        self.policy = (
            env["sale.sample.fee.policy"]
            .create({
                "name": "Race rule",
                "type_id": self.type,
                "charge": "full",
                "free_quota": 1,
                "needs_budget": False,
                "company_id": env.company.id,
            })
            .id
        )
        requests = env["sale.sample.request"].create([
            {
                "type_id": self.type,
                "partner_id": self.partner,
                "fee_cost": 500.0,
                "style_name": f"Race {number}",
                "needed_by": "2099-01-01",
                "size_line_ids": [Command.create({"size": 38, "pairs": 1})],
            }
            for number in range(2)
        ])
        for request in requests:
            request._change_state("submitted", submitted_at="2026-01-01 00:00:00")
        requests._propose_fee()
        self.requests = requests.ids

    def _remove(self):
        """Delete what was committed; decisions are closed to the ORM, so by SQL."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            requests = env["sale.sample.request"].browse(getattr(self, "requests", ()))
            decisions = requests.fee_decision_ids
            decisions.order_line_ids.order_id.unlink()
            decisions.activity_ids.unlink()
            decisions.message_ids.unlink()
            cr.execute("UPDATE sale_sample_request SET fee_decision_id = NULL WHERE id = ANY(%s)", [requests.ids])
            cr.execute("DELETE FROM sale_sample_fee_decision WHERE id = ANY(%s)", [decisions.ids])
            requests.message_ids.unlink()
            cr.execute("DELETE FROM sale_sample_request WHERE id = ANY(%s)", [requests.ids])
            env.invalidate_all()
            env["sale.sample.fee.policy"].browse(self.policy).unlink()
            env["sale.sample.type"].browse(self.type).unlink()
            env["res.partner"].browse(self.partner).unlink()

    def _connect(self):
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        return api.Environment(cr, SUPERUSER_ID, {})

    def test_one_of_two_gets_it(self):
        first, second = (
            env["sale.sample.request"].browse(id_)
            for env, id_ in zip((self._connect(), self._connect()), self.requests, strict=True)
        )
        self.assertEqual((first.fee_charge, second.fee_charge), ("free", "free"))
        first.action_confirm_fee()
        first.env.cr.commit()
        # The second has read the figures before: by them the free sample is still there.
        with mute_logger("odoo.sql_db", "odoo.service.model"), self.assertRaises(UserError) as refusal:
            retrying(second.action_confirm_fee, second.env)
        self.assertIn("has just used the last free one", str(refusal.exception))
        second.env.cr.rollback()
        second.env.invalidate_all()
        second.action_work_out_fee()
        second.action_confirm_fee()
        second.env.cr.commit()
        with self.registry.cursor() as cr:
            requests = api.Environment(cr, SUPERUSER_ID, {})["sale.sample.request"].browse(self.requests)
            self.assertEqual(requests.mapped("fee_charge"), ["free", "full"])
            given = requests.fee_decision_ids.filtered(lambda one: one.state == "approved" and one.quota_number)
            self.assertEqual(given.request_id, requests[0])

    def test_charged_once(self):
        """Two people press the button at the same moment: one waits and is told, one quotation is there."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["sale.sample.fee.policy"].browse(self.policy).free_quota = 0
            request = env["sale.sample.request"].browse(self.requests[0])
            request.action_work_out_fee()
            request.action_confirm_fee()
        first, second = (env["sale.sample.request"].browse(request.id) for env in (self._connect(), self._connect()))
        self.assertEqual((first.fee_state, second.fee_state), ("to_order", "to_order"))
        first.action_charge_fee()
        with mute_logger("odoo.sql_db"), self.assertRaisesRegex(UserError, "Another user is processing"):
            second.action_charge_fee()
        second.env.cr.rollback()
        self.assertEqual(second.fee_state, "to_order")  # what the second has read before the first is done
        first.env.cr.commit()
        with mute_logger("odoo.sql_db", "odoo.service.model"), self.assertRaisesRegex(UserError, "charged already"):
            retrying(second.action_charge_fee, second.env)
        second.env.cr.rollback()
        with self.registry.cursor() as cr:
            request = api.Environment(cr, SUPERUSER_ID, {})["sale.sample.request"].browse(request.id)
            self.assertEqual(len(request.fee_decision_id.order_line_ids), 1)
