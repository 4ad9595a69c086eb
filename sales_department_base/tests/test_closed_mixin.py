from contextlib import ExitStack

from odoo import Command, fields, models
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import Form, TransactionCase, new_test_user, tagged, users

from .closed_fields import get_closed_models, get_declaration_faults, get_open_doors
from .common import throwaway_model

SLIP = "sales.department.test.slip"
LINE = "sales.department.test.slip.line"
STAMP = "sales.department.test.stamp.mixin"


class Slip(models.Model):
    """Stands for a model of Odoo."""

    _module = None
    _name = SLIP
    _description = "Slip"

    name = fields.Char()
    line_ids = fields.One2many(LINE, "slip_id", copy=True)


class Stamp(models.AbstractModel):
    """An abstract mixin with a closed field of its own."""

    _module = None
    _name = STAMP
    _description = "Stamp"
    _inherit = ["sales.department.closed.mixin"]
    _closed_fields = frozenset({"stamped_on"})

    stamped_on = fields.Date(copy=False)


class SlipOfOneAddon(models.Model):
    _module = None
    _name = SLIP
    _inherit = [SLIP, STAMP]
    _closed_fields = frozenset({"level", "owner_id"})

    level = fields.Char(default="low", copy=False)
    owner_id = fields.Many2one("res.users", default=lambda self: self.env.user, copy=False)


class SlipOfAnother(models.Model):
    _module = None
    _name = SLIP
    _inherit = [SLIP, "sales.department.closed.mixin"]
    _closed_fields = frozenset({"rank"})
    _closed_except_groups = {"cost": "sales_team.group_sale_manager"}

    rank = fields.Integer()
    cost = fields.Float(default=1.0, copy=False)


class SlipLine(models.Model):
    _module = None
    _name = LINE
    _description = "Line of a Slip"
    _inherit = ["sales.department.closed.mixin"]
    _closed_fields = frozenset({"done"})

    slip_id = fields.Many2one(SLIP, ondelete="cascade")
    name = fields.Char()
    done = fields.Boolean(copy=False)


@tagged("post_install", "-at_install")
class TestClosedMixin(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        stack.enter_context(throwaway_model(cls.registry, cls.cr, Stamp, Slip, SlipOfOneAddon, SlipOfAnother, SlipLine))
        cls.registry.init_models(cls.cr, [STAMP, SLIP, LINE], {})
        new_test_user(cls.env, login="closed_clerk", groups="sales_team.group_sale_salesman")
        new_test_user(cls.env, login="closed_manager", groups="sales_team.group_sale_manager")
        for name in (SLIP, LINE):
            cls.env["ir.model.access"].create({
                "name": name,
                "model_id": cls.env["ir.model"]._get(name).id,
                "perm_read": True,
                "perm_write": True,
                "perm_create": True,
                "perm_unlink": True,
            })
        cls.slip = cls.env[SLIP].create({"name": "S1", "line_ids": [Command.create({"name": "L1"})]})

    def _refused(self, method, *args, model=SLIP, **kwargs):
        """Check that a call, as it arrives over RPC, is refused because of a closed field."""
        with self.assertRaisesRegex(AccessError, "is set by"):
            call_kw(self.env[model], method, args, kwargs)

    # ---- what is closed ----

    def test_every_class_brings_its_own(self):
        names = {"stamped_on", "level", "owner_id", "rank", "cost"}
        self.assertEqual(self.env[SLIP]._closed_field_names(), names)
        self.assertEqual(self.env[LINE]._closed_field_names(), {"done"})
        self.assertFalse(self.env["sales.department.closed.mixin"]._closed_field_names())

    # ---- every way in ----

    @users("closed_clerk", "closed_manager")
    def test_write(self):
        for name in ("stamped_on", "level", "owner_id", "rank"):
            self._refused("write", self.slip.ids, {name: False})
            self._refused("write", self.slip.ids, {"name": "with it", name: False})
        self._refused("web_save", self.slip.ids, {"level": "high"}, {})
        self._refused("web_save_multi", self.slip.ids, [{"level": "high"}], {})
        with self.assertRaises(AccessError):
            self.slip.with_env(self.env).level = "high"
        self.assertRecordValues(self.slip, [{"name": "S1", "level": "low", "rank": 0}])

    @users("closed_clerk")
    def test_create(self):
        for name in ("stamped_on", "level", "owner_id", "rank"):
            self._refused("create", [{"name": "S2", name: False}])
            self._refused("create", [{"name": "S2"}], context={f"default_{name}": False})
        self._refused("web_save", [], {"name": "S2", "level": "high"}, {})
        self._refused("name_create", "S2", context={"default_level": "high"})
        self._refused("copy", self.slip.ids, {"level": "high"})
        self.assertEqual(self.env[SLIP].search_count([]), 1)

    @users("closed_clerk")
    def test_load(self):
        self.env["ir.model.data"].sudo().create({
            "module": "__test__",
            "name": "slip",
            "model": SLIP,
            "res_id": self.slip.id,
        })
        for columns, row in (
            (["name", "level"], ["S2", "high"]),
            (["id", "level"], ["__test__.slip", "high"]),
            ([".id", "rank"], [str(self.slip.id), "7"]),
            (["name", "line_ids/name", "line_ids/done"], ["S2", "L2", "1"]),
        ):
            result = call_kw(self.env[SLIP], "load", [columns, [row]], {})
            self.assertFalse(result["ids"])
            self.assertIn("is set by the system", result["messages"][0]["message"])
        self.assertRecordValues(self.slip, [{"level": "low", "rank": 0}])
        self.assertEqual(self.env[SLIP].search_count([]), 1)

    @users("closed_clerk")
    def test_commands_of_a_parent(self):
        line = self.slip.line_ids
        for command in (Command.create({"done": True}), Command.update(line.id, {"done": True})):
            self._refused("write", self.slip.ids, {"line_ids": [command]})
            self._refused("web_save", self.slip.ids, {"line_ids": [command]}, {})
        self._refused("create", [{"line_ids": [Command.create({"done": True})]}])
        self.assertRecordValues(self.slip.line_ids, [{"name": "L1", "done": False}])

    # ---- what applies instead ----

    @users("closed_clerk")
    def test_the_servers_default_applies(self):
        slip = self.env[SLIP].create({"name": "S2", "line_ids": [Command.create({"name": "L2"})]})
        self.assertRecordValues(slip, [{"level": "low", "owner_id": self.env.uid, "rank": 0, "stamped_on": False}])

    @users("closed_clerk")
    def test_a_default_of_the_user_does_not_count(self):
        for name, value in (("level", "high"), ("rank", 7), ("cost", 0.0)):
            self.env["ir.default"].set(SLIP, name, value, user_id=True)
        wanted = [{"level": "low", "rank": 0, "cost": 1.0}]
        self.assertRecordValues(self.env[SLIP].create({"name": "S2"}), wanted)
        self.assertRecordValues(self.env[SLIP].sudo().create({"name": "S3"}), wanted)
        offered = self.env[SLIP].with_context(default_level="high").default_get(["level", "rank", "owner_id"])
        self.assertEqual(offered, {"level": "low", "owner_id": self.env.uid})

    @users("closed_clerk")
    def test_a_copy_begins_anew(self):
        self.slip.write({"level": "high", "rank": 7})
        self.slip.line_ids.done = True
        copy = self.slip.with_env(self.env).copy()
        self.assertRecordValues(copy, [{"level": "low", "rank": 0}])
        self.assertRecordValues(copy.line_ids, [{"name": "L1", "done": False}])

    @users("closed_clerk")
    def test_forms_show_the_field_readonly(self):
        described = self.env[SLIP].fields_get(["name", "level", "cost"], ["readonly"])
        self.assertEqual([described[name]["readonly"] for name in ("name", "level", "cost")], [False, True, True])
        with Form(self.slip.with_env(self.env)) as form:
            form.name = "by form"
        self.assertEqual(self.slip.name, "by form")

    def test_code_as_superuser_may(self):
        self.slip.write({"level": "high", "cost": 5})
        self.assertEqual(self.env[SLIP].with_context(default_level="high").create({}).level, "high")
        with self.with_user("closed_clerk"):
            slip = self.slip.with_env(self.env)
            slip.sudo().write({"rank": 3})
            self.assertEqual(slip.rank, 3)

    # ---- closed to most ----

    @users("closed_clerk")
    def test_closed_but_for_a_group(self):
        with self.assertRaisesRegex(AccessError, "“Cost” of Slip is set by: Sales / Administrator"):
            self.slip.with_env(self.env).cost = 5
        self._refused("create", [{"name": "S2", "cost": 5}])

    @users("closed_manager")
    def test_the_group_may(self):
        self.slip.with_env(self.env).cost = 5
        self.assertEqual(self.env[SLIP].with_context(default_cost=6).create({}).cost, 6)
        self.assertFalse(self.env[SLIP].fields_get(["cost"])["cost"]["readonly"])

    # ---- the generated test finds what is open ----

    @users("closed_clerk")
    def test_generated_attacks_are_refused(self):
        self.assertLessEqual({SLIP, LINE}, set(get_closed_models(self.env)))
        for name, least in ((SLIP, 40), (LINE, 10)):
            found, tried = get_open_doors(self.env[name])
            self.assertFalse(found)
            self.assertGreaterEqual(tried, least)
            self.assertFalse(get_declaration_faults(self.env[name]))

    @users("closed_clerk")
    def test_generated_attacks_notice_an_open_field(self):
        for name in (SLIP, LINE):
            self.patch(type(self.env[name]), "_has_field_access", lambda self, field, operation: True)
            self.patch(type(self.env[name]), "_check_field_access", lambda self, field, operation: None)
        found, _tried = get_open_doors(self.env[LINE])
        ways = ("create", "load", "write", "web_save", f"{SLIP}.line_ids")
        self.assertEqual(found[0], f"{LINE}.done: the field is not closed")
        for way in ways:
            self.assertIn(f"{LINE}.done: set over {way}", found)
        self.assertIn(f"{SLIP}.level: set over create", get_open_doors(self.env[SLIP])[0])
        self.assertRecordValues(self.slip.line_ids, [{"name": "L1", "done": False}])

    def test_declaration_is_checked(self):
        self.patch(type(self.env[SLIP]), "_closed_field_names", lambda self: frozenset({"gone", "rank"}))
        self.assertEqual(get_declaration_faults(self.env[SLIP]), [f"{SLIP} has no field gone to close"])
