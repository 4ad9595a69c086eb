from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .common import MONDAY_9, NEEDED, SampleCase

OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
POLICY = {
    "salesman": "r",
    "manager": "rwcu",
    "rnd": "r",
    "quality": "r",
    "finance": "r",
    "policy_admin": "rwcu",
    "planning": "",
    "internal": "",
}
REQUIREMENT = {
    "salesman": "rwcu",
    "manager": "rwcu",
    "rnd": "r",
    "quality": "r",
    "finance": "r",
    "policy_admin": "r",
    "planning": "",
    "internal": "",
}
LOG = {**dict.fromkeys(REQUIREMENT, "r"), "planning": "", "internal": ""}
WIZARD = {**dict.fromkeys(REQUIREMENT, ""), "rnd": "rwc", "manager": "rwc"}
RIGHTS = {
    "sale.sample.type": POLICY,
    "sale.sample.stage": POLICY,
    "sale.sample.reason": POLICY,
    "sale.sample.property": {**POLICY, "rnd": "rwc"},
    "sale.sample.request": {**REQUIREMENT, "rnd": "rw"},
    "sale.sample.property.line": REQUIREMENT,
    "sale.sample.size.line": REQUIREMENT,
    "sale.sample.question": {**LOG, "salesman": "rw", "manager": "rw"},
    "sale.sample.step": LOG,
    "sale.sample.accept": WIZARD,
    "sale.sample.return": WIZARD,
}
INTERNAL_FIELDS = (
    "competitor_id",
    "competitor_sample",
    "expected_yearly_volume",
    "reason_id",
    "end_note",
    "lead_id",
    "question_ids",
    "step_ids",
    "missing_note",
    "due_note",
    "type_note",
    "waiting_hours",
    "cycle_hours",
    "reminded_at",
    "escalated_at",
)


@tagged("post_install", "-at_install")
@freeze_time(MONDAY_9)
class TestRequestAccess(SampleCase):
    def test_each_role_on_each_model(self):
        for model, by_role in RIGHTS.items():
            for role, rights in by_role.items():
                records = self.env[model].with_user(getattr(self, role))
                allowed = "".join(sign for sign, name in OPERATIONS.items() if records.has_access(name))
                with self.subTest(model=model, role=role):
                    self.assertEqual(allowed, rights)

    def _everything(self, **values):
        request = self._submitted(
            size_line_ids=[Command.create({"size": 42, "pairs": 1})],
            property_line_ids=[Command.create({"property_id": self.property.id, "target": 65})],
            **values,
        )
        request.with_user(self.rnd)._return_with_questions(["Which colour?"])
        return [request, request.size_line_ids, request.property_line_ids, request.question_ids, request.step_ids]

    def _seen(self, user, record):
        return bool(record.with_user(user).search([("id", "in", record.ids)]))

    def test_own_team_and_all(self):
        team = self.env["crm.team"].create({
            "name": "Sports",
            "company_id": self.company.id,
            "user_id": self.colleague.id,
            "member_ids": [Command.link(self.salesman.id)],
        })
        records = self._everything(team_id=team.id)
        records[0].team_id = team
        for record in records:
            with self.subTest(model=record._name):
                for user in (self.salesman, self.colleague, self.salesman_all, self.manager, self.rnd, self.quality):
                    self.assertTrue(self._seen(user, record), user.login)
                team.user_id = False
                self.assertFalse(self._seen(self.colleague, record))
                with self.assertRaises(AccessError):
                    record.with_user(self.colleague).read(["create_date"])
                team.user_id = self.colleague

    def test_others_see_what_has_been_handed_over(self):
        draft = self._request()
        for user in (self.rnd, self.quality, self.finance, self.policy_admin):
            with self.subTest(user=user.login):
                self.assertFalse(self._seen(user, draft))
        draft.with_user(self.salesman).action_submit()
        for user in (self.rnd, self.quality, self.finance, self.policy_admin):
            with self.subTest(user=user.login):
                self.assertTrue(self._seen(user, draft))

    def test_companies_apart(self):
        records = self._everything()
        other = self._make_company("Insole Works")
        self.manager.company_ids += other
        for record in records:
            there = record.with_user(self.manager).with_context(allowed_company_ids=other.ids)
            with self.subTest(model=record._name):
                self.assertFalse(there.search([("id", "in", record.ids)]))
                with self.assertRaises(AccessError):
                    there.read(["create_date"])

    def test_a_salesman_in_rnd_changes_only_his_own(self):
        self.colleague.group_ids += self.env.ref("sales_department_base.group_collaborator_rnd")
        request = self._submitted().with_user(self.colleague)
        with self.assertRaises(AccessError):
            request.write({"needed_by": "2026-12-31"})
        request._accept(NEEDED)
        self.assertEqual(request.state, "accepted")

    def test_portal_and_public_get_nothing_by_rpc(self):
        portal = new_test_user(self.env, "request_portal", groups="base.group_portal", partner_id=self.contact.id)
        request = self._submitted()
        for user in (portal, self.env.ref("base.public_user")):
            for record in (request, request.step_ids, self.type, self.property):
                with self.subTest(user=user.login, model=record._name), self.assertRaises(AccessError):
                    record.with_user(user).write({"create_uid": user.id})
            for name in INTERNAL_FIELDS:
                with self.subTest(user=user.login, field=name):
                    self.assertFalse(request.with_user(user)._has_field_access(request._fields[name], "read"))

    def test_numbers_by_company_and_year(self):
        first, second = self._request(), self._request(style_name="Other")
        year = str(first.create_date.year)
        self.assertTrue(first.name.startswith(f"SR/{year}/") or first.name.startswith("SR/2026/"))
        self.assertEqual(int(second.name.split("/")[-1]), int(first.name.split("/")[-1]) + 1)
