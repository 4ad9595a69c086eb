from datetime import date

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged, users
from odoo.tools import mute_logger

from .common_rounds import RoundCase, picture


@freeze_time("2026-03-02 04:00:00")
@tagged("post_install", "-at_install")
class TestRoundFlow(RoundCase):
    """From R&D's acceptance to the parcel."""

    def test_acceptance_opens_first_round(self):
        request = self._request()
        sample = request.current_round_id
        self.assertRecordValues(
            sample,
            [
                {
                    "number": 1,
                    "state": "planned",
                    "quantity": 5,  # 3 pairs for the customer, 2 to keep
                    "retained_quantity": 2,
                    "promised_on": date(2099, 12, 20),
                    "rnd_user_id": self.rnd.id,
                }
            ],
        )

    @users("sample_rnd")
    def test_rnd_makes_measures_and_sends(self):
        sample = self._request().current_round_id.with_env(self.env)
        sample.action_start()
        self.assertEqual((sample.state, sample.started_on), ("making", date(2026, 3, 2)))
        self.assertEqual(sample.stage_id.name, "Press", "the first stage of the type")
        self.assertEqual(sample.measurement_ids.property_id, self.hardness + self.colour)
        line = self._measured(sample, 66.5)
        self.assertEqual(
            (line.result, line.tested_by_id, line.tested_on, line.requirement),
            ("pass", self.rnd, date(2026, 3, 2), "65 −3 / +2 Shore A"),
        )
        sample.action_made()
        self.assertEqual(sample.stage_id.name, "Measure", "the last stage of the type")
        self.assertRecordValues(
            sample.kept_ids,
            [{"kind": "retained", "pairs": 2, "kept_on": date(2026, 3, 2), "kept_until": date(2026, 9, 2)}],
        )
        sample._send(date(2026, 3, 2), carrier="SF", tracking_ref="SF1")
        self.assertEqual((sample.state, sample.carrier, sample.sent_on), ("sent", "SF", date(2026, 3, 2)))

    def test_result_follows_the_requirement(self):
        sample = self._made(value=70.0)
        line = self._measured(sample, 70.0)
        self.assertEqual((line.result, line.deviation, sample.result), ("fail", 3.0, "fail"))
        sample.request_id.property_line_ids.filtered("required").sudo().tolerance_plus = 5
        self.assertEqual((line.result, sample.result), ("pass", "pass"))

    def test_zero_is_measured_when_said_so(self):
        sample = self._made(value=0.0)
        line = sample.measurement_ids.filtered(lambda line: line.property_id == self.hardness)
        self.assertEqual((line.is_measured, line.result), (False, "none"))
        line.is_measured = True
        self.assertEqual(line.result, "fail")

    def test_words_are_judged_by_a_person(self):
        sample = self._made()
        line = sample.measurement_ids.filtered(lambda line: line.property_id == self.colour)
        line.write({"text_value": "A little darker", "text_result": "fail"})
        self.assertEqual((line.is_measured, line.result, sample.result), (True, "fail", "fail"))

    def test_required_property_is_measured_before_sending(self):
        sample = self._made(value=0.0)
        with self.assertRefused("before these properties are measured: Hardness T"):
            sample._send(date(2026, 3, 2))
        with self.assertRefused("before these properties are measured"):
            sample.action_open_send()

    def test_failed_round_needs_a_reason_to_be_sent(self):
        sample = self._made(value=70.0)
        with self.assertRefused("failed on: Hardness T"):
            sample._send(date(2026, 3, 2))
        sample.concession = "The customer agreed by telephone"
        sample._send(date(2026, 3, 2))
        self.assertEqual(sample.state, "sent")

    def test_day_of_sending_is_possible(self):
        sample = self._made()
        for day in (date(2026, 3, 1), date(2026, 3, 3)):
            with self.assertRefused("it was sent on a day since then, and not after today"):
                sample._send(day)

    def test_send_dialog_tells_the_customer(self):
        sample = self._made()
        wizard = (
            self
            .env["sale.sample.round.send"]
            .with_user(self.rnd)
            .create({"round_id": sample.id, "carrier": "SF", "tracking_url": "https://sf.example/1"})
        )
        self.assertTrue(wizard.notify)
        wizard.action_send()
        mail = self.env["mail.mail"].search([("model", "=", "sale.sample.round"), ("res_id", "=", sample.id)])
        self.assertEqual(mail.recipient_ids, self.contact)
        self.assertIn(sample.request_id.name, mail.subject)
        self.assertIn("3 pairs", " ".join(mail.body_html.split()))
        self.assertIn("https://sf.example/1", mail.body_html)

    def test_tracking_link_is_a_link(self):
        with self.assertRefused("must begin with https://", ValidationError):
            self._made().tracking_url = "javascript:alert(1)"

    def test_one_round_at_a_time(self):
        request = self._request()
        with self.assertRefused("cannot begin another round"):
            request._open_round()
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.env["sale.sample.round"].create({"request_id": request.id, "number": 2, "quantity": 1})
            self.env.flush_all()

    def test_round_after_a_cancelled_one(self):
        request = self._request()
        request.current_round_id.with_user(self.rnd).action_cancel()
        request.with_user(self.rnd).action_open_round()
        self.assertEqual(request.round_ids.sorted("number").mapped("state"), ["cancelled", "planned"])
        self.assertEqual(request.current_round_id.number, 2)

    def test_round_with_the_customer_is_not_given_up(self):
        with self.assertRefused("the customer has it"):
            self._sent().with_user(self.rnd).action_cancel()

    def test_quantities(self):
        sample = self._request().current_round_id
        bad = ({"quantity": 0}, {"quantity": -3}, {"retained_quantity": -1}, {"retained_quantity": 6})
        for values in bad:
            with self.subTest(values), mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
                sample.write(values)
                sample.flush_recordset()

    def test_order_of_states_and_closed_field(self):
        sample = self._request().current_round_id.with_user(self.rnd)
        with self.assertRefused("can become: Being Made, Cancelled"):
            sample.action_made()
        with self.assertRaises(AccessError):
            sample.state = "answered"

    def test_salesperson_does_not_make(self):
        sample = self._request().current_round_id.with_user(self.salesman)
        for step in (sample.action_start, sample.action_made, sample.action_cancel):
            with self.assertRefused("up to R&D", AccessError):
                step()
        with self.assertRaises(AccessError):
            sample.concession = "As agreed"
        self._made(sample.request_id)
        with self.assertRaises(AccessError):
            self._measured(sample)

    def test_round_that_is_over_stays_as_it_is(self):
        sample = self._answered()
        with self.assertRefused("the round is over"):
            sample.with_user(self.rnd).quantity = 9
        sample.with_user(self.manager).quantity = 9
        with self.assertRefused("measured values with it"):
            self._measured(sample.with_user(self.rnd), 60)
        with self.assertRefused("cannot be deleted"):
            sample.with_user(self.manager).unlink()

    def test_measurement_of_another_request(self):
        sample, other = self._request().current_round_id, self._request()
        with self.assertRefused("a requirement of another request", ValidationError):
            self.env["sale.sample.measurement"].create({
                "round_id": sample.id,
                "property_line_id": other.property_line_ids[0].id,
            })

    # ------------------------------------------------------------------
    # What is measured
    # ------------------------------------------------------------------

    def test_step_of_an_earlier_day(self):
        """Sent on Friday and recorded on Monday: the weekend was with the customer, not with us."""
        request = self._request()
        with freeze_time("2026-03-06 01:00:00"):  # Friday, 9 o'clock in Shanghai
            sample = self._made(request)
        with freeze_time("2026-03-09 01:00:00"):
            sample._send(date(2026, 3, 6))
        made, sent = request.step_ids.sorted("id")[-2:]
        self.assertEqual((made.step, sent.step), ("made", "sent"))
        self.assertEqual(made.left_at, sent.entered_at)
        self.assertEqual(str(sent.entered_at), "2026-03-06 15:59:59")
        self.assertEqual(made.working_hours, 7.0)  # the rest of Friday
        with freeze_time("2026-03-10 01:00:00"):
            sample.with_user(self.salesman)._record_answer("approved")
        self.assertEqual(sent.working_hours, 9.0)  # Monday, and an hour of Tuesday

    def test_step_never_before_the_one_before(self):
        """Made on Monday's evening, sent on that day, recorded later: not before it was made."""
        request = self._request()
        with freeze_time("2026-03-06 01:00:00"):
            sample = self._made(request)
        made = request.step_ids.sorted("id")[-1]
        made.sudo().entered_at = "2026-03-06 17:00:00"
        with freeze_time("2026-03-09 01:00:00"):
            sample._send(date(2026, 3, 6))
        self.assertEqual(str(made.left_at), "2026-03-06 17:00:00")
        self.assertEqual((made.working_hours, request.step_ids.sorted("id")[-1].entered_at), (0.0, made.left_at))

    def test_answer_of_an_earlier_day(self):
        with freeze_time("2026-03-05 01:00:00"):
            sample = self._sent()
        with freeze_time("2026-03-09 01:00:00"):
            sample.sudo()._change_state("answered", verdict="changes", answered_on="2026-03-06")
        answered = sample.request_id.step_ids.filtered(lambda step: step.step == "answered")
        self.assertEqual(str(answered.entered_at), "2026-03-06 15:59:59")

    def test_first_promise_stays(self):
        request = self._request()
        sample = request.current_round_id.with_user(self.rnd)
        self.assertEqual(sample.first_promised_on, date(2099, 12, 20), "the promise of the acceptance is the first")
        sample.promised_on = "2099-12-31"
        sample.promised_on = False
        self.assertEqual(sample.first_promised_on, date(2099, 12, 20))
        with self.assertRaises(AccessError):
            sample.first_promised_on = "2099-12-31"
        second = self._answered("changes", request).request_id.current_round_id.with_user(self.rnd)
        self.assertFalse(second.first_promised_on)
        second.promised_on = "2099-12-01"
        second.promised_on = "2099-12-24"
        self.assertEqual(second.first_promised_on, date(2099, 12, 1))

    def test_day_needed_stays_once_a_sample_was_sent(self):
        request = self._request(user_id=self.salesman.id)
        self._made(request)
        request.with_user(self.salesman).needed_by = "2099-11-30"
        request.current_round_id._send(request.current_round_id._get_today())
        for user in (self.salesman, self.manager):
            with self.assertRefused("the first sample has been sent"):
                request.with_user(user).needed_by = "2099-12-31"

    def test_steps_of_many_rounds_cost_no_more(self):
        few = self._request().current_round_id
        many = self.env["sale.sample.round"].browse([self._request().current_round_id.id for _ in range(6)])
        self.env.flush_all()
        counts = []
        for samples in (few, few, many):  # the first fills the caches
            samples = samples.with_user(self.rnd)
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            samples._lock()
            samples._check_ready_to_send()
            samples.mapped("carried_point_count")
            samples.mapped("photo_count")
            counts.append(self.cr.sql_log_count - start)
        self.assertEqual(counts[1], counts[2])


@tagged("post_install", "-at_install")
class TestPhotos(RoundCase):
    @users("sample_rnd", "sample_salesman")
    def test_photo(self):
        sample = self._request().current_round_id.with_env(self.env)
        photo = self.env["sale.sample.photo"].create({"round_id": sample.id, "name": "Heel", "image": picture()})
        self.assertTrue(photo.image_256)
        self.assertEqual(sample.photo_count, 1)

    def test_wrong_files(self):
        sample = self._request().current_round_id
        photos = self.env["sale.sample.photo"]
        svg = b"PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="
        for image, pattern in (
            (svg, "is not a picture"),
            (b"JVBERi0xLjcK", "is not a picture"),
            (b"$$$", "is empty|is not a picture"),
            (False, "is empty"),
        ):
            with self.subTest(image=image), self.assertRefused(f"“Heel” {pattern}"):
                photos.create({"round_id": sample.id, "name": "Heel", "image": image})
        with self.assertRaises(UserError):  # begins like a picture, is none
            photos.create({"round_id": sample.id, "name": "Heel", "image": b"/9j/AAAA"})

    def test_size_limit_is_the_companys(self):
        sample = self._request().current_round_id
        values = {"round_id": sample.id, "name": "Heel", "image": picture(6000, 3000, "JPEG")}
        self.company.sample_photo_max_mb = 0.1
        with self.assertRefused("larger than 0.1 MB"):
            self.env["sale.sample.photo"].create(values)
        self.company.sample_photo_max_mb = 0
        photo = self.env["sale.sample.photo"].create(values)
        self.company.sample_photo_max_mb = 0.1
        with self.assertRefused("larger than"):
            photo.image = values["image"]
