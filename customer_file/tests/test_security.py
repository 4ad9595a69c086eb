"""Who may do what with the models of the addon."""

from odoo.tests import tagged

from odoo.addons.customer_grade.tests.common import GROUPS
from odoo.addons.customer_grade.tests.common_rights import ALL, NONE, READ, RightsCase

RIGHTS = {
    "customer.file.requirement": dict.fromkeys(GROUPS, READ) | {"policy_admin": ALL, "internal": NONE},
    **{
        model: dict.fromkeys(GROUPS, READ) | {"internal": NONE}
        for model in ("customer.file.gap", "customer.file.confirmation", "customer.register.entry")
    },
    "customer.register.reason": dict.fromkeys(GROUPS, READ) | {"policy_admin": ALL},
    "customer.register.change": {
        "salesman": "rwc",
        "salesman_all": "rwc",
        "manager": "rwc",
        "approver": NONE,
        "policy_admin": NONE,
        "internal": NONE,
    },
}


@tagged("post_install", "-at_install")
class TestRights(RightsCase):
    def test_each_role_on_each_model(self):
        self.assertRights(RIGHTS)

    def test_every_model_of_the_addon_is_looked_at(self):
        self.assertEqual(self._models_of("customer_file"), set(RIGHTS))
