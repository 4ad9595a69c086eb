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
    ADDON = "customer_file"
    RIGHTS = RIGHTS
