from datetime import date

from odoo.tests import HttpCase, tagged

from .common import FileCase


@tagged("post_install", "-at_install", "is_tour")
class TestTourCompleteness(FileCase, HttpCase):
    def test_completeness(self):
        """A salesperson confirms a field, adds another, and closes the file of a lost customer."""
        self._require("phone", confirm_months=6)
        self._require("website")
        customer = self._customers("Tour Customer", phone="021", user_id=self.salesman.id)
        self._order(customer, 10)
        self._confirmed(customer, "phone", date(2020, 1, 1))
        self.gaps._refresh()
        self.start_tour(f"/odoo/res.partner/{customer.id}", "customer_file_completeness", login=self.salesman.login)
        last = self.env["customer.file.confirmation"].search([("partner_id", "=", customer.id)], limit=1)
        self.assertEqual((last.user_id, last.origin), (self.salesman, "confirmed"))
        self.assertEqual((customer.customer_file_state, customer.customer_file_kind), ("closed", False))
        entry = self.register.search([("partner_id", "=", customer.id)], limit=1)
        self.assertEqual(
            (entry.event, entry.reason_id, entry.user_id), ("closed", self._reason("competitor"), self.salesman)
        )
