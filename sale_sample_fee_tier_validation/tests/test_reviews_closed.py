"""Who is no reviewer, or not yet, or asked for the exception, decides nothing: not by a button, not by a record."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged

from odoo.addons.sale_sample.tests.common import MONDAY_9

from .test_tiers import TierCase


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestReviewsClosed(TierCase):
    def setUp(self):
        super().setUp()
        self.decision = self._exception(1000.0)
        self.reviews = self.decision.sudo().review_ids

    def _state(self):
        self.env.invalidate_all()
        reviews = [(review.status, review.done_by, review.comment) for review in self.reviews.exists()]
        return self.decision.sudo().state, reviews, self._figures(self.line)

    def _hostile(self):
        return self.salesman | self.salesman_all | self.manager | self.finance | self.rnd

    def test_reviews_are_not_written_made_or_deleted_by_hand(self):
        before = self._state()
        for user in self._hostile():
            reviews = self.reviews.with_user(user)
            mine = {"reviewer_ids": [Command.link(user.id)]}
            row = {"model": self.decision._name, "res_id": self.decision.id, "status": "approved", "done_by": user.id}
            elsewhere = reviews.create({"model": "res.partner", "res_id": 1})
            default = reviews.with_context(default_model=self.decision._name, default_res_id=self.decision.id)
            for change in (
                lambda reviews=reviews: reviews.write({"status": "approved"}),
                lambda reviews=reviews, user=user: reviews[:1].write({"done_by": user.id}),
                lambda reviews=reviews, mine=mine: reviews.write(mine),
                lambda reviews=reviews: reviews.write({"model": "res.partner"}),
                lambda reviews=reviews: reviews.unlink(),
                lambda reviews=reviews: reviews.copy(),
                lambda reviews=reviews, row=row: reviews.create(row),
                lambda default=default: default.create({"status": "approved"}),
                lambda elsewhere=elsewhere, row=row: elsewhere.write(row),
                lambda reviews=reviews: reviews[:1].web_save({"status": "rejected"}, {}),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError), self.env.cr.savepoint():
                    change()
            elsewhere.unlink()
        self.assertEqual(self._state(), before)

    def test_strangers_decide_nothing(self):
        """Finance is no reviewer, the manager comes second, the salesperson asked."""
        before = self._state()
        for user in self.salesman | self.manager | self.finance:
            decision = self.decision.with_user(user)
            for button in (decision.validate_tier, decision.reject_tier):
                with self.subTest(user=user.login), self.assertRaises(AccessError), self.env.cr.savepoint():
                    button()
        self.assertEqual(self._state(), before)

    def test_reviews_that_others_marked_do_not_count(self):
        """Even where other code wrote them as superuser."""
        self.reviews[0].write({"status": "approved", "done_by": self.salesman.id})
        self.assertEqual(self.reviews[0].reviewer_ids, self.salesman_all)
        with self.assertRefused("was not decided by one of its reviewers", AccessError):
            self._review(self.decision, self.manager)
        self.assertEqual(self.decision.state, "to_approve")

    def test_once(self):
        self._review(self.decision, self.salesman_all)
        before = self._state()
        for verdict in ("validate", "reject"):
            with self.assertRefused("not your turn", AccessError), self.env.cr.savepoint():
                self._review(self.decision, self.salesman_all, verdict)
        self.assertEqual(self._state(), before)
        self._review(self.decision, self.manager)
        for verdict in ("validate", "reject"):
            with self.assertRefused("does not wait for approval"), self.env.cr.savepoint():
                self._review(self.decision, self.manager, verdict)
        self.assertEqual(self._figures(self.line)[0], 7000.0)

    def test_a_comment_decides_no_more_than_the_button(self):
        self.reviews.definition_id.has_comment = True
        other = self._exception(1000.0)
        before = self._state()
        for user, decision, reviews in (
            (self.finance, self.decision, self.reviews),
            (self.manager, self.decision, self.reviews[1]),
            (self.salesman_all, self.decision, self.reviews),
            (self.salesman_all, self.decision, other.sudo().review_ids[0]),
            (self.salesman_all, other, self.reviews[0]),
        ):
            for verdict in ("validate", "reject"):
                dialog = self.env["comment.wizard"].with_user(user)
                dialog = dialog.create({
                    "res_model": decision._name,
                    "res_id": decision.id,
                    "review_ids": [Command.set(reviews.ids)],
                    "validate_reject": verdict,
                    "comment": "Mine",
                })
                with self.subTest(user=user.login), self.assertRaises(AccessError), self.env.cr.savepoint():
                    dialog.add_comment()
        self.assertEqual(self._state(), before)
        action = self.decision.with_user(self.salesman_all).validate_tier()
        dialog = self.env["comment.wizard"].with_user(self.salesman_all).with_context(**action["context"])
        with Form(dialog) as form:
            form.comment = "Fine"
        form.record.add_comment()
        self.env.invalidate_all()
        self.assertEqual(self.reviews.mapped("status"), ["approved", "pending"])
        self.assertEqual(self.reviews.mapped("comment"), ["Fine", False])
        with self.assertRaises(AccessError):
            form.record.with_user(self.manager).read(["comment"])

    def test_reviews_are_not_started_again(self):
        self._review(self.decision, self.salesman_all)
        before = self._state()
        for user in self.salesman | self.salesman_all | self.manager | self.finance:
            with self.assertRefused("stay on record", UserError), self.env.cr.savepoint():
                self.decision.with_user(user).restart_validation()
            self.decision.with_user(user).with_context(skip_check_state_condition=True).request_validation()
        self.assertEqual(self._state(), before)
        arch = str(self.decision.with_user(self.manager).get_view(view_type="form")["arch"])
        self.assertIn("validate_tier", arch)
        self.assertNotIn("restart_validation", arch)

    def test_asking_for_reviews_makes_nobody_the_requester(self):
        self.reviews.unlink()
        self.decision.invalidate_recordset()
        self.decision.with_user(self.manager).request_validation()
        reviews = self.decision.sudo().review_ids
        self.assertEqual(reviews.requested_by, self.salesman)
        self.assertEqual(reviews.mapped("status"), ["pending", "waiting"])

    def test_what_was_said_stays_when_the_sample_is_cancelled(self):
        self._review(self.decision, self.salesman_all)
        self.decision.request_id.with_user(self.manager).sudo()._cancel_fees()
        self.assertEqual(self.decision.state, "cancelled")
        self.assertEqual(self.reviews.mapped("status"), ["approved", "cancel"])
        self.assertFalse(self.decision.with_user(self.manager).can_review)

    def test_who_decided_stays_the_reviewer(self):
        self._review(self.decision, self.salesman_all)
        self.reviews[0].definition_id.reviewer_id = self.salesman
        self.assertEqual(self.reviews[0].reviewer_ids, self.salesman_all)
        self._review(self.decision, self.manager)
        self.assertEqual(self.decision.state, "approved")

    def test_who_sees_no_decision_sees_no_review(self):
        portal = new_test_user(self.env, "tier_portal", groups="base.group_portal")
        for user in portal | self.rnd:
            self.assertFalse(self.env["tier.review"].with_user(user).search([("model", "=", self.decision._name)]))
            with self.assertRaises(AccessError):
                self.reviews.with_user(user).read(["status"])
        self.assertTrue(self.reviews.with_user(self.salesman).read(["status"]))

    def test_one_button_for_two_tiers_where_the_definition_says_so(self):
        self.reviews.unlink()
        definitions = self.env["tier.definition"].search([("model", "=", self.decision._name)])
        definitions.write({"reviewer_id": self.manager.id, "approve_sequence_bypass": True})
        self.decision.invalidate_recordset()
        self.decision.request_validation()
        self._review(self.decision, self.manager)
        self.assertEqual(self.decision.state, "approved")
