from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.sales_department_base.tools.rules import mismatches

from ..constants import TESTER_GROUPS


class SaleSampleFeeTester(models.TransientModel):
    """Shows which rule of the fee policy a case hits, why, and what became of the others."""

    _name = "sale.sample.fee.tester"
    _description = "Try the Fee Policy"
    _inherit = ["sales.department.dialog.mixin"]

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", "Customer")
    lead_id = fields.Many2one("crm.lead", "Opportunity")
    type_id = fields.Many2one("sale.sample.type", "Sample Type", required=True)
    team_id = fields.Many2one("crm.team", "Sales Team")
    user_id = fields.Many2one("res.users", "Salesperson", default=lambda self: self.env.user)
    cost = fields.Monetary("Expected Cost", required=True, default=10000.0)
    policy_id = fields.Many2one("sale.sample.fee.policy", "Rule", compute="_compute_result")
    result = fields.Text(compute="_compute_result")
    is_ambiguous = fields.Boolean(compute="_compute_result")
    line_ids = fields.One2many("sale.sample.fee.tester.line", "tester_id", compute="_compute_result")

    @api.depends("company_id", "partner_id", "lead_id", "type_id", "team_id", "user_id", "cost")
    def _compute_result(self):
        policies = self.env["sale.sample.fee.policy"]
        for tester in self:
            tester.policy_id = tester.result = False
            tester.is_ambiguous = False
            tester.line_ids = False
            if not tester.type_id:
                continue
            tester._check_reach()
            request = tester._to_request()
            case = policies._get_case(request)
            candidates = policies._get_candidates(tester.company_id)
            winners = policies._get_winners(case, candidates)
            tester.is_ambiguous = len(winners) > 1
            tester.line_ids = [
                fields.Command.create(tester._prepare_line(policy, case, winners))
                for policy in candidates.sorted(
                    lambda policy, case=case, winners=winners: (
                        policy not in winners,
                        bool(mismatches(policy._to_rule(), case)),
                        [-number for number in policy._to_rule().specificity],
                    )
                )
            ]
            if tester.is_ambiguous:
                tester.result = self.env._(
                    "Several rules are equally specific: %s. Make one of them more specific.",
                    ", ".join(winners.mapped("display_name")),
                )
            elif not winners:
                tester.result = self.env._("No rule holds for this case.")
            else:
                tester.policy_id = winners
                evidence = policies._evaluate(request).evidence
                decisions = self.env["sale.sample.fee.decision"]
                tester.result = "\n".join(decisions._explain_evidence(evidence, tester.currency_id))

    def _check_reach(self) -> None:
        """Let a user ask only about cases of the own reach: the answer tells of budgets and grades.

        :raises AccessError: the opportunity or company is out of reach, or the salesperson or team is a colleague's
        """
        self.ensure_one()
        self.lead_id.check_access("read")
        self.partner_id.check_access("read")
        user = self.env.user
        own_user = self.user_id in (user, user.browse()) or self.user_id.sale_team_id.user_id == user
        own_team = self.team_id <= user.crm_team_ids or self.team_id.user_id == user
        if self.company_id not in user.company_ids or not (user.has_groups(TESTER_GROUPS) or (own_user and own_team)):
            raise AccessError(
                self.env._(
                    "The answer tells of grades and budgets: choose yourself or somebody of a team that you lead, and a company "
                    "you work for."
                )
            )

    def _to_request(self):
        """Return the case of this one tester as a new request, which is not stored."""
        names = ("company_id", "partner_id", "lead_id", "type_id", "team_id", "user_id")
        values = {name: self[name]._origin.id for name in names}
        return self.env["sale.sample.request"].new({**values, "fee_cost": max(self.cost, 0.0)})

    def _prepare_line(self, policy, case, winners) -> dict:
        """Return what became of one rule, in words."""
        labels = {
            "company": self.env._("another company"),
            "grade": self.env._("another grade"),
            "kind": self.env._("customers or prospects only"),
            "type": self.env._("another sample type"),
            "team": self.env._("another sales team"),
        }
        wrong = mismatches(policy._to_rule(), case)
        if policy in winners:
            state, why = ("hit", self.env._("The most specific rule that holds"))
            if len(winners) > 1:
                why = self.env._("Holds, but is as specific as another one")
        elif wrong:
            state, why = "miss", self.env._("Is for %s", ", ".join(labels[name] for name in wrong))
        else:
            state, why = "beaten", self.env._("Holds, but a more specific rule comes first")
        return {"policy_id": policy.id, "state": state, "why": why}
