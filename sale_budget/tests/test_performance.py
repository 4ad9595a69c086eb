"""The number of queries does not grow with the number of documents."""

from odoo.tests import tagged

from .common import BudgetCase


@tagged("post_install", "-at_install")
class TestQueries(BudgetCase):
    def _count(self, function):
        """Return the number of queries that one call needs, what it leaves to write included."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def _requests(self, size, state="draft"):
        requests = self.env["sale.budget.request"].union(*(self._request(1.0) for _n in range(size)))
        if state == "submitted":
            requests.action_submit()
        # their tracking messages are written with what is measured otherwise
        self.env.flush_all()
        self.cr.precommit.run()
        return requests

    def test_approve(self):
        self._requests(1, "submitted").action_approve()
        few, many = (self._count(self._requests(size, "submitted").action_approve) for size in (1, 30))
        self.assertEqual(few, many)
        self.assertLessEqual(many, 45)

    def test_release(self):
        requests = self._requests(31, "submitted")
        requests.action_approve()
        few, many = (self._count(part.action_cancel) for part in (requests[:1], requests[1:]))
        self.assertEqual(few, many)

    def test_lists(self):
        names = (
            "budget_committed_amount",
            "budget_actual_amount",
            "budget_expected_line_id",
            "budget_shortfall_amount",
            "can_approve",
            "display_name",
        )
        requests = self._requests(30, "submitted")
        few, many = (self._count(lambda part=part: part.read(names)) for part in (requests[:2], requests))
        self.assertEqual(few, many)
        purposes = self.env["sale.budget.purpose"].create([{"name": f"P{n}", "code": f"p{n}"} for n in range(20)])
        budgets = self.env["sale.budget"].union(
            *(self._budget({purpose: 10.0}, name=purpose.name) for purpose in purposes)
        )
        names = ("name", "amount", "available_amount", "share_used", "state", "owner_id", "currency_id")
        few, many = (self._count(lambda part=part: part.read(names)) for part in (budgets[:2], budgets))
        self.assertEqual(few, many)

    def test_buttons_of_customers_and_leads(self):
        partners = self.env["res.partner"].create([{"name": f"C{n}"} for n in range(20)])
        leads = self.env["crm.lead"].create([{"name": f"L{n}"} for n in range(20)])
        for partner, lead in zip(partners, leads, strict=True):
            self._request(1.0, partner_id=partner.id, lead_id=lead.id)
        for records in (partners, leads):
            few, many = (
                self._count(lambda part=part: part.mapped("sale_budget_request_count"))
                for part in (records[:2], records)
            )
            self.assertLessEqual(many - few, 0)
