"""Schemes and reviews of prospects: leads, and contacts that never ordered."""

from datetime import date, datetime

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, users

from .common_prospect import DAY, ProspectCase


class TestProspectGrading(ProspectCase):
    def test_open_leads_are_graded_and_applied(self):
        small, big = self._leads("small", "big")
        small.expected_revenue, big.expected_revenue = 500, 50000
        won, lost = self._leads("won", "lost")
        won.action_set_won()
        lost.action_set_lost()
        late = self._leads("late", known_from=datetime(2026, 6, 30, 16, 0))  # 1 July in Shanghai
        other = self._make_company("Other")
        elsewhere = self.env["crm.lead"].create({"name": "elsewhere", "company_id": other.id, "user_id": False})
        review = self._review(self._prospect_scheme())
        self.assertEqual(review.assessment_ids.lead_id, small | big)
        self.assertFalse(review.assessment_ids.lead_id & (won | lost | late | elsewhere))
        self.assertEqual(
            (self._of_lead(review, big).grade_id, self._of_lead(review, big).revenue), (self.grade["a"], 50000)
        )
        self.assertEqual(set(review.assessment_ids.mapped("kind")), {"prospect"})
        self.assertFalse(big.customer_grade_id, "nothing changes before applying")
        review.action_accept_all()
        review.action_decide()
        review.action_apply()
        self.assertEqual((big.customer_grade_id, small.customer_grade_id), (self.grade["a"], self.grade["c"]))
        self.assertEqual((big.customer_grade_score, big.customer_grade_since), (90, DAY))
        self.assertEqual(self._said(big), ("", "A"))
        self.assertTrue(self._lead_history(big).is_current)

    def test_a_lead_of_no_company_is_graded(self):
        lead = self._leads("free")
        lead.company_id = False
        self.assertIn(lead, self._review(self._prospect_scheme()).assessment_ids.lead_id)

    def test_the_next_review_replaces_the_grade(self):
        [lead] = self._grade_leads([500])
        lead.expected_revenue = 50000
        scheme = self.env["customer.grading.scheme"].search([
            ("company_id", "=", self.company.id),
            ("state", "=", "active"),
        ])
        review = self._review(scheme, "2026-09-30")
        self.assertEqual(self._of_lead(review, lead).movement, "up")
        review.action_accept_all()
        review.action_decide()
        review.action_apply()
        history = self._lead_history(lead)
        self.assertEqual([entry.grade_id.code for entry in history], ["C", "A"])
        self.assertEqual(history.mapped("is_current"), [False, True])

    def test_lead_domain(self):
        keep, leave = self._leads("keep", "leave")
        review = self._review(self._prospect_scheme(lead_domain="[('name', '=', 'keep')]"))
        self.assertEqual(review.assessment_ids.lead_id, keep)
        self.assertNotIn(leave, review.assessment_ids.lead_id)

    def test_population_of_contacts(self):
        prospect, buyer, supplier, contact_of = self._customers("prospect", "buyer", "supplier", "parent")
        contact = self.env["res.partner"].create({"name": "contact", "parent_id": contact_of.id})
        supplier.supplier_rank = 1
        imported = self._customers("imported")
        imported.customer_grade_id = self.grade["b"]
        self._order(buyer, 100)
        everyone = prospect | buyer | supplier | contact_of | contact | imported | self.company.partner_id
        everyone |= self.salesman.partner_id
        self._known_since(everyone, datetime(2026, 1, 1))
        review = self._review(self._prospect_scheme(population_domain=f"[('id', 'in', {everyone.ids})]"))
        self.assertEqual(review.assessment_ids.partner_id, prospect | contact_of)

    def test_two_keys_do_not_mix(self):
        """A lead and a partner of the same id are two subjects."""
        partner = self._customers("partner")
        lead = self._leads("lead", expected_revenue=50000)
        self._known_since(partner, datetime(2026, 1, 1))
        self.env.cr.execute("UPDATE crm_lead SET partner_id = NULL WHERE id = %s", [lead.id])
        review = self._review(self._prospect_scheme(population_domain=f"[('id', '=', {partner.id})]"))
        self.assertEqual(self._of_lead(review, lead).revenue, 50000)
        self.assertEqual(self._of(review, partner).revenue, 0)

    def test_a_customer_review_takes_over_after_the_first_order(self):
        partner = self._customers("soon customer")
        self._known_since(partner, datetime(2026, 1, 1))
        self._leads("deal", expected_revenue=50000, partner_id=partner.id)
        self._applied(self._prospect_scheme(population_domain=f"[('id', '=', {partner.id})]"))
        self.assertEqual(self._grades(partner), ["A"])
        customers = self._scheme(hysteresis_margin=50, minimum_months=3)
        with self.assertRaisesRegex(UserError, "nobody to grade"):
            self._review(customers)
        self._order(partner, 500, datetime(2026, 6, 20))
        review = self._review(customers)
        assessment = self._of(review, partner)
        self.assertEqual((assessment.kind, assessment.previous_grade_id), ("customer", self.grade["a"]))
        self.assertEqual(assessment.grade_id, self.grade["unrated"], "too new as a customer")
        review.action_accept_all()
        review.action_decide()
        review.action_apply()
        self.assertEqual(self._history(partner).mapped("kind"), ["prospect", "customer"])
        self.assertEqual(self._grades(partner), ["U"])
        again = self._prospect_scheme
        self.env["customer.grading.scheme"].search([
            ("kind", "=", "prospect"),
            ("state", "=", "active"),
        ]).action_retire()
        self._leads("still there")
        self.assertNotIn(partner, self._review(again(population_domain="[]")).assessment_ids.partner_id)

    def test_a_prospect_grade_does_not_hold_the_first_customer_grade(self):
        partner = self._customers("soon customer")
        self._known_since(partner, datetime(2026, 1, 1))
        self._leads("deal", expected_revenue=50000, partner_id=partner.id)
        self._applied(self._prospect_scheme(population_domain=f"[('id', '=', {partner.id})]"))
        self._order(partner, 500)
        review = self._review(self._scheme(hysteresis_margin=60))
        self.assertEqual(self._of(review, partner).grade_id, self.grade["c"])

    def test_grades_that_changed_stop_the_review(self):
        lead = self._leads("lead", expected_revenue=500)
        review = self._review(self._prospect_scheme())
        review.action_accept_all()
        review.action_decide()
        lead.sudo().customer_grade_id = self.grade["a"]
        with self.assertRaisesRegex(UserError, "lead"):
            review.action_apply()

    def test_override_of_a_lead_expires(self):
        lead = self._leads("lead", expected_revenue=500)
        review = self._review(self._prospect_scheme())
        assessment = self._of_lead(review, lead)
        assessment._override(self.grade["a"], "Met the owner", date(2026, 7, 31))
        review.action_decide()
        review.action_apply()
        self.assertEqual(lead.customer_grade_id, self.grade["a"])
        assessment._end_override()
        self.assertEqual(lead.customer_grade_id, self.grade["c"])
        self.assertEqual(self._lead_history(lead).mapped("origin"), ["review", "expiry"])

    def test_matrix_and_words(self):
        self._leads("one", "two", expected_revenue=500)
        scheme = self._prospect_scheme(minimum_months=12)
        review = self._review(scheme)
        unrated = self.grade["unrated"].id
        self.assertEqual(review.matrix["cells"][f"0,{unrated}"], {"count": 2, "revenue": 1000})
        self.assertTrue(review.matrix["opens"]["context"]["grading_prospects"])
        self.assertEqual(review.action_view_assessments()["context"]["grading_prospects"], True)
        text = review.assessment_ids[0].reasons_text
        self.assertIn("known for 5 months", text)
        self.assertNotIn("order", text)
        self.assertEqual(set(review.assessment_ids.mapped("display_name")), {"one", "two"})

    def test_nobody(self):
        with self.assertRaisesRegex(UserError, "no open lead"):
            self._review(self._prospect_scheme(), "2020-01-31")

    def test_query_count_does_not_depend_on_the_number_of_leads(self):
        scheme = self._prospect_scheme()
        counts = []
        for size in (2, 40):
            self._leads(*[f"{size} {n}" for n in range(size)], expected_revenue=10)
            review = self._review(scheme, compute=False)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            review.action_compute()
            counts.append(self.env.cr.sql_log_count - before)
            review.action_accept_all()
        self.assertLessEqual(counts[1], counts[0])

    @users("grade_manager")
    def test_the_manager_reviews_prospects(self):
        self._leads("lead", expected_revenue=500)
        scheme = self._prospect_scheme()
        review = self.env["customer.grade.review"].create({"scheme_id": scheme.id, "date": DAY})
        review.action_compute()
        self.assertEqual(len(review.assessment_ids), 1)


class TestProspectMetrics(ProspectCase):
    def test_expected_revenue_of_a_partner_is_that_of_its_open_leads(self):
        partner = self._customers("P one")
        self._known_since(partner, datetime(2026, 1, 1))
        self._leads("a", "b", partner_id=partner.id, expected_revenue=300)
        self._closed(lost=1, partner_id=partner.id, expected_revenue=5000)
        self.assertEqual(self._figures(partner, ["expected_revenue"])["expected_revenue"], 600)

    def test_engagement(self):
        partner = self._customers("P one")
        self._known_since(partner, datetime(2026, 1, 1))
        lead = self._leads("lead", partner_id=partner.id)
        todo = {"summary": "Call", "user_id": self.salesman.id}
        lead.activity_schedule("mail.mail_activity_data_call", **todo)
        done = lead.activity_schedule("mail.mail_activity_data_call", **todo)
        done.action_feedback()
        theirs = lead.message_post(
            body="We need soles", message_type="email", subtype_xmlid="mail.mt_comment", author_id=partner.id
        )
        ours = lead.message_post(
            body="Here they are",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.salesman.partner_id.id,
        )
        old = lead.message_post(
            body="Long ago", message_type="email", subtype_xmlid="mail.mt_comment", author_id=partner.id
        )
        self.env.flush_all()
        self.env.cr.execute("UPDATE mail_message SET date = '2026-06-01' WHERE id IN %s", [tuple((theirs | ours).ids)])
        self.env.cr.execute("UPDATE mail_message SET date = '2024-06-01' WHERE id = %s", [old.id])
        self.env.cr.execute("UPDATE mail_activity SET date_done = '2026-06-30' WHERE id = %s", [done.id])
        self.env.invalidate_all()
        figures = self._figures(lead, ["engagement"])
        self.assertEqual(figures["engagement"], 2, "one activity done, one message received")
        review = self.env["customer.grade.review"].search([], limit=1)
        self.assertEqual(self._of(review, partner).figures["engagement"], 2)

    def test_each_kind_has_its_metrics(self):
        with self.assertRaisesRegex(ValidationError, "“Orders” does not apply"):
            self._prospect_scheme(criterion_ids=[self._criterion("order_count")])
        with self.assertRaisesRegex(ValidationError, "“Engagement” does not apply"):
            self._scheme(criterion_ids=[self._criterion("engagement")])
        with self.assertRaisesRegex(ValidationError, "does not apply"):
            self._scheme(
                veto_ids=[Command.create({"metric": "engagement", "limit": 1, "grade_id": self.grade["b"].id})]
            )
        customers = self._scheme(activate=False)
        self.assertIn("revenue", customers.criterion_ids.metric_choices)
        self.assertNotIn("engagement", customers.criterion_ids.metric_choices)
        prospects = self._prospect_scheme(activate=False)
        self.assertEqual({"expected_revenue", "engagement"} - set(prospects.criterion_ids.metric_choices), set())
        self.assertNotIn("revenue", prospects.criterion_ids.metric_choices)

    def test_prospects_have_no_orders_to_ask_for(self):
        with self.assertRaisesRegex(ValidationError, "no orders yet"):
            self._prospect_scheme(minimum_orders=1)

    def test_a_wrong_filter_of_leads(self):
        with self.assertRaisesRegex(ValidationError, "not a valid filter"):
            self._prospect_scheme(lead_domain="[('no_such_field', '=', 1)]")

    def test_starter_rules(self):
        scheme = self.env["customer.grading.scheme"].create({"name": "New", "kind": "prospect"})
        self.assertEqual(scheme.criterion_ids.mapped("metric"), ["expected_revenue", "engagement"])
        scheme.action_activate()
        lead = self._leads("lead")
        self.assertIn(lead, self._review(scheme).assessment_ids.lead_id)

    def test_the_form_follows_the_kind(self):
        with self.with_user("grade_policy_admin"):
            form = Form(self.env["customer.grading.scheme"])
            form.name = "From the form"
            form.kind = "prospect"
            scheme = form.save()
            self.assertEqual(scheme.criterion_ids.mapped("metric"), ["expected_revenue", "engagement"])
            self.assertTrue(scheme.criterion_ids[1].band_ids)
