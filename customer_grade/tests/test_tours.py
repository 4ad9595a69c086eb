from datetime import date

from odoo.tests import HttpCase, new_test_user, tagged

from .common import GradeCase


@tagged("post_install", "-at_install")
class TestCustomerGradeTours(HttpCase, GradeCase):
    """What people do in the browser, as the people who do it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alpha, cls.beta, cls.gamma = cls._customers(
            "Tour Alpha", "Tour Beta", "Tour Gamma", user_id=cls.salesman.id, company_id=cls.company.id
        )

    def _order_for_everyone(self):
        """Revenue that earns A, B and C under the scheme of the common helpers."""
        self._orders([(self.alpha, 20000.0), (self.beta, 2000.0), (self.gamma, 500.0)])

    def test_policy_admin_puts_scheme_in_force(self):
        self.start_tour("/odoo", "customer_grade_scheme_tour", login=self.policy_admin.login)
        scheme = self.env["customer.grading.scheme"].search([
            ("name", "=", "Tour Scheme"),
            ("company_id", "=", self.company.id),
        ])
        self.assertEqual(scheme.state, "active")
        self.assertEqual(
            {criterion.metric: criterion.weight for criterion in scheme.criterion_ids},
            {"revenue": 75.0, "order_count": 20.0, "days_overdue": 30.0},
        )

    def test_approver_reviews_and_applies(self):
        self._order_for_everyone()
        self._scheme()
        approver = new_test_user(
            self.env,
            "grade_manager_approver",
            groups="sales_team.group_sale_manager,base.group_partner_manager,customer_grade.group_grade_approver",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self.start_tour("/odoo/grade-reviews", "customer_grade_review_tour", login=approver.login)
        self.assertEqual(self._grades(self.alpha + self.beta + self.gamma), ["A", "A", "C"])
        overridden = self._history(self.beta)
        self.assertRecordValues(
            overridden,
            [
                {
                    "date": date(2026, 6, 30),
                    "decision": "overridden",
                    "reason": "Signed a yearly contract",
                    "decided_by_id": approver.id,
                    "proposed_grade_id": self.grade["b"].id,
                }
            ],
        )
        self.assertEqual(overridden.review_id.applied_by_id, approver)

    def test_salesperson_reads_explanation(self):
        self._order_for_everyone()
        self._applied(self._scheme())
        self.start_tour("/odoo/customers-by-grade", "customer_grade_salesperson_tour", login=self.salesman.login)
