from odoo.tests import BaseCase

from ..tools.customer_file import FileRequirement, with_dependencies


def requirement(company=None, kind="all"):
    return FileRequirement(1, "phone", company, kind, (), 1.0, 0)


class TestToolsCustomerFile(BaseCase):
    def test_own_company_before_kind_before_all(self):
        ordered = [
            requirement(),
            requirement(kind="customer"),
            requirement(company=1),
            requirement(company=1, kind="prospect"),
        ]
        self.assertEqual([one.specificity for one in ordered], [0, 1, 2, 3])
        self.assertEqual(requirement(kind="prospect").specificity, requirement(kind="customer").specificity)

    def test_fields_and_what_they_are_computed_from(self):
        depends = {
            "complete_name": ["name", "parent_id.name"],
            "parent_id": ["company_type"],
            "loop": ["loop", "back"],
            "back": ["loop"],
        }
        for names, expected in (
            ([], set()),
            (["phone"], {"phone"}),
            (["complete_name"], {"complete_name", "name", "parent_id", "company_type"}),
            (["loop"], {"loop", "back"}),
            (["phone", "parent_id", "phone"], {"phone", "parent_id", "company_type"}),
        ):
            with self.subTest(names=names):
                self.assertEqual(with_dependencies(names, depends), expected)
