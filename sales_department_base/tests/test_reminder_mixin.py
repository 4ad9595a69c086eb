from contextlib import ExitStack

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import TransactionCase, freeze_time, new_test_user, tagged, users

from ..models import reminder_mixin
from .common import throwaway_model, without_commits

CASE = "sales.department.test.case"
TODO = "mail.mail_activity_data_todo"


class Case(models.Model):
    _module = None
    _name = CASE
    _description = "Case"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "sales.department.document.mixin",
        "sales.department.reminder.mixin",
    ]

    name = fields.Char()
    answer_by = fields.Date()

    def _get_reminder_domain(self, company):
        return Domain("answer_by", "<", company._sales_today())

    def _get_escalation_domain(self, company):
        return Domain("answer_by", "<", fields.Date.subtract(company._sales_today(), days=7))


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 18:00:00")
class TestReminders(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        stack.enter_context(throwaway_model(cls.registry, cls.cr, Case))
        cls.registry.init_models(cls.cr, [CASE], {})
        cls.env["ir.model.access"].create({
            "name": CASE,
            "model_id": cls.env["ir.model"]._get(CASE).id,
            "perm_read": True,
            "perm_write": True,
            "perm_create": True,
        })
        cls.env.company.resource_calendar_id.tz = "UTC"
        cls.clerk, cls.leader, cls.gone = (
            new_test_user(cls.env, f"reminder_{name}", groups="sales_team.group_sale_salesman")
            for name in ("clerk", "leader", "gone")
        )
        cls.team = cls.env["crm.team"].create({"name": "Reminded", "user_id": cls.leader.id})
        cls.gone.active = False

    def _case(self, day, user=None, **values):
        return self.env[CASE].create({
            "name": f"case of {day}",
            "answer_by": day,
            "user_id": (user or self.clerk).id,
            "team_id": self.team.id,
            **values,
        })

    def _run(self):
        """Run the job; return how many documents each of its transactions held."""
        with without_commits() as progress:
            self.env[CASE]._cron_remind()
        return [call.args[1] for call in progress.call_args_list]

    def _tasks(self, cases):
        """Return the tasks of the documents: (document, user, summary)."""
        found = self.env["mail.activity"].search([("res_model", "=", CASE), ("res_id", "in", cases.ids)], order="id")
        return [(self.env[CASE].browse(task.res_id), task.user_id, task.summary) for task in found]

    def test_reminder_then_escalation_once_each(self):
        fine, due = self._case("2026-03-10"), self._case("2026-03-09")
        self.assertEqual(self._run(), [1])
        reminder = (due, self.clerk, "Reminder: case of 2026-03-09 waits for you")
        self.assertEqual(self._tasks(fine + due), [reminder])
        self.assertTrue(due.reminded_at)
        self.assertEqual(self._run(), [])
        with freeze_time("2026-03-17 18:00:00"):
            self.assertEqual(self._run(), [1, 1])  # due is stuck, fine is due
            stuck = (due, self.leader, "case of 2026-03-09 is stuck: see that it goes on")
            self.assertEqual(self._tasks(due), [reminder, stuck])
            due.write({"reminded_at": False, "escalated_at": False})  # it waits once more
            due.answer_by = "2026-03-16"
            self.assertEqual(self._run(), [1])
        self.assertEqual(self._tasks(due), [reminder, stuck, (due, self.clerk, reminder[2])])

    def test_what_is_escalated_is_not_reminded_of(self):
        case = self._case("2026-02-01")
        self.assertEqual(self._run(), [1])
        self.assertEqual([user for _case, user, _summary in self._tasks(case)], [self.leader])
        self.assertFalse(case.reminded_at)

    def test_the_day_is_the_companys(self):
        case = self._case("2026-03-10")
        self.env.company.resource_calendar_id.tz = "Asia/Shanghai"  # where it is the 11th
        self.assertEqual(self._run(), [1])
        self.assertEqual(case.activity_ids.date_deadline, fields.Date.to_date("2026-03-11"))

    def test_in_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.clerk.lang = "zh_CN"
        self.patch(
            type(self.env[CASE]), "_get_reminder_summary", lambda case: f"{case.env.lang} {case.env.company.name}"
        )
        case = self._case("2026-03-09")
        self._run()
        self.assertEqual(case.activity_ids.summary, f"zh_CN {self.env.company.name}")

    def test_who_has_left_is_not_asked(self):
        cases = self._case("2026-03-09", user=self.gone) + self._case("2026-03-08")
        self._run()
        self.assertEqual([user for _case, user, _summary in self._tasks(cases)], [self.clerk])

    def test_every_company_in_batches(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        self.clerk.company_ids += other
        here = self.env[CASE].concat(*(self._case("2026-03-09") for _number in range(5)))
        there = self._case("2026-03-09", company_id=other.id, team_id=False)
        self.patch(reminder_mixin, "BATCH", 2)
        self.assertEqual(sorted(self._run()), [1, 1, 2, 2])
        self.assertEqual(len(self._tasks(here + there)), 6)

    @users("reminder_clerk")
    def test_nobody_says_that_it_was_reminded_of(self):
        case = self._case("2026-03-09").with_env(self.env)
        with self.assertRaises(AccessError):
            case.reminded_at = fields.Datetime.now()

    def test_constant_number_of_queries(self):
        counts = []
        for size in (1, 2, 30):  # the first one fills caches
            self.env[CASE].concat(*(self._case("2026-03-09") for _number in range(size)))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._run()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    # ---- tasks ----

    def _ask(self, whom, **options):
        tasks = self.env["mail.activity"]
        return tasks._sales_ask(TODO, whom, lambda case: f"Answer {case.name}", **options)

    def test_a_task_with_all_it_may_have(self):
        case = self._case("2026-03-09")
        task = self._ask(
            {case: self.leader},
            note=lambda case: f"of {case.name}",
            deadline=lambda case: fields.Date.add(case.answer_by, days=3),
        )
        self.assertRecordValues(
            task,
            [
                {
                    "user_id": self.leader.id,
                    "summary": "Answer case of 2026-03-09",
                    "date_deadline": fields.Date.to_date("2026-03-12"),
                    "automated": True,
                }
            ],
        )
        self.assertIn("of case of 2026-03-09", task.note)

    def test_once_in_the_same_words(self):
        first, second = self._case("2026-03-09"), self._case("2026-03-08")
        self._ask({first: self.clerk})
        again = self._ask({first: self.clerk, second: self.clerk}, once=True)
        self.assertEqual(again.res_id, second.id)
        self.assertTrue(self._ask({first: self.leader}, once=True), "somebody else has it now")
        again.action_done()
        self.assertTrue(self._ask({second: self.clerk}, once=True), "the task before is done")
        self.assertTrue(self._ask({first: self.clerk}), "asked again and again where that is wanted")

    def test_message_only_where_wanted(self):
        case = self._case("2026-03-09")
        for notify in (False, True):
            before = self.env["mail.message"].search_count([])
            self._ask({case: self.leader}, notify=notify)
            self.assertEqual(self.env["mail.message"].search_count([]) - before, int(notify))

    def test_type_deleted(self):
        case = self._case("2026-03-09")
        nothing = self.env["mail.activity"]._sales_ask("no.such_type", {case: self.clerk}, lambda case: "")
        self.assertFalse(nothing)
        self.assertFalse(self._ask({}))

    @users("reminder_clerk")
    def test_a_user_asks_a_colleague(self):
        case = self._case("2026-03-09").with_env(self.env)
        task = self._ask({case: self.leader})
        self.assertFalse(task.env.su)
        self.assertEqual(task.user_id, self.leader)
