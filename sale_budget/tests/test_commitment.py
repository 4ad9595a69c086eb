from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import BudgetCase


@tagged("post_install", "-at_install")
class TestCommitment(BudgetCase):
    """The mixin, through spending requests."""

    def _entries(self, request):
        return self.env["sale.budget.entry"].search(
            [("res_model", "=", request._name), ("res_id", "=", request.id)], order="id"
        )

    def test_reserve_spend_release(self):
        request = self._request(300.0, "approved")
        self.assertBalance(self.line, 300.0, 0.0, 700.0)
        self.assertEqual((request.budget_committed_amount, request.budget_actual_amount), (300.0, 0.0))
        request._budget_spend(120.0)
        self.assertBalance(self.line, 180.0, 120.0, 700.0)
        request._budget_spend(50.0, release_rest=True, note="Courier")
        self.assertBalance(self.line, 0.0, 170.0, 830.0)
        self.assertEqual((request.budget_committed_amount, request.budget_actual_amount), (0.0, 170.0))
        self.assertRecordValues(
            self._entries(request),
            [
                {"kind": "commitment", "origin": "commit", "amount": 300.0},
                {"kind": "actual", "origin": "spend", "amount": 120.0},
                {"kind": "commitment", "origin": "spend", "amount": -120.0},
                {"kind": "actual", "origin": "spend", "amount": 50.0},
                {"kind": "commitment", "origin": "spend", "amount": -50.0},
                {"kind": "commitment", "origin": "release", "amount": -130.0},
            ],
        )
        self.assertEqual(set(self._entries(request).partner_id.ids), {self.customer.id})

    def test_cancel_releases_all(self):
        request = self._request(300.0, "approved")
        request.action_cancel()
        self.assertBalance(self.line, 0.0, 0.0, 1000.0)
        request.action_draft()
        request.action_submit()
        request.action_approve()
        self.assertBalance(self.line, 300.0, 0.0, 700.0)

    def test_cancel_after_spending(self):
        request = self._request(300.0, "approved")
        request._budget_spend(120.0)
        with self.assertRefused("Spent money cannot be cancelled: BR/2026"):
            request.action_cancel()
        # what another addon may allow: the spent part stays, the rest is given back
        request._budget_check_cancel(keep_spent=True)
        request._budget_release()
        self.assertBalance(self.line, 0.0, 120.0, 880.0)

    def test_over_budget_is_refused_and_changes_nothing(self):
        self._request(900.0, "approved")
        request = self._request(101.0, "submitted")
        with self.assertRefused("101.00.* asked for, .*100.00.* available"):
            request.action_approve()
        self.assertEqual(request.state, "submitted")
        self.assertBalance(self.line, 900.0, 0.0, 100.0)

    def test_all_or_nothing(self):
        small, large = self._request(100.0, "submitted"), self._request(950.0, "submitted")
        with self.assertRefused("950.00"):
            (small + large).action_approve()
        self.assertBalance(self.line, 0.0, 0.0, 1000.0)

    def test_exactly_the_rest_is_enough(self):
        self._request(333.33, "approved")
        self._request(666.67, "approved")
        self.assertBalance(self.line, 1000.0, 0.0, 0.0)

    def test_over_budget_with_right_and_reason(self):
        self._request(900.0, "approved")
        request = self._request(150.0, "submitted")
        by_overspender = request.with_user(self.overspender)
        by_overspender._approve(reason="The buyer decides this week")
        self.assertBalance(self.line, 1050.0, 0.0, -50.0)
        entry = self._entries(request)
        self.assertEqual((entry.overspend_amount, entry.reason), (50.0, "The buyer decides this week"))
        self.assertIn("The buyer decides this week", " ".join(request.message_ids.mapped("body")))
        self.assertIn("The buyer decides this week", " ".join(self.budget.message_ids.mapped("body")))

    def test_reason_without_the_right(self):
        request = self._request(1500.0, "submitted")
        with self.assertRefused("may not go over the budget", AccessError):
            request.with_user(self.manager)._approve(reason="Because")
        with self.assertRefused("not enough money in the budget"):
            request.with_user(self.overspender)._approve(reason="  ")

    def test_reason_that_is_not_needed_is_not_kept(self):
        request = self._request(100.0, "submitted")
        request.with_user(self.manager)._approve(reason="Just in case")
        self.assertFalse(self._entries(request).reason)

    def test_cost_beyond_the_reservation(self):
        request = self._request(100.0, "approved")
        self._request(850.0, "approved")
        with self.assertRefused("not enough money in the budget"):
            request._budget_spend(151.0)
        request._budget_spend(150.0)
        self.assertBalance(self.line, 850.0, 150.0, 0.0)
        with self.assertRefused("above zero"):
            request._budget_spend(0.0)
        with self.assertRefused("above zero"):
            request._budget_spend(-5.0)

    def test_closed_and_draft_budgets_pay_nothing(self):
        request = self._request(100.0, "submitted")
        self.budget.action_close()
        with self.assertRefused("Budget 2026 is closed"):
            request.action_approve()
        other = self._request(100.0, purpose_id=self.gift.id)
        self._budget({self.gift: 500.0}, name="Gifts 2026", approve=False)
        with self.assertRefused("Gifts 2026 is not approved yet"):
            other.action_submit()

    def test_no_budget_at_all(self):
        with self.assertRefused("no approved budget for “Gifts” on 2026-05-20"):
            self._request(100.0, purpose_id=self.gift.id).action_submit()
        with self.assertRefused("on 2027-05-20"):
            self._request(100.0, date="2027-05-20").action_submit()

    def test_the_most_specific_budget_pays(self):
        team = self._budget({self.sample: 100.0}, name="South", team_id=self.team.id)
        mine = self._budget({self.sample: 100.0}, name="Mine", user_id=self.salesman.id)
        self.team.user_id = self.leader
        self.assertEqual(self._request(10.0, "approved").budget_line_id.budget_id, mine)
        self.assertEqual(
            self._request(10.0, "approved", user_id=self.leader.id, team_id=self.team.id).budget_line_id.budget_id, team
        )
        request = self._request(10.0, "approved", user_id=self.colleague.id)
        self.assertEqual(request.team_id, self.other_team)
        self.assertEqual(request.budget_line_id.budget_id, self.budget)

    def test_other_companies_pay_nothing(self):
        other = self._make_company("Elsewhere")
        self.env.user.company_ids += other
        request = self._request(10.0, company_id=other.id, team_id=False, user_id=self.env.uid)
        with self.assertRefused("no approved budget"):
            request.action_submit()

    def test_ledger_is_closed_even_to_superuser_code(self):
        entry = self._entries(self._request(100.0, "approved"))
        with self.assertRefused("only added to"):
            entry.amount = 1.0
        with self.assertRefused("only added to"):
            entry.unlink()

    def test_documents_in_the_ledger_are_not_deleted(self):
        request = self._request(100.0, "approved")
        request.action_cancel()
        with self.assertRefused("the budget ledger knows them"):
            request.unlink()
        self._request(100.0).unlink()
