from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.sale_sample.tests.common import MONDAY_9, NEEDED

from .common_fees import FeeCase


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestFeeDecision(FeeCase):
    """Who pays, on which figures, and who let it through."""

    def test_each_branch(self):
        line = self._budget(10000.0)
        policy = self._policy(free_quota=1, record_limit=2)
        table = [
            # what changes, then charge, fee
            ({}, ("free", 0.0)),
            ({"free_quota": 0}, ("shared", 4000.0)),
            ({"share_method": "cap", "share_cap": 3000.0}, ("shared", 3000.0)),
            ({"charge": "full"}, ("full", 8000.0)),
            ({"charge": "free"}, ("free", 0.0)),
        ]
        request = self._handed_over()
        for values, (charge, fee) in table:
            policy.write(values)
            request.action_work_out_fee()
            with self.subTest(values=values):
                self.assertEqual((request.fee_charge, request.fee_amount), (charge, fee))
        self.env["sale.budget.amendment"].sudo().create({"line_id": line.id, "amount": -9000.0, "reason": "Cut"})
        request.action_work_out_fee()
        self.assertEqual((request.fee_charge, request.fee_amount), ("full", 8000.0))
        self.assertIn("does not cover", request.fee_explanation)
        policy.needs_budget = False
        request.action_work_out_fee()
        self.assertEqual(request.fee_charge, "free")
        # the first time, nothing had changed since the hand-over
        self.assertEqual(len(request.fee_decision_ids), len(table) + 2)
        self.assertEqual(request.fee_decision_ids.mapped("state").count("proposed"), 1)

    def test_grade_kind_and_team(self):
        self._policy(charge="full")
        prospects = self._policy(name="B prospects", grade_id=self.grade_b.id, customer_kind="prospect")
        customers = self._policy(
            name="B customers", grade_id=self.grade_b.id, customer_kind="customer", charge="free", needs_budget=False
        )
        self._budget()
        self.customer.with_company(self.company).customer_grade_id = self.grade_b
        request = self._handed_over()
        decision = request.fee_decision_id
        self.assertEqual(
            (decision.policy_id, decision.customer_kind, decision.grade_id), (prospects, "prospect", self.grade_b)
        )
        order = self.env["sale.order"].create({
            "partner_id": self.customer.id,
            "company_id": self.company.id,
            "order_line": [Command.create({"product_id": self.product.id})],
        })
        order.action_confirm()
        request.action_work_out_fee()
        self.assertEqual(request.fee_decision_id.policy_id, customers)

    def test_card_tells_why(self):
        self._budget()
        self._policy(name="Half", free_quota=1)
        self.customer.with_company(self.company).customer_grade_id = self.grade_b
        self._decided(style_name="First")
        text = self._handed_over(style_name="Second").fee_explanation
        for words in (
            "Prospect of grade Grade B T",
            "Half",
            "1 of 1 free samples of 2026 used",
            "left in Moulds 2026",
            "50 %",
        ):
            with self.subTest(words=words):
                self.assertIn(words, text)

    def test_confirmed_reserves_the_companys_part(self):
        line = self._budget()
        self._policy()
        request = self._decided()
        decision = request.fee_decision_id
        self.assertEqual((decision.state, decision.decided_by_id), ("approved", self.salesman))
        self.assertEqual(self._figures(line), (4000.0, 0.0, 46000.0))
        with self.assertRaises(AccessError):
            decision.fee_amount = 1.0
        with self.assertRaises(AccessError):
            self.env["sale.sample.fee.decision"].with_user(self.manager).create({
                "request_id": request.id,
                "charge": "free",
            })
        with self.assertRefused("decided on the cost"):
            request.fee_cost = 1.0
        with self.assertRefused("cannot be deleted"):
            decision.sudo().unlink()

    def test_figures_that_changed_are_not_decided(self):
        line = self._budget(5000.0)
        self._policy()
        request = self._handed_over()
        self.env["sale.budget.amendment"].sudo().create({"line_id": line.id, "amount": -4000.0, "reason": "Cut"})
        with self.assertRefused("Work it out again"):
            request.action_confirm_fee()
        request.action_work_out_fee()
        request.action_confirm_fee()
        self.assertEqual(request.fee_amount, 8000.0)

    def test_the_last_free_sample_is_given_once(self):
        self._budget()
        self._policy(free_quota=1)
        first, second = self._handed_over(), self._handed_over(style_name="Other")
        self.assertEqual((first.fee_charge, second.fee_charge), ("free", "free"))
        first.action_confirm_fee()
        with self.assertRefused("Work it out again"):
            second.action_confirm_fee()
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            second.fee_decision_id.sudo().write({"state": "approved"})
            self.env.flush_all()

    def test_exception(self):
        line = self._budget()
        self._policy()
        self.env["sale.sample.fee.level"].create([
            {"company_id": self.company.id, "max_amount": 1000.0, "user_ids": [Command.set(self.salesman_all.ids)]},
            {"company_id": self.company.id, "max_amount": 0.0, "user_ids": [Command.set(self.manager.ids)]},
        ])
        request = self._handed_over()
        wizard = Form(
            self
            .env["sale.sample.fee.exception"]
            .with_user(self.salesman)
            .with_context(**request.action_open_fee_exception()["context"])
        )
        wizard.fee_amount, wizard.reason = 1000.0, "120,000 pairs a year"
        wizard.save().action_ask()
        decision = request.fee_decision_id
        self.assertEqual(
            (decision.state, decision.waived_amount, request.fee_state), ("to_approve", 3000.0, "to_approve")
        )
        self.assertEqual(self._open_activities(decision)[0][0], self.manager.login)
        for user, pattern in ((self.salesman, "somebody else"), (self.salesman_all, "may not approve")):
            with self.subTest(user=user.login), self.assertRefused(pattern, AccessError):
                request.with_user(user).action_approve_fee()
        self.assertFalse(self._figures(line)[0])
        request.with_user(self.manager).action_approve_fee()
        self.assertEqual((decision.state, self._figures(line)[0]), ("approved", 7000.0))
        self.assertIn("120,000", decision.explanation)
        self.assertFalse(self._open_activities(decision))

    def test_refused_exception_leaves_the_rule(self):
        self._budget()
        self._policy()
        request = self._handed_over()
        request._ask_fee_exception(0.0, "Please")
        request.with_user(self.manager).action_refuse_fee()
        self.assertEqual((request.fee_decision_state, request.fee_amount), ("proposed", 4000.0))

    def test_bad_exceptions(self):
        self._budget()
        self._policy()
        request = self._handed_over()
        for fee, reason, pattern in (
            (-1.0, "x", "between nothing"),
            (8000.01, "x", "between nothing"),
            (4000.0, "x", "by the rule"),
            (0.0, " ", "write why"),
        ):
            with self.subTest(fee=fee), self.assertRefused(pattern):
                request._ask_fee_exception(fee, reason)
        with self.assertRaises(AccessError):
            request.with_user(self.rnd)._ask_fee_exception(0.0, "x")

    def test_exception_over_the_budget(self):
        self._budget(100.0)
        self._policy()
        request = self._handed_over()
        request._ask_fee_exception(0.0, "Key customer")
        with self.assertRaises(UserError):
            request.with_user(self.manager).action_approve_fee()
        request.with_user(self.overspender).action_approve_fee()
        self.assertEqual(request.fee_decision_id.sudo().budget_committed_amount, 8000.0)

    def test_policy_refuses_ambiguity(self):
        self._policy(grade_id=self.grade_a.id)
        with self.assertRefused("neither is more specific", ValidationError):
            self._policy(name="By type", type_id=self.type.id)
        both = self._policy(name="Both", grade_id=self.grade_a.id, type_id=self.type.id)
        self._policy(name="By type", type_id=self.type.id)
        with self.assertRefused("neither is more specific", ValidationError):
            both.active = False
        with self.assertRefused("neither is more specific", ValidationError):
            both.unlink()
        with self.assertConstraint("_cases_uniq"):
            self._policy(name="Twin", grade_id=self.grade_a.id)

    def test_bad_refunds(self):
        for values, name in (
            ({"threshold_pairs": 0}, "threshold_positive"),
            ({"threshold_pairs": 1, "percent": 0}, "percent_in_range"),
            ({"threshold_pairs": 1, "within_months": -1}, "months_not_negative"),
        ):
            with self.subTest(name=name), self.assertConstraint(name):
                self._policy(name=name, refund_step_ids=[Command.create(values)])
        with self.assertRefused("at most 100", ValidationError):
            self._policy(
                refund_step_ids=[
                    Command.create({"threshold_pairs": 1000, "percent": 60}),
                    Command.create({"threshold_pairs": 2000, "percent": 60}),
                ]
            )

    def test_tester_shows_the_rule_and_why(self):
        self._budget()
        general = self._policy(name="General", charge="full")
        special = self._policy(name="Grade A", grade_id=self.grade_a.id, charge="free")
        other = self._policy(name="Grade B", grade_id=self.grade_b.id)
        self.customer.with_company(self.company).customer_grade_id = self.grade_a
        tester = (
            self
            .env["sale.sample.fee.tester"]
            .with_user(self.salesman)
            .new({
                "company_id": self.company.id,
                "partner_id": self.customer.id,
                "type_id": self.type.id,
                "cost": 500.0,
                "user_id": self.salesman.id,
            })
        )
        self.assertEqual(tester.policy_id, special)
        self.assertIn("Free", tester.result)
        self.assertEqual(
            [(line.policy_id, line.state) for line in tester.line_ids],
            [(special, "hit"), (general, "beaten"), (other, "miss")],
        )
        form = Form(self.env["sale.sample.fee.tester"].with_user(self.salesman))
        form.partner_id, form.type_id = self.customer, self.type
        self.assertIn("Grade A", form.result)
        self.assertEqual(len(form.save().line_ids), 3)

    def test_tester_names_ambiguous_rules(self):
        by_grade = self._policy(name="By grade", grade_id=self.grade_a.id)
        by_type = self._policy(name="By type", type_id=self.type.id, active=False)
        # Two users who add rules at the same moment do not see each other.
        self.env.cr.execute("UPDATE sale_sample_fee_policy SET active = TRUE WHERE id = %s", [by_type.id])
        by_type.invalidate_recordset()
        self.customer.with_company(self.company).customer_grade_id = self.grade_a
        tester = self.env["sale.sample.fee.tester"].new({
            "company_id": self.company.id,
            "partner_id": self.customer.id,
            "type_id": self.type.id,
            "cost": 500.0,
        })
        self.assertTrue(tester.is_ambiguous)
        self.assertIn(by_grade.name, tester.result)
        self.assertIn(by_type.name, tester.result)
        with self.assertRefused("equally specific"):
            self._handed_over()

    def test_hand_over_needs_cost_and_a_rule(self):
        request = self._request()
        with self.assertRefused("expected cost"):
            request.with_user(self.salesman).action_submit()
        request.fee_cost = 10.0
        with self.assertRefused("no rule of the fee policy"):
            request.with_user(self.salesman).action_submit()
        self.assertEqual(request.state, "draft")

    def test_who_sees_fees(self):
        self._budget()
        self._policy()
        request = self._decided()
        decision = request.fee_decision_id
        for user, sees in (
            (self.salesman, True),
            (self.colleague, False),
            (self.salesman_all, True),
            (self.manager, True),
            (self.finance, True),
            (self.policy_admin, True),
            (self.rnd, False),
            (self.quality, False),
            (self.internal, False),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(decision.with_user(user).has_access("read"), sees)
                self.assertFalse(decision.with_user(user).has_access("write"))
        with self.assertRaises(AccessError):
            request.with_user(self.rnd).read(["fee_cost"])
        words = " ".join(request.with_user(self.rnd).message_ids.mapped("body"))
        self.assertNotIn("customer pays", words)
        other = self._make_company("Other Works")
        self.manager.company_ids |= other
        self.assertFalse(
            decision.with_user(self.manager).with_context(allowed_company_ids=other.ids).has_access("read")
        )

    def test_rounds_of_a_decided_mould_are_samples(self):
        line = self._budget()
        self._policy()
        request = self._decided()
        request.with_user(self.rnd)._accept(NEEDED, estimated_cost=300.0)
        self.assertEqual(self._figures(line)[0], 4000.0)
