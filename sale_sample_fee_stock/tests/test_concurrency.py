"""Two deliveries that reach the threshold are validated at the same moment, over two real connections."""

import threading

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestTwoDeliveries(BaseCase):
    """What is prepared is committed for the length of a test, and deleted afterwards."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            self.agreement_id, self.picking_ids = self._prepare(api.Environment(cr, SUPERUSER_ID, {}))
        self.addCleanup(self._remove)
        self.patch(retrying.__globals__["time"], "sleep", lambda _seconds: None)

    def _prepare(self, env):
        """Commit an agreement of 1,000 pairs and two deliveries of 600, ready to go."""
        self.product = env["product.product"].create({"name": "Race Sole", "type": "consu"}).id
        self.partner = env["res.partner"].create({"name": "Race Shoes", "is_company": True}).id
        agreement = env["sale.sample.mould.agreement"].create({
            "partner_id": self.partner,
            "fee_amount": 1000,
            "date_start": "2020-01-01",
            "product_ids": [Command.link(self.product)],
            "step_ids": [Command.create({"threshold_pairs": 1000, "percent": 100})],
        })
        agreement.action_start()
        warehouse = env["stock.warehouse"].search([("company_id", "=", agreement.company_id.id)], limit=1)
        customers = env.ref("stock.stock_location_customers")
        pickings = env["stock.picking"].create([
            {
                "picking_type_id": warehouse.out_type_id.id,
                "partner_id": self.partner,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": customers.id,
                "move_ids": [
                    Command.create({
                        "product_id": self.product,
                        "product_uom_qty": 600,
                        "location_id": warehouse.lot_stock_id.id,
                        "location_dest_id": customers.id,
                    })
                ],
            }
            for _number in range(2)
        ])
        pickings.action_confirm()
        for move in pickings.move_ids:
            move.write({"quantity": 600, "picked": True})
        return agreement.id, pickings.ids

    def _remove(self):
        """Delete what was committed; ledger and moves are closed to the ORM, so by SQL."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            moves = env["sale.sample.refund"].search([("agreement_id", "=", self.agreement_id)]).move_id
            cr.execute("DELETE FROM sale_sample_refund WHERE agreement_id = %s", [self.agreement_id])
            cr.execute("DELETE FROM sale_sample_refund_entry WHERE agreement_id = %s", [self.agreement_id])
            env.invalidate_all()
            moves.unlink()
            agreement = env["sale.sample.mould.agreement"].browse(self.agreement_id)
            agreement.activity_ids.unlink()
            agreement.message_ids.unlink()
            cr.execute("DELETE FROM sale_sample_mould_agreement WHERE id = %s", [self.agreement_id])
            cr.execute("DELETE FROM stock_move_line WHERE product_id = %s", [self.product])
            cr.execute("DELETE FROM stock_move WHERE product_id = %s", [self.product])
            cr.execute("DELETE FROM stock_quant WHERE product_id = %s", [self.product])
            cr.execute("DELETE FROM stock_picking WHERE id = ANY(%s)", [self.picking_ids])
            env.invalidate_all()
            env["product.product"].browse(self.product).product_tmpl_id.unlink()
            env["res.partner"].browse(self.partner).unlink()

    def _connect(self):
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        return api.Environment(cr, SUPERUSER_ID, {})

    def _assert_refunded_once(self):
        with self.registry.cursor() as cr:
            agreement = api.Environment(cr, SUPERUSER_ID, {})["sale.sample.mould.agreement"].browse(self.agreement_id)
            self.assertEqual(agreement.entry_ids.mapped("pairs"), [600, 600])
            self.assertEqual((agreement.net_pairs, agreement.state), (1200, "done"))
            self.assertEqual(len(agreement.refund_ids), 1)

    def test_the_second_waits_and_is_repeated(self):
        """The ledger of the second is written while the first is open: it waits, is refused, and repeated."""
        first, second = self._connect(), self._connect()
        second["sale.sample.mould.agreement"].browse(self.agreement_id).net_pairs  # noqa: B018 - takes its snapshot
        rows = [
            {
                "agreement_id": self.agreement_id,
                "date": "2020-02-02",
                "kind": "delivery",
                "pairs": 600,
                "source_key": f"stock.move,test,{number}",
            }
            for number in range(2)
        ]
        first["sale.sample.mould.agreement"]._book(rows[:1])
        outcome, waiting = [], threading.Event()

        def book():
            waiting.set()
            try:
                second["sale.sample.mould.agreement"]._book(rows[1:])
            except SerializationFailure as error:
                outcome.append(error)

        with mute_logger("odoo.sql_db"):
            thread = threading.Thread(target=book)
            thread.start()
            waiting.wait()
            thread.join(0.5)
            self.assertTrue(thread.is_alive(), "the second has to wait")
            first.cr.commit()
            thread.join(10)
        self.assertEqual(len(outcome), 1)
        second.cr.rollback()
        second["sale.sample.mould.agreement"]._book(rows[1:])
        second.cr.commit()
        self._assert_refunded_once()

    def test_two_deliveries_by_two_people(self):
        first, second = (
            env["stock.picking"].browse(picking)
            for env, picking in zip((self._connect(), self._connect()), self.picking_ids, strict=True)
        )
        self.assertEqual((first.state, second.state), ("assigned", "assigned"))
        first._action_done()
        first.env.cr.commit()
        with mute_logger("odoo.sql_db", "odoo.service.model"):
            retrying(second._action_done, second.env)
        second.env.cr.commit()
        self._assert_refunded_once()

    def test_one_dialog_pressed_twice_at_once(self):
        """Of two presses of “Book”, the second is told that the first is at it, and then that it is done."""
        with self.registry.cursor() as cr:
            dialog = (
                api
                .Environment(cr, SUPERUSER_ID, {})["sale.sample.refund.book"]
                .create({"agreement_id": self.agreement_id, "pairs": 6, "reason": "Paper note"})
                .id
            )
        first, second = (env["sale.sample.refund.book"].browse(dialog) for env in (self._connect(), self._connect()))
        self.assertFalse(first.is_used or second.is_used)
        first.action_book()
        with mute_logger("odoo.sql_db"), self.assertRaisesRegex(UserError, "Another user is processing"):
            second.action_book()
        second.env.cr.rollback()
        self.assertFalse(second.is_used)  # what the second has read before the first is done
        first.env.cr.commit()
        with mute_logger("odoo.sql_db", "odoo.service.model"), self.assertRaisesRegex(UserError, "done already"):
            retrying(second.action_book, second.env)
        second.env.cr.rollback()
        with self.registry.cursor() as cr:
            agreement = api.Environment(cr, SUPERUSER_ID, {})["sale.sample.mould.agreement"].browse(self.agreement_id)
            self.assertEqual(agreement.entry_ids.mapped("pairs"), [6])
