"""A type of sample that needs a mould, grades and quoted moulds."""

from contextlib import contextmanager

from psycopg2 import IntegrityError

from odoo.fields import Command
from odoo.tools import mute_logger

from odoo.addons.sale_sample.tests.common import SampleCase


class MouldCase(SampleCase):
    """The plain type needs a mould; two grades to choose from."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.type.needs_mould = True
        cls.grade_a, cls.grade_b = cls.env["customer.grade"].create([
            {"name": "Grade A T", "code": "AT"},
            {"name": "Grade B T", "code": "BT"},
        ])

    @classmethod
    def _mould(cls, **values):
        """Return a quoted mould of four sizes, 40 first: 1,000 once and 500 for each size."""
        return (
            cls
            .env["sale.sample.mould"]
            .with_user(cls.rnd)
            .create({
                "shape": "Cup sole T",
                "company_id": cls.company.id,
                "owner": "shared",
                "partner_id": cls.customer.id,
                "product_ids": [Command.set(cls.product.ids)],
                "part_ids": [
                    Command.create({"kind": "last", "cost": 1000.0}),
                    Command.create({"kind": "sole", "cost": 500.0, "per_size": True}),
                ],
                "size_ids": [Command.create({"size": size, "is_first": size == 40}) for size in (39, 40, 41, 42)],
                **values,
            })
        )

    @contextmanager
    def assertConstraint(self, name):
        """Check that the database refuses by the constraint of this name."""
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError) as caught:
            yield
            self.env.flush_all()
        self.assertIn(name, str(caught.exception))
