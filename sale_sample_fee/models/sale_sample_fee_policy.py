from dataclasses import asdict, dataclass
from datetime import date
from itertools import count
from typing import Any

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.sales_department_base.tools.rules import AmbiguousRulesError, Case, Rule, conflicts, resolve

from ..constants import CHARGES
from ..tools.fee_policy import Facts, Outcome, Terms, decide

#: Samples older than this do not tell about a customer any more.
RECORD_MONTHS = 24


@dataclass(frozen=True, slots=True)
class FeeProposal:
    """What the policy gives for one request, with every figure it looked at.

    :param policy: the rule that holds, `sale.sample.fee.policy`
    :param grade: of the customer or lead, now; empty where there is none
    :param kind: "customer" or "prospect"
    :param evidence: plain data to be frozen with the decision
    :param quota_key: year, customer and type whose free samples are counted: of two decisions of the same moment that
        use the same number, the database refuses the second by it
    :param quota_number: of the free sample that is used, 0 for none
    """

    policy: Any
    grade: Any
    kind: str
    outcome: Outcome
    evidence: dict[str, Any]
    quota_year: int
    quota_key: str
    quota_number: int


class SaleSampleFeePolicy(models.Model):
    """One rule of the fee policy: for whom and what it holds, who pays, and what comes back."""

    _name = "sale.sample.fee.policy"
    _description = "Sample Fee Policy"
    _inherit = ["mail.thread", "sales.department.closed.mixin"]
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
    charge = fields.Selection(CHARGES, required=True, default="full", tracking=True)
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
        "CHECK(free_quota >= 0 AND record_limit >= 0 AND payment_days >= 0 AND payment_days <= 3650)",
        "Quota, record limit and days to pay cannot be negative, and the days to pay are 3,650 at most.",
    )
    _cases_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), COALESCE(grade_id, 0), customer_kind, COALESCE(type_id, 0), COALESCE(team_id, 0)) "
        "WHERE active IS TRUE",
        "Another active rule holds for exactly the same cases. Change one of the two, or archive it.",
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for policy in self:
            policy.currency_id = (policy.company_id or self.env.company).currency_id

    # ------------------------------------------------------------------
    # No two rules for one case, and none for another company
    # ------------------------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        self.check_access("write")  # nobody gives a rule to a company that is not theirs
        return result

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
    # Which rule holds
    # ------------------------------------------------------------------

    def _to_rule(self) -> Rule:
        """Return for whom and what this one policy holds, as plain data."""
        self.ensure_one()
        return Rule.of(
            self.id,
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

    def _get_refund_terms(self) -> list[dict]:
        """Return the refund promised by this policy, frozen with each decision, in the order of the thresholds."""
        return [
            {"pairs": step.threshold_pairs, "percent": step.percent, "months": step.within_months}
            for step in self.refund_step_ids
        ]

    @api.model
    def _get_case(self, request) -> Case:
        """Return what the conditions of the rules are compared with, for a stored or a new request."""
        request = request.sudo()  # sudo: see _evaluate
        return {
            "company": request.company_id.id,
            "grade": request._get_present_grade()._origin.id or None,
            "kind": self._get_customer_kind(request),
            "type": request.type_id._origin.id or None,
            "team": request._get_own_team()._origin.id or None,
        }

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
        company = self.env["res.company"].browse(case["company"])
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

    # ------------------------------------------------------------------
    # What the rule gives
    # ------------------------------------------------------------------

    @api.model
    def _evaluate(self, request) -> FeeProposal | None:
        """Return what the policy gives for one request, as of the company's day; None when no rule holds.

        As superuser: the quota and the record are those of the customer, whoever served him;
        of a budget only what is left is told.

        :param request: `sale.sample.request`, a stored one or, to try the policy, a new one
        :raises UserError: several rules are equally specific
        """
        request = request.sudo()  # sudo: see above
        case = self._get_case(request)
        policy = self._find(case)
        return policy._propose(request, case["kind"]) if policy else None

    def _propose(self, request, kind: str) -> FeeProposal:
        """Return what this one policy gives for a request, with all rights.

        :param kind: "customer" or "prospect"
        """
        company, grade = request.company_id, request._get_present_grade()
        today, currency = company._sales_today(), company.currency_id
        used = self._get_used_quota_numbers(request, today.year)
        line = self._get_budget_line(request)
        facts = Facts(
            cost=currency.round(request.fee_cost),
            quota_used=len(used),
            unsold=self._count_unsold(request, today),
            available=line.available_amount if line else None,
        )
        terms = self._to_terms(currency)
        outcome = decide(terms, facts, currency.decimal_places)
        customer = request.commercial_partner_id
        owner = f"partner-{customer.id}" if customer else f"lead-{request.lead_id.id}"
        return FeeProposal(
            policy=self,
            grade=grade,
            kind=kind,
            outcome=outcome,
            evidence={
                "rule": self.name,
                "grade": grade.name or "",
                "kind": kind,
                "year": today.year,
                "budget": line.display_name if line else "",
                "planned": line.amount + line.amendment_amount if line else 0.0,
                "reasons": list(outcome.reasons),
                "charge": outcome.charge,
                "fee": outcome.fee,
                **{f"rule_{key}": value for key, value in asdict(terms).items()},
                **asdict(facts),
            },
            quota_year=today.year,
            quota_key=f"{today.year}/{owner}/{self.type_id.id or 0}",
            quota_number=next(place for place in count(1) if place not in used) if outcome.uses_quota else 0,
        )

    @api.model
    def _get_customer_domain(self, request, path: str = "") -> Domain:
        """Return the domain of what was made for the customer of a request, or else for its lead.

        :param path: to the request, with a dot at its end
        """
        customer = request.commercial_partner_id
        if customer:
            return Domain(f"{path}commercial_partner_id", "=", customer.id)
        return Domain(f"{path}lead_id", "=", request.lead_id._origin.id)

    @api.model
    def _get_customer_kind(self, request) -> str:
        """Return "customer" for whoever has ordered from the company, else "prospect"."""
        customer = request.commercial_partner_id
        if not customer:
            return "prospect"
        orders = self.env["sale.order"].sudo()  # sudo: an order taken by a colleague makes a customer, too
        ordered = orders.search_count(
            [
                ("company_id", "=", request.company_id.id),
                ("partner_id.commercial_partner_id", "=", customer.id),
                ("state", "=", "sale"),
                ("order_line.sample_fee_decision_id", "=", False),
            ],
            limit=1,
        )
        return "customer" if ordered else "prospect"

    def _get_used_quota_numbers(self, request, year: int) -> list[int]:
        """Return the numbers of the customer's free samples of a year that count for this one policy.

        By the customer that the request has now: a lead that became a customer, and customers that were merged,
        take along what they have had. So a number may be there twice.
        """
        decisions = self.env["sale.sample.fee.decision"].sudo()  # sudo: of all salespeople
        used = decisions.search_fetch(
            self._get_customer_domain(request, "request_id.")
            & Domain([
                ("company_id", "=", request.company_id.id),
                ("quota_year", "=", year),
                ("quota_key", "=like", f"%/{self.type_id.id or 0}"),
                ("quota_number", ">", 0),
                ("state", "=", "approved"),
            ]),
            ["quota_number"],
        )
        return used.mapped("quota_number")

    @api.model
    def _count_unsold(self, request, today: date) -> int:
        """Return how many samples of the last 24 months led to no confirmed order."""
        requests = self.env["sale.sample.request"].sudo()  # sudo: of all salespeople
        return requests.search_count(
            self._get_customer_domain(request)
            & Domain([
                ("company_id", "=", request.company_id.id),
                ("id", "!=", request._origin.id or 0),
                ("state", "in", ("accepted", "approved", "rejected")),
                ("submitted_at", ">=", today - relativedelta(months=RECORD_MONTHS)),
                ("order_line_ids", "not any", [("state", "=", "sale")]),
            ])
        )

    @api.model
    def _get_budget_line(self, request):
        """Return the budget line that would pay the company's part, empty when none does."""
        values = request._prepare_budget_values(request._get_fee_purpose(), request.fee_cost)
        return request._budget_lines_in({0: values}, "approved")[0]
