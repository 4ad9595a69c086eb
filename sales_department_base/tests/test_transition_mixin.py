from contextlib import ExitStack

from odoo import fields, models
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged, users

from .common import assert_transitions_declared, throwaway_model

NAME = "sales.department.test.ticket"


class Ticket(models.Model):
    _module = None
    _name = NAME
    _description = "Ticket"
    _inherit = ["mail.thread", "sales.department.transition.mixin"]
    _TRANSITIONS = {"draft": {"running"}, "running": {"won", "lost"}, "lost": {"draft"}}

    name = fields.Char()
    reason = fields.Char()
    state = fields.Selection(
        [("draft", "Draft"), ("running", "Running"), ("won", "Won"), ("lost", "Lost")],
        default="draft",
        required=True,
        tracking=True,
    )


@tagged("post_install", "-at_install")
class TestTransitionMixin(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        stack.enter_context(throwaway_model(cls.registry, cls.cr, Ticket))
        cls.registry.init_models(cls.cr, [NAME], {})
        cls.user = new_test_user(cls.env, login="mover", groups="sales_department_base.group_policy_admin")
        new_test_user(cls.env, login="reader", groups="base.group_user")
        model = cls.env["ir.model"]._get(NAME)
        access = {"name": "test", "model_id": model.id, "perm_read": True}
        cls.env["ir.model.access"].create([
            access | {"group_id": cls.env.ref("base.group_user").id},
            access
            | {
                "group_id": cls.env.ref("sales_department_base.group_policy_admin").id,
                "perm_write": True,
                "perm_create": True,
                "perm_unlink": True,
            },
        ])
        cls.ticket = cls.env[NAME].create({"name": "T1"})

    def test_declaration_is_sound(self):
        assert_transitions_declared(self.env[NAME])

    def test_declaration_with_an_unknown_state_is_noticed(self):
        self.patch(type(self.env[NAME]), "_TRANSITIONS", {"draft": {"gone"}})
        with self.assertRaisesRegex(AssertionError, "gone"):
            assert_transitions_declared(self.env[NAME])

    def test_declaration_may_not_be_empty(self):
        self.patch(type(self.env[NAME]), "_TRANSITIONS", {})
        with self.assertRaisesRegex(AssertionError, "no transitions"):
            assert_transitions_declared(self.env[NAME])

    @users("mover")
    def test_hook_runs_after_the_transition_in_the_same_transaction(self):
        seen = []

        def after(records, target):
            seen.append((target, records.mapped("state")))

        self.patch(type(self.env[NAME]), "_after_change_state", after)
        self.ticket.with_env(self.env)._change_state("running")
        self.assertEqual(seen, [("running", ["running"])])

    # ---- along the transitions ----

    @users("mover")
    def test_along_the_declared_way(self):
        ticket = self.ticket.with_env(self.env)
        self.assertTrue(ticket._can_change_state("running"))
        self.assertFalse(ticket._can_change_state("won"))
        ticket._change_state("running")
        ticket._change_state("lost", reason="Price")
        self.assertRecordValues(ticket, [{"state": "lost", "reason": "Price"}])
        ticket._change_state("draft")
        self.assertEqual(ticket.state, "draft")

    @users("mover")
    def test_refusal_says_what_is_possible(self):
        ticket = self.ticket.with_env(self.env)
        with self.assertRaises(UserError) as refusal:
            ticket._change_state("won")
        message = str(refusal.exception)
        self.assertIn("cannot become “Won”", message)
        self.assertIn("T1 is “Draft” and can become: Running", message)
        ticket._change_state("running")
        ticket._change_state("won")
        with self.assertRaisesRegex(UserError, "T1 is “Won”, which is final"):
            ticket._change_state("draft")

    @users("mover")
    def test_all_or_nothing(self):
        tickets = self.env[NAME].create([{"name": "A"}, {"name": "B"}])
        tickets[1]._change_state("running")
        with self.assertRaises(UserError) as refusal:
            tickets._change_state("running")
        self.assertNotIn("A is", str(refusal.exception))
        self.assertIn("B is “Running”", str(refusal.exception))
        self.assertEqual(tickets.mapped("state"), ["draft", "running"])

    @users("mover")
    def test_refusal_of_many_stays_short(self):
        tickets = self.env[NAME].create([{"name": f"N{n}"} for n in range(12)])
        with self.assertRaises(UserError) as refusal:
            tickets._change_state("won")
        lines = str(refusal.exception).splitlines()
        self.assertEqual(len(lines), 12)
        self.assertEqual(lines[-1], "and 2 more")

    @users("mover")
    def test_nothing_to_change(self):
        self.env[NAME]._change_state("running")

    @users("mover")
    def test_unknown_target_is_an_error_of_the_programmer(self):
        with self.assertRaisesRegex(ValueError, "gone"):
            self.ticket.with_env(self.env)._change_state("gone")

    @users("mover")
    def test_state_is_read_again_from_the_database(self):
        ticket = self.ticket.with_env(self.env)
        self.assertEqual(ticket.state, "draft")
        self.env.cr.execute("UPDATE sales_department_test_ticket SET state = 'won'")
        with self.assertRaisesRegex(UserError, "final"):
            ticket._change_state("running")

    @users("mover")
    def test_deleted_record(self):
        ticket = self.env[NAME].create({"name": "Gone"})
        self.env.cr.execute("DELETE FROM sales_department_test_ticket WHERE id = %s", [ticket.id])
        with self.assertRaises(MissingError):
            ticket._change_state("running")

    @users("reader")
    def test_write_access_is_needed(self):
        with self.assertRaises(AccessError):
            self.ticket.with_env(self.env)._change_state("running")

    @users("mover")
    def test_constant_number_of_queries(self):
        counts = []
        for size in (1, 2, 40):  # the first one fills caches
            tickets = (
                self.env[NAME].with_context(tracking_disable=True).create([{"name": f"N{n}"} for n in range(size)])
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            tickets._change_state("running")
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    @users("mover")
    def test_chatter_names_the_user(self):
        ticket = self.env[NAME].create({"name": "Tracked"})
        self.cr.flush()
        ticket._change_state("running")
        self.cr.flush()
        message = ticket.sudo().message_ids.filtered("tracking_value_ids")
        self.assertEqual(len(message), 1)
        self.assertEqual(message.author_id, self.env.user.partner_id)
        self.assertEqual(message.create_uid, self.env.user)
        self.assertEqual(ticket.write_uid, self.env.user)
        values = message.tracking_value_ids
        self.assertEqual(values.mapped("old_value_char"), ["Draft"])
        self.assertEqual(values.mapped("new_value_char"), ["Running"])

    # ---- the field is closed ----

    @users("mover")
    def test_no_direct_write(self):
        with self.assertRaisesRegex(AccessError, "cannot be set by hand"):
            self.ticket.with_env(self.env).write({"state": "won"})
        with self.assertRaises(AccessError):
            self.ticket.with_env(self.env).state = "won"
        self.assertEqual(self.ticket.state, "draft")

    @users("mover")
    def test_no_choice_of_the_first_state(self):
        tickets = self.env[NAME]
        with self.assertRaises(AccessError):
            tickets.create({"name": "X", "state": "won"})
        with self.assertRaises(AccessError):
            tickets.with_context(default_state="won").create({"name": "X"})
        with self.assertRaises(AccessError):
            self.ticket.with_env(self.env).copy({"state": "won"})
        with self.assertRaises(AccessError):
            tickets.with_context(default_state="won").name_create("X")

    @users("mover")
    def test_a_default_of_the_user_does_not_count(self):
        self.env["ir.default"].set(NAME, "state", "won", user_id=True)
        self.assertEqual(self.env[NAME].create({"name": "X"}).state, "draft")
        self.assertEqual(self.env[NAME].sudo().create({"name": "X"}).state, "draft")

    @users("mover")
    def test_import_cannot_set_the_state(self):
        result = self.env[NAME].load(["name", "state"], [["X", "won"]])
        self.assertFalse(result["ids"])
        self.assertIn("cannot be set by hand", result["messages"][0]["message"])

    @users("mover")
    def test_forms_show_the_state_readonly(self):
        self.assertTrue(self.env[NAME].fields_get(["state"])["state"]["readonly"])
        self.assertFalse(self.env[NAME].fields_get(["name"])["name"]["readonly"])

    @users("mover")
    def test_a_copy_begins_anew(self):
        ticket = self.ticket.with_env(self.env)
        ticket._change_state("running")
        self.assertEqual(ticket.copy().state, "draft")

    def test_code_as_superuser_may_set_the_state(self):
        self.assertEqual(self.env[NAME].create({"state": "won"}).state, "won")
        ticket = self.env[NAME].with_context(default_state="lost").create({})
        self.assertEqual(ticket.state, "lost")
