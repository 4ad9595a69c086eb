from odoo.tests import tagged

from odoo.addons.sales_department_base.constants import SALES_GROUP

from ..models.ir_rule import TEAM_GROUP
from .common import ConfidentialCase


@tagged("post_install", "-at_install")
class TestTeamRules(ConfidentialCase):
    """The documents of the house: a rule of the team for each rule of the own documents."""

    def test_the_team_takes_the_place_of_the_reader(self):
        rewrite = self.env["ir.rule"]._get_team_domain
        for own, team in {
            "[('user_id', 'in', [user.id, False])]": (
                "[('user_id', 'in', user.crm_team_ids.member_ids.ids + [user.id, False])]"
            ),
            "[('a_id.b_id.user_id', '=', user.id)]": (
                "[('a_id.b_id.user_id', 'in', user.crm_team_ids.member_ids.ids + [user.id])]"
            ),
            "['|', ('user_id', 'in', [user.id, False]), ('team_id.user_id', '=', user.id)]": (
                "['|', ('user_id', 'in', user.crm_team_ids.member_ids.ids + [user.id, False]),"
                " '|', ('team_id.user_id', '=', user.id), ('team_id', 'in', user.crm_team_ids.ids)]"
            ),
            "[('approver_id', '=', user.id)]": "[('approver_id', '=', user.id)]",
            "[(1, '=', 1)]": "[(1, '=', 1)]",
        }.items():
            self.assertEqual(rewrite(own), team)

    def _own_rules(self):
        """Return the rules for own documents of all models of the house that are installed."""
        house = self.env["sales.department.closed.mixin"]._get_house_modules()
        names = self.env["ir.model.data"].search([
            ("model", "=", "ir.rule"),
            ("module", "in", list(house - {"sales_confidentiality"})),
        ])
        rules = self.env["ir.rule"].browse(names.mapped("res_id"))
        return rules.filtered(
            lambda rule: (
                rule.groups == self.env.ref(SALES_GROUP)
                and "user_id" in (rule.domain_force or "")
                and "user.id" in rule.domain_force
            )
        )

    def test_every_document_of_the_house_has_one(self):
        team_rules = self.env["ir.rule"].search([("groups", "in", self.env.ref(TEAM_GROUP).ids)])
        for own in self._own_rules():
            mine = team_rules.filtered(lambda rule, own=own: rule.model_id == own.model_id)
            self.assertTrue(mine, f"{own.model_id.model}: no rule for the documents of the team")
            self.assertIn("user.crm_team_ids", mine.domain_force, own.model_id.model)

    def test_again_makes_no_more(self):
        rules = self.env["ir.rule"]
        before = rules.search_count([])
        rules._sync_team_rules()
        self.assertEqual(rules.search_count([]), before)

    def test_follows_a_changed_rule(self):
        own = self._own_rules()[:1]
        if not own:
            self.skipTest("no addon with documents of salespeople is installed")
        own.domain_force = (
            "[('user_id', '=', user.id)]" if "user_id" in self.env[own.model_id.model] else "[(1, '=', 1)]"
        )
        self.env["ir.rule"]._sync_team_rules()
        team = self.env["ir.rule"].search([
            ("model_id", "=", own.model_id.id),
            ("groups", "in", self.env.ref(TEAM_GROUP).ids),
        ])
        self.assertEqual(len(team), 1)
