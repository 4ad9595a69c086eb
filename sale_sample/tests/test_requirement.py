from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged, users
from odoo.tools import mute_logger

from .common import MONDAY_9, SampleCase


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestRequirement(SampleCase):
    """What a request must say, and how long it may be changed."""

    # ------------------------------------------------------------------
    # What the type asks for
    # ------------------------------------------------------------------

    @users("request_salesman")
    def test_every_missing_item_is_named(self):
        self.type.sudo().write({
            "requires_style": True,
            "requires_reference": True,
            "requires_properties": True,
            "requires_function": True,
            "requires_sizes": True,
            "requires_volume": True,
        })
        request = self.env["sale.sample.request"].create({
            "type_id": self.type.id,
            "partner_id": self.customer.id,
            "function": "<p><br></p>",
        })
        with self.assertRaises(UserError) as caught:
            request.action_submit()
        message = str(caught.exception)
        self.assertIn(request.display_name, message)
        for item in (
            "product or the product family",
            "shoe model",
            "3D model",
            "at least one",
            "what the part has to do",
            "pairs per size",
            "yearly volume",
            "due date",
        ):
            with self.subTest(item=item):
                self.assertIn(item, message)
                self.assertIn(item, request.missing_note)
        self.assertEqual(request.state, "draft")

    @users("request_salesman")
    def test_a_complete_request_is_handed_over(self):
        self.type.sudo().write({
            "requires_style": True,
            "requires_reference": True,
            "requires_properties": True,
            "requires_function": True,
            "requires_sizes": True,
            "requires_volume": True,
        })
        drawing = self.env["ir.attachment"].create({"name": "last.stp", "raw": b"ISO-10303-21"})
        request = self.env["sale.sample.request"].create(
            self._values(
                function="<p>Trail running</p>",
                expected_yearly_volume=50000,
                style_file_ids=[Command.link(drawing.id)],
                size_line_ids=[Command.create({"size": 42, "pairs": 2})],
                property_line_ids=[
                    Command.create({"property_id": self.property.id, "target": 65, "tolerance_plus": 3})
                ],
            )
        )
        self.assertFalse(request.missing_note)
        request.action_submit()
        self.assertEqual((request.state, request.stage_id.kind), ("submitted", "submitted"))
        self.assertTrue(request.submitted_at)

    def test_files_can_be_opened_by_rnd(self):
        drawing = self.env["ir.attachment"].with_user(self.salesman).create({"name": "last.stp", "raw": b"solid"})
        request = (
            self
            .env["sale.sample.request"]
            .with_user(self.salesman)
            .create(self._values(style_file_ids=[Command.link(drawing.id)]))
        )
        request.action_submit()
        self.assertEqual(request.with_user(self.rnd).style_file_ids.raw, b"solid")

    def test_files_of_others_are_not_taken(self):
        secret = self.env["ir.attachment"].with_user(self.manager).create({"name": "secret", "raw": b"secret"})
        with self.assertRaises(AccessError):
            self.env["sale.sample.request"].with_user(self.salesman).create(
                self._values(style_file_ids=[Command.link(secret.id)])
            ).style_file_ids.read(["raw"])

    @users("request_salesman")
    def test_needed_by_in_the_past(self):
        with self.assertRaisesRegex(ValidationError, "past"):
            self.env["sale.sample.request"].create(self._values(needed_by="2026-03-01"))
        request = self.env["sale.sample.request"].create(self._values(needed_by="2026-03-02"))
        with freeze_time("2026-03-05 01:00:00"), self.assertRaisesRegex(UserError, "is past"):
            request.action_submit()

    def test_customer_or_opportunity(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._request(partner_id=False)

    def test_negative_volume(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._request(expected_yearly_volume=-1)

    # ------------------------------------------------------------------
    # What must have been approved before
    # ------------------------------------------------------------------

    def test_prerequisite(self):
        first = self.type.copy({"name": "First", "code": "T0"})
        self.type.prerequisite_type_id = first
        request = self._request().with_user(self.salesman)
        with self.assertRaisesRegex(UserError, "an approved First"):
            request.action_submit()
        earlier = self._request(type_id=first.id, user_id=self.colleague.id, style_name="RUNNER 26")
        with self.assertRaisesRegex(UserError, "an approved First"):
            request.action_submit()
        earlier.sudo().state = "approved"
        other = self._request(partner_id=self.other_customer.id, style_name="Other")
        other.with_user(self.salesman).invalidate_recordset()
        with self.assertRaisesRegex(UserError, "an approved First"):
            (request + other.with_user(self.salesman)).action_submit()
        request.action_submit()
        self.assertEqual(request.state, "submitted")

    def test_checking_many_costs_as_much_as_one(self):
        first = self.type.copy({"name": "First", "code": "T0"})
        self.type.prerequisite_type_id = first
        requests = self.env["sale.sample.request"].create([self._values(style_name=f"R {n}") for n in range(20)])
        self._request(type_id=first.id, style_name="R 1").sudo().state = "approved"
        self.env.flush_all()
        requests._get_missing()
        for size in (1, 20):
            self.env.invalidate_all()
            with self.subTest(size=size), self.assertQueryCount(11):
                requests[:size]._get_missing()

    # ------------------------------------------------------------------
    # Sizes
    # ------------------------------------------------------------------

    @users("request_salesman")
    def test_sizes_of_all_systems(self):
        with Form(self.env["sale.sample.request"]) as form:
            form.type_id = self.type.with_env(self.env)
            form.partner_id = self.customer.with_env(self.env)
            form.size_system = "cn"
            with form.size_line_ids.new() as line:
                line.size = 265
                line.pairs = 3
                self.assertEqual((line.size_eu, line.size_uk, line.size_us_men), ("42", "8.5", "9.5"))
        self.assertEqual(form.record.total_pairs, 3)

    def test_children(self):
        line = self._request(size_system="eu", size_line_ids=[Command.create({"size": 28, "pairs": 1})]).size_line_ids
        self.assertEqual((line.size_cn, line.size_uk), ("170", "–"))
        line = self._request(
            size_system="uk_child", size_line_ids=[Command.create({"size": 10.5, "pairs": 1})]
        ).size_line_ids
        self.assertEqual((line.size_uk, line.size_us_women), ("10.5", "–"))

    def test_absurd_sizes(self):
        for size, words in ((-1, "no size -1 in EU"), (400, "no size 400 in EU"), (40.3, "steps of 0.5")):
            with self.subTest(size=size), self.assertRaisesRegex(ValidationError, words):
                self._request(size_line_ids=[Command.create({"size": size, "pairs": 1})])

    def test_another_system_must_have_the_sizes(self):
        request = self._request(size_line_ids=[Command.create({"size": 42, "pairs": 1})])
        with self.assertRaisesRegex(ValidationError, "no size 42 in UK"):
            request.size_system = "uk"

    def test_absurd_pairs(self):
        for pairs in (0, -2, 1000000):
            with self.subTest(pairs=pairs), mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
                self._request(size_line_ids=[Command.create({"size": 42, "pairs": pairs})])

    def test_a_size_only_once(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self._request(size_line_ids=[Command.create({"size": 42, "pairs": 1}) for _n in range(2)])

    # ------------------------------------------------------------------
    # Physical properties
    # ------------------------------------------------------------------

    def _line(self, **values):
        request = self._request(property_line_ids=[Command.create({"property_id": self.property.id, **values})])
        return request.property_line_ids

    def test_catalogue_proposes(self):
        line = self._line(target=65, tolerance_minus=3, tolerance_plus=3)
        self.assertRecordValues(
            line,
            [
                {
                    "limit_kind": "range",
                    "uom_name": "Shore A",
                    "standard": "GB/T 531.1",
                    "condition": "23 °C",
                    "requirement": "65 ± 3 Shore A",
                }
            ],
        )
        self.assertEqual(self._line(target=65, standard="ASTM D2240").standard, "ASTM D2240")

    def test_requirement_in_words(self):
        cases = {
            "65 −2 / +5 Shore A": {"target": 65, "tolerance_minus": 2, "tolerance_plus": 5},
            "≥ 8 Shore A": {"target": 8, "limit_kind": "at_least"},
            "≥ 7.5 Shore A": {"target": 8, "tolerance_minus": 0.5, "limit_kind": "at_least"},
            "≤ 205 Shore A": {"target": 200, "tolerance_plus": 5, "limit_kind": "at_most"},
            "As the swatch": {"limit_kind": "text", "target_text": "As the swatch"},
        }
        for words, values in cases.items():
            with self.subTest(words=words):
                self.assertEqual(self._line(**values).requirement, words)

    def test_tolerances_upside_down(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._line(target=65, tolerance_minus=-3)
        with self.assertRaisesRegex(ValidationError, "no tolerance above"):
            self._line(target=8, limit_kind="at_least", tolerance_plus=1)
        with self.assertRaisesRegex(ValidationError, "no tolerance below"):
            self._line(target=8, limit_kind="at_most", tolerance_minus=1)
        with self.assertRaisesRegex(ValidationError, "in words"):
            self._line(limit_kind="text", target_text=" ")

    def test_shipped_catalogue(self):
        shipped = self.env["ir.model.data"].search([
            ("module", "=", "sale_sample"),
            ("model", "=", "sale.sample.property"),
        ])
        properties = self.env["sale.sample.property"].browse(shipped.mapped("res_id"))
        self.assertEqual(len(properties), 11)
        self.assertTrue(all(asked.standard for asked in properties))

    # ------------------------------------------------------------------
    # The requirement is fixed while R&D works from it
    # ------------------------------------------------------------------

    def test_fixed_after_the_hand_over(self):
        request = self._submitted(
            property_line_ids=[Command.create({"property_id": self.property.id, "target": 65})],
            size_line_ids=[Command.create({"size": 42, "pairs": 1})],
        ).with_user(self.salesman)
        attempts = {
            "style": lambda: request.write({"style_name": "Other"}),
            "target": lambda: request.property_line_ids.write({"target": 70}),
            "delete": lambda: request.property_line_ids.unlink(),
            "size": lambda: request.size_line_ids.create({"request_id": request.id, "size": 43, "pairs": 1}),
        }
        for name, attempt in attempts.items():
            with self.subTest(attempt=name), self.assertRaisesRegex(UserError, "works from this requirement"):
                attempt()
        other = self._request(size_line_ids=[Command.create({"size": 44, "pairs": 1})]).size_line_ids
        with self.assertRaisesRegex(UserError, "is fixed"):
            other.with_user(self.salesman).write({"request_id": request.id})
        request.needed_by = "2026-05-30"
        request.action_take_back()
        request.property_line_ids.target = 70
        request.action_submit()
        self.assertEqual(request.state, "submitted")
