"""Data and answers follow the lead to its partner, and survive merging."""

from .common import ProfileCase


class TestFollow(ProfileCase):
    def test_prospect_data_goes_along(self):
        question = self.env["crm.prospect.question"].create({"name": "Audits suppliers?"})
        partner = self._customers("Known", prospect_employees=70)
        lead = self._leads(
            "lead",
            prospect_industry_id=self.shoes.id,
            prospect_employees=600,
            prospect_volume=9000,
            prospect_answer_ids=[(0, 0, {"question_id": question.id, "answer": "yes"})],
        )
        lead.with_user(self.salesman).partner_id = partner
        self.assertEqual(
            (partner.industry_id, partner.prospect_employees, partner.prospect_volume), (self.shoes, 70, 9000)
        )
        self.assertEqual(partner.prospect_answer_ids.answer, "yes")

    def test_merged_leads_keep_data_and_answers(self):
        first, second = self.env["crm.prospect.question"].create([{"name": "First?"}, {"name": "Second?"}])
        families = self.env["product.category"].create([{"name": "Outsoles"}, {"name": "Midsoles"}])
        one = self._leads(
            "one",
            prospect_employees=10,
            prospect_family_ids=[(6, 0, families[:1].ids)],
            prospect_answer_ids=[(0, 0, {"question_id": first.id, "answer": "yes"})],
        )
        two = self._leads(
            "two",
            prospect_volume=500,
            prospect_industry_id=self.shoes.id,
            prospect_family_ids=[(6, 0, families[1:].ids)],
            prospect_answer_ids=[
                (0, 0, {"question_id": first.id, "answer": "no"}),
                (0, 0, {"question_id": second.id, "answer": "no"}),
            ],
        )
        own = {
            lead: lead.prospect_answer_ids.filtered(lambda answer: answer.question_id == first).answer
            for lead in one | two
        }
        kept = (one | two).with_user(self.manager).merge_opportunity()
        self.assertEqual(
            (kept.prospect_employees, kept.prospect_volume, kept.prospect_industry_id), (10, 500, self.shoes)
        )
        self.assertEqual(kept.prospect_family_ids, families)
        answers = {answer.question_id: answer.answer for answer in kept.prospect_answer_ids}
        self.assertEqual(answers, {first: own[kept], second: "no"})

    def _merge(self, partners, target, user=None):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        (wizard.with_user(user) if user else wizard)._merge(partners.ids, target)
        self.env.invalidate_all()

    def test_merged_partners_keep_answers(self):
        first, second = self.env["crm.prospect.question"].create([{"name": "First?"}, {"name": "Second?"}])
        one, two = self._customers("one", "two")
        one.prospect_answer_ids = [(0, 0, {"question_id": first.id, "answer": "yes"})]
        two.prospect_answer_ids = [
            (0, 0, {"question_id": first.id, "answer": "no"}),
            (0, 0, {"question_id": second.id, "answer": "no"}),
        ]
        self._merge(one | two, one)
        self.assertEqual(
            {answer.question_id: answer.answer for answer in one.prospect_answer_ids}, {first: "yes", second: "no"}
        )
