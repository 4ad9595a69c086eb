"""What clients cannot do with prospects and profiles, and who reads them."""

from contextlib import suppress

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged

from .common import ProfileCase

OURS = ("employees", "volume", "family_ids", "answer_ids", "fit", "traits")


@tagged("post_install", "-at_install")
class TestDoors(ProfileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.question = cls.env["crm.prospect.question"].create({"name": "Audits?"})
        cls.mine, cls.theirs = cls._leads("mine", "theirs")
        cls.theirs.user_id = cls.salesman_all
        cls.partner = cls._customers("Anta", prospect_employees=800)

    def _refused(self, error, action, *args, **kwargs):
        with self.assertRaises(error), self.cr.savepoint():
            action(*args, **kwargs)
        self.env.invalidate_all(flush=False)

    # ------------------------------------------------------------------
    # Answers stay with their lead
    # ------------------------------------------------------------------

    def test_an_answer_for_a_lead_of_a_colleague(self):
        answers = self.env["crm.prospect.answer"].with_user(self.salesman)
        values = {"question_id": self.question.id, "answer": "yes"}
        self._refused(AccessError, answers.create, {**values, "lead_id": self.theirs.id})
        self._refused(AccessError, answers.with_context(default_lead_id=self.theirs.id).create, values)
        answer = answers.create({**values, "lead_id": self.mine.id})
        for move in ({"lead_id": self.theirs.id}, {"lead_id": False, "partner_id": self.partner.id}):
            self._refused(UserError, answer.write, move)
        link = {"prospect_answer_ids": [Command.link(answer.id)]}
        self._refused(UserError, self._leads("second").with_user(self.salesman).write, link)
        self.assertEqual((answer.lead_id, self.theirs.prospect_answer_ids.ids), (self.mine, []))

    def test_merged_leads_keep_their_answers(self):
        second = self._leads("second")
        answers = self.env["crm.prospect.answer"].with_user(self.salesman)
        answer = answers.create({"question_id": self.question.id, "answer": "no", "lead_id": second.id})
        merged = (self.mine | second).with_user(self.salesman).merge_opportunity(auto_unlink=False)
        self.assertEqual(answer.lead_id, merged)

    # ------------------------------------------------------------------
    # Discussions and versions
    # ------------------------------------------------------------------

    def test_a_discussion_is_added_to_a_profile_one_may_read(self):
        foreign = self._profile(company=self._make_company("Other"))
        discussions = self.env["crm.prospect.profile.decision"].with_user(self.manager)
        self._refused(AccessError, discussions.create, {"profile_id": foreign.id, "decision": "<p>x</p>"})
        self.assertFalse(foreign.decision_ids)
        profile = self._profile()
        discussion = discussions.create({"profile_id": profile.id, "decision": "<p>As it is</p>"})
        for user in (self.manager, self.policy_admin):
            mine = discussion.with_user(user)
            for values in ({"decision": "<p>Else</p>"}, {"date": "2020-01-01"}, {"profile_id": foreign.id}):
                self._refused(AccessError, mine.write, values)
            self._refused(AccessError, mine.unlink)
            for values in ({"facts": {"won": 9}}, {"resulting_profile_id": profile.id}):
                self._refused(AccessError, mine.create, {"profile_id": profile.id, "decision": "<p>y</p>", **values})
        self.assertEqual(profile.decision_ids, discussion)

    def test_a_discussion_to_come(self):
        profile = self._profile()
        discussions = self.env["crm.prospect.profile.decision"].with_user(self.manager)
        for day in ("9999-12-31", "2999-01-01"):
            self._refused(
                UserError, discussions.create, {"profile_id": profile.id, "decision": "<p>x</p>", "date": day}
            )
        self.assertFalse(profile.decision_ids)

    def test_pressed_twice_makes_one_version(self):
        profile = self._profile().with_user(self.policy_admin)
        self.assertEqual(profile.action_new_version()["res_id"], profile.action_new_version()["res_id"])
        self._closed(won=1)
        profile.action_learn()
        profile.action_propose_weights()
        adopted = [profile.action_adopt_weights()["res_id"] for _press in range(2)]
        self.assertEqual(adopted[0], adopted[1])
        discussion = self.env["crm.prospect.profile.decision"].with_user(self.policy_admin)
        discussion = discussion.create({"profile_id": profile.id, "decision": "<p>x</p>"})
        self.assertEqual(discussion.action_new_version()["res_id"], discussion.action_new_version()["res_id"])

    def test_traits_stay_in_their_version(self):
        draft, other = (self._profile(activate=False, name=name) for name in ("Draft", "Other"))
        trait = draft.trait_ids[0].with_user(self.policy_admin)
        self._refused(UserError, trait.write, {"profile_id": other.id})
        self.assertEqual(trait.profile_id, draft)

    def test_buttons_without_their_record(self):
        models = ("crm.prospect.profile", "crm.prospect.profile.decision", "crm.lead", "res.partner")
        for model in models:
            records = self.env[model].with_user(self.policy_admin)
            for name in (name for name in dir(type(records)) if name.startswith("action_")):
                owner = next(cls for cls in type(records).__mro__ if name in vars(cls))
                if getattr(owner, "_module", None) not in ("crm_prospect_profile", "customer_grade"):
                    continue
                for ids in ([], [0], [10**8]):
                    with self.subTest(model=model, method=name, ids=ids), suppress(UserError), self.cr.savepoint():
                        call_kw(records, name, [ids], {})

    # ------------------------------------------------------------------
    # Who reads prospect data
    # ------------------------------------------------------------------

    def test_nobody_else_reads_prospect_data(self):
        portal = new_test_user(self.env, "grade_portal", groups="base.group_portal")
        portal.partner_id.parent_id = self.partner
        names = [f"prospect_{name}" for name in OURS]
        for user, partner in ((portal, portal.partner_id), (self.internal, self.partner)):
            mine = partner.with_user(user)
            self.assertTrue(mine.read(["name"]))
            self.assertFalse(set(names) & mine.fields_get().keys())
            for name in names:
                paths = [lambda name=name, mine=mine: mine.read([name]), lambda name=name, mine=mine: mine[name]]
                if mine._fields[name].store:
                    paths.append(lambda name=name, mine=mine: mine.search([("id", "=", mine.id), (name, "!=", False)]))
                for path in paths:
                    with self.subTest(user=user.login, field=name):
                        self._refused(AccessError, path)

    def test_a_colleague_without_sales_rights_works_on(self):
        clerk = new_test_user(
            self.env,
            "grade_clerk",
            groups="base.group_user,base.group_partner_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        partner = self.partner.with_user(clerk)
        views = {"form": "base.view_partner_form", "list": "base.view_partner_tree"}
        found = partner.get_views([(self.env.ref(view).id, kind) for kind, view in views.items()])
        for kind, view in found["views"].items():
            shown = etree.fromstring(view["arch"]).xpath("//field/@name")
            self.assertFalse([name for name in shown if name.startswith("prospect")], kind)
        copied = partner.copy()
        self.assertEqual((copied.sudo().prospect_employees, copied.active), (0, True))
        self.assertEqual(self.partner.with_user(self.manager).copy().prospect_employees, 800)
        partner.create({"name": "Erke"})
        partner.write({"industry_id": self.shoes.id})
