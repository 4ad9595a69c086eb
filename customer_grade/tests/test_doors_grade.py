"""What clients cannot do with schemes, reviews, simulations and their dialogs."""

from contextlib import suppress

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from .common import REVIEW_DAY, GradeCase

MODELS = (
    "customer.grade",
    "customer.grade.assessment",
    "customer.grade.override",
    "customer.grade.review",
    "customer.grade.simulation",
    "customer.grading.criterion",
    "customer.grading.scheme",
    "crm.lead",
    "res.partner",
)
"""Models of the addon with buttons, or that get some from it."""


class DoorsCase(GradeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customers("Anta")
        cls._order(cls.customer, 20000)
        cls.scheme = cls._scheme()
        cls.rival = new_test_user(
            cls.env,
            "grade_rival",
            groups="sales_team.group_sale_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _simulate(self, user, **values):
        """Begin a simulation of the scheme, as the button does."""
        simulations = self.env["customer.grade.simulation"].with_user(user)
        return simulations.create({"base_scheme_id": self.scheme.id, "date": REVIEW_DAY, **values})

    def _refused(self, error, action, *args, **kwargs):
        """Check that an action is refused, and undo what it did until then."""
        with self.assertRaises(error), self.cr.savepoint():
            action(*args, **kwargs)
        self.env.invalidate_all(flush=False)


@tagged("post_install", "-at_install")
class TestSimulationDoors(DoorsCase):
    def test_a_simulation_stays_with_its_scheme(self):
        other = self._scheme(activate=False, name="Other")
        simulation = self._simulate(self.manager)
        for target in (other, self._simulate(self.rival).draft_id):
            for write in (
                lambda target=target: simulation.write({"base_scheme_id": target.id}),
                lambda target=target: simulation.web_save({"base_scheme_id": target.id}, {"base_criterion_ids": {}}),
            ):
                self._refused(UserError, write)
        self.assertEqual(simulation.base_scheme_id, self.scheme)

    def test_the_hidden_draft_of_a_colleague_is_not_shown(self):
        hidden = self._simulate(self.rival).draft_id
        simulations = self.env["customer.grade.simulation"].with_user(self.manager)
        mine = self._simulate(self.manager)
        spec = {
            "base_scheme_id": {"fields": {"display_name": {}}},
            "base_criterion_ids": {"fields": {"weight": {}}},
            "other_scheme_id": {"fields": {"display_name": {}}},
        }
        for name in ("base_scheme_id", "other_scheme_id"):
            values = {"base_scheme_id": self.scheme.id, name: hidden.id}
            for open_dialog in (
                lambda values=values: simulations.create(values),
                lambda values=values: simulations.onchange(values, list(values), spec),
                lambda name=name: simulations.with_context(**{f"default_{name}": hidden.id}).default_get([name]),
                lambda name=name: simulations.with_context(**{f"default_{name}": hidden.id}).onchange({}, [], spec),
            ):
                self._refused(AccessError, open_dialog)
        self._refused(AccessError, mine.write, {"other_scheme_id": hidden.id, "mode": "scheme"})
        self.assertFalse(mine.other_scheme_id)
        for model in ("scheme", "criterion", "threshold", "band"):
            rows = self.env[f"customer.grading.{model}"].with_user(self.manager).with_context(active_test=False)
            path = {"scheme": "id", "band": "criterion_id.scheme_id"}.get(model, "scheme_id")
            with self.subTest(model):
                self.assertFalse(rows.search([(path, "=", hidden.id)]))
                theirs = rows.sudo().search([(path, "=", hidden.id)])
                self._refused(AccessError, theirs.sudo(False).read, ["create_date"])

    def test_a_scheme_of_another_company(self):
        insole = self._make_company("Insole Works")
        foreign = self._scheme(company=insole)
        simulation = self._simulate(self.manager)
        self._refused(UserError, simulation.write, {"other_scheme_id": foreign.id})
        simulations = self.env["customer.grade.simulation"].with_user(self.manager)
        self._refused(AccessError, simulations.create, {"base_scheme_id": foreign.id})

    def test_the_result_is_not_made_up(self):
        simulation = self._simulate(self.manager)
        simulation.action_simulate()
        self.assertEqual(simulation.customer_count, 1)
        for name, value in {
            "matrix": {},
            "totals": {},
            "customer_count": 9,
            "moved_count": 9,
            "draft_id": self.scheme.id,
            "saved_version_id": self.scheme.id,
            "line_ids": [Command.create({"movement": "up"})],
        }.items():
            with self.subTest(name):
                self._refused(AccessError, simulation.write, {name: value})
        lines = self.env["customer.grade.simulation.line"].with_user(self.manager)
        self._refused(AccessError, lines.create, {"simulation_id": simulation.id, "revenue": 5})
        self.assertEqual(simulation.customer_count, 1)

    def test_a_dialog_belongs_to_whoever_opened_it(self):
        self._order(self._customers("Xtep"), 200)
        simulation = self._simulate(self.manager, minimum_orders=5)
        simulation.action_simulate()
        self.assertTrue(simulation.line_ids)
        review = self._review(self.scheme)
        override = (
            self
            .env["customer.grade.override"]
            .with_user(self.manager)
            .create({
                "assessment_ids": [Command.set(review.assessment_ids.ids)],
                "company_id": self.company.id,
                "grade_id": self.grade["a"].id,
                "reason": "Mine",
            })
        )
        for record in (simulation, simulation.line_ids, override):
            theirs = record.with_user(self.rival)
            self.assertFalse(theirs.search([]) & record)
            self._refused(AccessError, theirs.read, ["create_date"])
            self._refused(AccessError, theirs.unlink)
        self._refused(AccessError, override.with_user(self.rival).write, {"grade_id": self.grade["d"].id})
        self._refused(AccessError, override.with_user(self.rival).action_override)
        self.assertEqual(set(review.assessment_ids.mapped("decision")), {"pending"})

    def test_a_grade_that_only_a_simulation_names_can_be_deleted(self):
        grade = self.env["customer.grade"].create({"name": "E", "code": "E", "sequence": 99})
        minimums = {self.grade[key]: minimum for key, minimum in {"a": 80, "b": 60, "c": 35, "d": 10}.items()}
        scheme = self._scheme(
            activate=False,
            name="Five",
            threshold_ids=[
                Command.create({"grade_id": one.id, "minimum": minimum})
                for one, minimum in {**minimums, grade: 0}.items()
            ],
        )
        simulation = self._simulate(self.manager, base_scheme_id=scheme.id)
        draft = simulation.draft_id
        self._refused(UserError, grade.with_user(self.policy_admin).unlink)
        self.assertTrue(draft.exists(), "what was refused drops nothing")
        scheme.unlink()
        grade.with_user(self.policy_admin).unlink()
        self.assertFalse(grade.exists())
        self.assertFalse(draft.exists())


@tagged("post_install", "-at_install")
class TestReviewDoors(DoorsCase):
    def test_what_is_applied_stays(self):
        review = self._applied(self.scheme)
        row = review.assessment_ids
        for user in (self.manager, self.approver, self.policy_admin):
            mine = review.with_user(user)
            for values in ({"name": "Else"}, {"user_id": user.id}, {"date": "2020-01-01"}, {"kind": "prospect"}):
                self._refused(UserError, mine.write, values)
            self._refused(UserError, mine.unlink)
            self._refused(UserError, mine.write, {"assessment_ids": [Command.delete(row.id)]})
            for values in ({"reason": "Else"}, {"grade_id": self.grade["d"].id}, {"state": "proposed"}):
                self._refused(AccessError, row.with_user(user).write, values)
            self._refused(AccessError, row.with_user(user).unlink)
            self._refused(AccessError, row.with_user(user).copy)
        self.assertEqual((review.state, row.grade_id, row.decision), ("applied", self.grade["a"], "accepted"))

    def test_history_stays_even_with_rights_on_the_model(self):
        """An administrator may give access rights; what is applied stays all the same."""
        row = self._applied(self.scheme).assessment_ids
        self.env["ir.model.access"].create({
            "name": "everything",
            "model_id": self.env["ir.model"]._get(row._name).id,
            "group_id": self.env.ref("sales_team.group_sale_manager").id,
            **dict.fromkeys(("perm_read", "perm_write", "perm_create", "perm_unlink"), True),
        })
        mine = row.with_user(self.manager)
        self._refused(UserError, mine.write, {"reason": "Else"})
        self._refused(UserError, mine.unlink)
        self.assertTrue(row.exists())

    def test_a_review_of_rules_one_may_read(self):
        insole = self._make_company("Insole Works")
        foreign = self._scheme(company=insole)
        reviews = self.env["customer.grade.review"].with_user(self.manager)
        self._refused(AccessError, reviews.create, {"scheme_id": foreign.id})
        review = reviews.create({"scheme_id": self.scheme.id})
        self._refused(UserError, review.write, {"scheme_id": foreign.id})
        self.assertEqual(review.scheme_id, self.scheme)

    def test_rules_stay_in_their_version(self):
        other = self._scheme(activate=False, name="Other")
        draft = self._scheme(activate=False, name="Draft")
        admin = self.policy_admin
        moves = (
            (draft.criterion_ids, {"scheme_id": other.id, "metric": "growth"}),
            (draft.threshold_ids[0], {"scheme_id": other.id}),
            (draft.criterion_ids.band_ids[0], {"criterion_id": other.criterion_ids.id}),
        )
        for rule, values in moves:
            self._refused(UserError, rule.with_user(admin).write, values)
        self._refused(
            UserError, other.with_user(admin).write, {"criterion_ids": [Command.link(draft.criterion_ids.id)]}
        )
        self.assertEqual(draft.criterion_ids.scheme_id, draft)

    def test_pressed_twice_makes_one(self):
        scheme = self.scheme.with_user(self.policy_admin)
        self.assertEqual(scheme.action_new_version()["res_id"], scheme.action_new_version()["res_id"])
        mine = self.scheme.with_user(self.manager)
        self.assertEqual(mine.action_new_review()["res_id"], mine.action_new_review()["res_id"])
        review = self._review(self.scheme)
        override = (
            self
            .env["customer.grade.override"]
            .with_user(self.manager)
            .create({
                "assessment_ids": [Command.set(review.assessment_ids.ids)],
                "company_id": self.company.id,
                "grade_id": self.grade["b"].id,
                "reason": "Once",
            })
        )
        override.action_override()
        self._refused(UserError, override.action_override)
        self.assertEqual(review.assessment_ids.reason, "Once")

    def test_a_filter_tells_nothing_its_author_may_not_read(self):
        """Reviews choose customers as superuser: who is graded would tell whose credit is high."""
        draft = self._scheme(activate=False, name="Probe").with_user(self.policy_admin)
        for name, domain in (
            ("population_domain", "[('credit_limit', '>', 100)]"),
            ("population_domain", "[('child_ids', 'any', [('credit_limit', '>', 100)])]"),
            ("population_domain", "['|', ('name', '=', 'x'), '!', ('invoice_ids.amount_total', '>', 100)]"),
            ("lead_domain", "[('partner_id.credit_limit', '>', 100)]"),
        ):
            with self.subTest(domain):
                self._refused(AccessError, draft.write, {name: domain})
        draft.population_domain = "[('country_id.code', '=', 'CN'), ('customer_grade_id.code', '=', 'A')]"
        draft.lead_domain = "[('partner_id.city', '=', 'Jinjiang'), ('create_date.month_number', '=', 3)]"
        for domain in ("{[]: 1}", "[" * 3000, "5", "None", "[('name', '=', 'x'", "[('nothing', '=', 1)]"):
            with self.subTest(domain[:20]):
                self._refused(ValidationError, draft.write, {"population_domain": domain})

    def test_days_and_windows_out_of_range(self):
        reviews = self.env["customer.grade.review"].with_user(self.manager)
        for day in ("9999-12-31", "0001-01-01"):
            review = reviews.create({"scheme_id": self.scheme.id, "date": day})
            self.assertEqual((review.window_start, review.state), (False, "draft"))
            with self.assertRefused("Choose another day"), self.cr.savepoint():
                review.action_compute()
            simulation = self._simulate(self.manager, date=day)
            with self.assertRefused("Choose another day"), self.cr.savepoint():
                simulation.action_simulate()
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation), self.cr.savepoint():
            self._scheme(activate=False, name="Eternal", window_months=2_000_000)

    def test_no_company_claims_a_shared_grade(self):
        grade = self.grade["a"].with_user(self.policy_admin)
        self._refused(UserError, grade.write, {"company_id": self.company.id})
        self.assertFalse(grade.company_id)

    def test_buttons_without_their_record(self):
        """No traceback, whatever the ids: an error in words, or nothing."""
        gone = self.env["customer.grade"].create({"name": "Gone", "code": "G"})
        gone.unlink()
        for model in MODELS:
            records = self.env[model].with_user(self.policy_admin)
            names = [name for name in dir(type(records)) if name.startswith("action_")]
            for name in names:
                owner = next(cls for cls in type(records).__mro__ if name in vars(cls))
                if getattr(owner, "_module", None) != "customer_grade":
                    continue
                for ids in ([], [0], [gone.id + 10**6], [0, 10**8]):
                    with self.subTest(model=model, method=name, ids=ids), suppress(UserError), self.cr.savepoint():
                        call_kw(records, name, [ids], {})


@tagged("post_install", "-at_install")
class TestGivingOverRpc(HttpCase, GradeCase):
    """The commands of a parent document run as whoever sends them."""

    def test_a_grade_in_the_commands_of_a_company(self):
        self.manager.group_ids += self.env.ref("base.group_partner_manager")
        self.authenticate(self.manager.login, self.manager.login)
        branch = {"name": "Erke Jinjiang", "is_company": True, "customer_grade_id": self.grade["a"].id}
        company = {"name": "Erke", "is_company": True, "child_ids": [Command.create(branch)]}
        with mute_logger("odoo.http"), self.assertRaisesRegex(JsonRpcException, "AccessError"):
            self.make_jsonrpc_request(
                "/web/dataset/call_kw", {"model": "res.partner", "method": "create", "args": [[company]], "kwargs": {}}
            )
        self.assertFalse(self.env["res.partner"].search([("name", "like", "Erke")]))
