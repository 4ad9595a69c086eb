from contextlib import ExitStack
from datetime import datetime

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, freeze_time, new_test_user, tagged, users
from odoo.tools import SQL, mute_logger

from .common import throwaway_model

ERRAND = "sales.department.test.errand"
STEP = "sales.department.test.errand.step"
MONDAY = datetime(2026, 3, 9)


class Errand(models.Model):
    _module = None
    _name = ERRAND
    _description = "Errand"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    waiting_hours = fields.Float(compute="_compute_waiting_hours")

    @api.depends_context("uid")
    def _compute_waiting_hours(self):
        hours = self.env[STEP]._get_waiting_hours(self)
        for errand in self:
            errand.waiting_hours = hours.get(errand.id, 0.0)


class ErrandStep(models.Model):
    _module = None
    _name = STEP
    _description = "Step of an Errand"
    _inherit = ["sales.department.step.mixin"]
    _order = "errand_id, entered_at, id"
    _rec_name = "step"
    _step_document = "errand_id"
    _step_final = frozenset({"done"})

    errand_id = fields.Many2one(ERRAND, required=True, index=True, ondelete="cascade")
    note = fields.Char()
    step = fields.Selection([("asked", "Asked"), ("doing", "Doing"), ("done", "Done")], required=True, readonly=True)


@tagged("post_install", "-at_install")
class TestStepMixin(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        stack.enter_context(throwaway_model(cls.registry, cls.cr, Errand, ErrandStep))
        cls.registry.init_models(cls.cr, [ERRAND, STEP], {})
        # a model of an addon declares it
        table = cls.env[STEP]._table
        cls.env.execute_query(SQL("CREATE UNIQUE INDEX ON %s (errand_id) WHERE left_at IS NULL", SQL.identifier(table)))
        cls.env["ir.model.access"].create([
            {"name": name, "model_id": cls.env["ir.model"]._get(name).id, "perm_read": True, "perm_create": create}
            for name, create in ((ERRAND, True), (STEP, False))
        ])
        cls.user = new_test_user(cls.env, "step_clerk", groups="base.group_user")
        # Monday to Friday, 8 to 12 and 13 to 17
        cls.env.company.resource_calendar_id = cls.env["resource.calendar"].create({"name": "40 h", "tz": "UTC"})
        cls.round_the_clock = cls.env["res.company"].create({"name": "Round the clock"})
        cls.round_the_clock.resource_calendar_id = False

    def _enter(self, errands, step, hour, **options):
        with freeze_time(MONDAY.replace(hour=hour)):
            self.env[STEP]._enter(errands, step, **options)

    def _rows(self, errand):
        return [
            (row.step, row.entered_at.hour, row.left_at and row.left_at.hour, row.working_hours)
            for row in self.env[STEP].search([("errand_id", "=", errand.id)])
        ]

    @users("step_clerk")
    def test_each_step_is_timed(self):
        errand = self.env[ERRAND].create({})
        self._enter(errand, "asked", 7)
        self._enter(errand, "doing", 10)
        self._enter(errand, "done", 15)
        self.assertEqual(self._rows(errand), [("asked", 7, 10, 2.0), ("doing", 10, 15, 4.0), ("done", 15, 15, 0.0)])
        self.assertEqual(self.env[STEP].search([("errand_id", "=", errand.id)]).user_id, self.env.user)
        with self.assertRaises(AccessError):
            self.env[STEP].create({"errand_id": errand.id, "step": "asked"})

    @users("step_clerk")
    def test_waiting(self):
        errands = self.env[ERRAND].create([{} for _number in range(3)])
        self._enter(errands[:2], "asked", 9)
        self._enter(errands[1], "done", 10)
        with freeze_time(MONDAY.replace(hour=14)):
            self.assertEqual(errands.mapped("waiting_hours"), [4.0, 0.0, 0.0])

    @users("step_clerk")
    def test_hours_of_the_company(self):
        here = self.env[ERRAND].create({})
        there = self.env[ERRAND].sudo().create({"company_id": self.round_the_clock.id})
        for step, hour in (("asked", 6), ("doing", 10)):
            self._enter(here.sudo() + there, step, hour)
        rows = self.env[STEP].sudo().search([("step", "=", "asked")], order="errand_id")
        self.assertEqual(rows.mapped("working_hours"), [2.0, 4.0])
        self.assertEqual(rows.company_id, self.env.company + self.round_the_clock)

    def test_entered_for_an_earlier_moment(self):
        errand = self.env[ERRAND].create({})
        self._enter(errand, "asked", 9)
        self._enter(errand, "doing", 12, moments={errand.id: MONDAY.replace(hour=10)})
        self.assertEqual(self._rows(errand), [("asked", 9, 10, 1.0), ("doing", 10, False, 0.0)])
        self._enter(errand, "asked", 12, moments={errand.id: MONDAY.replace(hour=8)})
        self.assertEqual(self._rows(errand)[1:], [("doing", 10, 10, 0.0), ("asked", 10, False, 0.0)])
        self._enter(errand, "done", 13, moments={errand.id: MONDAY.replace(hour=20)})
        self.assertEqual(self._rows(errand)[-1], ("done", 13, 13, 0.0), "never in the future")

    def test_other_values_of_the_row(self):
        errands = self.env[ERRAND].create([{}, {}])
        self._enter(errands, "asked", 9, values={errands[0].id: {"note": "by phone"}})
        rows = self.env[STEP].search([("errand_id", "in", errands.ids)])
        self.assertEqual(rows.mapped("note"), ["by phone", False])

    def test_the_database_keeps_order(self):
        errand = self.env[ERRAND].create({})
        self._enter(errand, "asked", 9)
        row = {
            "errand_id": errand.id,
            "step": "doing",
            "company_id": self.env.company.id,
            "entered_at": MONDAY,
            "user_id": self.env.uid,
        }
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.env[STEP].create(row)
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self.env[STEP].create({**row, "left_at": MONDAY.replace(day=8)})

    def test_many_cost_as_much_as_one(self):
        counts = []
        for size in (1, 2, 30):  # the first one fills caches
            errands = self.env[ERRAND].create([{} for _number in range(size)])
            self._enter(errands, "asked", 9)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._enter(errands, "doing", 12)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
