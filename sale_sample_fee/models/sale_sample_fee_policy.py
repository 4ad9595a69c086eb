from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.fee_policy import AmbiguousRulesError, Case, Rule, Terms, conflicts, resolve


class SaleSampleFeePolicy(models.Model):
    """One rule of the fee policy: for whom and what it holds, who pays, and what comes back."""

    _name = "sale.sample.fee.policy"
    _description = "Sample Fee Policy"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    # For whom and what
    company_id = fields.Many2one("res.company", index=True, help="Empty: all companies", tracking=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    grade_id = fields.Many2one(
        "customer.grade",
        "Customer Grade",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Empty: any grade",
    )
    customer_kind = fields.Selection(
        [("any", "Customers and Prospects"), ("customer", "Customers"), ("prospect", "Prospects")],
        "Customers",
        required=True,
        default="any",
        tracking=True,
    )
    type_id = fields.Many2one(
        "sale.sample.type",
        "Sample Type",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Empty: any type",
    )
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Empty: any team",
    )
    # Who pays
    charge = fields.Selection(
        [("free", "Free"), ("shared", "Shared"), ("full", "Full")], required=True, default="full", tracking=True
    )
    share_method = fields.Selection(
        [("percent", "Percent of the Cost"), ("cap", "Up to an Amount")], required=True, default="percent"
    )
    share_percent = fields.Float("Customer Pays (%)", default=50.0, tracking=True)
    share_cap = fields.Monetary("Customer Pays up to", tracking=True)
    free_quota = fields.Integer(
        "Free Samples a Year",
        tracking=True,
        help="So many a calendar year and customer are free, before the rule charges",
    )
    record_limit = fields.Integer(
        "Free until Unsold",
        tracking=True,
        help="No more free samples once so many samples of the last 24 months led to no order; 0: the record does not count",
    )
    needs_budget = fields.Boolean(
        default=True,
        tracking=True,
        help="The company's part must be available in the budget; else the customer pays more",
    )
    pay_before_shipping = fields.Boolean(
        "Payment before Shipping", tracking=True, help="No round is sent before the fee is paid"
    )
    payment_days = fields.Integer("Days to Pay", default=30, help="From the decision, until an invoice says otherwise")
    refund_step_ids = fields.One2many("sale.sample.fee.refund.step", "policy_id", "Refund", copy=True)

    _percent_in_range = models.Constraint(
        "CHECK(charge != 'shared' OR share_method != 'percent' OR (share_percent > 0 AND share_percent < 100))",
        "The customer's share is more than 0 and less than 100 %.",
    )
    _cap_positive = models.Constraint(
        "CHECK(charge != 'shared' OR share_method != 'cap' OR share_cap > 0)",
        "The amount the customer pays up to must be above zero.",
    )
    _not_negative = models.Constraint(
        "CHECK(free_quota >= 0 AND record_limit >= 0 AND payment_days >= 0)",
        "Quota, record limit and days to pay cannot be negative.",
    )
    _cases_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), COALESCE(grade_id, 0), customer_kind, COALESCE(type_id, 0), COALESCE(team_id, 0)) "
        "WHERE active IS TRUE",
        "Another active rule holds for exactly the same cases. Change one of the two, or archive it.",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for policy in self:
            policy.currency_id = (policy.company_id or self.env.company).currency_id

    # ------------------------------------------------------------------
    # No two rules for one case
    # ------------------------------------------------------------------

    @api.constrains("active", "company_id", "grade_id", "customer_kind", "type_id", "team_id")
    def _check_conflicts(self):
        self.sudo()._refuse_conflicts(self.sudo().search([("active", "=", True)]))  # sudo: rules of all companies count

    @api.ondelete(at_uninstall=False)
    def _unlink_except_needed(self):
        everything = self.sudo().search([("active", "=", True)])  # sudo: rules of all companies count
        (everything - self)._refuse_conflicts(everything - self)
        decisions = self.env["sale.sample.fee.decision"].sudo()  # sudo: of all companies
        used = decisions.search([("policy_id", "in", self.ids)], limit=1)
        if used:
            raise UserError(
                self.env._(
                    "%s: fees have been decided by this rule, so it stays on record. Archive it instead.",
                    used.policy_id.display_name,
                )
            )

    @api.model
    def _refuse_conflicts(self, policies) -> None:
        """:raises ValidationError: two of the policies hold for the same case and neither is more specific"""
        found = conflicts([policy._to_rule() for policy in policies])
        if found:
            first, second = (self.browse(rule.key) for rule in found[0])
            raise ValidationError(
                self.env._(
                    "“%(first)s” and “%(second)s” hold for the same cases and neither is more specific. Change one of them, or "
                    "first add a rule for exactly the cases they share.",
                    first=first.display_name,
                    second=second.display_name,
                )
            )

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def _to_rule(self) -> Rule:
        """Return for whom and what this one policy holds, as plain data."""
        self.ensure_one()
        return Rule(
            key=self.id,
            company=self.company_id.id or None,
            grade=self.grade_id.id or None,
            kind=self.customer_kind if self.customer_kind != "any" else None,
            type=self.type_id.id or None,
            team=self.team_id.id or None,
        )

    def _to_terms(self, currency) -> Terms:
        """Return what this one policy charges, as plain data.

        :param currency: of the company that decides; a cap of a shared rule counts in it
        """
        self.ensure_one()
        capped = self.charge == "shared" and self.share_method == "cap"
        return Terms(
            charge=self.charge,
            percent=self.share_percent,
            cap=currency.round(self.share_cap) if capped else None,
            free_quota=self.free_quota,
            record_limit=self.record_limit,
            needs_budget=self.needs_budget,
        )

    @api.model
    def _get_candidates(self, company):
        """Return the active policies of a company and those shared by all."""
        policies = self.sudo()  # sudo: policy counts for whoever asks
        return policies.search([("company_id", "in", [company.id, False])])

    @api.model
    def _get_winners(self, case: Case, candidates):
        """Return the most specific of the candidates that hold for a case: none, one, or several that tie."""
        try:
            rule = resolve([policy._to_rule() for policy in candidates], case)
        except AmbiguousRulesError as error:
            return candidates.browse(error.keys)
        return candidates.browse(rule.key if rule else ())

    @api.model
    def _find(self, case: Case):
        """Return the policy that holds for a case; empty when none does.

        :raises UserError: several are equally specific; the message names them
        """
        company = self.env["res.company"].browse(case.company)
        winners = self._get_winners(case, self._get_candidates(company))
        if len(winners) > 1:
            raise UserError(
                self.env._(
                    "These rules of the fee policy are equally specific: %s. Ask the administrator of the policy to make one "
                    "more specific.",
                    ", ".join(winners.mapped("display_name")),
                )
            )
        return winners

    def _get_refund_terms(self) -> list[dict]:
        """Return the refund promised by this policy, frozen with each decision, in the order of the thresholds."""
        return [
            {"pairs": step.threshold_pairs, "percent": step.percent, "months": step.within_months}
            for step in self.refund_step_ids
        ]
