"""What an applied review sets off, and in which order."""

from unittest.mock import patch

from odoo.tests import tagged

from .common_prospect import DAY, KNOWN_FROM, ProspectCase

STEPS = (
    ("customer.grade.review", "_check_may_apply"),
    ("customer.grade.review", "_lock"),
    ("customer.grade.review", "_after_change_state"),
    ("customer.grade.review", "_check_not_superseded"),
    ("customer.grade.assessment", "_apply"),
    ("customer.grade.assessment", "_apply_to_leads"),
    ("customer.grade.assessment", "_apply_to_customers"),
    ("customer.grade.assessment", "_mark_as_applied"),
    ("customer.grade.assessment", "_after_apply"),
    ("crm.lead", "_log_grade_change"),
    ("res.partner", "_log_grade_change"),
)
"""The steps of this addon, in the order they are taken. Others follow ``_after_apply``."""


@tagged("post_install", "-at_install")
class TestReviewOrder(ProspectCase):
    def _record(self, calls, model, method):
        """Note each call of a method, and make it all the same."""
        owner = self.registry[model]
        original = getattr(owner, method)

        def recorded(records, *args, **kwargs):
            calls.append((model, method))
            return original(records, *args, **kwargs)

        self.startPatcher(patch.object(owner, method, recorded))

    def test_steps_of_an_applied_review(self):
        lead, contact = self._leads("Anta", expected_revenue=20000), self._customers("Erke")
        self._known_since(contact, KNOWN_FROM)
        review = self._review(self._prospect_scheme(population_domain=repr([("id", "=", contact.id)])), DAY)
        review.action_accept_all()
        review.action_decide()
        calls = []
        for model, method in STEPS:
            self._record(calls, model, method)
        review.with_user(self.approver).action_apply()
        self.assertEqual(calls, list(STEPS))
        self.assertEqual(review.state, "applied")
        self.assertEqual((lead.customer_grade_id, contact.customer_grade_id), (self.grade["a"], self.grade["d"]))
