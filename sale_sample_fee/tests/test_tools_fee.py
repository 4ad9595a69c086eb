from odoo.tests import BaseCase, tagged

from ..tools.collection import InvoicedFee, collection
from ..tools.fee_policy import (
    AmbiguousRulesError,
    Case,
    Facts,
    Rule,
    Terms,
    conflicts,
    decide,
    mismatches,
    needed_limit,
    resolve,
)


@tagged("at_install")
class TestToolsFee(BaseCase):
    """The arithmetic of fees and stages, without a database."""

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

    def test_most_specific_rule(self):
        rules = [
            Rule("all"),
            Rule("grade", grade="A"),
            Rule("type", type="MO"),
            Rule("both", grade="A", type="MO"),
            Rule("own", company=1),
        ]
        table = [
            (Case(company=2, grade="B", type="CO"), "all"),
            (Case(company=2, grade="A", type="CO"), "grade"),
            (Case(company=2, grade="B", type="MO"), "type"),
            (Case(company=2, grade="A", type="MO"), "both"),
            (Case(company=1, grade="A", type="MO"), "own"),
        ]
        for case, key in table:
            with self.subTest(case=case):
                self.assertEqual(resolve(rules, case).key, key)
        self.assertIsNone(resolve(rules[1:3], Case(company=2, grade="C")))
        self.assertEqual(mismatches(rules[3], Case(grade="B", type="MO")), ("grade",))

    def test_ambiguity(self):
        grade, type_ = Rule("grade", grade="A"), Rule("type", type="MO")
        with self.assertRaises(AmbiguousRulesError) as caught:
            resolve([grade, type_], Case(grade="A", type="MO"))
        self.assertEqual(set(caught.exception.keys), {"grade", "type"})
        self.assertEqual(conflicts([grade, type_]), [(grade, type_)])
        self.assertEqual(conflicts([grade, type_, Rule("both", grade="A", type="MO")]), [])
        self.assertEqual(conflicts([grade, Rule("other", grade="B")]), [])
        self.assertEqual(len(conflicts([grade, Rule("twin", grade="A")])), 1)
        self.assertEqual(conflicts([grade, Rule("own", company=1, type="MO")]), [])

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

    def test_collection(self):
        for case, invoices, charged, expected in [
            ("nothing invoiced", [], 100, (0, 0)),
            ("unpaid", [(100, 100, 100)], 100, (0, 0)),
            ("part of a larger invoice", [(100, 200, 50)], 100, (0.75, 0.75)),
            ("one of two invoices", [(60, 60, 0), (40, 40, 40)], 100, (0.6, 0.6)),
            ("paid", [(100, 100, 0)], 100, (1, 1)),
            ("all by down payment", [(100, 100, 0), (0, 0, 0)], 100, (1, 1)),
            ("down payment of 30", [(30, 30, 0), (70, 70, 70)], 100, (0.3, 0.3)),
            ("nothing ordered", [(1, 1, 0)], 0, (0, 0)),
            ("a discount line", [(100, 1, 0)], 100, (0.01, 0.01)),
            ("corrected, not paid", [(100, 100, 50, 50)], 100, (0, 0)),
            ("corrected, the rest paid", [(100, 100, 0, 50)], 100, (0.5, 1)),
            ("paid, repaid by half", [(100, 100, 0, 50)], 100, (0.5, 1)),
            ("taken back", [(100, 100, 0, 100)], 100, (0, 0)),
            ("taken back, invoiced again", [(100, 100, 0, 100), (100, 100, 0)], 100, (1, 1)),
            ("a refund settles half of an unpaid fee", [(100, 100, 50, 0, 50)], 100, (0, 0.5)),
            ("a refund settles all of it", [(100, 100, 0, 0, 100)], 100, (0, 1)),
        ]:
            with self.subTest(case):
                found = collection([InvoicedFee(*invoice) for invoice in invoices], charged)
                self.assertEqual((found.share, found.settled), expected)
