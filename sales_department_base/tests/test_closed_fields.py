"""Every closed field of every installed addon, over every way in."""

import logging

from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from .closed_fields import get_closed_models, get_declaration_faults, get_open_doors

_logger = logging.getLogger(__name__)


@tagged("post_install", "-at_install")
class TestClosedFields(TransactionCase):
    def test_declarations(self):
        faults = [fault for name in get_closed_models(self.env) for fault in get_declaration_faults(self.env[name])]
        self.assertFalse(faults, "\n".join(faults))

    def test_every_way_in(self):
        groups = "sales_department_base.group_policy_admin"
        users = {
            role: new_test_user(self.env, login=f"closed_{role}", groups=f"sales_team.group_sale_{role},{more}")
            for role, more in (("salesman", "base.group_user"), ("manager", groups))
        }
        tried = {}
        for role, user in users.items():
            for name in get_closed_models(self.env):
                with self.subTest(role=role, model=name), mute_logger("odoo.sql_db"):
                    found, count = get_open_doors(self.env[name].with_user(user))
                    tried[name] = tried.get(name, 0) + count
                    self.assertFalse(found, "\n".join(found))
        _logger.info("closed fields: %s models, %s attempts", len(tried), sum(tried.values()))
