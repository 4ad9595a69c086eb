from contextlib import ExitStack

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, new_test_user, tagged, users

from .common import throwaway_model

LEDGER = "sales.department.test.ledger"
PAPER = "sales.department.test.paper"


class Ledger(models.Model):
    _module = None
    _name = LEDGER
    _description = "Ledger"
    _inherit = ["sales.department.append.only.mixin"]
    _append_only_except = frozenset({"note"})

    name = fields.Char()
    note = fields.Char()


class Paper(models.Model):
    _module = None
    _name = PAPER
    _description = "Paper"
    _inherit = ["sales.department.number.mixin"]

    name = fields.Char(default="/")
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)


@tagged("post_install", "-at_install")
class TestMixins(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        for model in (Ledger, Paper):
            stack.enter_context(throwaway_model(cls.registry, cls.cr, model))
        cls.registry.init_models(cls.cr, [LEDGER, PAPER], {})
        cls.user = new_test_user(cls.env, login="clerk", groups="base.group_user")
        for name in (LEDGER, PAPER):
            cls.env["ir.model.access"].create({
                "name": name,
                "model_id": cls.env["ir.model"]._get(name).id,
                "perm_read": True,
                "perm_write": True,
                "perm_create": True,
                "perm_unlink": True,
            })
        cls.other = cls.env["res.company"].create({"name": "Other plant"})
        cls.env["ir.sequence"].create([
            {"name": "Paper", "code": PAPER, "prefix": "P", "padding": 3, "company_id": False},
            {"name": "Paper, other plant", "code": PAPER, "prefix": "X", "padding": 3, "company_id": cls.other.id},
        ])

    # ---- only added ----

    @users("clerk")
    def test_rows_stay_as_they_are(self):
        row = self.env[LEDGER].create({"name": "10 pairs"})
        for act in (
            lambda: row.write({"name": "20 pairs"}),
            lambda: row.write({"name": "20 pairs", "note": "x"}),
            lambda: row.sudo().write({"name": "20 pairs"}),
            row.unlink,
        ):
            with self.assertRaisesRegex(UserError, "10 pairs"):
                act()
        self.assertEqual(row.name, "10 pairs")

    @users("clerk")
    def test_what_follows_other_records_may_change(self):
        row = self.env[LEDGER].create({"name": "10 pairs"})
        row.note = "seen"
        self.assertEqual(row.note, "seen")
        self.assertTrue(self.env[LEDGER].write({"name": "nothing to change"}))

    # ---- numbers ----

    @users("clerk")
    def test_number_of_the_company(self):
        here, there = self.env[PAPER].create([{}, {"company_id": self.other.id}])
        self.assertRegex(here.name, "^P")
        self.assertRegex(there.name, "^X")

    @users("clerk")
    def test_users_do_not_choose_numbers(self):
        values = {"name": "mine"}
        self.assertRegex(self.env[PAPER].create(values).name, "^P")
        self.assertEqual(values, {"name": "mine"}, "the caller's values stay as they were")
        self.assertEqual(self.env[PAPER].sudo().create(values).name, "mine")

    @users("clerk")
    def test_where_users_may_choose_an_empty_number_is_filled(self):
        self.patch(type(self.env[PAPER]), "_number_by_user", True)
        mine, empty = self.env[PAPER].create([{"name": "mine"}, {"name": " / "}])
        self.assertEqual(mine.name, "mine")
        self.assertRegex(empty.name, "^P")

    @users("clerk")
    def test_without_a_sequence(self):
        self.patch(type(self.env[PAPER]), "_number_sequence", "no.such.sequence")
        self.assertEqual(self.env[PAPER].create({}).name, "/")
