"""Who may do what with the models of the addon."""

from odoo.tests import tagged

from odoo.addons.customer_grade.tests.common import GROUPS
from odoo.addons.customer_grade.tests.common_rights import ALL, NONE, READ, RightsCase

RIGHTS = {
    **{
        model: dict.fromkeys(GROUPS, READ) | {"policy_admin": ALL, "internal": NONE}
        for model in ("crm.prospect.profile", "crm.prospect.trait", "crm.prospect.question")
    },
    "crm.prospect.profile.decision": dict.fromkeys(GROUPS, READ)
    | {"manager": "rc", "policy_admin": "rc", "internal": NONE},
    "crm.prospect.answer": {
        "salesman": ALL,
        "salesman_all": ALL,
        "manager": ALL,
        "approver": NONE,
        "policy_admin": NONE,
        "internal": NONE,
    },
}


@tagged("post_install", "-at_install")
class TestRights(RightsCase):
    ADDON = "crm_prospect_profile"
    RIGHTS = RIGHTS
