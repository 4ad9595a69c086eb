from contextlib import contextmanager
from datetime import date
from unittest.mock import patch

from psycopg2 import IntegrityError
from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import REVIEW_DAY, GradeCase

STORED = (
    "customer.grading.scheme",
    "customer.grading.criterion",
    "customer.grading.threshold",
    "customer.grade.review",
    "customer.grade.assessment",
    "mail.message",
    "res.partner",
    "customer.grading.band",
    "customer.grading.pareto.class",
)


@tagged("post_install", "-at_install")
class TestSimulation(GradeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.big, cls.middle, cls.small = cls._customers("Big", "Middle", "Small")
        cls._orders([(cls.big, 20000), (cls.middle, 2000), (cls.small, 200)])
        cls.scheme = cls._scheme()
        cls._applied(cls.scheme)  # Big A, Middle B, Small C

    def _simulation(self, user=None, **values):
        scheme = self.scheme.with_user(user or self.manager)
        simulation = (
            self
            .env["customer.grade.simulation"]
            .with_user(user or self.manager)
            .browse(scheme.action_simulate()["res_id"])
        )
        simulation.write({"date": REVIEW_DAY, **values})
        return simulation

    def _set_minimum(self, simulation, **minimums):
        simulation.write({
            "threshold_ids": [
                Command.update(line.id, {"minimum": minimums[key]})
                for key, grade in self.grade.items()
                for line in simulation.threshold_ids
                if line.grade_id == grade and key in minimums
            ]
        })

    def _set_step(self, simulation, place, **values):
        """Change one band or Pareto class, counted from the first; the band below then ends where it begins."""
        self._set_steps(simulation, {place: values})

    def _set_steps(self, simulation, changes):
        """Change bands or Pareto classes in one go: ``{place: {"limit": …, "points": …}}``."""
        criterion = simulation.criterion_ids
        bands = criterion.method == "bands"
        steps = criterion.band_ids if bands else criterion.pareto_ids
        commands = []
        for place, values in changes.items():
            own = {{"limit": "lower" if bands else "share"}.get(name, name): value for name, value in values.items()}
            if bands and "limit" in values:
                commands.append(Command.update(steps[place - 1].id, {"upper": values["limit"]}))
            commands.append(Command.update(steps[place].id, own))
        name = "band_ids" if bands else "pareto_ids"
        simulation.write({"criterion_ids": [Command.update(criterion.id, {name: commands})]})

    def _pareto_scheme(self):
        """Return a draft: the first 80 % of the revenue earn 90 points, up to 95 % 65, the rest 40."""
        classes = [Command.create({"share": share, "points": points}) for share, points in ((80, 90), (95, 65))]
        criterion = {"metric": "revenue", "method": "pareto", "rest_points": 40, "pareto_ids": classes}
        return self._scheme(activate=False, name="Pareto", criterion_ids=[Command.create(criterion)])

    def _simulation_of(self, scheme, user=None, **values):
        return (
            self
            .env["customer.grade.simulation"]
            .with_user(user or self.policy_admin)
            .create({"base_scheme_id": scheme.id, "date": REVIEW_DAY, **values})
        )

    def _cells(self, simulation):
        name = {grade.id: key for key, grade in self.grade.items()} | {0: None}
        return {
            tuple(name[int(part)] for part in pair.split(",")): (cell["count"], cell["revenue"])
            for pair, cell in simulation.matrix["cells"].items()
        }

    # ------------------------------------------------------------------
    # Numbers
    # ------------------------------------------------------------------

    def test_starts_from_the_scheme(self):
        simulation = self._simulation()
        self.assertEqual(simulation.criterion_ids.mapped("weight"), [1.0])
        self.assertEqual(simulation.threshold_ids.mapped("minimum"), [80.0, 60.0, 35.0, 0.0])
        self.assertEqual(simulation.window_months, 12)

    def test_unchanged_rules_move_nobody(self):
        simulation = self._simulation()
        simulation.action_simulate()
        self.assertEqual((simulation.customer_count, simulation.moved_count), (3, 0))
        self.assertFalse(simulation.line_ids)
        self.assertEqual(self._cells(simulation), {("a", "a"): (1, 20000), ("b", "b"): (1, 2000), ("c", "c"): (1, 200)})

    def test_changed_threshold_moves_customers(self):
        simulation = self._simulation()
        self._set_minimum(simulation, a=95, b=60)
        simulation.action_simulate()
        self.assertEqual(self._cells(simulation), {("a", "b"): (1, 20000), ("b", "b"): (1, 2000), ("c", "c"): (1, 200)})
        self.assertEqual(simulation.moved_count, 1)
        self.assertRecordValues(
            simulation.line_ids,
            [
                {
                    "partner_id": self.big.id,
                    "revenue": 20000,
                    "base_grade_id": self.grade["a"].id,
                    "grade_id": self.grade["b"].id,
                    "base_score": 90,
                    "score": 90,
                    "movement": "down",
                }
            ],
        )
        self.assertIn("Changed rules", simulation.comparison)

    def test_changed_weight(self):
        scheme = self._scheme(
            activate=False,
            name="Two",
            criterion_ids=[
                self._criterion(),
                self._criterion("order_count", ((None, 0), (1, 100)), weight=1.0, sequence=20),
            ],
        )
        simulation = (
            self
            .env["customer.grade.simulation"]
            .with_user(self.policy_admin)
            .create({"base_scheme_id": scheme.id, "date": REVIEW_DAY})
        )
        simulation.write({
            "criterion_ids": [
                Command.update(line.id, {"weight": 0.0})
                for line in simulation.criterion_ids
                if line.metric == "order_count"
            ]
        })
        simulation.action_simulate()
        small = simulation.line_ids.filtered(lambda line: line.partner_id == self.small)
        self.assertEqual((small.base_score, small.score), (70.0, 40.0))
        self.assertEqual((small.base_grade_id, small.grade_id), (self.grade["b"], self.grade["c"]))

    def test_steps_start_from_the_scheme(self):
        bands = self._simulation().criterion_ids.band_ids
        self.assertEqual(bands.mapped("lower"), [0, 100, 1000, 10000])
        self.assertEqual(bands.mapped("points"), [0, 40, 65, 90])
        self.assertEqual(bands.mapped("open_below"), [True, False, False, False])
        self.assertIn("below", self._simulation().criterion_ids.summary)
        classes = self._simulation_of(self._pareto_scheme()).criterion_ids
        self.assertRegex(classes.summary, "first 80 %.*first 95 %")
        ranked = self._scheme(
            activate=False, criterion_ids=[Command.create({"metric": "revenue", "method": "percentile"})]
        )
        criterion = self._simulation_of(ranked).criterion_ids
        self.assertFalse(criterion.band_ids or criterion.pareto_ids)

    def test_changed_band(self):
        simulation = self._simulation()
        self._set_step(simulation, 3, limit=30000)  # the band from 1,000 on now ends at 30,000
        simulation.action_simulate()
        self.assertEqual(self._cells(simulation), {("a", "b"): (1, 20000), ("b", "b"): (1, 2000), ("c", "c"): (1, 200)})
        self.assertEqual((simulation.line_ids.base_score, simulation.line_ids.score), (90, 65))
        self._set_step(simulation, 3, limit=10000)
        self._set_step(simulation, 1, points=60)
        simulation.action_simulate()
        self.assertEqual(self._cells(simulation)["c", "b"], (1, 200))

    def test_changed_pareto_class(self):
        simulation = self._simulation_of(self._pareto_scheme())
        simulation.action_simulate()
        self.assertEqual(simulation.moved_count, 0)
        self._set_step(simulation, 1, limit=90)  # before Middle stand 90.1 % of the revenue
        simulation.action_simulate()
        self.assertEqual(simulation.line_ids.partner_id, self.middle)
        self.assertEqual((simulation.line_ids.base_score, simulation.line_ids.score), (65, 40))

    def test_shorter_window(self):
        simulation = self._simulation(window_months=1)  # only June: nobody ordered
        with self.assertRaisesRegex(UserError, "Nobody ordered"):
            simulation.action_simulate()
        self._order(self.small, 300, "2026-06-10 04:00:00")
        simulation.action_simulate()
        cells = self._cells(simulation)
        self.assertEqual(cells["a", "d"], (1, 20000))
        self.assertEqual(cells["c", "c"], (1, 500))

    def test_minimum_history(self):
        simulation = self._simulation(minimum_orders=2)
        simulation.action_simulate()
        self.assertEqual(simulation.moved_count, 3)
        self.assertEqual(simulation.line_ids.grade_id, self.grade["unrated"])

    def test_two_schemes_side_by_side(self):
        draft = self.scheme._new_version()
        draft.threshold_ids.filtered(lambda threshold: threshold.grade_id == self.grade["a"]).minimum = 95
        simulation = self._simulation(mode="scheme", other_scheme_id=draft.id)
        simulation.action_simulate()
        self.assertEqual(self._cells(simulation)["a", "b"], (1, 20000))
        self.assertIn("Standard v2", simulation.comparison)
        self.assertEqual(draft.state, "draft")

    def test_customers_of_one_scheme_only(self):
        draft = self.scheme._new_version()
        draft.population_domain = "[('name', '!=', 'Small')]"
        simulation = self._simulation(mode="scheme", other_scheme_id=draft.id)
        simulation.action_simulate()
        self.assertEqual(self._cells(simulation)["c", None], (1, 200))

    def test_old_result_is_not_shown_with_new_numbers(self):
        simulation = self._simulation()
        self._set_minimum(simulation, a=95)
        simulation.action_simulate()
        simulation.window_months = 24
        self.assertFalse(simulation.matrix)
        self.assertFalse(simulation.line_ids)

    def test_listed_are_those_with_the_most_revenue(self):
        simulation = self._simulation(minimum_orders=2)
        with patch("odoo.addons.customer_grade.wizards.customer_grade_simulation.LISTED_AT_MOST", 2):
            simulation.action_simulate()
        self.assertEqual(simulation.line_ids.partner_id, self.big | self.middle)
        self.assertEqual((simulation.moved_count, simulation.unlisted_count), (3, 1))

    # ------------------------------------------------------------------
    # Nothing is saved
    # ------------------------------------------------------------------

    def test_nothing_is_saved(self):
        def rows():
            self.env.flush_all()
            return {
                name: self.env[name].sudo().with_context(active_test=False).search_count([])  # sudo: count all
                for name in STORED
            }

        def values():
            self.env.invalidate_all()
            partners = (self.big | self.middle | self.small).read([
                "customer_grade_id",
                "customer_grade_score",
                "customer_grade_since",
                "write_date",
            ])
            scheme = self.scheme.read()[0]
            rules = (self.scheme.threshold_ids, self.scheme.criterion_ids, self.scheme.criterion_ids.band_ids)
            return partners, scheme, [rule.read() for rule in rules]

        simulation = self._simulation(window_months=24)
        self._set_minimum(simulation, a=95)
        self._set_step(simulation, 3, limit=30000)
        before, figures = rows(), values()
        simulation.action_simulate()
        self.assertTrue(simulation.moved_count)
        self.assertEqual(rows(), before)
        self.assertEqual(values(), figures)

    def test_figures_are_fetched_once(self):
        Metric = type(self.env["customer.grade.metric"])
        for changes, times in (({"minimum_orders": 2}, 1), ({"window_months": 24}, 2)):
            simulation = self._simulation(**changes)
            with patch.object(Metric, "_query_source", autospec=True, side_effect=Metric._query_source) as query:
                simulation.action_simulate()
            self.assertEqual(query.call_count, times, changes)

    def test_queries_do_not_grow_with_customers(self):
        def queries():
            simulation = self._simulation()
            self._set_minimum(simulation, a=95)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            simulation.action_simulate()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries()  # fills the caches of the registry
        few = queries()
        self._orders([(customer, 500) for customer in self._customers(*(f"More {i}" for i in range(60)))])
        self.assertLessEqual(queries(), few)

    # ------------------------------------------------------------------
    # Saving when asked
    # ------------------------------------------------------------------

    def test_save_as_new_version(self):
        simulation = self._simulation(self.policy_admin, window_months=24)
        # Each minimum takes the place of the one above: no two may meet on the way.
        self._set_minimum(simulation, a=90, b=80, c=60)
        simulation.action_simulate()
        version = self.env["customer.grading.scheme"].browse(simulation.action_save_version()["res_id"])
        self.assertRecordValues(
            version, [{"state": "draft", "version": 2, "previous_version_id": self.scheme.id, "window_months": 24}]
        )
        self.assertEqual(version.threshold_ids.mapped("minimum"), [90.0, 80.0, 60.0, 0.0])
        self.assertEqual(self.scheme.threshold_ids.mapped("minimum"), [80.0, 60.0, 35.0, 0.0])
        self.assertEqual(self.scheme.window_months, 12)

    def test_save_changed_steps(self):
        simulation = self._simulation(self.policy_admin)
        self._set_step(simulation, 2, limit=2500, points=70)
        version = self.env["customer.grading.scheme"].browse(simulation.action_save_version()["res_id"])
        self.assertRecordValues(
            version.criterion_ids.band_ids,
            [
                {"open_below": True, "lower": 0, "open_above": False, "upper": 100, "points": 0},
                {"open_below": False, "lower": 100, "open_above": False, "upper": 2500, "points": 40},
                {"open_below": False, "lower": 2500, "open_above": False, "upper": 10000, "points": 70},
                {"open_below": False, "lower": 10000, "open_above": True, "upper": 0, "points": 90},
            ],
        )
        self.assertEqual(self.scheme.criterion_ids.band_ids.mapped("lower"), [0, 100, 1000, 10000])
        simulation = self._simulation_of(self._pareto_scheme())
        # Each share takes the place of the other: no two may meet on the way.
        self._set_steps(simulation, {0: {"limit": 95, "points": 60}, 1: {"limit": 80, "points": 90}})
        version = self.env["customer.grading.scheme"].browse(simulation.action_save_version()["res_id"])
        version.criterion_ids.invalidate_recordset(["pareto_ids"])  # in the order of their new shares
        self.assertEqual(version.criterion_ids.pareto_ids.mapped("points"), [90, 60])

    def test_saved_twice_is_one_version(self):
        """The button pressed again finds nothing new; another number makes another version."""
        simulation = self._simulation(self.policy_admin)
        simulation.minimum_months += 1
        version = self.env["customer.grading.scheme"].browse(simulation.action_save_version()["res_id"])
        with self.assertRaisesRegex(UserError, "nothing to save"):
            simulation.action_save_version()
        simulation.minimum_months += 1
        other = self.env["customer.grading.scheme"].browse(simulation.action_save_version()["res_id"])
        self.assertNotEqual(other, version)

    def test_nothing_changed_is_nothing_to_save(self):
        with self.assertRaisesRegex(UserError, "nothing to save"):
            self._simulation(self.policy_admin).action_save_version()

    def test_manager_cannot_save_a_version(self):
        simulation = self._simulation(self.manager, window_months=24)
        with self.assertRaises(AccessError):
            simulation.action_save_version()

    # ------------------------------------------------------------------
    # Bad input and rights
    # ------------------------------------------------------------------

    def test_day_before_any_order(self):
        simulation = self._simulation(date=date(2020, 1, 1))
        with self.assertRaisesRegex(UserError, "Nobody ordered|nobody to grade"):
            simulation.action_simulate()

    @contextmanager
    def _assert_refused_by_database(self, model, pattern):
        """Check that a constraint of the database refuses, and what the user reads of it."""
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError) as caught:
            yield
        self.assertRegex(self.env[model]._sql_error_to_message(caught.exception), pattern)

    def test_unsound_rules(self):
        simulation = self._simulation()
        simulation.write({"criterion_ids": [Command.update(simulation.criterion_ids.id, {"weight": 0})]})
        with self.assertRaisesRegex(UserError, "sum to zero"):
            simulation.action_simulate()
        simulation = self._simulation()
        self._set_minimum(simulation, a=50)
        with self.assertRaisesRegex(UserError, "worse grade asks"):
            simulation.action_simulate()
        with self._assert_refused_by_database("customer.grading.threshold", "same score"):
            self._set_minimum(simulation, a=60)
            simulation.action_simulate()
        with self._assert_refused_by_database("customer.grading.scheme", "at least one month"):
            self._simulation(window_months=0).action_simulate()
        with self.assertRaisesRegex(UserError, "Choose the scheme"):
            self._simulation(mode="scheme").action_simulate()

    def test_unsound_steps(self):
        simulation = self._simulation()
        with self.assertRefused("ends where it begins"):
            self._set_step(simulation, 2, limit=50)
            simulation.action_simulate()
        simulation = self._simulation_of(self._pareto_scheme())
        with self._assert_refused_by_database("customer.grading.pareto.class", "end at the same share"):
            self._set_step(simulation, 0, limit=95)
            simulation.action_simulate()
        for values in ({"limit": 120}, {"limit": 0}, {"points": 101}):
            with self.subTest(values), mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
                self._set_step(simulation, 0, **values)
                self.env.flush_all()

    def test_draft_is_hidden(self):
        Scheme = self.env["customer.grading.scheme"]
        simulation = self._simulation(self.manager)
        draft = simulation.draft_id
        ours = [("company_id", "=", self.company.id)]
        self.assertEqual(Scheme.search(ours), self.scheme)
        everything = Scheme.with_context(active_test=False)
        self.assertEqual(everything.with_user(self.manager).search(ours), self.scheme | draft)
        self.assertEqual(everything.with_user(self.policy_admin).search(ours), self.scheme)
        self.assertEqual(self.scheme._new_version().version, 2)
        with self.assertRaises(AccessError):
            draft.with_user(self.policy_admin).read(["name"])

    def test_draft_is_dropped_with_its_simulation(self):
        dropped, running = self._simulation(), self._simulation()
        kept = self._simulation(self.policy_admin, window_months=24)
        version = self.env["customer.grading.scheme"].browse(kept.action_save_version()["res_id"])
        drafts = dropped.draft_id | running.draft_id | kept.draft_id
        dropped.unlink()
        drafts.sudo()._gc_hidden_drafts()  # sudo: as the cron does
        self.assertEqual(drafts.exists(), running.draft_id | kept.draft_id)
        self.assertTrue(version.exists())

    def test_manager_changes_hidden_drafts_only(self):
        draft = self.scheme._new_version()
        criterion = draft.criterion_ids.with_user(self.manager)
        changes = (
            lambda: criterion.write({"weight": 5}),
            lambda: criterion.band_ids[1].write({"points": 5}),
            lambda: criterion.band_ids.copy({"criterion_id": criterion.id}),
            lambda: criterion.band_ids.unlink(),
            lambda: draft.threshold_ids[0].with_user(self.manager).write({"minimum": 90}),
            lambda: draft.with_user(self.manager).write({"window_months": 24}),
        )
        for change in changes:
            with self.assertRaises(AccessError):
                change()
        # Nor by way of the own simulation.
        simulation = self._simulation(self.manager)
        with self.assertRaises(AccessError):
            simulation.write({"criterion_ids": [Command.update(criterion.id, {"weight": 5})]})

    def test_rules_of_a_hidden_draft_stay_in_it(self):
        """Nobody who may not change a version moves rules into it."""
        draft = self.scheme._new_version()
        own = self._simulation(self.manager)
        criterion, threshold = own.criterion_ids[0], own.threshold_ids[0]
        bands = own.criterion_ids.band_ids
        changes = (
            lambda: criterion.write({"scheme_id": draft.id, "metric": "order_value"}),
            lambda: own.write({
                "criterion_ids": [Command.update(criterion.id, {"scheme_id": draft.id, "metric": "growth"})]
            }),
            lambda: bands[0].write({"criterion_id": draft.criterion_ids[0].id}),
            lambda: threshold.write({"scheme_id": draft.id, "grade_id": self.grade["unrated"].id, "minimum": 99}),
        )
        rules = draft._get_rules()
        for change in changes:
            with self.assertRaises(UserError), self.cr.savepoint():
                change()
            self.env.invalidate_all()
        self.assertEqual(draft._get_rules(), rules)

    def test_hidden_draft_is_not_put_in_force(self):
        """Nobody would see by which scheme customers are graded."""
        draft = self._simulation(self.policy_admin).draft_id
        self.scheme.with_user(self.policy_admin).action_retire()
        for change in (draft.action_activate, draft.action_retire, draft.action_new_version):
            with self.assertRaises(AccessError):
                change()
        with self.assertRaises(AccessError):
            draft.write({"window_months": 1})
        self.assertEqual(draft.state, "draft")

    def test_hidden_draft_is_not_reviewed(self):
        """A review would keep the draft for good, under a name that others cannot read."""
        simulation = self._simulation(self.manager)
        draft = simulation.draft_id
        with self.assertRaises(ValidationError):
            draft.action_new_review()
        reviews = self.env["customer.grade.review"].with_user(self.manager)
        with self.assertRaises(ValidationError):
            reviews.create({"scheme_id": draft.id})
        review = reviews.create({"scheme_id": self.scheme.id})
        with self.assertRaises(UserError):
            review.scheme_id = draft

    def test_salesman_cannot_simulate(self):
        with self.assertRaises(AccessError):
            self.scheme.with_user(self.salesman).action_simulate()

    def test_simulation_belongs_to_its_user(self):
        simulation = self._simulation(self.manager)
        with self.assertRaises(AccessError):
            simulation.with_user(self.policy_admin).read(["date"])

    def test_scheme_of_another_company(self):
        other = self._make_company("Insole Works")
        scheme = self._scheme(company=other)
        with self.assertRaises(AccessError):
            scheme.with_user(self.manager).with_context(allowed_company_ids=self.company.ids).action_simulate()
