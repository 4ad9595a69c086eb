from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from odoo.addons.sale_sample.tests.common import MONDAY_9
from odoo.addons.sale_sample_fee.tests.common_fees import FeeCase


class TierCase(FeeCase):
    """Exceptions above an amount go through two reviewers: all sales first, then the manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls._budget()
        cls._policy()
        for sequence, user in ((20, cls.salesman_all), (10, cls.manager)):
            cls.env["tier.definition"].create({
                "name": user.login,
                "model_id": cls.env["ir.model"]._get_id("sale.sample.fee.decision"),
                "review_type": "individual",
                "reviewer_id": user.id,
                "definition_domain": "[('waived_amount', '>=', 2000)]",
                "approve_sequence": True,
                "sequence": sequence,
                "company_id": cls.company.id,
            })

    def _exception(self, fee):
        request = self._handed_over()
        request._ask_fee_exception(fee, "Key customer")
        return request.fee_decision_id

    def _review(self, decision, user, verdict="validate"):
        decision.invalidate_recordset()
        getattr(decision.with_user(user), f"{verdict}_tier")()
        decision.invalidate_recordset()


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestTiers(TierCase):
    def test_both_tiers_approve(self):
        decision = self._exception(1000.0)
        self.assertEqual(decision.sudo().review_ids.reviewer_id, self.salesman_all | self.manager)
        with self.assertRefused("tier by tier", AccessError):
            decision.with_user(self.manager).action_approve()
        self._review(decision, self.salesman_all)
        self.assertEqual((decision.state, self._figures(self.line)[0]), ("to_approve", 0.0))
        self._review(decision, self.manager)
        self.assertEqual((decision.state, self._figures(self.line)[0]), ("approved", 7000.0))

    def test_nobody_approves_an_exception_of_their_own(self):
        request = self._handed_over().with_user(self.manager)
        request._ask_fee_exception(1000.0, "Key customer")
        decision = request.fee_decision_id
        self._review(decision, self.salesman_all)
        with self.assertRefused("somebody else has to approve", AccessError):
            self._review(decision, self.manager)
        self.assertEqual(decision.state, "to_approve")

    def test_a_rejection_goes_back_to_the_rule(self):
        decision = self._exception(1000.0)
        self._review(decision, self.salesman_all, "reject")
        self.assertEqual(decision.state, "refused")
        self.assertEqual(decision.request_id.fee_decision_id.state, "proposed")

    def test_below_the_tiers_the_levels_approve(self):
        decision = self._exception(3500.0)
        self.assertFalse(decision.sudo().review_ids)
        decision.with_user(self.manager).action_approve()
        self.assertEqual(decision.state, "approved")
