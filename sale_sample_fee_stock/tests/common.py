"""A mould agreement, and goods that leave for the customer and come back."""

from odoo.fields import Command
from odoo.tests import Form

from odoo.addons.sale_sample_fee.tests.common_refund import RefundCase


class DeliveryCase(RefundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.sole.is_storable = True

    @classmethod
    def _order(cls, pairs, partner=None, product=None):
        """Return a confirmed order."""
        order = cls.env["sale.order"].create({
            "partner_id": (partner or cls.contact).id,
            "warehouse_id": cls.warehouse.id,
            "order_line": [Command.create({"product_id": (product or cls.sole).id, "product_uom_qty": pairs})],
        })
        order.action_confirm()
        return order

    @classmethod
    def _deliver(cls, pairs, **values):
        """Return a done delivery of an order of its own."""
        picking = cls._order(pairs, **values).picking_ids
        cls._validate(picking)
        return picking

    @classmethod
    def _validate(cls, picking, pairs=None):
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty if pairs is None else pairs
        picking.move_ids.picked = True
        picking._action_done()

    @classmethod
    def _return(cls, picking, pairs):
        """Return the done transfer by which pairs of a delivery came back."""
        form = Form(
            cls.env["stock.return.picking"].with_context(
                active_id=picking.id, active_ids=picking.ids, active_model="stock.picking"
            )
        )
        wizard = form.save()
        wizard.product_return_moves.quantity = pairs
        back = cls.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        cls._validate(back)
        return back

    @classmethod
    def _correct(cls, picking, pairs):
        """Correct the quantity of a done transfer, as users do: unlock it, then edit the line."""
        if picking.is_locked:
            picking.action_toggle_is_locked()
        form = Form(picking)
        with form.move_ids.edit(0) as move:
            move.quantity = pairs
        form.save()
