"""Every model of the house has its doors closed; what the mixins promise, on models of the tests' own."""

from contextlib import ExitStack

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.service.model import call_kw
from odoo.tests import Form, TransactionCase, new_test_user, tagged, users

from .common import throwaway_model

CASE = "sales.department.test.case"
NOTE = "sales.department.test.case.note"
DIALOG = "sales.department.test.dialog"
HOUSE = "sales_department_base"


class Case(models.Model):
    _module = HOUSE
    _name = CASE
    _description = "Case"
    _inherit = ["sales.department.closed.mixin"]
    _fixed_fields = frozenset({"partner_id"})

    name = fields.Char()
    user_id = fields.Many2one("res.users")
    partner_id = fields.Many2one("res.partner")
    like_id = fields.Many2one(CASE)
    signed_on = fields.Date()
    amount = fields.Float(readonly=True)
    weight = fields.Float()
    stamp = fields.Binary(readonly=True)
    paper = fields.Binary()
    double = fields.Float(compute="_compute_double", store=True)
    cost = fields.Float(groups="sales_team.group_sale_manager")
    note_ids = fields.One2many(NOTE, "case_id", copy=True)
    confirmed_count = fields.Integer(readonly=True)

    @api.depends("amount")
    def _compute_double(self):
        for case in self:
            case.double = 2 * case.amount

    def action_rename(self):
        self.ensure_one()
        self.name = "renamed"


class CaseNote(models.Model):
    _module = HOUSE
    _name = NOTE
    _description = "Note of a Case"
    _inherit = ["sales.department.closed.mixin"]

    name = fields.Char()
    case_id = fields.Many2one(CASE, required=True, ondelete="cascade")
    case_cost = fields.Float(related="case_id.cost", groups="sales_team.group_sale_manager")
    is_dear = fields.Boolean(search="_search_is_dear", store=False, groups="sales_team.group_sale_manager")

    def _search_is_dear(self, operator, value):
        return [("case_id.name", "=", "hers")]

    def _get_settled(self):
        return self.filtered("case_id.signed_on")


class CaseDialog(models.TransientModel):
    _module = HOUSE
    _name = DIALOG
    _description = "Dialog of a Case"
    _inherit = ["sales.department.dialog.mixin"]
    _dialog_access = {"other_id": "write"}

    case_id = fields.Many2one(CASE)
    other_id = fields.Many2one(CASE, "Other Case")
    case_ids = fields.Many2many(CASE, string="Several")
    like_id = fields.Many2one(CASE, "Case Like It", compute="_compute_like_id", store=True, readonly=False)
    shown = fields.Char(compute="_compute_shown")

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        if chosen := self.env.context.get("chosen_id"):
            defaults["case_id"] = chosen
        return defaults

    @api.depends("case_id")
    def _compute_like_id(self):
        for dialog in self:
            dialog.like_id = dialog.case_id.sudo().like_id

    @api.depends("case_id")
    def _compute_shown(self):
        for dialog in self:
            dialog.shown = dialog.case_id.sudo().name

    def action_confirm(self):
        self._use_once()
        self.case_id.sudo().confirmed_count += 1


@tagged("post_install", "-at_install")
class TestDoors(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "no_reset_password": True})
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        stack.enter_context(throwaway_model(cls.registry, cls.cr, Case, CaseNote, CaseDialog))
        cls.registry.init_models(cls.cr, [CASE, NOTE, DIALOG], {})
        clerk = new_test_user(cls.env, login="doors_clerk", groups="sales_team.group_sale_salesman")
        other = new_test_user(cls.env, login="doors_other", groups="sales_team.group_sale_salesman")
        new_test_user(cls.env, login="doors_manager", groups="sales_team.group_sale_manager")
        rights = dict.fromkeys(("perm_read", "perm_write", "perm_create", "perm_unlink"), True)
        for name in (CASE, NOTE, DIALOG):
            model = cls.env["ir.model"]._get(name)
            cls.env["ir.model.access"].create({"name": name, "model_id": model.id, **rights})
        group = cls.env.ref("sales_team.group_sale_salesman")
        for name, domain, kinds in (
            (CASE, "[('user_id', '=', user.id)]", rights),
            (DIALOG, "[('create_uid', '=', user.id)]", rights),
        ):
            model = cls.env["ir.model"]._get(name)
            cls.env["ir.rule"].create({
                "name": name,
                "model_id": model.id,
                "domain_force": domain,
                "groups": group.ids,
                **kinds,
            })
        cls.own, cls.own_second, cls.foreign = cls.env[CASE].create([
            {"name": "mine", "user_id": clerk.id, "cost": 10, "note_ids": [Command.create({"name": "N1"})]},
            {"name": "mine, too", "user_id": clerk.id, "cost": 20},
            {"name": "hers", "user_id": other.id, "cost": 30, "note_ids": [Command.create({"name": "N3"})]},
        ])

    def _call(self, records, method, *args, **kwargs):
        """Call a method as it arrives over RPC, as the user of the test."""
        needs_ids = records or method == "onchange"
        ids = [records.ids] if needs_ids else []
        return call_kw(self.env[records._name], method, [*ids, *args], kwargs)

    def _refused(self, error, pattern, *args, **kwargs):
        with self.assertRaisesRegex(error, pattern), self.env.cr.savepoint():
            self._call(*args, **kwargs)
        self.env.invalidate_all(flush=False)

    # ---- closed by default ----

    def test_readonly_fields_are_closed_without_being_named(self):
        self.assertEqual(self.env[CASE]._closed_field_names(), {"amount", "double", "confirmed_count", "stamp"})
        self.assertEqual(self.env[NOTE]._closed_field_names(), {"case_cost"})

    @users("doors_clerk")
    def test_a_computed_field_takes_no_value(self):
        for name in ("amount", "double"):
            self._refused(AccessError, "set by the system", self.own, "write", {name: 7})
            self._refused(AccessError, "set by the system", self.env[CASE], "create", [{name: 7}])

    @users("doors_clerk")
    def test_a_copy_takes_the_default_of_what_is_closed(self):
        self.own.amount = 5
        [copy] = self._call(self.own, "copy")
        self.assertRecordValues(self.env[CASE].sudo().browse(copy), [{"name": "mine", "amount": 0}])

    @users("doors_clerk")
    def test_a_copy_names_what_its_maker_may_read(self):
        self.own.like_id = self.foreign
        [copy] = self._call(self.own, "copy")
        self.assertFalse(self.env[CASE].sudo().browse(copy).like_id)

    @users("doors_clerk")
    def test_an_unknown_field_is_said(self):
        self._refused(ValueError, "Invalid field", self.own, "write", {"unheard_of": 1})

    # ---- fixed ----

    @users("doors_clerk")
    def test_a_part_stays_with_its_whole(self):
        note = self.own.note_ids
        for target in (self.own_second, self.foreign):
            self._refused(UserError, "is fixed", note, "write", {"case_id": target.id})
            self._refused(UserError, "is fixed", note, "web_save", {"case_id": target.id}, {})
        self._refused(UserError, "is fixed", self.own_second, "write", {"note_ids": [Command.link(note.id)]})
        self._call(note, "write", {"case_id": self.own.id, "name": "the same"})
        self.assertEqual((note.case_id, note.name), (self.own, "the same"))

    @users("doors_clerk")
    def test_a_part_is_added_to_what_may_be_written(self):
        self._call(self.env[NOTE], "create", [{"case_id": self.own.id}])
        self._refused(AccessError, "", self.env[NOTE], "create", [{"case_id": self.foreign.id}])
        self.assertEqual((len(self.own.note_ids), len(self.foreign.note_ids)), (2, 1))

    @users("doors_clerk")
    def test_a_declared_field_is_set_once(self):
        partners = self.env["res.partner"].sudo().create([{"name": "One"}, {"name": "Other"}])
        case = self.env[CASE].create({"user_id": self.env.uid, "partner_id": partners[0].id})
        self._refused(UserError, "“Partner” of .* is fixed", case, "write", {"partner_id": partners[1].id})

    # ---- settled ----

    @users("doors_clerk")
    def test_evidence_stays(self):
        self.own.signed_on = "2026-01-01"
        note = self.own.note_ids
        self._refused(UserError, "N1.*stays as it is", note, "write", {"name": "else"})
        self._refused(UserError, "N1.*stays as it is", note, "unlink")
        self._refused(UserError, "stays as it is", self.env[NOTE], "create", [{"case_id": self.own.id}])
        self._refused(UserError, "stays as it is", self.own, "write", {"note_ids": [Command.clear()]})
        self.assertEqual(self.own.note_ids.mapped("name"), ["N1"])

    # ---- links ----

    @users("doors_clerk")
    def test_a_client_links_what_they_may_read(self):
        foreign = self.foreign.id
        values = {"like_id": foreign}
        self._refused(AccessError, "", self.env[CASE], "create", [values])
        self._refused(AccessError, "", self.env[CASE], "create", [{}], context={"default_like_id": foreign})
        self._refused(AccessError, "", self.own, "write", values)
        self._refused(AccessError, "", self.env[CASE], "onchange", dict(values), ["like_id"], {"like_id": {}})
        self._refused(AccessError, "", self.env[CASE], "default_get", ["like_id"], context={"default_like_id": foreign})
        self._call(self.own, "write", {"like_id": self.own_second.id})
        self.assertEqual(self.own.like_id, self.own_second)

    # ---- numbers and files ----

    @users("doors_clerk")
    def test_a_number_is_one(self):
        for number in (float("nan"), float("inf"), float("-inf")):
            self._refused(UserError, "“Weight” is not a number", self.own, "write", {"weight": number})
            self._refused(UserError, "“Weight” is not a number", self.env[CASE], "create", [{"weight": number}])

    @users("doors_clerk")
    def test_the_file_behind_a_closed_field_stays(self):
        self.own.write({"stamp": b"c3RhbXA=", "paper": b"cGFwZXI="})
        files = self.env["ir.attachment"].sudo().search([("res_model", "=", CASE), ("res_field", "!=", False)])
        stamp, paper = (files.filtered(lambda file, name=name: file.res_field == name) for name in ("stamp", "paper"))
        self._refused(AccessError, "on record", stamp, "write", {"raw": b"else"})
        self._refused(AccessError, "on record", stamp, "unlink")
        self._refused(AccessError, "on record", paper, "write", {"res_field": "stamp"})
        self._call(paper, "write", {"raw": b"else"})
        self.assertEqual((self.own.stamp, self.own.paper), (b"c3RhbXA=", b"ZWxzZQ=="))

    # ---- restricted ----

    @users("doors_clerk")
    def test_no_way_around_the_groups_of_a_related_field(self):
        for args in (
            ("formatted_read_group", [], [], ["case_cost:sum"]),
            ("formatted_read_group", [], ["case_cost"], []),
            ("web_read_group", [], ["case_cost"], []),
            ("search", [("case_cost", ">", 1)]),
            ("search", [("is_dear", "=", True)]),
            ("search_count", ["|", ("name", "=", "x"), ("is_dear", "=", True)]),
            ("search", []),
        ):
            order = {"order": "case_cost"} if args == ("search", []) else {}
            self._refused(AccessError, "", self.env[NOTE], *args, **order)

    @users("doors_manager")
    def test_whoever_may_read_it_may_group_by_it(self):
        notes = [("id", "in", (self.own | self.foreign).note_ids.ids)]
        [total] = self._call(self.env[NOTE], "formatted_read_group", notes, [], ["case_cost:sum"])
        self.assertEqual(total["case_cost:sum"], 40)

    # ---- one record ----

    @users("doors_clerk")
    def test_a_button_without_its_record(self):
        self._refused(UserError, "one record at a time", self.own | self.own_second, "action_rename")
        with self.assertRaisesRegex(UserError, "one record at a time"):
            call_kw(self.env[CASE], "action_rename", [[]], {})
        with self.assertRaises(MissingError):
            call_kw(self.env[CASE], "action_rename", [[0]], {})
        self.assertFalse(self.env[CASE].browse([False]).ensure_one().name)  # Odoo's way to name nothing

    # ---- dialogs ----

    @users("doors_clerk")
    def test_a_dialog_shows_what_its_user_may_read(self):
        dialogs, spec = self.env[DIALOG], {"shown": {}}
        self.assertEqual(
            self._call(dialogs, "onchange", {"case_id": self.own.id}, ["case_id"], spec)["value"]["shown"], "mine"
        )
        foreign = self.foreign.id
        for values in (
            {"case_id": foreign},
            {"case_ids": [Command.link(foreign)]},
            {"case_ids": [Command.set([foreign])]},
        ):
            self._refused(AccessError, "", dialogs, "create", [values])
            self._refused(AccessError, "", dialogs, "onchange", dict(values), list(values), spec)
        for context in (
            {"default_case_id": foreign},
            {"default_case_ids": [foreign]},
            {"active_model": CASE, "active_id": foreign},
            {"chosen_id": foreign},
            {"active_model": CASE, "active_ids": [self.own.id, foreign]},
        ):
            if "chosen_id" not in context:
                self._refused(AccessError, "", dialogs, "default_get", ["case_id", "case_ids"], context=context)
            self._refused(
                AccessError, "", dialogs, "onchange", {}, [], {"case_id": {}, "case_ids": {}, **spec}, context=context
            )
            self._refused(AccessError, "", dialogs, "create", [{}], context=context)
        dialog = dialogs.create({"case_id": self.own.id})
        self._refused(AccessError, "", dialog, "write", {"case_id": foreign})
        self.assertEqual(dialog.shown, "mine")

    @users("doors_clerk")
    def test_what_a_dialog_computes_is_not_held_against_its_user(self):
        self.own.like_id = self.foreign
        spec = {"case_id": {}, "like_id": {}}
        dialogs = self.env[DIALOG]
        self._call(dialogs, "onchange", {"case_id": self.own.id}, ["case_id"], spec)
        self.assertEqual(dialogs.create({"case_id": self.own.id}).like_id, self.foreign)
        self._refused(AccessError, "", dialogs, "create", [{"like_id": self.foreign.id}])

    @users("doors_clerk")
    def test_a_dialog_may_ask_for_more_than_reading(self):
        self.env["ir.rule"].sudo().search([("model_id.model", "=", CASE)]).perm_read = False
        self._call(self.env[DIALOG], "create", [{"case_id": self.foreign.id}])
        self._refused(AccessError, "", self.env[DIALOG], "create", [{"other_id": self.foreign.id}])

    @users("doors_clerk")
    def test_a_dialog_is_confirmed_once(self):
        with Form(self.env[DIALOG].with_context(default_case_id=self.own.id)) as form:
            dialog = form.save()
        self._call(dialog, "action_confirm")
        self._refused(UserError, "done already", dialog, "action_confirm")
        self._refused(AccessError, "set by the system", dialog, "write", {"is_used": False})
        self.assertEqual(self.own.confirmed_count, 1)


@tagged("post_install", "-at_install")
class TestEveryDoor(TransactionCase):
    """Finds a model of the house, or a field of it on a model of Odoo, that is left open."""

    def _get_house(self):
        """Yield each model of the house that is no mixin."""
        house = self.env["sales.department.closed.mixin"]._get_house_modules()
        for model in self.env.values():
            if not model._abstract and model._original_module in house:
                yield model

    def test_every_model_has_its_doors_closed(self):
        open_doors = [
            model._name
            for model in self._get_house()
            if model._auto and not hasattr(model, "_use_once" if model._transient else "_closed_field_names")
        ]
        self.assertFalse(open_doors, "These models lack the mixin of closed doors, or of dialogs")

    def test_every_dialog_belongs_to_whoever_opened_it(self):
        owned = {
            rule.model_id.model
            for rule in self.env["ir.rule"].search([("groups", "=", False)])
            if rule.domain_force.replace('"', "'") == "[('create_uid', '=', user.id)]"
        }
        open_doors = {model._name for model in self._get_house() if model._transient} - owned
        self.assertFalse(open_doors, "These dialogs lack the rule “own rows only”")

    def test_every_field_on_a_model_of_odoo(self):
        mixin = self.env["sales.department.closed.mixin"]
        house = mixin._get_house_modules()
        open_doors = [
            f"{model._name}.{field.name}"
            for model in self.env.values()
            if not model._abstract and not model._transient and model._original_module not in house
            if not hasattr(model, "_closed_field_names")
            for field in model._fields.values()
            if mixin._is_house_field(field) and field.readonly and (field.store or field.groups)
            if model._auto
        ]
        self.assertFalse(open_doors, "These fields can be set, or read, by clients: the model lacks the mixin")
