from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged, users


@tagged("-at_install", "post_install")
class TestCompetitor(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_test_user(cls.env, "competitor_salesman", groups="sales_team.group_sale_salesman")
        new_test_user(cls.env, "competitor_rnd", groups="sales_department_base.group_collaborator_rnd")
        new_test_user(cls.env, "competitor_internal", groups="base.group_user")
        cls.competitor = cls.env["crm.competitor"].create({"name": "Huarui 100%_Soles"})

    @users("competitor_salesman")
    def test_named_twice_is_the_same(self):
        """Typing a name in other letters, or that of an archived one, chooses who is on the list already."""
        self.competitor.active = False
        competitors = self.env["crm.competitor"]
        self.assertEqual(competitors.name_create(" huarui 100%_SOLES ")[0], self.competitor.id)
        other = competitors.name_create("Huarui 100xSoles")[0]
        self.assertNotEqual(other, self.competitor.id)

    @users("competitor_salesman")
    def test_without_a_name(self):
        for name in (False, "", "  "):
            with self.subTest(name=name), self.assertRaisesRegex(UserError, "name of the competitor"):
                self.env["crm.competitor"].name_create(name)

    @users("competitor_salesman")
    def test_salesperson_writes_but_does_not_delete(self):
        competitor = self.env["crm.competitor"].create({"name": "Rival Soles"})
        competitor.note = "Cheaper by 8 %"
        with self.assertRaises(AccessError):
            competitor.unlink()

    @users("competitor_rnd")
    def test_others_only_read(self):
        competitor = self.competitor.with_env(self.env)
        self.assertEqual(competitor.name, "Huarui 100%_Soles")
        with self.assertRaises(AccessError):
            competitor.note = "mine"

    @users("competitor_internal")
    def test_nobody_else_reads(self):
        """What is known of a competitor, such as prices, is for those who work on customers."""
        with self.assertRaises(AccessError):
            self.env["crm.competitor"].search_read([], ["note"])

    @users("competitor_salesman")
    def test_is_not_given_to_another_company(self):
        """A list of all companies does not lose a name because somebody claims it, or gives it away."""
        other = self.competitor.env["res.company"].create({"name": "Second Soles"})
        competitor = self.competitor.with_env(self.env)
        for company in (other, self.env.company):
            with self.assertRaisesRegex(UserError, "is fixed"):
                competitor.company_id = company.id
        self.assertFalse(self.competitor.company_id)

    @users("competitor_salesman")
    def test_other_company_does_not_see_it(self):
        self.competitor.company_id = self.competitor.env["res.company"].create({"name": "Second Soles"})
        self.assertFalse(self.env["crm.competitor"].search([("id", "=", self.competitor.id)]))
