from contextlib import ExitStack
from datetime import date

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo import Command, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, freeze_time, new_test_user, tagged, users
from odoo.tools import mute_logger

from .common import throwaway_model, without_commits

BINDER = "sales.department.test.binder"
LOAN = "sales.department.test.binder.loan"


class Binder(models.Model):
    _module = None
    _name = BINDER
    _description = "Binder"
    _inherit = ["mail.thread", "mail.activity.mixin", "sales.department.kept.mixin"]
    _check_company_auto = True

    name = fields.Char()
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    loan_ids = fields.One2many(LOAN, "binder_id", readonly=True)


class BinderLoan(models.Model):
    _module = None
    _name = LOAN
    _description = "Loan of a Binder"
    _inherit = ["sales.department.loan.mixin"]
    _rec_name = "binder_id"
    _loan_thing = "binder_id"

    binder_id = fields.Many2one(BINDER, required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="binder_id.company_id", store=True)


@tagged("post_install", "-at_install")
class TestPlaces(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        base = "sales_department_base.group_collaborator_"
        new_test_user(cls.env, "place_rnd", groups=f"{base}rnd")
        new_test_user(cls.env, "place_quality", groups=f"{base}quality")
        new_test_user(cls.env, "place_finance", groups=f"{base}finance")
        new_test_user(cls.env, "place_salesman", groups="sales_team.group_sale_salesman")
        new_test_user(cls.env, "place_manager", groups="sales_team.group_sale_manager")
        new_test_user(cls.env, "place_internal", groups="base.group_user")
        places = cls.env["sales.department.place"]
        cls.room = places.create({"name": "Room 1", "kind": "room"})
        cls.shelf = places.create({"name": "A", "kind": "shelf", "parent_id": cls.room.id})
        cls.box = places.create({"name": "12", "kind": "box", "parent_id": cls.shelf.id})
        other = cls.env["res.company"].create({"name": "Other plant"})
        cls.there = places.create({"name": "There", "company_id": other.id})

    def test_places_lie_in_each_other(self):
        self.assertEqual(self.box.complete_name, "Room 1 / A / 12")
        self.room.name = "Store"
        self.assertEqual(self.box.complete_name, "Store / A / 12")
        self.assertEqual(self.env["sales.department.place"].name_search("Store / A")[-1][0], self.box.id)
        lone = self.env["sales.department.place"].create({"name": "Lone", "kind": "box"})
        with self.assertRaises(ValidationError) as refused:
            self.shelf.parent_id = lone
        self.assertIn("“A” cannot lie in “Lone”", str(refused.exception))
        with self.assertRaises(ValidationError) as refused:
            self.room.kind = "box"
        self.assertIn("“A” cannot lie in “Store”", str(refused.exception))
        with self.assertRaises(UserError):
            self.shelf.parent_id = self.box

    def test_names_are_unique_within_a_place(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.env["sales.department.place"].create({"name": "12", "parent_id": self.shelf.id})
        self.box.active = False
        self.box.flush_recordset()
        self.env["sales.department.place"].create([
            {"name": "12", "parent_id": self.shelf.id},
            {"name": "12", "parent_id": self.room.id},
        ])

    @users("place_rnd", "place_quality", "place_manager")
    def test_those_who_keep_things_write_places(self):
        place = self.env["sales.department.place"].create({"name": "B", "kind": "shelf", "parent_id": self.room.id})
        place.name = "C"
        place.unlink()

    @users("place_salesman", "place_finance")
    def test_others_read_them(self):
        place = self.box.with_env(self.env)
        self.assertEqual(place.complete_name, "Room 1 / A / 12")
        for operation in ("create", "write", "unlink"):
            self.assertFalse(place.has_access(operation))

    @users("place_internal")
    def test_nobody_else_does(self):
        self.assertFalse(self.box.with_env(self.env).has_access("read"))

    @users("place_rnd")
    def test_of_the_own_company(self):
        there = self.there.with_env(self.env)
        self.assertNotIn(there.id, self.env["sales.department.place"].search([]).ids)
        self.assertFalse(there.has_access("read"))
        with self.assertRaises(UserError):
            self.box.sudo().parent_id = there

    @users("place_rnd")
    def test_stays_with_its_company(self):
        """What lies in it, and those who look for it, stay there, too."""
        room = self.room.with_env(self.env)
        with self.assertRaisesRegex(UserError, "stays with its company"):
            room.company_id = self.there.company_id
        room.write({"company_id": room.company_id.id, "name": "Same company"})


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 04:00:00")
class TestLoans(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        stack.enter_context(throwaway_model(cls.registry, cls.cr, Binder, BinderLoan))
        cls.registry.init_models(cls.cr, [BINDER, LOAN], {})
        cls.keeper, cls.borrower, cls.stranger = (
            new_test_user(cls.env, f"loan_{name}", groups=groups)
            for name, groups in (
                ("keeper", "sales_team.group_sale_manager"),
                ("borrower", "sales_team.group_sale_salesman"),
                ("stranger", "base.group_user"),
            )
        )
        salesman = cls.env.ref("sales_team.group_sale_salesman").id
        cls.env["ir.model.access"].create([
            {
                "name": name,
                "model_id": cls.env["ir.model"]._get(name).id,
                "group_id": group,
                "perm_read": True,
                "perm_write": write,
                "perm_create": write,
            }
            for name, group, write in (
                (BINDER, salesman, False),
                (BINDER, cls.env.ref("sales_team.group_sale_manager").id, True),
                (LOAN, salesman, False),
            )
        ])
        cls.env.company.resource_calendar_id.tz = "UTC"
        cls.place = cls.env["sales.department.place"].create({"name": "Archive", "kind": "room"})
        cls.outsider = cls.env["res.partner"].create({"name": "Notary"})

    def _binders(self, count=1):
        return self.env[BINDER].create([{"name": f"Binder {n}", "place_id": self.place.id} for n in range(count)])

    @users("loan_keeper")
    def test_lend_and_take_back(self):
        binders = self._binders(2)
        loans = binders._lend(date(2026, 3, 9), user=self.borrower, note="Audit")
        self.assertFalse(loans.env.su)
        self.assertRecordValues(
            binders, [{"borrower": self.borrower.name, "due_back": date(2026, 3, 9), "is_loan_overdue": False}] * 2
        )
        self.assertRecordValues(
            loans[0], [{"lent_by_id": self.env.uid, "lent_on": date(2026, 3, 2), "note": "Audit", "returned_on": False}]
        )
        with self.assertRaisesRegex(UserError, "Binder 0, Binder 1 has been lent already"):
            binders._lend(date(2026, 3, 9), user=self.borrower)
        binders.action_take_back()
        self.assertRecordValues(binders, [{"borrower": False, "due_back": False}] * 2)
        self.assertEqual(loans.mapped("returned_on"), [date(2026, 3, 2)] * 2)
        binders[0]._lend(date(2026, 3, 9), partner=self.outsider)
        self.assertEqual(binders[0].borrower, "Notary")

    @users("loan_keeper")
    def test_bad_loans(self):
        binder = self._binders()
        with self.assertRaisesRegex(UserError, "lies in the past"):
            binder._lend(date(2026, 3, 1), user=self.borrower)
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            binder._lend(date(2026, 3, 9))
        loan = binder._lend(date(2026, 3, 9), user=self.borrower).sudo()
        for name, words in (("due_back", "cannot be due back before"), ("returned_on", "cannot come back before")):
            with self.assertRaises(ValidationError) as refused:
                loan[name] = date(2026, 3, 1)
            self.assertIn(f"Binder 0 {words}", str(refused.exception))

    @users("loan_borrower")
    def test_only_those_who_write_the_thing_lend_it(self):
        binder = self._binders_as_superuser()
        for act in (
            lambda: binder._lend(date(2026, 3, 9), user=self.borrower),
            binder.action_take_back,
            lambda: binder.write({"place_id": False}),
        ):
            with self.assertRaises(AccessError):
                act()

    def _binders_as_superuser(self, count=1):
        return self.env[BINDER].sudo().create([{"name": f"Binder {n}"} for n in range(count)]).sudo(False)

    @users("loan_keeper")
    def test_loans_are_not_written_by_hand(self):
        binder = self._binders()
        loan = binder._lend(date(2026, 3, 9), user=self.borrower)
        with self.assertRaises(AccessError):
            loan.returned_on = date(2026, 3, 3)
        with self.assertRaises(AccessError):
            binder.loan_ids = [Command.clear()]

    def test_overdue_is_found(self):
        lent, back, here = self._binders(3)
        (lent + back)._lend(date(2026, 3, 9), user=self.borrower)
        back.action_take_back()
        three = lent + back + here
        with freeze_time("2026-03-10 04:00:00"):
            three.invalidate_recordset()
            self.assertEqual(three.filtered("is_loan_overdue"), lent)
            self.assertEqual(self.env[BINDER].search([("is_loan_overdue", "=", True)]), lent)
            self.assertEqual(self.env[BINDER].search([("is_loan_overdue", "=", False)], order="id"), back + here)

    def test_the_daily_job_asks_once(self):
        to_user, to_outsider, to_stranger, fine = self._binders(4)
        to_user._lend(date(2026, 3, 9), user=self.borrower)
        to_outsider.with_user(self.keeper)._lend(date(2026, 3, 9), partner=self.outsider)
        to_stranger.with_user(self.keeper)._lend(date(2026, 3, 9), user=self.stranger)
        fine._lend(date(2026, 3, 10), user=self.borrower)
        with freeze_time("2026-03-10 04:00:00"), without_commits():
            for _run in range(2):
                self.env[LOAN]._cron_remind()
        self.assertRecordValues(
            to_user.activity_ids,
            [
                {
                    "user_id": self.borrower.id,
                    "summary": f"Get Binder 0 back from {self.borrower.name}",
                    "date_deadline": date(2026, 3, 9),
                }
            ],
        )
        self.assertEqual(to_outsider.activity_ids.user_id, self.keeper)
        self.assertEqual(to_stranger.activity_ids.user_id, self.keeper, "the borrower cannot open it")
        self.assertFalse(fine.activity_ids)

    @users("loan_keeper")
    def test_a_list_costs_the_same_for_many(self):
        counts = []
        for size in (1, 1, 8):  # the first fills the caches
            binders = self._binders(size)
            binders._lend(date(2026, 3, 9), user=self.borrower)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            binders.web_read({"name": {}, "borrower": {}, "due_back": {}, "is_loan_overdue": {}})
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
