from contextlib import ExitStack

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tests import Form, TransactionCase, new_test_user, tagged, users

from .common import throwaway_model

DEAL = "sales.department.test.deal"
PAPER = "sales.department.test.document"


class Deal(models.Model):
    """Where documents come from."""

    _module = None
    _name = DEAL
    _description = "Deal"

    name = fields.Char()
    user_id = fields.Many2one("res.users")
    team_id = fields.Many2one("crm.team")


class Paper(models.Model):
    _module = None
    _name = PAPER
    _description = "Paper"
    _inherit = ["sales.department.document.mixin"]

    name = fields.Char()
    partner_id = fields.Many2one("res.partner")
    deal_id = fields.Many2one(DEAL)

    @api.model
    def _get_salesperson_sources(self):
        return [*super()._get_salesperson_sources(), "deal_id", "partner_id"]

    @api.model
    def _get_sales_team_sources(self):
        return [*super()._get_sales_team_sources(), "deal_id"]


@tagged("post_install", "-at_install")
class TestDocumentMixin(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        stack.enter_context(throwaway_model(cls.registry, cls.cr, Deal, Paper))
        cls.registry.init_models(cls.cr, [DEAL, PAPER], {})
        for name in (DEAL, PAPER):
            cls.env["ir.model.access"].create({
                "name": name,
                "model_id": cls.env["ir.model"]._get(name).id,
                "perm_read": True,
                "perm_write": True,
                "perm_create": True,
            })
        group = "sales_team.group_sale_salesman_all_leads"
        cls.anna, cls.ben = (new_test_user(cls.env, f"document_{name}", groups=group) for name in ("anna", "ben"))
        cls.other = cls.env["res.company"].create({"name": "Other plant"})
        cls.env["crm.team"].search([]).active = False
        cls.north, cls.south, cls.abroad = cls.env["crm.team"].create([
            {"name": "North", "member_ids": cls.anna.ids, "company_id": cls.env.company.id, "sequence": 1},
            {"name": "South", "user_id": cls.ben.id, "company_id": False, "sequence": 2},
            {"name": "Abroad", "company_id": cls.other.id, "sequence": 0},
        ])
        cls.deal = cls.env[DEAL].create({"user_id": cls.ben.id, "team_id": cls.north.id})
        cls.customer = cls.env["res.partner"].create({"name": "Customer", "user_id": cls.anna.id})

    @users("document_ben")
    def test_of_whoever_makes_it(self):
        paper = self.env[PAPER].create({})
        self.assertRecordValues(
            paper, [{"company_id": self.env.company.id, "user_id": self.ben.id, "team_id": self.south.id}]
        )

    @users("document_anna")
    def test_of_where_it_comes_from(self):
        both, customer = self.env[PAPER].create([
            {"deal_id": self.deal.id, "partner_id": self.customer.id},
            {"deal_id": self.env[DEAL].create({"team_id": self.south.id}).id, "partner_id": self.customer.id},
        ])
        self.assertEqual(both.user_id, self.ben, "the first source that names somebody")
        self.assertEqual(both.team_id, self.north, "the team of the deal, not the salesperson's own")
        self.assertEqual(customer.user_id, self.anna)
        self.assertEqual(customer.team_id, self.north, "the deal is nobody's: the own team counts")

    @users("document_anna")
    def test_a_choice_is_kept_and_the_team_follows(self):
        paper = self.env[PAPER].create({"deal_id": self.deal.id, "user_id": self.anna.id})
        self.assertRecordValues(paper, [{"user_id": self.anna.id, "team_id": self.north.id}])
        paper.deal_id = False
        self.assertEqual(paper.user_id, self.anna)
        with Form(paper) as form:
            form.user_id = self.ben
        self.assertEqual(paper.team_id, self.south)
        paper.team_id = self.north
        self.assertEqual(paper.team_id, self.north)
        copy = paper.copy()
        self.assertRecordValues(copy, [{"user_id": self.ben.id, "team_id": self.north.id}])

    def test_salesperson_and_team_of_the_company(self):
        self.anna.company_ids += self.other
        self.abroad.member_ids += self.anna  # leaves North: one team a person
        papers = (
            self.env[PAPER].with_user(self.anna).with_context(allowed_company_ids=[self.env.company.id, self.other.id])
        )
        here, there = papers.create([{}, {"company_id": self.other.id}])
        self.assertFalse(here.team_id, "the only team of the salesperson is another company's")
        self.assertEqual(there.team_id, self.abroad)
        with self.assertRaises(UserError):
            here.team_id = self.abroad
        with self.assertRaises(UserError):
            there.user_id = self.ben
