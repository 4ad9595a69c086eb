"""Who may do what with prospects, and what their screens cost."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import users

from .common import ProfileCase


class TestRoles(ProfileCase):
    @users("grade_salesman")
    def test_the_salesperson_knows_the_profile(self):
        profile = self._profile(where_to_find="<p>Dongguan fair</p>").with_env(self.env)
        self.assertIn("Dongguan", profile.where_to_find)
        self.assertEqual(profile.trait_ids.mapped("name"), ["Shoes", "Large", "Vietnam"])
        for call in (
            profile.action_learn,
            profile.action_propose_weights,
            profile.action_new_version,
            profile.action_retire,
        ):
            with self.assertRaises(AccessError):
                call()
        with self.assertRaises(AccessError):
            profile.write({"name": "Mine"})
        with self.assertRaises(AccessError):
            self.env["crm.prospect.question"].create({"name": "Mine?"})

    @users("grade_manager")
    def test_the_manager_learns_but_does_not_change(self):
        profile = self._profile().with_env(self.env)
        self._closed(won=1)
        profile.action_learn()
        profile.action_propose_weights()
        with self.assertRaises(AccessError):
            profile.action_adopt_weights()
        with self.assertRaises(UserError):
            profile.trait_ids[0].write({"proposed_weight": 1})

    @users("grade_policy_admin")
    def test_the_policy_administrator(self):
        profile = self.env["crm.prospect.profile"].create({
            "name": "Mine",
            "trait_ids": [Command.create({"name": "Large", "kind": "size", "minimum": 500, "weight": 1})],
        })
        with self.assertRaises(AccessError):
            profile.trait_ids.write({"won_with": 5})
        profile.action_activate()
        with self.assertRaises(AccessError):
            profile.write({"learned_won": 5})
        with self.assertRaises(AccessError):
            profile.write({"state": "draft"})

    def test_companies(self):
        profile = self._profile(company=self._make_company("Other"))
        for user in (self.salesman, self.policy_admin):
            self.assertFalse(profile.with_user(user).has_access("read"))
            self.assertFalse(profile.trait_ids.with_user(user).has_access("read"))

    def test_answers_belong_to_whose_lead_it_is(self):
        question = self.env["crm.prospect.question"].create({"name": "Audits?"})
        answer = [Command.create({"question_id": question.id, "answer": "yes"})]
        mine, theirs = self._leads("mine", "theirs", prospect_answer_ids=answer)
        theirs.user_id = self.manager
        self.assertTrue(mine.prospect_answer_ids.with_user(self.salesman).has_access("write"))
        self.assertFalse(theirs.prospect_answer_ids.with_user(self.salesman).has_access("read"))
        self.assertTrue(theirs.prospect_answer_ids.with_user(self.salesman_all).has_access("write"))


class TestQueries(ProfileCase):
    def test_the_views_ask_for_nothing_else(self):
        views = self.env["crm.lead"].get_views([
            (self.env.ref("crm.crm_case_kanban_view_leads").id, "kanban"),
            (self.env.ref("crm.crm_case_tree_view_oppor").id, "list"),
        ])
        for kind in ("kanban", "list"):
            self.assertIn("customer_grade_id", views["views"][kind]["arch"])
            self.assertNotIn("prospect_fit", views["views"][kind]["arch"])

    def test_forms_of_many_leads_share_a_query(self):
        self._profile()
        leads = self._leads(*[f"lead {n}" for n in range(20)])
        leads.mapped("prospect_fit")
        counts = []
        for size in (2, 20):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            leads[:size].mapped("prospect_fit")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
