from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged, users

from .common_rounds import RoundCase, picture
from .test_tools_portal import drawn


@freeze_time("2026-03-02 04:00:00")
@tagged("post_install", "-at_install")
class TestEvidence(RoundCase):
    """What was promised, sent, answered or signed is added to, never changed, whoever tries."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.family = cls.env["product.category"].create({"name": "Soles T"})

    def _assert_closed(self, records, **values):
        """Check that none of these values can be written by anybody who makes, sells or measures samples."""
        for role in ("salesman", "rnd", "quality", "manager"):
            mine = records.with_user(getattr(self, role))
            for name, value in values.items():
                before = records.sudo().mapped(lambda record, name=name: record[name])
                with self.subTest(role=role, field=name):
                    with self.assertRaises(UserError):
                        mine.write({name: value})
                    records.invalidate_recordset()
                    self.assertEqual(records.sudo().mapped(lambda record, name=name: record[name]), before)

    # ------------------------------------------------------------------
    # Rounds
    # ------------------------------------------------------------------

    def test_days_and_number_of_a_round(self):
        sample = self._sent()
        values = {"sent_on": "2026-01-01", "started_on": "2026-01-01", "number": 7, "made_on": "2026-01-01"}
        self._assert_closed(sample, request_id=self._request().id, **values)

    def test_sales_promises_nothing(self):
        request = self._request()
        self._answered("changes", request)
        second = request.current_round_id
        for record in (second, request):
            for name in ("promised_on", "planned_on")[: 2 if record == second else 1]:
                with self.subTest(record=record, field=name), self.assertRefused("is set by", AccessError):
                    record.with_user(self.salesman).write({name: "2026-03-03"})
        with self.assertRefused("is set by", AccessError):
            self.env["sale.sample.request"].with_user(self.salesman).create({
                "type_id": self.type.id,
                "partner_id": self.customer.id,
                "promised_on": "2026-03-03",
            })
        self.assertFalse(second.first_promised_on)
        second.with_user(self.rnd).promised_on = "2099-12-01"
        self.assertEqual(str(second.first_promised_on), "2099-12-01")

    def test_the_promise_of_a_request_that_is_not_accepted_or_is_over(self):
        draft = self._request(accepted=False)
        draft.sudo()._change_state("submitted", submitted_at="2026-01-05 01:00:00")
        ended = self._answered("approved").request_id
        for request in (draft, ended):
            with self.subTest(state=request.state), self.assertRefused("R&D promises|has ended"):
                request.with_user(self.rnd).promised_on = "2099-12-01"
        self._assert_closed(ended, purpose="fair", expected_yearly_volume=7, needed_by="2099-01-01")

    def test_what_a_sent_round_was(self):
        sample = self._sent()
        self._assert_closed(
            sample, concession="As agreed", planned_on="2026-03-09", promised_on="2026-03-09", made_on="2026-03-01"
        )
        with self.assertRefused("Only a sales manager corrects"):
            sample.with_user(self.rnd).quantity = 9
        sample.with_user(self.manager).quantity = 9
        sample.with_user(self.salesman).tracking_ref = "SF2"
        sample._record_answer("approved")
        self._assert_closed(sample, tracking_ref="SF3", carrier="Other")
        self.assertEqual((sample.quantity, sample.tracking_ref), (9, "SF2"))

    def test_verdict_lines(self):
        sample = self._answered("changes")
        self._assert_closed(sample.verdict_line_ids[:1], opinion="ok", comment="Fine", aspect="other")
        with self.assertRaises(AccessError):
            sample.with_user(self.salesman).write({"verdict_line_ids": [Command.clear()]})
        self.assertTrue(sample.verdict_line_ids)

    # ------------------------------------------------------------------
    # What was measured
    # ------------------------------------------------------------------

    def test_measured_values_of_a_sent_round(self):
        sample = self._sent()
        hardness, colour = sample.measurement_ids
        self._assert_closed(hardness, value=63.0, is_measured=False, property_line_id=colour.property_line_id.id)
        with self.assertRefused("the customer has it"):
            sample.with_user(self.rnd).write({"measurement_ids": [Command.update(hardness.id, {"value": 63})]})
        colour.with_user(self.quality).write({"text_value": "As the swatch", "text_result": "pass"})
        self.assertEqual(colour.result, "pass", "what is missing can be added")
        for line in (hardness, colour):
            with self.assertRefused("what was measured stays"):
                line.with_user(self.quality).unlink()

    def test_required_values_are_not_deleted_away(self):
        sample = self._made(value=0.0)
        hardness = sample.measurement_ids.filtered(lambda line: line.property_id == self.hardness)
        for user in (self.rnd, self.quality, self.manager):
            with self.subTest(user=user.login), self.assertRefused("is measured"):
                hardness.with_user(user).unlink()
        hardness.sudo().unlink()
        with self.assertRefused("before these properties are measured: Hardness T"):
            sample.action_open_send()

    def test_a_value_stays_with_its_requirement_and_round(self):
        sample, other = self._made(), self._made()
        hardness, colour = sample.measurement_ids
        with self.assertRefused("is fixed"):
            hardness.with_user(self.rnd).property_line_id = colour.property_line_id
        with self.assertRefused("is fixed"):
            hardness.with_user(self.rnd).round_id = other
        self.assertEqual(hardness.round_id, sample)

    # ------------------------------------------------------------------
    # Photos
    # ------------------------------------------------------------------

    def test_photos(self):
        sample, other = self._made(), self._made()
        photos = self.env["sale.sample.photo"].with_user(self.quality)
        photo = photos.create({"round_id": sample.id, "name": "Heel", "image": picture()})
        with self.assertRefused("These files are on record", AccessError):
            self._file(photo, "image").with_user(self.quality).raw = b"<svg/>"
        photo.write({"name": "The heel", "image": picture(10, 10)})
        with self.assertRefused("is fixed"):
            photo.round_id = other
        sample._send(sample._get_today())
        self._assert_closed(photo, name="Toe", image=picture(9, 9), round_id=other.id)
        with self.assertRefused("they stay"):
            photo.unlink()
        photos.create({"round_id": sample.id, "name": "Worn", "image": picture()})
        sample.with_user(self.salesman)._record_answer("approved")
        self._assert_closed(photo, name="Toe", image=picture(9, 9), sequence=1)
        with self.assertRefused("its photos stay"):
            photo.with_user(self.manager).unlink()
        with self.assertRefused("its photos stay"):
            photos.create({"round_id": sample.id, "name": "Late", "image": picture()})
        self.assertEqual(sample.photo_ids.mapped("name"), ["The heel", "Worn"])

    # ------------------------------------------------------------------
    # Points
    # ------------------------------------------------------------------

    def test_points(self):
        request = self._request()
        first = self._answered("changes", request)
        point = first.point_ids.sudo()
        second = request.current_round_id
        self._assert_closed(point, name="Nothing", aspect="other", origin_round_id=second.id)
        with self.assertRefused("so it stays"):
            point.with_user(self.manager).unlink()
        points = self.env["sale.sample.point"].with_user(self.rnd)
        with self.assertRefused("so it stays"):
            points.create({"origin_round_id": first.id, "name": "Said later"})
        points.create({"origin_round_id": second.id, "name": "Said now"})
        point.with_user(self.rnd).write({"solved_round_id": second.id, "solution": "New last"})
        self._sent(request)._record_answer("changes", {"style": True}, {"style": "Toe"})
        self.assertEqual(point.solved_round_id, second)
        self._assert_closed(point, solved_round_id=False, solution="Nothing was done")
        late = second.point_ids.filtered(lambda one: one.name == "Toe")
        self._sent(request)._record_answer("approved")
        with self.assertRefused("was accepted by the customer"):
            late.with_user(self.rnd).action_reopen()

    def test_nothing_is_solved_in_hindsight(self):
        request = self._request()
        point = self._answered("changes", request).point_ids
        second = self._sent(request)
        second._record_answer("changes", {"packing": True}, {"packing": "Boxes"}, solved_points=point.browse())
        with self.assertRefused("is over"):
            point.with_user(self.rnd).solved_round_id = second
        self.assertEqual(point.state, "open")

    # ------------------------------------------------------------------
    # Kept samples
    # ------------------------------------------------------------------

    def test_kept_samples(self):
        kept = self._answered("approved").request_id.kept_ids.filtered(lambda sample: sample.kind == "sealed")
        values = {"kept_on": "2025-01-01", "disposed_on": "2026-01-01", "kind": "retained", "pairs": 9}
        self._assert_closed(kept, request_id=self._request().id, round_id=False, **values)
        for user in (self.salesman, self.rnd, self.quality):
            mine = kept.with_user(user)
            for day in ("2026-03-03", "2026-09-01"):
                with self.subTest(user=user.login, day=day), self.assertRefused("lets it go earlier", AccessError):
                    mine.kept_until = day
            mine.kept_until = "2027-01-01"
            mine.kept_until = False
            with self.assertRefused("lets it go earlier", AccessError):
                mine.kept_until = "2099-01-01"
            kept.sudo().kept_until = "2026-09-02"
        kept.with_user(self.manager).kept_until = "2026-03-03"
        kept.with_user(self.manager).action_dispose()
        self._assert_closed(kept, kept_until="2027-01-01", disposed_on="2026-01-01", note="It is still there")

    @users("sample_quality")
    def test_quality_stores_what_it_may_only_read(self):
        request = self._request()
        kept = self.env["sale.sample.kept"].create({"request_id": request.id})
        self.assertEqual(str(kept.kept_on), "2026-03-02")
        draft = self._request(accepted=False)
        with self.assertRaises(AccessError):
            self.env["sale.sample.kept"].create({"request_id": draft.id})

    # ------------------------------------------------------------------
    # Tokens, files and signatures
    # ------------------------------------------------------------------

    def test_nobody_chooses_a_token(self):
        request = self._request()
        token = request._portal_ensure_token()
        for role in ("salesman", "rnd", "manager"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                request.with_user(getattr(self, role)).access_token = "0000"
        with self.assertRefused("set by the system", AccessError):
            self.env["sale.sample.request"].with_user(self.salesman).create({
                "type_id": self.type.id,
                "partner_id": self.customer.id,
                "access_token": "0000",
            })
        self.assertEqual(request.access_token, token)

    def _file(self, record, name):
        """Return the file behind a field of a record."""
        domain = [("res_model", "=", record._name), ("res_id", "=", record.id), ("res_field", "=", name)]
        return self.env["ir.attachment"].sudo().search(domain)

    def test_files_of_what_was_signed(self):
        sample = self._made()
        photo = self.env["sale.sample.photo"].create({"round_id": sample.id, "image": picture()})
        sample._send(sample._get_today())
        sample.with_user(self.salesman)._record_answer("approved")
        sample.sudo()._record_signature("Lin", drawn())
        for record, name in ((sample, "signature"), (photo, "image")):
            file = self._file(record, name)
            before = file.checksum
            for role in ("salesman", "rnd", "manager"):
                mine = file.with_user(getattr(self, role))
                with self.subTest(role=role, field=name):
                    for attempt in (
                        lambda mine=mine: mine.write({"raw": b"other"}),
                        lambda mine=mine: mine.write({"res_id": 0}),
                        lambda mine=mine: mine.unlink(),
                        lambda record=record, name=name, mine=mine: mine.create({
                            "name": name,
                            "raw": b"other",
                            "res_model": record._name,
                            "res_id": record.id,
                            "res_field": name,
                        }),
                    ):
                        with self.assertRaises(AccessError):
                            attempt()
            self.assertEqual(self._file(record, name).mapped("checksum"), [before])

    @users("sample_salesman")
    def test_drawings_of_what_was_handed_over(self):
        drawing = self.env["ir.attachment"].create({"name": "last.stp", "raw": b"solid"})
        request = self._request(accepted=False, product_family_id=self.family.id).with_env(self.env)
        request.style_file_ids = drawing
        drawing.raw = b"better"
        request.action_submit()
        with self.assertRefused("last.stp", AccessError):
            drawing.raw = b"worse"
        with self.assertRefused("last.stp", AccessError):
            drawing.unlink()
        own = self.env["ir.attachment"].create({"name": "own.stp", "raw": b"own"})
        with self.assertRefused("own.stp", AccessError):
            own.write({"res_model": request._name, "res_id": request.id, "res_field": "style_file_ids"})
        self.assertEqual(request.with_user(self.rnd).style_file_ids.raw, b"better")
        request.action_take_back()
        drawing.raw = b"best"
        self.assertEqual(drawing.raw, b"best")
