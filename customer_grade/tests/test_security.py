"""Who may do what, from the models and over RPC."""

import json

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .common import GROUPS, GradeCase
from .common_rights import ALL, NONE, READ, RightsCase

PARTS = ("criterion", "band", "pareto.class", "threshold", "veto")
SCHEMES = ("customer.grading.scheme", *(f"customer.grading.{part}" for part in PARTS))
RIGHTS = {
    "customer.grade": dict.fromkeys(GROUPS, READ) | {"policy_admin": ALL},
    **{model: dict.fromkeys(GROUPS, READ) | {"policy_admin": ALL, "internal": NONE} for model in SCHEMES},
    # The rules of hidden drafts of simulations; record rules close the others to managers.
    **{
        f"customer.grading.{rule}": {
            **dict.fromkeys(GROUPS, READ),
            "manager": rights,
            "policy_admin": ALL,
            "internal": NONE,
        }
        for rule, rights in (("criterion", "rw"), ("band", ALL), ("pareto.class", ALL), ("threshold", "rw"))
    },
    "customer.grade.review": {
        "salesman": READ,
        "salesman_all": READ,
        "manager": ALL,
        "approver": "rw",
        "policy_admin": ALL,
        "internal": NONE,
    },
    "customer.grade.assessment": dict.fromkeys(GROUPS, READ) | {"internal": NONE},
    "customer.grade.override": {
        "salesman": NONE,
        "salesman_all": NONE,
        "manager": "rwc",
        "approver": "rwc",
        "policy_admin": "rwc",
        "internal": NONE,
    },
    **{
        model: {
            "salesman": NONE,
            "salesman_all": NONE,
            "manager": ALL,
            "approver": NONE,
            "policy_admin": ALL,
            "internal": NONE,
        }
        for model in ("customer.grade.simulation", "customer.grade.simulation.line")
    },
}


@tagged("post_install", "-at_install")
class TestRights(RightsCase):
    ADDON = "customer_grade"
    RIGHTS = RIGHTS

    def test_companies_apart(self):
        insole = self._make_company("Insole Works")
        self.env.user.company_ids += insole
        customer = self._customers("Anta")
        self._orders([(customer, 2000)], company=insole)
        foreign = self.env["customer.grade"].create({"name": "Gold", "code": "G", "company_id": insole.id})
        scheme = self._scheme(
            company=insole,
            veto_ids=[Command.create({"metric": "recency", "limit": 90, "grade_id": self.grade["c"].id})],
        )
        review = self._review(scheme)
        records = [
            foreign,
            scheme,
            scheme.criterion_ids,
            scheme.criterion_ids.band_ids,
            scheme.threshold_ids,
            scheme.veto_ids,
            review,
            review.assessment_ids,
        ]
        for role in ("manager", "approver", "policy_admin"):
            user = getattr(self, role)
            for record in records:
                mine = record.with_user(user).with_context(allowed_company_ids=self.company.ids)
                with self.subTest(role=role, model=record._name):
                    self.assertFalse(mine.search([("id", "in", record.ids)]))
                    with self.assertRaises(AccessError):
                        mine.read(["create_date"])

    def test_a_salesman_sees_his_own_customers_and_those_of_nobody(self):
        mine, free, theirs = customers = self._customers("Mine", "Free", "Theirs")
        mine.user_id, theirs.user_id = self.salesman, self.salesman_all
        self._orders([(customer, 2000) for customer in customers])
        review = self._review(self._scheme())

        def seen(user):
            return (
                review
                .with_user(user)
                .env["customer.grade.assessment"]
                .search([("review_id", "=", review.id)])
                .partner_id
            )

        self.assertEqual(seen(self.salesman), mine + free)
        for role in ("salesman_all", "manager", "approver", "policy_admin"):
            self.assertEqual(seen(getattr(self, role)), customers, role)
        self.assertEqual(review.with_user(self.salesman).assessment_count, 2)
        with self.assertRaises(AccessError):
            self._of(review, theirs).with_user(self.salesman).read(["score"])

    def test_a_salesman_who_approves_sees_all(self):
        customers = self._customers("Theirs", "Free")
        customers[0].user_id = self.salesman_all
        self._orders([(customer, 2000) for customer in customers])
        review = self._review(self._scheme())
        self.salesman.group_ids += self.env.ref("customer_grade.group_grade_approver")
        self.assertEqual(review.with_user(self.salesman).assessment_count, 2)

    def test_a_manager_grades_customers_of_all_salespeople(self):
        # The figures are those of the company, whoever computes.
        customer = self._customers("Theirs")
        customer.user_id = self.salesman
        self._order(customer, 20000, user_id=self.salesman.id)
        review = self._review(self._scheme(), user=self.approver)
        self.assertEqual(review.assessment_ids.revenue, 20000)


@tagged("post_install", "-at_install")
class TestRpc(HttpCase, GradeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        customer = cls._customers("Anta")
        cls._order(customer, 2000)
        cls.scheme = cls._scheme()
        cls.draft = cls._scheme(activate=False, name="Draft")
        cls.review = cls._review(cls.scheme)
        cls.row = cls.review.assessment_ids

    def _call(self, records, method, *args, **kwargs):
        if method != "create":
            args = (records.ids, *args)
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{records._name}/{method}",
            {"model": records._name, "method": method, "args": args, "kwargs": kwargs},
        )

    def _assert_refused(self, error, records, method, *args):
        with (
            self.subTest(model=records._name, method=method),
            mute_logger("odoo.http"),
            self.assertRaises(JsonRpcException) as caught,
        ):
            self._call(records, method, *args)
        if error:
            self.assertIn(error, str(caught.exception))

    def test_public_methods_refuse_a_salesman(self):
        self.authenticate(self.salesman_all.login, self.salesman_all.login)
        for method in ("compute", "accept_all", "decide", "reopen", "apply", "cancel", "draft"):
            self._assert_refused("AccessError", self.review, f"action_{method}")
        for method in ("action_accept", "action_keep"):
            self._assert_refused("AccessError", self.row, method)
        for method in ("action_activate", "action_retire", "action_new_version", "action_new_review"):
            self._assert_refused("AccessError", self.draft if method == "action_activate" else self.scheme, method)
        self._assert_refused("AccessError", self.env["customer.grade.override"], "create", {})
        self.assertEqual((self.review.state, self.row.decision), ("computed", "pending"))
        self.assertEqual((self.scheme.state, self.draft.state), ("active", "draft"))

    def test_public_methods_refuse_someone_from_outside_sales(self):
        self.authenticate(self.internal.login, self.internal.login)
        for records, methods in (
            (self.review, ("action_compute", "action_apply", "action_decide", "action_accept_all", "read")),
            (self.row, ("action_accept", "action_keep", "read")),
            (self.scheme, ("action_retire", "action_new_version", "read")),
        ):
            for method in methods:
                self._assert_refused("AccessError", records, method)

    def test_a_manager_does_not_apply(self):
        self.authenticate(self.manager.login, self.manager.login)
        self._call(self.review, "action_accept_all")
        self._call(self.review, "action_decide")
        self._assert_refused("AccessError", self.review, "action_apply")
        self._assert_refused("AccessError", self.scheme, "action_retire")
        self._assert_refused("AccessError", self.review, "write", {"state": "applied"})
        self._assert_refused("AccessError", self.row, "write", {"grade_id": self.grade["a"].id})
        self.assertEqual(self.review.state, "decided")

    def test_an_approver_applies(self):
        self.authenticate(self.approver.login, self.approver.login)
        for method in ("action_accept_all", "action_decide", "action_apply"):
            self._call(self.review, method)
        self.assertEqual(self.review.state, "applied")

    def test_private_methods_are_out_of_reach(self):
        self.authenticate(self.policy_admin.login, self.policy_admin.login)
        for records, methods in (
            (self.review, ("_assess_customers", "_store", "_run_scheduled", "_change_state", "_lock_for_decisions")),
            (
                self.row,
                ("_apply", "_decide", "_override", "_cron_expire_overrides", "_accept_pending", "_repeat_message"),
            ),
            (self.scheme, ("_cron_run", "_run_due", "_check_is_draft")),
            (self.row.partner_id, ("_log_grade_change", "_record_manual_grade")),
            (self.env["customer.grade.metric"], ("_fetch_figures", "_query_source", "_source_orders")),
        ):
            for method in methods:
                self._assert_refused(None, records, method)
        self.assertEqual(self.row.state, "proposed")

    def test_the_sudo_of_a_context_is_no_key(self):
        self.authenticate(self.manager.login, self.manager.login)
        values = {"state": "applied", "scheme_id": self.scheme.id}
        self._assert_refused("AccessError", self.env["customer.grade.review"], "create", values)
        data = self._call(self.review, "read", ["state"], context={"su": True, "default_state": "applied"})
        self.assertEqual(json.dumps(data), json.dumps([{"id": self.review.id, "state": "computed"}]))
