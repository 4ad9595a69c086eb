from odoo.tests import BaseCase, tagged

from ..tools.fee_policy import Facts, Terms, decide, needed_limit


@tagged("at_install")
class TestToolsFee(BaseCase):
    """The arithmetic of fees, without a database."""

    def test_each_branch_of_the_policy(self):
        shared = Terms("shared", percent=50.0)
        quota = Terms("shared", percent=50.0, free_quota=3, record_limit=4)
        cap = Terms("shared", cap=3000.0)
        free, full = Terms("free"), Terms("full")
        loose = Terms("free", needs_budget=False)
        table = [
            # terms, cost, used, unsold, available → charge, fee, company's part, reasons
            (free, 8000, 0, 0, 9000, ("free", 0, 8000, ("rule",))),
            (free, 8000, 0, 0, 4200, ("full", 8000, 0, ("budget_short",))),
            (free, 8000, 0, 0, None, ("full", 8000, 0, ("no_budget",))),
            (loose, 8000, 0, 0, None, ("free", 0, 8000, ("rule",))),
            (full, 8000, 0, 0, None, ("full", 8000, 0, ("rule",))),
            (shared, 8000, 0, 0, 4000, ("shared", 4000, 4000, ("rule",))),
            (shared, 8000, 0, 0, 3999.99, ("full", 8000, 0, ("budget_short",))),
            (shared, 33.33, 0, 0, 99, ("shared", 16.67, 16.66, ("rule",))),
            (cap, 8000, 0, 0, 9000, ("shared", 3000, 5000, ("rule",))),
            (cap, 2000, 0, 0, 9000, ("full", 2000, 0, ("rule",))),
            (quota, 8000, 2, 0, 9000, ("free", 0, 8000, ("quota",))),
            (quota, 8000, 2, 0, 4200, ("shared", 4000, 4000, ("budget_short", "rule"))),
            (quota, 8000, 3, 0, 9000, ("shared", 4000, 4000, ("quota_used", "rule"))),
            (quota, 8000, 2, 4, 9000, ("shared", 4000, 4000, ("record", "rule"))),
            (quota, 8000, 2, 3, 9000, ("free", 0, 8000, ("quota",))),
            (full, 0, 0, 0, None, ("free", 0, 0, ("rule",))),
        ]
        for terms, cost, used, unsold, available, expected in table:
            with self.subTest(terms=terms, cost=cost, used=used, unsold=unsold, available=available):
                outcome = decide(terms, Facts(cost, used, unsold, available))
                self.assertEqual((outcome.charge, outcome.fee, outcome.company_part, outcome.reasons), expected)
                self.assertEqual(outcome.uses_quota, "quota" in expected[3])
        with self.assertRaises(ValueError):
            decide(free, Facts(-1))

    def test_approval_limit(self):
        for limits, amount, expected in [
            ([1000.0, 5000.0, 0.0], 1000, 1000.0),
            ([1000.0, 5000.0, 0.0], 1000.01, 5000.0),
            ([1000.0, 0.0], 9000, 0.0),
            ([1000.0], 9000, None),
            ([], 0, None),
        ]:
            with self.subTest(limits=limits, amount=amount):
                self.assertEqual(needed_limit(limits, amount), expected)
