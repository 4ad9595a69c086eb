from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged, users

from .common_rounds import RoundCase
from .test_tools_portal import drawn


@freeze_time("2026-03-02 04:00:00")
@tagged("post_install", "-at_install")
class TestRoundAnswer(RoundCase):
    """What the customer says, and what follows."""

    @users("sample_salesman")
    def test_changes_open_next_round_with_points(self):
        sample = self._sent().with_env(self.env)
        following = sample._record_answer(
            "changes",
            changes={**self._all_ok(), "style": True, "packing": True},
            comments={"style": "Toe too round\nHeel 2 mm lower", "packing": "One box a pair"},
            answered_by=self.contact,
            comment="See the photos",
        )
        self.assertEqual((sample.state, sample.verdict, sample.answered_on), ("answered", "changes", date(2026, 3, 2)))
        self.assertEqual((sample.answered_by_id, sample.answer_user_id), (self.contact, self.salesman))
        self.assertEqual((following.number, following.state, following.promised_on), (2, "planned", False))
        self.assertEqual(sample.request_id.current_round_id, following)
        self.assertEqual(sample.request_id.state, "accepted")
        points = ["Toe too round", "Heel 2 mm lower", "One box a pair"]
        self.assertEqual(following.carried_point_ids.mapped("name"), points)
        self.assertEqual(
            [(line.aspect, line.opinion) for line in sample.verdict_line_ids if line.opinion == "change"],
            [("style", "change"), ("packing", "change")],
        )
        activity = following.sudo().activity_ids
        self.assertEqual((activity.user_id, activity.summary), (self.rnd, "Plan round 2: 3 open points"))

    def test_points_wander_until_solved(self):
        request = self._request()
        self._answered(
            "changes", request, changes={"style": True, "function": True}, comments={"style": "Toe", "function": "Grip"}
        )
        second = self._sent(request)
        toe, grip = second.carried_point_ids
        toe.with_user(self.rnd).action_solve()
        self.assertEqual((toe.state, toe.solved_round_id), ("solved", second))
        second._record_answer("changes", changes={"packing": True}, comments={"packing": "Boxes"})
        third = request.current_round_id
        self.assertEqual(third.number, 3)
        self.assertEqual(third.carried_point_ids.mapped("name"), ["Grip", "Boxes"])
        self.assertEqual(request.open_point_count, 2)
        self._sent(request)._record_answer("approved")
        self.assertEqual(grip.solved_round_id, third, "an approval solves what was open")
        self.assertEqual(request.open_point_count, 0)

    def test_approval_ends_request_and_seals_a_pair(self):
        sample = self._answered("approved", changes=self._all_ok())
        request = sample.request_id
        self.assertEqual((request.state, sample.verdict), ("approved", "approved"))
        self.assertTrue(request.closed_at)
        sealed = request.kept_ids.filtered(lambda kept: kept.kind == "sealed")
        self.assertRecordValues(sealed, [{"pairs": 1, "round_id": sample.id, "kept_until": date(2026, 9, 2)}])
        self.assertEqual(request.kept_count, 2)

    def test_type_without_seal(self):
        self.type.write({"is_sealed": False, "retained_quantity": 0})
        self.assertFalse(self._answered("approved").request_id.kept_ids)

    def test_rejection_needs_a_reason(self):
        sample = self._sent()
        with self.assertRefused("Choose the reason for which"):
            sample._record_answer("rejected")
        with self.assertRefused("Choose the reason why"):
            sample._record_answer("rejected", reason=self.reason_cancelled)
        sample._record_answer("rejected", reason=self.reason_rejected, comment="Too dear")
        self.assertEqual((sample.request_id.state, sample.request_id.reason_id), ("rejected", self.reason_rejected))
        self.assertEqual(sample.request_id.end_note, "Too dear")

    def test_contradictions(self):
        request = self._request()
        sample = self._sent(request)
        with self.assertRefused("cannot be approved while parts are to be changed: Style"):
            sample._record_answer("approved", {"style": True}, {"style": "Toe"})
        with self.assertRefused("say which part is to be changed"):
            sample._record_answer("changes", self._all_ok())
        with self.assertRefused("what the customer wants changed: Packaging"):
            sample._record_answer("changes", {"packing": True}, {"packing": " "})
        sample._record_answer("changes", {"style": True}, {"style": "Toe"})
        second = self._sent(request)
        with self.assertRefused("cannot be approved while points are open: Toe"):
            second._record_answer("approved", solved_points=second.carried_point_ids.browse())

    def test_answer_once_and_only_what_was_sent(self):
        sample = self._made().with_user(self.salesman)
        with self.assertRefused("can become: Sent, Cancelled"):
            sample._record_answer("approved")
        sample = self._answered("approved")
        with self.assertRefused("which is final"):
            sample._record_answer("approved")

    def test_rnd_does_not_speak_for_the_customer(self):
        with self.assertRefused("recorded by the salesperson", AccessError):
            self._sent().with_user(self.rnd)._record_answer("approved")
        for field, value in (("verdict", "approved"), ("answer_comment", "Fine"), ("answered_on", "2026-01-01")):
            with self.subTest(field), self.assertRaises(AccessError):
                self._sent().with_user(self.rnd).write({field: value})
            with self.subTest(field), self.assertRaises(AccessError):
                self._sent().with_user(self.salesman).write({field: value})

    def test_other_salesperson_cannot_answer(self):
        with self.assertRaises(AccessError):
            self._sent().with_user(self.other_salesman)._record_answer("approved")

    @users("sample_salesman")
    def test_dialog(self):
        request = self._request()
        self._answered("changes", request)
        sample = self._sent(request).with_env(self.env)
        form = Form(self.env["sale.sample.round.answer"].with_context(default_round_id=sample.id))
        self.assertEqual(form.verdict, "approved")
        self.assertEqual(form.answered_by_id, self.contact)
        with form.line_ids.edit(2) as line:
            line.opinion = "change"
            line.comment = "More grip"
        self.assertEqual(form.verdict, "changes", "a part to change changes the verdict")
        form.solved_point_ids.clear()
        form.save().action_record()
        self.assertEqual(sample.verdict, "changes")
        self.assertEqual(request.current_round_id.carried_point_ids.mapped("name"), ["Toe too round", "More grip"])

    def test_approval_is_confirmed_by_mail_when_asked(self):
        for notify in (True, False):
            sample = self._sent()
            wizard = self.env["sale.sample.round.answer"].with_user(self.salesman).create({"round_id": sample.id})
            self.assertTrue(wizard.notify)
            wizard.notify = notify
            wizard.action_record()
            mails = self.env["mail.mail"].search([("model", "=", "sale.sample.round"), ("res_id", "=", sample.id)])
            self.assertEqual(mails.recipient_ids, self.contact if notify else self.contact.browse())

    def test_signature(self):
        sample = self._answered("approved")
        sample.sudo()._record_signature("Lin", drawn())
        self.assertEqual(sample.signed_by, "Lin")
        self.assertTrue(sample.signature)
        with self.assertRefused("cannot be signed"):
            sample.sudo()._record_signature("Lin", drawn())
        with self.assertRefused("cannot be signed"):
            self._answered("changes").sudo()._record_signature("Lin", drawn())

    def test_points_are_solved_by_later_rounds(self):
        request = self._request()
        first = self._answered("changes", request)
        point = first.point_ids
        with self.assertRefused("only a later round"):
            point.solved_round_id = first
        point.with_user(self.rnd).action_solve()
        self.assertEqual(point.solved_round_id, request.current_round_id)
        point.with_user(self.rnd).action_reopen()
        self.assertEqual(point.state, "open")
        with self.assertRefused("so it stays"):
            point.with_user(self.salesman).unlink()
        self._sent(request)._record_answer("approved")
        with self.assertRefused("was accepted by the customer"):
            point.with_user(self.rnd).action_reopen()


@freeze_time("2026-03-02 04:00:00")
@tagged("post_install", "-at_install")
class TestRequestEnd(RoundCase):
    @users("sample_salesman")
    def test_cancelling_takes_the_round_along(self):
        request = self._request().with_env(self.env)
        wizard = Form(self.env["sale.sample.close"].with_context(**request.action_open_close()["context"]))
        wizard.reason_id = self.reason_cancelled
        wizard.note = "The model is gone"
        wizard.save().action_close()
        self.assertEqual((request.state, request.end_note), ("cancelled", "The model is gone"))
        self.assertEqual(request.round_ids.state, "cancelled")

    def test_round_with_the_customer_ends_with_the_request(self):
        sample = self._sent()
        sample.request_id._end("cancelled", self.reason_cancelled)
        self.assertEqual(sample.state, "cancelled")

    def test_reason_is_of_the_right_kind(self):
        request = self._request()
        with self.assertRefused("Choose the reason why"):
            request._end("cancelled", self.reason_rejected)
        with self.assertRefused("Choose the reason why"):
            request._end("cancelled", self.env["sale.sample.reason"])
        with self.assertRaises(ValueError):
            request._end("approved", self.reason_rejected)

    def test_no_approval_without_the_customers(self):
        with self.assertRefused("record the customer's approval"):
            self._request()._end_approved()

    def test_ended_is_ended(self):
        request = self._answered("approved").request_id
        with self.assertRefused("which is final"):
            request._end("cancelled", self.reason_cancelled)


@freeze_time("2026-03-02 04:00:00")
@tagged("post_install", "-at_install")
class TestQuote(RoundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category = cls.env["product.category"].create({"name": "Soles T"})
        cls.product = cls.env["product.product"].create({"name": "Sole T", "list_price": 3.0})

    @users("sample_salesman")
    def test_new_product_on_new_quotation(self):
        request = self._answered("approved").request_id.with_env(self.env)
        form = Form(self.env["sale.sample.quote"].with_context(default_request_id=request.id))
        self.assertEqual(form.product_name, "Runner 26")
        form.product_name = "Runner Sole"
        form.category_id = self.category
        form.quantity = 1200
        form.price = 2.5
        action = form.save().action_quote()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual(request.product_id.name, "Runner Sole")
        self.assertEqual(request.product_id.categ_id, self.category)
        self.assertEqual((order.partner_id, order.user_id, order.origin), (self.contact, self.salesman, request.name))
        line = order.order_line
        self.assertEqual(
            (line.product_id, line.product_uom_qty, line.price_unit, line.sample_request_id),
            (request.product_id, 1200, 2.5, request),
        )
        self.assertEqual(request.quotation_count, 1)
        self.assertEqual(request.action_open_quotations()["res_id"], order.id)

    @users("sample_salesman")
    def test_known_product_on_its_quotation(self):
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        request = self._request(product_id=self.product.id, sale_order_id=order.id)
        self._answered("approved", request)
        wizard = self.env["sale.sample.quote"].create({"request_id": request.id, "quantity": 10})
        self.assertEqual((wizard.product_id, wizard.order_id), (self.product, order))
        wizard.action_quote()
        self.assertEqual((order.order_line.product_id, order.order_line.price_unit), (self.product, 3.0))

    def test_only_approved_samples(self):
        request = self._request()
        with self.assertRefused("only an approved sample"):
            request.action_open_quote()
        with self.assertRefused("only an approved sample"):
            request._quote(self.product, 1)
        with self.assertRefused("only an approved sample"):
            request._create_product("P", self.category, self.env.ref("uom.product_uom_unit"), 1)

    def test_one_product_a_sample(self):
        request = self._request(product_id=self.product.id)
        self._answered("approved", request)
        with self.assertRefused("has a product already: Sole T"):
            request._create_product("P", self.category, self.env.ref("uom.product_uom_unit"), 1)

    def test_quotations_of_others_or_confirmed(self):
        request = self._answered("approved").request_id.with_user(self.salesman)
        other = self.env["res.partner"].create({"name": "Other"})
        order = self.env["sale.order"].create({"partner_id": other.id, "user_id": self.salesman.id})
        with self.assertRefused("is not an open quotation for Runner Shoes"):
            request._quote(self.product, 1, order=order)
        with self.assertRefused("must be positive"):
            request._quote(self.product, 0)
        mine = request._quote(self.product, 1)
        mine.action_confirm()
        with self.assertRefused("is not an open quotation"):
            request._quote(self.product, 1, order=mine)

    def test_rnd_does_not_quote(self):
        request = self._answered("approved").request_id.with_user(self.rnd)
        with self.assertRaises(AccessError):
            request._quote(self.product, 1)
