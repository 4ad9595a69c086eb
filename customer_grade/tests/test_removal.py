from odoo.tests import tagged

from ..hooks import uninstall_hook
from .common import GradeCase


@tagged("post_install", "-at_install")
class TestRemoval(GradeCase):
    """The addon can go, also from a company that graded with it."""

    def test_what_was_graded_goes(self):
        customer = self._customers("Graded")
        self._orders([(customer, 2000)])
        scheme = self._scheme()
        review = self._applied(scheme)
        history = self._history(customer)
        self.assertTrue(history)
        lead = self.env["crm.lead"].create({"name": "Lead", "active": False})
        lead.customer_grade_id = history.grade_id[:1]
        uninstall_hook(self.env)
        self.assertFalse(lead.customer_grade_id)
        for records in (history, review, scheme):
            self.assertFalse(records.exists())
        self.assertTrue(customer.exists())

    def test_what_others_name_stays(self):
        """A unit and a customer that the demo brought stay with the products and orders that name them."""
        used, unused = self.env["res.partner"].create([{"name": "Used"}, {"name": "Unused"}])
        unit = self.env["uom.uom"].create({"name": "Pairs"})
        self.env["ir.model.data"].create([
            {"module": "customer_grade", "name": record.name, "model": record._name, "res_id": record.id}
            for record in (used, unused, unit)
        ])
        self.env["sale.order"].create({"partner_id": used.id})
        self.env["product.template"].create({"name": "Sole", "uom_id": unit.id})
        uninstall_hook(self.env)
        left = self.env["ir.model.data"].search([
            ("module", "=", "customer_grade"),
            ("model", "in", ("res.partner", "uom.uom")),
        ])
        self.assertIn(unused.id, left.filtered(lambda name: name.model == "res.partner").mapped("res_id"))
        self.assertNotIn("Used", left.mapped("name"))
        self.assertNotIn(unit.name, left.mapped("name"))
