from odoo.tests import BaseCase, tagged

from ..tools.rules import AmbiguousRulesError, Rule, conflicts, mismatches, resolve


@tagged("at_install")
class TestToolsRules(BaseCase):
    """The most specific rule wins; two of one rank are a conflict."""

    def test_most_specific_rule(self):
        rules = [
            Rule.of("all"),
            Rule.of("grade", grade="A"),
            Rule.of("type", type="MO"),
            Rule.of("both", grade="A", type="MO"),
            Rule.of("own", company=1),
        ]
        table = [
            ({"company": 2, "grade": "B", "type": "CO"}, "all"),
            ({"company": 2, "grade": "A", "type": "CO"}, "grade"),
            ({"company": 2, "grade": "B", "type": "MO"}, "type"),
            ({"company": 2, "grade": "A", "type": "MO"}, "both"),
            ({"company": 1, "grade": "A", "type": "MO"}, "own"),
        ]
        for case, key in table:
            with self.subTest(case=case):
                self.assertEqual(resolve(rules, case).key, key)
        self.assertIsNone(resolve(rules[1:3], {"company": 2, "grade": "C"}))
        self.assertEqual(mismatches(rules[3], {"grade": "B", "type": "MO"}), ("grade",))

    def test_none_is_no_value(self):
        """A rule that asks for a grade does not hold where there is none; a silent rule holds."""
        rules = [Rule.of("silent", grade=None), Rule.of("graded", grade=0)]
        self.assertEqual(resolve(rules, {"grade": None}).key, "silent")
        self.assertEqual(resolve(rules, {}).key, "silent")
        self.assertEqual(resolve(rules, {"grade": 0}).key, "graded")

    def test_mismatches_in_the_order_of_the_case(self):
        rule = Rule.of("rule", team=1, grade=2, company=3)
        self.assertEqual(mismatches(rule, {"company": 1, "grade": 1, "team": 1}), ("company", "grade"))

    def test_ambiguity(self):
        grade, type_ = Rule.of("grade", grade="A"), Rule.of("type", type="MO")
        with self.assertRaises(AmbiguousRulesError) as caught:
            resolve([grade, type_], {"grade": "A", "type": "MO"})
        self.assertEqual(set(caught.exception.keys), {"grade", "type"})
        self.assertEqual(conflicts([grade, type_]), [(grade, type_)])
        self.assertEqual(conflicts([grade, type_, Rule.of("both", grade="A", type="MO")]), [])
        self.assertEqual(conflicts([grade, Rule.of("other", grade="B")]), [])
        self.assertEqual(len(conflicts([grade, Rule.of("twin", grade="A")])), 1)
        self.assertEqual(conflicts([grade, Rule.of("own", company=1, type="MO")]), [])
        other, own = Rule.of("other", grade="B"), Rule.of("own", company=1)
        self.assertEqual(conflicts([other, grade, own, type_]), [(other, type_), (grade, type_)])
