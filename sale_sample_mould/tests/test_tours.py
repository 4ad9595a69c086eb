from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import MouldCase


@tagged("post_install", "-at_install", "is_tour")
class TestMouldTour(MouldCase, HttpCase):
    """R&D opens, tries and releases a mould from its form."""

    def test_mould(self):
        mould = (
            self
            .env["sale.sample.mould"]
            .with_user(self.rnd)
            .create({"shape": "Cup sole T", "part_ids": [Command.create({"kind": "sole", "cost": 8000.0})]})
        )
        self.start_tour(f"/odoo/moulds/{mould.id}", "sale_sample_mould", login=self.rnd.login)
        self.assertEqual((mould.state, mould.trial_number), ("released", 0))
