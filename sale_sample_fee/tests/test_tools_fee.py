from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.sales_department_base.tests.properties import reproducible

from ..tools.fee_policy import Facts, Terms, decide, needed_limit
from ..tools.staging import by_hand_change, company_cost

money = st.integers(0, 1_000_000).map(lambda cents: cents / 100)
terms = st.builds(
    Terms,
    st.sampled_from(("free", "shared", "full")),
    percent=st.floats(0, 100),
    cap=st.none() | money,
    free_quota=st.integers(0, 3),
    record_limit=st.integers(0, 3),
    needs_budget=st.booleans(),
)
facts = st.builds(Facts, money, st.integers(0, 4), st.integers(0, 4), st.none() | money)


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

    def test_each_branch_to_the_cent(self):
        shared = Terms("shared", percent=33.0)
        table = [
            # terms, facts, digits → charge, fee, company's part
            (shared, Facts(1.5, available=99), 2, ("shared", 0.5, 1.0)),
            (shared, Facts(1.5, available=99), 0, ("free", 0.0, 2.0)),
            (Terms("shared", percent=100.0), Facts(8.0), 2, ("full", 8.0, 0.0)),
            (Terms("shared", percent=0.0), Facts(8.0, available=8.0), 2, ("free", 0.0, 8.0)),
            (Terms("shared", percent=1.0), Facts(0.5, available=9.0), 2, ("shared", 0.01, 0.49)),
            (Terms("shared", cap=0.0), Facts(8.0, available=8.0), 2, ("free", 0.0, 8.0)),
            (Terms("shared", cap=0.005), Facts(8.0, available=8.0), 2, ("shared", 0.01, 7.99)),
            (Terms("shared", cap=8.0), Facts(8.0), 2, ("full", 8.0, 0.0)),
            (Terms("full", free_quota=1), Facts(8.0, available=8.0), 2, ("free", 0.0, 8.0)),
            (Terms("full", free_quota=1), Facts(8.0, available=7.99), 2, ("full", 8.0, 0.0)),
            (Terms("full", free_quota=1), Facts(8.0, quota_used=1, available=8.0), 2, ("full", 8.0, 0.0)),
            (Terms("free"), Facts(8.004, available=8.0), 2, ("free", 0.0, 8.0)),
            (Terms("free", needs_budget=False), Facts(8.0, available=1.0), 2, ("free", 0.0, 8.0)),
            (Terms("free"), Facts(0.0), 2, ("free", 0.0, 0.0)),
            (Terms("shared", percent=50.0), Facts(0.01, available=1.0), 2, ("full", 0.01, 0.0)),
            (Terms("free"), Facts(0.004, available=0.0), 2, ("free", 0.0, 0.0)),
            (Terms("free"), Facts(1.23456, available=0.0), 3, ("full", 1.235, 0.0)),
        ]
        for rule, case, digits, wanted in table:
            with self.subTest(rule=rule, case=case, digits=digits):
                found = decide(rule, case, digits)
                self.assertEqual((found.charge, found.fee, found.company_part), wanted)

    def test_what_told(self):
        quota = Terms("shared", percent=50.0, free_quota=1, record_limit=1)
        for case, reasons in [
            (Facts(8.0), ("no_budget",)),
            (Facts(8.0, available=0.0), ("budget_short",)),
            (Facts(8.0, quota_used=1, available=0.0), ("quota_used", "budget_short")),
            (Facts(8.0, unsold=1), ("record", "no_budget")),
            (Facts(8.0, available=4.0), ("budget_short", "rule")),
            (Facts(8.0, available=8.0), ("quota",)),
        ]:
            with self.subTest(case=case):
                found = decide(quota, case)
                self.assertEqual(found.reasons, reasons)
                self.assertEqual(found.uses_quota, reasons == ("quota",))
        free = Terms("free", free_quota=1)
        self.assertEqual(decide(free, Facts(8.0, available=9.0)).reasons, ("rule",), "a free sample uses no quota")
        self.assertEqual(decide(free, Facts(8.0, quota_used=1, available=9.0)).reasons, ("rule",))

    def test_defaults(self):
        """A rule needs a budget; nobody has used anything, and no budget pays."""
        self.assertEqual(decide(Terms("free"), Facts(1.0)).reasons, ("no_budget",))
        self.assertEqual((Facts(1.0).quota_used, Facts(1.0).unsold), (0, 0))
        self.assertEqual(decide(Terms("shared"), Facts(1.0, available=1.0)).fee, 0.0)
        self.assertEqual(decide(Terms("full", free_quota=1), Facts(1.0, available=1.0)).charge, "free")
        unlimited = Terms("full", free_quota=1)
        self.assertEqual(decide(unlimited, Facts(1.0, unsold=9, available=1.0)).charge, "free")

    @settings(reproducible, max_examples=300)
    @given(terms, facts)
    def test_any_rule_and_any_case(self, rule, case):
        """Fee and company's part are the cost, neither is negative, and the budget covers the latter where it must."""
        found = decide(rule, case)
        self.assertAlmostEqual(found.fee + found.company_part, case.cost, 6)
        self.assertTrue(found.fee >= 0 and found.company_part >= 0)
        if rule.needs_budget and found.company_part:
            self.assertLessEqual(found.company_part, round(case.available or 0.0, 2))
        self.assertEqual(found.charge == "free", not found.fee)
        if found.fee:
            self.assertEqual(found.charge == "full", found.company_part == 0)
        self.assertEqual(len(set(found.reasons)), len(found.reasons))
        if rule.charge == "full" and not rule.free_quota:
            self.assertEqual(found.fee, case.cost)

    def test_company_cost(self):
        for opened, cost, part, wanted in [
            (1500, 3000, 1500, 750),
            (3000, 3000, 1000, 1000),
            (3001, 3000, 1000, 1001),
            (0, 3000, 1500, 0),
            (100, 0, 50, 100),
            (0.5, 0.5, 0.25, 0.25),
        ]:
            with self.subTest(opened=opened, cost=cost, part=part):
                self.assertEqual(company_cost(opened, cost, part), wanted)

    @settings(reproducible, max_examples=200)
    @given(st.lists(st.tuples(money, money, st.booleans()), max_size=6))
    def test_expected_beside_bills(self, history):
        """Whatever was expected and billed before: in the end the greater of both, as far as hands can bring it there."""
        entered = billed = 0.0
        for expected, bill, _last in history:
            billed = bill
            entered += by_hand_change(expected, billed, billed + entered, entered)
            self.assertGreaterEqual(round(entered, 6), 0.0)
            self.assertAlmostEqual(billed + entered, max(expected, billed), 6)
