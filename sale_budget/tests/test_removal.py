from odoo.tests import tagged

from ..hooks import uninstall_hook
from .common import BudgetCase


@tagged("post_install", "-at_install")
class TestRemoval(BudgetCase):
    """The addon can go, also from a company that used it."""

    def test_budgets_in_use_go(self):
        request = self._request(state="approved")
        request.with_user(self.salesman)._record_cost(80.0, True, request.date)
        self._amend(50.0)
        refused = self._request(state="submitted")
        self.assertTrue(self.line.entry_ids)
        uninstall_hook(self.env)
        for records in (request, refused, self.line, self.budget):
            self.assertFalse(records.exists())
        self.assertFalse(self.env["mail.activity"].search([("activity_type_id.res_model", "=", request._name)]))

    def test_customers_in_use_stay(self):
        used, unused = self.env["res.partner"].create([{"name": "Used"}, {"name": "Unused"}])
        names = [{"partner": partner.name, "id": partner.id} for partner in used + unused]
        self.env["ir.model.data"].create([
            {"module": "sale_budget", "name": name["partner"], "model": "res.partner", "res_id": name["id"]}
            for name in names
        ])
        self.env["sale.order"].create({"partner_id": used.id})
        uninstall_hook(self.env)
        self.assertFalse(self.env.ref("sale_budget.Used", raise_if_not_found=False))
        self.assertEqual(self.env.ref("sale_budget.Unused"), unused)
