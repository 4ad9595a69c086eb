from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common_rounds import RoundCase, picture

READERS = ("salesman", "salesman_all", "manager", "rnd", "quality", "finance", "policy_admin")
MODELS = ("round", "measurement", "photo", "verdict.line", "point", "kept", "loan")


@tagged("post_install", "-at_install")
class TestRoundAccess(RoundCase):
    """Each model of the rounds, as each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sample = cls._answered("changes")
        cls.photo = cls.env["sale.sample.photo"].create({"round_id": cls.sample.id, "image": picture()})
        kept = cls.sample.kept_ids[0].sudo()
        kept._lend(cls.company._sales_today(), user=cls.rnd)
        cls.records = {
            "round": cls.sample,
            "measurement": cls.sample.measurement_ids[0],
            "photo": cls.photo,
            "verdict.line": cls.sample.verdict_line_ids[0],
            "point": cls.sample.point_ids[0],
            "kept": kept,
            "loan": kept.loan_ids,
        }

    def test_who_reads(self):
        for key in MODELS:
            for role in READERS:
                with self.subTest(model=key, role=role):
                    self.assertTrue(self.records[key].with_user(getattr(self, role)).has_access("read"))
            for role in ("other_salesman", "internal"):
                with self.subTest(model=key, role=role):
                    self.assertFalse(self.records[key].with_user(getattr(self, role)).has_access("read"))

    def test_who_writes(self):
        writers = {
            "round": {"salesman", "salesman_all", "manager", "rnd"},
            "measurement": {"manager", "rnd", "quality"},
            "photo": {"salesman", "salesman_all", "manager", "rnd", "quality"},
            "verdict.line": set(),
            "point": {"salesman", "salesman_all", "manager", "rnd"},
            "kept": {"salesman", "salesman_all", "manager", "rnd", "quality"},
            "loan": set(),
        }
        for key in MODELS:
            for role in (*READERS, "other_salesman", "internal"):
                with self.subTest(model=key, role=role):
                    record = self.records[key].with_user(getattr(self, role))
                    self.assertEqual(record.has_access("write"), role in writers[key])

    def test_nobody_opens_rounds_by_hand(self):
        for role in READERS:
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.env["sale.sample.round"].with_user(getattr(self, role)).create({
                    "request_id": self.sample.request_id.id,
                    "number": 9,
                    "quantity": 1,
                })

    def test_rnd_sees_what_was_handed_over(self):
        self.sample.request_id.sudo().submitted_at = False
        for key in MODELS:
            with self.subTest(model=key):
                self.assertFalse(self.records[key].with_user(self.rnd).has_access("read"))

    def test_other_company_sees_nothing(self):
        company = self.env["res.company"].create({"name": "Other Works"})
        stranger = new_test_user(
            self.env,
            "sample_stranger",
            groups="sales_team.group_sale_manager,sales_department_base.group_collaborator_rnd",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        for key in MODELS:
            with self.subTest(model=key):
                record = self.records[key].with_user(stranger).with_context(allowed_company_ids=company.ids)
                self.assertFalse(record.has_access("read"))

    def test_portal_and_public_see_nothing_by_themselves(self):
        portal = new_test_user(self.env, "sample_portal", groups="base.group_portal")
        for user in (portal, self.env.ref("base.public_user")):
            for key in MODELS:
                with self.subTest(model=key, user=user.login):
                    self.assertFalse(self.records[key].with_user(user).has_access("read"))

    def test_places_are_kept_by_those_who_store(self):
        place = self.env["sales.department.place"].create({"name": "Room", "kind": "room"})
        for role in (*READERS, "internal"):
            with self.subTest(role=role):
                record = place.with_user(getattr(self, role))
                self.assertEqual(record.has_access("read"), role != "internal")
                self.assertEqual(record.has_access("write"), role in ("manager", "rnd", "quality", "policy_admin"))
