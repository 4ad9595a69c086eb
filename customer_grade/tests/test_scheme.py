"""Schemes: sound rules, one in force, fixed once in force."""

from datetime import date

from psycopg2.errors import ForeignKeyViolation, UniqueViolation

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.sales_department_base.tests.common import assert_transitions_declared

from .common import GradeCase


@tagged("post_install", "-at_install")
class TestSchemeRules(GradeCase):
    def test_transitions_name_states(self):
        assert_transitions_declared(self.env["customer.grading.scheme"])
        assert_transitions_declared(self.env["customer.grade.review"])

    def test_a_new_scheme_is_ready_to_use(self):
        scheme = self.env["customer.grading.scheme"].with_user(self.policy_admin).create({"name": "Start"})
        self.assertEqual(scheme.company_id, self.company)
        self.assertEqual(scheme.criterion_ids.mapped("metric"), ["revenue", "order_count", "days_overdue"])
        self.assertEqual(sum(scheme.criterion_ids.mapped("weight")), 100)
        self.assertAlmostEqual(sum(scheme.criterion_ids.mapped("weight_share")), 1)
        thresholds = scheme.threshold_ids.sorted("minimum")
        self.assertEqual(thresholds.mapped("minimum"), [0, 35, 60, 80])
        self.assertEqual(thresholds.grade_id.mapped("code"), ["D", "C", "B", "A"])
        scheme.action_activate()
        self.assertEqual(scheme.state, "active")

    def test_points_are_told_in_words(self):
        scheme = self.env["customer.grading.scheme"].create({"name": "Start"})
        revenue, orders, delay = scheme.criterion_ids
        self.assertEqual(revenue.summary, "first 80 %: 100 · first 95 %: 60 · first 100 %: 25 · rest: 0")
        self.assertIn("the more the better", orders.summary)
        self.assertEqual(delay.summary, "below 10 days: 100 · 10 days up to 30 days: 60 · from 30 days: 0")

    def test_weights_that_sum_to_zero(self):
        with self.assertRefused("weights of scheme “Standard v1” sum to zero", ValidationError):
            self._scheme(criterion_ids=[self._criterion(weight=0), self._criterion("growth", weight=0)])

    def test_weights_lowered_one_by_one_are_caught_at_activation(self):
        scheme = self._scheme(activate=False)
        scheme.criterion_ids.weight = 0
        with self.assertRefused("sum to zero"):
            scheme.action_activate()

    def test_overlapping_bands(self):
        bands = [
            Command.create({"open_below": True, "upper": 100, "points": 0}),
            Command.create({"lower": 90, "open_above": True, "points": 100}),
        ]
        with self.assertRefused("Bands of criterion “Revenue” overlap", ValidationError):
            self._scheme(criterion_ids=[Command.create({"metric": "revenue", "band_ids": bands})])

    def test_bands_that_leave_figures_out(self):
        for first, second in (
            ({"open_below": True, "upper": 100}, {"lower": 110, "open_above": True}),
            ({"lower": 0, "upper": 100}, {"lower": 100, "open_above": True}),
            ({"open_below": True, "upper": 100}, {"lower": 100, "upper": 200}),
        ):
            bands = [Command.create({**first, "points": 0}), Command.create({**second, "points": 100})]
            with self.subTest(first), self.assertRefused("“Revenue” leave figures out", ValidationError):
                self._scheme(criterion_ids=[Command.create({"metric": "revenue", "band_ids": bands})])

    def test_a_band_written_alone_is_checked_at_activation(self):
        scheme = self._scheme(activate=False)
        scheme.criterion_ids.band_ids[1].upper = 999
        with self.assertRefused("leave figures out"):
            scheme.action_activate()

    def test_a_method_without_its_steps(self):
        with self.assertRefused("by bands but has none", ValidationError):
            self._scheme(criterion_ids=[Command.create({"metric": "revenue"})])
        with self.assertRefused("by Pareto share but has no classes", ValidationError):
            self._scheme(criterion_ids=[Command.create({"metric": "revenue", "method": "pareto"})])

    def test_thresholds(self):
        with self.assertRefused("a worse grade asks for a higher score", ValidationError):
            self._scheme(thresholds={"a": 60, "b": 80, "c": 0})
        with self.assertRefused(r"below 5 points would get no grade.*\(C\) to 0", ValidationError):
            self._scheme(thresholds={"a": 60, "c": 5})
        with self.assertRefused("“Unrated” has no place in the ranking", ValidationError):
            self._scheme(thresholds={"a": 60, "unrated": 0})

    def test_incomplete_schemes_are_not_activated(self):
        with self.assertRefused("has no criteria"):
            self._scheme(criterion_ids=[])
        with self.assertRefused("has no thresholds"):
            self._scheme(threshold_ids=[])

    def test_veto_names_a_grade_without_threshold(self):
        veto = Command.create({"metric": "oldest_overdue", "limit": 90, "grade_id": self.grade["c"].id})
        with self.assertRefused("veto of scheme “Standard v1” names grade C"):
            self._scheme(thresholds={"a": 60, "d": 0}, veto_ids=[veto])

    def test_minimum_history_needs_an_unrated_grade(self):
        self.grade["unrated"].active = False
        with self.assertRefused("no grade marked “unrated”"):
            self._scheme(minimum_months=3)
        self._scheme()

    def test_limits_of_the_database(self):
        scheme = self._scheme(activate=False)
        for values in ({"window_months": 0}, {"hysteresis_margin": -1}, {"minimum_orders": -1}):
            with self.subTest(values), mute_logger("odoo.sql_db"), self.assertRaises(Exception):  # noqa: B017
                scheme.write(values)
                scheme.flush_recordset()
        self.assertEqual(scheme.window_months, 12)

    def test_choice_of_customers_must_be_a_filter(self):
        for text in ("[('no_such_field', '=', 1)]", "[(", "__import__('os').system('true')"):
            with self.subTest(text), self.assertRaises(ValidationError):
                self._scheme(activate=False, population_domain=text)


@tagged("post_install", "-at_install")
class TestSchemeInForce(GradeCase):
    def test_one_scheme_in_force(self):
        self._scheme()
        with self.assertRefused("Standard v1 is in force for Outsole Works.*Retire it first"):
            self._scheme(name="Other")

    def test_the_database_refuses_two(self):
        self._scheme()
        other = self._scheme(activate=False, name="Other")
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            other.sudo().write({"state": "active"})
            self.env.flush_all()

    def test_each_company_has_its_own(self):
        other = self._make_company("Insole Works")
        self.env.user.company_ids += other
        self._scheme()
        self.assertEqual(self._scheme(company=other).state, "active")

    def test_after_retirement_another_takes_over(self):
        self._scheme().action_retire()
        self.assertEqual(self._scheme(name="Other").state, "active")

    def test_the_state_is_closed_to_clients(self):
        scheme = self._scheme(activate=False).with_user(self.policy_admin)
        with self.assertRefused("cannot be set by hand"):
            scheme.state = "active"
        with self.assertRaises(UserError):
            scheme.version = 9
        with self.assertRaises(UserError):
            scheme.previous_version_id = scheme

    def test_a_new_version_replaces_the_old_one(self):
        first = self._scheme(
            veto_ids=[Command.create({"metric": "recency", "limit": 90, "grade_id": self.grade["c"].id})]
        )
        action = first.with_user(self.policy_admin).action_new_version()
        second = self.env["customer.grading.scheme"].browse(action["res_id"])
        self.assertEqual((second.state, second.version, second.previous_version_id), ("draft", 2, first))
        self.assertEqual(second.name, "Standard")
        self.assertEqual(second.criterion_ids.band_ids.mapped("points"), first.criterion_ids.band_ids.mapped("points"))
        self.assertEqual(second.threshold_ids.grade_id, first.threshold_ids.grade_id)
        self.assertEqual(second.veto_ids.limit, 90)
        second.with_user(self.policy_admin).action_activate()
        self.assertEqual((first.state, second.state), ("retired", "active"))
        third = self.env["customer.grading.scheme"].browse(first.action_new_version()["res_id"])
        self.assertEqual(third.version, 3)
        with self.assertRefused("Standard v2 is in force"):
            third.action_activate()

    def test_rules_in_force_are_fixed(self):
        scheme = self._scheme(
            criterion_ids=[
                self._criterion(),
                Command.create({
                    "metric": "growth",
                    "method": "pareto",
                    "pareto_ids": [Command.create({"share": 80, "points": 100})],
                }),
            ],
            veto_ids=[Command.create({"metric": "recency", "limit": 90, "grade_id": self.grade["c"].id})],
        ).with_user(self.policy_admin)
        bands, growth = scheme.criterion_ids[0].band_ids, scheme.criterion_ids[1]
        changes = {
            "window": lambda: scheme.write({"window_months": 6}),
            "margin": lambda: scheme.write({"hysteresis_margin": 6}),
            "customers": lambda: scheme.write({"population_domain": "[]"}),
            "company": lambda: scheme.write({"company_id": self.company.id}),
            "by command": lambda: scheme.write({"criterion_ids": [Command.update(growth.id, {"weight": 9})]}),
            "criterion": lambda: growth.write({"weight": 9}),
            "new criterion": lambda: growth.create({
                "scheme_id": scheme.id,
                "metric": "recency",
                "method": "percentile",
            }),
            "criterion gone": growth.unlink,
            "band": lambda: bands[0].write({"points": 1}),
            "new band": lambda: bands.create({
                "criterion_id": growth.id,
                "open_below": True,
                "open_above": True,
                "points": 1,
            }),
            "band gone": bands[0].unlink,
            "class": lambda: growth.pareto_ids.write({"share": 70}),
            "class gone": growth.pareto_ids.unlink,
            "threshold": lambda: scheme.threshold_ids[0].write({"minimum": 99}),
            "threshold gone": scheme.threshold_ids[0].unlink,
            "veto": lambda: scheme.veto_ids.write({"limit": 1}),
            "veto gone": scheme.veto_ids.unlink,
        }
        for state in ("active", "retired"):
            for name, change in changes.items():
                with self.subTest(name, state=state), self.assertRefused("cannot be changed any more"):
                    change()
            if state == "active":
                scheme.action_retire()

    def test_a_part_cannot_move_into_a_scheme_in_force(self):
        active = self._scheme()
        draft = self._scheme(activate=False, name="Draft", criterion_ids=[self._criterion("growth")])
        with self.assertRefused("cannot be changed any more"):
            draft.criterion_ids.write({"scheme_id": active.id})
        with self.assertRefused("cannot be changed any more"):
            draft.criterion_ids.band_ids[0].write({"criterion_id": active.criterion_ids.id})

    def test_what_is_no_rule_may_change(self):
        scheme = self._scheme().with_user(self.policy_admin)
        scheme.write({"user_id": self.salesman_all.id, "note": "Agreed", "review_period": "quarter"})
        self.assertEqual(scheme.user_id, self.salesman_all)

    def test_deleting(self):
        scheme = self._scheme()
        with self.assertRefused("Grades rest on Standard v1"):
            scheme.unlink()
        scheme.action_retire()
        with self.assertRefused("Grades rest on Standard v1"):
            scheme.unlink()
        self._scheme(activate=False, name="Draft").unlink()

    def test_grades_in_use_stay(self):
        grade = self.env["customer.grade"].create({"name": "E", "code": "E", "sequence": 60})
        free = self.env["customer.grade"].create({"name": "F", "code": "F", "sequence": 70})
        thresholds = {"a": 80, "b": 60}
        scheme = self._scheme(
            threshold_ids=[
                *(Command.create({"grade_id": self.grade[k].id, "minimum": m}) for k, m in thresholds.items()),
                Command.create({"grade_id": grade.id, "minimum": 0}),
            ]
        )
        with self.assertRefused("cannot be deleted: E"):
            grade.unlink()
        with self.assertRefused("Standard v1 gives grade E"):
            grade.active = False
        scheme.action_retire()
        grade.active = False
        free.unlink()

    def test_grades_named_in_histories_stay(self):
        customer = self._customers("Anta")
        history = self.env["customer.grade.assessment"]
        for name in ("previous_grade_id", "by_score_grade_id", "proposed_grade_id", "grade_id"):
            used, free = self.env["customer.grade"].create([
                {"name": f"{sign} {name}", "code": f"{sign} {name}"} for sign in ("used", "free")
            ])
            entry = history.create({
                "partner_id": customer.id,
                "company_id": self.company.id,
                "date": "2026-06-30",
                name: used.id,
            })
            with self.subTest(name=name):
                with self.assertRefused(f"cannot be deleted: used {name}. Archive them instead"):
                    (used | free).unlink()
                with mute_logger("odoo.sql_db"), self.assertRaises(ForeignKeyViolation):
                    # As a removal of data that asks nobody: what a history says is never emptied.
                    self.env.cr.execute("DELETE FROM customer_grade WHERE id = %s", [used.id])
                self.assertEqual(entry[name], used)
                free.unlink()

    def test_reviews_fill_no_index_that_finds_nothing(self):
        entry = self.env["customer.grade.assessment"]
        for name, field in entry._fields.items():
            with self.subTest(name=name):
                self.assertFalse(field.comodel_name == "customer.grade" and field.store and field.index)
        definitions = [index.get_definition(self.registry) for index in entry._table_objects.values()]
        by_review = [definition for definition in definitions if "(review_id" in definition]
        self.assertEqual(len(by_review), 2)
        self.assertTrue(all(definition.startswith("UNIQUE") for definition in by_review), by_review)

    def test_one_unrated_grade_and_one_code(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.env["customer.grade"].create({"name": "New", "code": "N", "is_unrated": True})
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.env["customer.grade"].create({"name": "Also A", "code": "A"})
        copied = self.grade["unrated"].copy()
        self.assertFalse(copied.is_unrated)

    def test_next_review_on(self):
        scheme = self._scheme(activate=False, review_period="quarter")
        self.assertFalse(scheme.next_review_on)
        with freeze_time("2026-06-30 15:59:00"):
            scheme.action_activate()
            self.assertEqual(scheme.next_review_on, date(2026, 7, 1))
            scheme.review_period = "half_year"
            self.assertEqual(scheme.next_review_on, date(2026, 7, 1))
        # Shanghai has 1 July already.
        with freeze_time("2026-06-30 16:00:00"):
            scheme.review_period = "month"
            self.assertEqual(scheme.next_review_on, date(2026, 8, 1))
            scheme.review_period = "half_year"
            self.assertEqual(scheme.next_review_on, date(2027, 1, 1))
        scheme.action_retire()
        self.assertFalse(scheme.next_review_on)
