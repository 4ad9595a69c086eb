from datetime import datetime

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import GradeCase


@tagged("post_install", "-at_install", "is_tour")
class TestTourSimulation(GradeCase, HttpCase):
    def test_simulation(self):
        """A policy admin simulates, looks at who moves and saves the numbers as a draft."""
        big, small = self._customers("Tour Big", "Tour Small")
        self._orders([(big, 20000), (small, 200)], moment=datetime.now())
        scheme = self._scheme(name="Tour Scheme")
        self.policy_admin.group_ids = [Command.link(self.env.ref("sales_team.group_sale_manager").id)]
        self.start_tour(
            f"/odoo/grading-schemes/{scheme.id}", "customer_grade_simulation", login=self.policy_admin.login
        )
        versions = self.env["customer.grading.scheme"].search([("name", "=", "Tour Scheme")], order="version")
        self.assertEqual(versions.mapped("state"), ["active", "draft"])
        self.assertEqual(versions[1].threshold_ids.mapped("minimum"), [95.0, 60.0, 35.0, 0.0])
        self.assertEqual(versions[0].threshold_ids.mapped("minimum"), [80.0, 60.0, 35.0, 0.0])
        self.assertFalse(self.env["customer.grade.review"].search([("scheme_id", "in", versions.ids)]))
