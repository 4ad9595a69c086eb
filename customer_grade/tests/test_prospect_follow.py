"""A grade follows its lead to the partner, and survives merging."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, users

from .common_prospect import ProspectCase


class TestLeadToPartner(ProspectCase):
    def test_the_lead_stays_graded_as_an_opportunity(self):
        lead = self._grade_leads([50000], type="lead")
        lead.convert_opportunity(False)
        self.assertEqual((lead.type, lead.customer_grade_id), ("opportunity", self.grade["a"]))

    def test_the_partner_created_from_it_gets_the_grade(self):
        lead = self._grade_leads([50000], partner_name="New Shoes Ltd", contact_name="Ms Li")
        lead.with_user(self.salesman)._handle_partner_assignment(create_missing=True)
        company = lead.partner_id.commercial_partner_id
        self.assertEqual(company.name, "New Shoes Ltd")
        self.assertEqual(self._grades(company | lead.partner_id), ["A", "A"])
        self.assertEqual(company.with_company(self.company).customer_grade_score, 90)
        history = self._history(company)
        self.assertEqual((history.origin, history.kind, history.is_current), ("lead", "prospect", True))
        self.assertIn(lead.name, history.reason)
        self.assertEqual(history.points, self._lead_history(lead).points)
        self.assertEqual(self._said(company), ("", "A"))

    def test_a_grade_of_its_own_is_kept(self):
        partner = self._customers("Known")
        partner.customer_grade_id = self.grade["c"]
        lead = self._grade_leads([50000])
        lead.partner_id = partner
        self.assertEqual(self._grades(partner), ["C"])
        self.assertEqual(len(self._history(partner)), 1)

    def test_of_several_leads_the_best_grade_counts(self):
        partner = self._customers("Known")
        leads = self._grade_leads([500, 50000, 5000])
        leads.write({"partner_id": partner.id})
        self.assertEqual(self._grades(partner), ["A"])
        self.assertEqual(len(self._history(partner)), 1)

    def test_other_companies_are_not_touched(self):
        other = self._make_company("Other")
        partner = self._customers("Known")
        self._grade_leads([50000]).partner_id = partner
        self.assertEqual(self._grades(partner, other), [None])

    def test_linking_ungraded_leads_costs_no_query_more(self):
        partner = self._customers("Known")
        lead = self._leads("lead")
        lead.partner_id = partner
        self.assertFalse(self._history(partner))


class TestMergeLeads(ProspectCase):
    def test_the_best_grade_and_all_histories_are_kept(self):
        leads = self._grade_leads([500, 50000])
        names = {lead.id: lead.name for lead in leads}
        kept = leads.with_user(self.manager).merge_opportunity()
        gone = leads - kept
        self.assertFalse(gone.exists())
        self.assertEqual((kept.customer_grade_id, kept.customer_grade_score), (self.grade["a"], 90))
        history = self._lead_history(kept)
        self.assertEqual(len(history), 2)
        self.assertEqual(history.filtered("is_current").grade_id, self.grade["a"])
        self.assertEqual([entry.merged_from for entry in history if entry.merged_from], [names[gone.id]])

    def test_an_ungraded_lead_takes_over_the_grade(self):
        graded = self._grade_leads([50000])
        fresh = self._leads("fresh", expected_revenue=1)
        fresh.stage_id = self.env["crm.stage"].search([("is_won", "=", False)], order="sequence desc", limit=1)
        kept = (graded | fresh).merge_opportunity()
        self.assertEqual(kept, fresh)
        self.assertEqual(kept.customer_grade_id, self.grade["a"])
        self.assertEqual(self._lead_history(kept).merged_from, "lead 0")

    def test_proposals_of_an_open_review(self):
        leads = self._leads("one", "two", expected_revenue=500)
        review = self._review(self._prospect_scheme())
        kept = leads.merge_opportunity()
        self.assertEqual(review.assessment_ids.lead_id, kept)
        review.action_accept_all()
        review.action_decide()
        review.action_apply()
        self.assertEqual(kept.customer_grade_id, self.grade["c"])


class TestMergePartners(ProspectCase):
    def _merge(self, partners, target, user=None):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        (wizard.with_user(user) if user else wizard)._merge(partners.ids, target)
        self.env.invalidate_all()

    def _graded(self, *amounts):
        partners = self._customers(*[f"graded {n}" for n in range(len(amounts))])
        partners.write({"email": "one@example.com"})
        self._orders(list(zip(partners, amounts, strict=True)))
        self._applied(self._scheme())
        return partners

    def test_two_different_grades(self):
        good, poor = self._graded(50000, 500)
        self._merge(good | poor, poor)
        self.assertEqual(self._grades(poor), ["C"])
        self.assertEqual(poor.customer_grade_score, 40)
        history = self._history(poor)
        self.assertEqual(sorted(history.grade_id.mapped("code")), ["A", "C"])
        self.assertEqual(history.filtered("is_current").grade_id, self.grade["c"])
        self.assertEqual(history.filtered("merged_from").merged_from, "graded 0")
        self.assertEqual(history.filtered("merged_from").grade_id, self.grade["a"])

    def test_the_source_fills_in(self):
        graded = self._graded(50000)
        fresh = self._customers("fresh", email="one@example.com")
        contact = self.env["res.partner"].create({"name": "contact", "parent_id": graded.id})
        self._merge(graded | fresh, fresh)
        self.assertEqual(self._grades(fresh | contact), ["A", "A"])
        self.assertEqual(fresh.customer_grade_score, 90)
        self.assertTrue(self._history(fresh).is_current)

    def test_grade_and_score_are_not_mixed(self):
        """A grade that was imported has no score: that of the other contact must not join it."""
        graded = self._graded(50000)
        imported = self._customers("imported", email="one@example.com")
        imported.customer_grade_id = self.grade["b"]
        self._merge(graded | imported, imported)
        self.assertEqual(self._grades(imported), ["B"])
        self.assertFalse(imported.customer_grade_score)

    def test_each_company_by_itself(self):
        other = self._make_company("Other")
        target, source = self._graded(500, 50000)
        source.with_company(other).customer_grade_id = self.grade["b"]
        self._merge(target | source, target)
        self.assertEqual((self._grades(target), self._grades(target, other)), (["C"], ["B"]))
        current = self._history(target).filtered("is_current")
        self.assertEqual(current.company_id, self.company | other)
        self.assertEqual(len(current), 2)

    def test_a_contact_has_no_grade_to_give(self):
        parent = self._graded(50000)
        contact = self.env["res.partner"].create({"name": "contact", "parent_id": parent.id, "email": "x@example.com"})
        alone = self._customers("alone", email="x@example.com")
        self._merge(contact | alone, alone)
        alone.parent_id = False
        self.assertEqual(self._history(alone).ids, [])

    def test_merged_into_a_contact_the_history_goes_to_its_company(self):
        parent = self._graded(50000)
        contact = self.env["res.partner"].create({"name": "contact", "parent_id": parent.id})
        alone = self._customers("alone", is_company=False)
        alone.customer_grade_id = self.grade["d"]
        self._merge(contact | alone, contact)
        self.assertEqual(self._grades(parent | contact), ["A", "A"])
        self.assertEqual(sorted(self._history(parent).grade_id.mapped("code")), ["A", "D"])

    def test_a_company_merged_into_a_contact_stays_a_customer(self):
        parent = self._graded(50000)
        contact = self.env["res.partner"].create({"name": "contact", "parent_id": parent.id})
        company = self._customers("company")
        company.customer_grade_id = self.grade["d"]
        self._merge(contact | company, contact)
        self.assertTrue(contact.is_commercial_partner)
        self.assertEqual(self._grades(parent | contact), ["A", "D"])
        self.assertEqual(self._history(parent).grade_id, self.grade["a"])
        self.assertEqual(self._history(contact).grade_id, self.grade["d"])

    def test_a_user_without_rights_on_grades_may_merge(self):
        good, poor = self._graded(50000, 500)
        clerk = new_test_user(
            self.env,
            "clerk",
            groups="base.group_partner_manager,sales_team.group_sale_salesman_all_leads",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self._merge(good | poor, good, clerk)
        self.assertEqual(self._grades(good), ["A"])
        self.assertEqual(len(self._history(good)), 2)

    def test_three_at_once(self):
        partners = self._graded(500, 50000, 5000)
        self._merge(partners, partners[2])
        self.assertEqual(self._grades(partners[2]), ["B"])
        self.assertEqual(len(self._history(partners[2])), 3)

    def test_an_open_review_keeps_one_proposal(self):
        partners = self._customers("one", "two", email="one@example.com")
        self._orders([(partner, 500) for partner in partners])
        review = self._review(self._scheme())
        self._merge(partners, partners[0])
        self.assertEqual(review.assessment_ids.partner_id, partners[0])

    @users("grade_salesman")
    def test_writing_back_the_same_grade_is_no_way_in(self):
        partner = self._graded(50000).with_env(self.env)
        partner.write({"customer_grade_id": self.grade["a"].id, "customer_grade_score": 90, "city": "Jinjiang"})
        self.assertEqual(partner.city, "Jinjiang")
        with self.assertRaises(AccessError):
            partner.write({"customer_grade_id": self.grade["b"].id})
        with self.assertRaises(AccessError):
            partner.write({"customer_grade_score": 100})


class TestLeadGradeIsClosed(ProspectCase):
    def test_nobody_writes_it(self):
        lead = self._grade_leads([500])
        for user in (self.salesman, self.manager, self.policy_admin):
            own = lead.with_user(user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                own.write({"customer_grade_id": self.grade["a"].id})
        with self.assertRaises(AccessError):
            self.env["crm.lead"].with_user(self.salesman).create({"name": "x", "customer_grade_id": self.grade["a"].id})
        with self.assertRaises(AccessError):
            self.env["crm.lead"].with_user(self.salesman).with_context(default_customer_grade_score=99).create({
                "name": "x"
            })
        self.assertFalse(lead.copy().customer_grade_id)

    def test_who_reads_the_history(self):
        mine, theirs = self._grade_leads([500, 600])
        theirs.user_id = self.manager
        history = self._lead_history(mine) | self._lead_history(theirs)
        self.assertEqual(history.with_user(self.salesman)._filtered_access("read"), self._lead_history(mine))
        self.assertEqual(len(history.with_user(self.salesman_all)._filtered_access("read")), 2)
        with self.assertRaises(AccessError):
            history.with_user(self.manager).write({"grade_id": self.grade["a"].id})
        with self.assertRaises(AccessError):
            history.with_user(self.manager).unlink()

    def test_a_used_grade_cannot_be_deleted(self):
        self._grade_leads([500])
        with self.assertRaises(UserError):
            self.grade["c"].unlink()
