from odoo.tests import BaseCase, tagged

from ..tools.staging import staged_costs


@tagged("at_install")
class TestStaging(BaseCase):
    def test_staged_costs(self):
        for args, expected in [
            ((1000, 500, 6, 1), (4000, 1500, 2500)),
            ((1000, 500, 6, 6), (4000, 4000, 0)),
            ((1000, 500, 0, 0), (1500, 1500, 0)),
            ((1000, 0, 4, 1), (1000, 1000, 0)),
        ]:
            costs = staged_costs(*args)
            with self.subTest(args=args):
                self.assertEqual((costs.full, costs.opened, costs.saved), expected)
        with self.assertRaises(ValueError):
            staged_costs(1, 1, 1, 2)
