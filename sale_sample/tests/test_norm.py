from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged, users

from .common import MONDAY_9, SampleCase


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestNorm(SampleCase):
    """Types, stages and properties are policy: admins change them, what is in use stays."""

    @users("request_policy_admin")
    def test_admin_adds_a_type(self):
        stage = self.env["sale.sample.stage"].create({"name": "Dyeing"})
        added = self.env["sale.sample.type"].create({
            "name": "Colour-up",
            "code": "CU",
            "stage_ids": [Command.link(stage.id)],
        })
        self.assertEqual(added.stage_ids.kind, "work")

    def test_no_cycles(self):
        first = self.type.copy({"name": "First", "code": "T0"})
        self.type.prerequisite_type_id = first
        with self.assertRaisesRegex(ValidationError, "before itself"):
            first.prerequisite_type_id = self.type

    def test_only_stages_of_work(self):
        with self.assertRaisesRegex(ValidationError, "only stages of R&D's work"):
            self.type.stage_ids = self.env.ref("sale_sample.sample_stage_sent")

    def test_what_is_in_use_stays(self):
        request = self._request(property_line_ids=[Command.create({"property_id": self.property.id, "target": 1})])
        for record in (self.type, self.property):
            with self.subTest(model=record._name), self.assertRaisesRegex(UserError, "Archive them instead"):
                record.with_user(self.policy_admin).unlink()
        self.type.active = False
        self.assertEqual(request.type_id, self.type)

    def test_stages_of_a_state_stay(self):
        sent = self.env.ref("sale_sample.sample_stage_sent").with_user(self.policy_admin)
        with self.assertRaisesRegex(UserError, "Rename or fold"):
            sent.unlink()
        with self.assertRaisesRegex(UserError, "does not change"):
            sent.kind = "work"
        sent.name = "On its Way"
        stage = self.env["sale.sample.stage"].create({"name": "Dyeing"})
        self.type.stage_ids = stage
        self._accepted()
        with self.assertRaisesRegex(UserError, "There are requests in these stages: Dyeing"):
            stage.unlink()

    def test_shipped_types(self):
        codes = (
            "counter",
            "development",
            "wear_test",
            "confirmation",
            "size_set",
            "pre_production",
            "bulk",
            "mould_opening",
        )
        types = self.env["sale.sample.type"].union(*(self.env.ref(f"sale_sample.sample_type_{code}") for code in codes))
        self.assertEqual(len(types), 8)
        self.assertTrue(all(sample_type.note for sample_type in types), "each has a written norm")
        self.assertTrue(self.env.ref("sale_sample.sample_type_confirmation").is_sealed)

    def test_date_by_the_norm(self):
        # five working days from Monday: the next Monday, over a weekend; a holiday in between adds a day
        request = self._request()
        self.assertEqual(str(request.norm_date), "2026-03-09")
        self.env["resource.calendar.leaves"].create({
            "name": "Holiday",
            "calendar_id": self.company.resource_calendar_id.id,
            "company_id": self.company.id,
            "date_from": "2026-03-03 16:00:00",
            "date_to": "2026-03-04 15:59:59",
        })
        request.invalidate_recordset(["norm_date"])
        self.assertEqual(str(request.norm_date), "2026-03-10")
