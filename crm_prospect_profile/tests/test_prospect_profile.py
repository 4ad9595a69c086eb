"""The prospect profile: traits, versions, learning, discussions."""

from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time

from .common import ProfileCase


class TestTraits(ProfileCase):
    def _met(self, trait, **values):
        """Tell whether a lead of these values meets one trait."""
        profile = self._profile(activate=False, traits=[{"name": "one", **trait}])
        lead = self._leads("lead", **values)
        [met] = profile._get_trait_rows(leads=lead)[-lead.id]
        return met

    def test_size_and_volume(self):
        size = {"kind": "size", "minimum": 500, "maximum": 1000}
        for employees, expected in ((499, False), (500, True), (1000, True), (1001, False), (0, None)):
            with self.subTest(employees=employees):
                self.assertIs(self._met(size, prospect_employees=employees), expected)
        self.assertIs(self._met({"kind": "volume", "minimum": 100000}, prospect_volume=200000), True)
        self.assertIs(self._met({"kind": "volume", "maximum": 100000}, prospect_volume=200000), False)

    def test_region(self):
        fujian = self.env.ref("base.state_cn_FJ")
        region = {
            "kind": "region",
            "country_ids": [Command.set(self.vietnam.ids)],
            "state_ids": [Command.set(fujian.ids)],
        }
        self.assertIs(self._met(region, country_id=self.vietnam.id), True)
        self.assertIs(self._met(region, country_id=self.china.id, state_id=fujian.id), True)
        self.assertIs(self._met(region, country_id=self.china.id), None, "which province is not known")
        self.assertIs(self._met(region, country_id=self.china.id, state_id=self.env.ref("base.state_cn_SH").id), False)
        self.assertIs(self._met(region, country_id=self.env.ref("base.fr").id), False)
        self.assertIs(self._met(region), None)

    def test_family_counts_those_below(self):
        soles, shanks = self.env["product.category"].create([{"name": "Soles"}, {"name": "Shanks"}])
        outsoles = self.env["product.category"].create({"name": "Outsoles", "parent_id": soles.id})
        family = {"kind": "family", "category_ids": [Command.set(soles.ids)]}
        self.assertIs(self._met(family, prospect_family_ids=[Command.set((outsoles | shanks).ids)]), True)
        self.assertIs(self._met(family, prospect_family_ids=[Command.set(shanks.ids)]), False)
        self.assertIs(self._met(family), None)

    def test_source(self):
        fair, advert = self.env["utm.source"].create([{"name": "Fair X"}, {"name": "Advert X"}])
        source = {"kind": "source", "source_ids": [Command.set(fair.ids)]}
        self.assertIs(self._met(source, source_id=fair.id), True)
        self.assertIs(self._met(source, source_id=advert.id), False)
        self.assertIs(self._met(source), None)
        partner = self._customers("P")
        self._leads("from the fair", source_id=fair.id, partner_id=partner.id)
        profile = self._profile(activate=False, traits=[{"name": "one", **source}])
        self.assertEqual(profile._get_trait_rows(partners=partner), {partner.id: [True]})

    def test_question(self):
        question = self.env["crm.prospect.question"].create({"name": "Owns the plant?"})
        trait = {"kind": "question", "question_id": question.id, "expected_answer": "no"}

        def answered(answer):
            return {"prospect_answer_ids": [Command.create({"question_id": question.id, "answer": answer})]}

        self.assertIs(self._met(trait, **answered("no")), True)
        self.assertIs(self._met(trait, **answered("yes")), False)
        self.assertIs(self._met(trait), None)

    def test_the_form_shows_each_trait(self):
        self._profile()
        lead = self._leads("lead", prospect_industry_id=self.bags.id, prospect_employees=600)
        self.assertEqual(lead.with_user(self.salesman).prospect_fit, 30)
        html = lead.with_user(self.salesman).prospect_traits
        for word in ("Shoes", "Large", "Vietnam", "not met", "not known", "30%"):
            self.assertIn(word, html)

    def test_without_a_profile(self):
        lead = self._leads("lead")
        self.assertEqual(lead.prospect_fit, 0)
        self.assertIn("No prospect profile", lead.prospect_traits)

    def test_a_trait_without_values(self):
        profile = self._profile(activate=False, traits=[{"name": "Empty", "kind": "industry"}])
        with self.assertRaisesRegex(UserError, "“Empty”.*does not say which values"):
            profile.action_activate()


class TestVersions(ProfileCase):
    def test_two_profiles_in_force(self):
        self._profile()
        second = self._profile(activate=False)
        with self.assertRaisesRegex(UserError, "only one can be"):
            second.action_activate()

    def test_a_new_version_takes_over(self):
        first = self._profile()
        second = first.browse(first.action_new_version()["res_id"])
        self.assertEqual((second.version, second.state, len(second.trait_ids)), (2, "draft", 3))
        second.action_activate()
        self.assertEqual((first.state, second.state), ("retired", "active"))

    def test_rules_in_force_are_fixed(self):
        profile = self._profile()
        with self.assertRaisesRegex(UserError, "cannot be changed any more"):
            profile.trait_ids[0].weight = 99
        with self.assertRaisesRegex(UserError, "cannot be changed any more"):
            profile.trait_ids = [Command.clear()]
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            profile.unlink()
        profile.where_to_find = "<p>Dongguan fair</p>"

    def test_weights(self):
        profile = self._profile(activate=False)
        profile.trait_ids.weight = 0
        with self.assertRaisesRegex(UserError, "sum to zero"):
            profile.action_activate()
        profile.trait_ids.unlink()
        with self.assertRaisesRegex(UserError, "has no traits"):
            profile.action_activate()


class TestLearning(ProfileCase):
    def test_counts_in_one_query(self):
        profile = self._profile()
        self._closed(won=6, lost=4, prospect_industry_id=self.shoes.id)
        self._closed(won=2, lost=8, prospect_industry_id=self.bags.id)
        self._closed(won=1, lost=2)
        self._leads("open", prospect_industry_id=self.shoes.id)
        profile.with_user(self.manager).action_learn()
        shoes = profile.trait_ids[0]
        self.assertEqual(
            [
                shoes[name]
                for name in ("won_with", "lost_with", "won_without", "lost_without", "won_unknown", "lost_unknown")
            ],
            [6, 4, 2, 8, 1, 2],
        )
        self.assertEqual((profile.learned_won, profile.learned_lost), (9, 14))
        html = profile.facts_html
        for text in ("9 won of 23 closed", "60%", "20%", "× 3.0"):
            self.assertIn(text, html.replace("<t>", "").replace("  ", " "))

    def test_only_the_time_asked_for(self):
        profile = self._profile(learning_months=12)
        old, new = self._closed(won=2, prospect_industry_id=self.shoes.id)
        old.date_closed = "2020-01-01"
        profile.action_learn()
        self.assertEqual(profile.learned_won, 1)
        profile.learning_months = 0
        profile.action_learn()
        self.assertEqual(profile.learned_won, 2)
        self.assertTrue(new.date_closed)

    def test_other_companies_do_not_count(self):
        profile = self._profile()
        lead = self._closed(won=1)
        lead.write({"user_id": False, "team_id": False, "company_id": self._make_company("Other").id})
        profile.action_learn()
        self.assertEqual(profile.learned_won, 0)

    def test_no_closed_leads(self):
        profile = self._profile()
        self._leads("open")
        profile.action_learn()
        self.assertIn("nothing to learn from yet", profile.facts_html)
        with self.assertRaisesRegex(UserError, "nothing to learn from yet"):
            profile.action_propose_weights()
        self.assertFalse(profile.has_proposed_weights)

    def test_weights_are_proposed_and_adopted_as_a_version(self):
        profile = self._profile()
        self._closed(won=9, lost=1, prospect_industry_id=self.shoes.id, prospect_employees=600)
        self._closed(won=1, lost=9, prospect_industry_id=self.bags.id, prospect_employees=600)
        with self.assertRaisesRegex(UserError, "No weights are proposed"):
            profile.action_adopt_weights()
        profile.action_propose_weights()
        shoes, large, vietnam = profile.trait_ids
        self.assertEqual((shoes.weight, large.weight, vietnam.weight), (50, 30, 20), "never silently")
        self.assertEqual((shoes.proposed_weight, large.proposed_weight, vietnam.proposed_weight), (50, 30, 20))
        draft = profile.browse(profile.action_adopt_weights()["res_id"])
        self.assertEqual((draft.state, draft.version, profile.state), ("draft", 2, "active"))
        self.assertEqual(draft.trait_ids.mapped("weight"), [50, 30, 20])

    def test_a_stronger_trait_gets_more(self):
        profile = self._profile(learning_months=0)
        self._closed(won=9, lost=1, prospect_industry_id=self.shoes.id, prospect_employees=600)
        self._closed(won=3, lost=7, prospect_industry_id=self.bags.id, prospect_employees=10)
        self._closed(won=4, lost=6, prospect_industry_id=self.bags.id, prospect_employees=600)
        profile.action_propose_weights()
        shoes, large, vietnam = profile.trait_ids
        self.assertGreater(shoes.proposed_weight, 50)
        self.assertLess(large.proposed_weight, 30)
        self.assertAlmostEqual(shoes.proposed_weight + large.proposed_weight, 80)
        self.assertEqual(vietnam.proposed_weight, 20, "nobody's country is known")
        profile.action_learn()
        self.assertFalse(profile.has_proposed_weights, "new facts, new proposals")

    def test_query_count(self):
        profile = self._profile()
        counts = []
        for size in (2, 30):
            self._closed(won=size, lost=size, prospect_industry_id=self.shoes.id)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            profile.action_learn()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)


class TestDiscussion(ProfileCase):
    @freeze_time("2026-06-30 04:00:00")
    def test_half_yearly(self):
        profile = self._profile()
        self.assertEqual(profile.discuss_on, date(2026, 12, 30))
        profile.discuss_on = "2026-06-30"
        self.env["crm.prospect.profile"]._cron_remind()
        self.env["crm.prospect.profile"]._cron_remind()
        activity = profile.activity_ids
        self.assertEqual((len(activity), activity.user_id), (1, self.manager))
        self._closed(won=1, prospect_industry_id=self.shoes.id)
        profile.action_learn()
        decision = (
            self
            .env["crm.prospect.profile.decision"]
            .with_user(self.manager)
            .create({
                "profile_id": profile.id,
                "date": "2026-06-30",
                "participant_ids": [Command.set((self.manager | self.salesman).ids)],
                "decision": "<p>Size matters less</p>",
            })
        )
        self.assertFalse(profile.activity_ids, "the reminder is done")
        self.assertEqual(profile.discuss_on, date(2026, 12, 30))
        self.assertEqual(decision.facts["won"], 1)
        self._closed(won=5)
        profile.action_learn()
        self.assertEqual(decision.facts["won"], 1, "what was seen then")
        self.assertIn("1 won of 1 closed", decision.facts_html.replace("  ", " "))
        draft = profile.browse(decision.with_user(self.policy_admin).action_new_version()["res_id"])
        self.assertEqual((decision.resulting_profile_id, draft.version), (draft, 2))
        self.assertEqual(draft.discussion_ids, decision, "the discussions of earlier versions stay in sight")
        self.assertEqual(decision.with_user(self.policy_admin).action_new_version()["res_id"], draft.id)

    def test_records_are_not_changed(self):
        profile = self._profile()
        decision = self.env["crm.prospect.profile.decision"].create({
            "profile_id": profile.id,
            "decision": "<p>Stay</p>",
        })
        for user in (self.manager, self.policy_admin):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    decision.with_user(user).write({"decision": "<p>Go</p>"})
                with self.assertRaises(AccessError):
                    decision.with_user(user).unlink()
                with self.assertRaises(AccessError):
                    decision.with_user(user).create({"profile_id": profile.id, "decision": "x", "facts": {"won": 99}})
