from dataclasses import asdict
from itertools import count
from typing import Any, TypedDict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools.fee_policy import AmbiguousRulesError, Case, Facts, Outcome, Rule, Terms, conflicts, decide, resolve

#: Samples older than this do not tell about a customer any more.
RECORD_MONTHS = 24


class FeeQuestion(TypedDict):
    """What the fee depends on; records where not said otherwise, empty ones where there is none."""

    company: Any
    partner: Any
    lead: Any
    type: Any
    team: Any
    user: Any
    purpose: Any  # of the budget
    cost: float  # in the currency of the company
    request: Any  # left out of the record


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

    # ------------------------------------------------------------------
    # What the policy says to one case, with every figure it looked at
    # ------------------------------------------------------------------

    @api.model
    def _evaluate(self, question: FeeQuestion) -> dict[str, Any]:
        """Return what the policy gives for one case, as of the company's day.

        As superuser: the quota and the record are those of the customer, whoever served him;
        of a budget only what is left is told.

        :return: `case`, `policy` (empty when none holds), `grade`, `kind`; with a policy also
            `outcome`, `evidence` (plain data to be frozen), `quota_year`, `quota_key` and `quota_number`
        :raises UserError: several rules are equally specific
        """
        question = self._as_system(question)
        holder = self._get_holder(question)
        case = self._get_case(question)
        policy = self._find(case)
        grade = self._get_grade(question)
        result = {"case": case, "policy": policy, "grade": grade, "kind": case.kind}
        if policy:
            result |= policy._apply(question, holder, grade, case.kind)
        return result

    @api.model
    def _as_system(self, question: FeeQuestion) -> FeeQuestion:
        return {
            key: value.sudo() if isinstance(value, models.BaseModel) else value  # sudo: see _evaluate
            for key, value in question.items()
        }

    @api.model
    def _get_holder(self, question: FeeQuestion):
        """Return the company of the customer, which quota and record are kept for."""
        return question["partner"].with_company(question["company"]).commercial_partner_id

    @api.model
    def _get_grade(self, question: FeeQuestion):
        """Return the grade that the customer, or else the lead, has now."""
        lead = question["lead"].with_company(question["company"])
        return self._get_holder(question).customer_grade_id or lead.customer_grade_id

    @api.model
    def _get_case(self, question: FeeQuestion) -> Case:
        """Return what the conditions of the rules are compared with."""
        question = self._as_system(question)
        company = question["company"]
        return Case(
            company=company.id,
            grade=self._get_grade(question)._origin.id or None,
            kind=self._get_customer_kind(company, self._get_holder(question)),
            type=question["type"]._origin.id or None,
            team=question["team"]._origin.id or None,
        )

    def _apply(self, question: FeeQuestion, partner, grade, kind: str) -> dict[str, Any]:
        """Return outcome and evidence of this one policy, see `_evaluate`."""
        company = question["company"]
        today = company._sales_today()
        currency = company.currency_id
        holder = f"partner-{partner.id}" if partner else f"lead-{question['lead'].id}"
        used = self._get_used_quota_numbers(question, partner, today.year)
        line = self._get_budget_line(question, today)
        facts = Facts(
            cost=currency.round(question["cost"]),
            quota_used=len(used),
            unsold=self._count_unsold(question, partner, today),
            available=line.available_amount if line else None,
        )
        terms = self._to_terms(currency)
        outcome: Outcome = decide(terms, facts, currency.decimal_places)
        number = 0
        if outcome.uses_quota:
            number = next(place for place in count(1) if place not in used)
        evidence = {
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
        }
        return {
            "outcome": outcome,
            "evidence": evidence,
            "quota_year": today.year,
            # two decisions of the same moment must not use the same number: the key makes the database see it
            "quota_key": f"{today.year}/{holder}/{self.type_id.id or 0}",
            "quota_number": number,
        }

    # ------------------------------------------------------------------
    # The figures
    # ------------------------------------------------------------------

    @api.model
    def _get_customer_kind(self, company, partner) -> str:
        """Return "customer" for whoever has ordered from the company, else "prospect"."""
        if not partner:
            return "prospect"
        orders = self.env["sale.order"].sudo()  # sudo: an order taken by a colleague makes a customer, too
        ordered = orders.search_count(
            [
                ("company_id", "=", company.id),
                ("partner_id.commercial_partner_id", "=", partner.id),
                ("state", "=", "sale"),
                ("order_line.sample_fee_decision_id", "=", False),
            ],
            limit=1,
        )
        return "customer" if ordered else "prospect"

    def _get_used_quota_numbers(self, question: FeeQuestion, partner, year: int) -> list[int]:
        """Return the numbers of the customer's free samples of a year that count for this one policy.

        By the customer that the request has now: a lead that became a customer, and customers that were merged,
        take along what they have had. So a number may be there twice.
        """
        decisions = self.env["sale.sample.fee.decision"].sudo()  # sudo: of all salespeople
        if partner:
            holder = Domain("request_id.commercial_partner_id", "=", partner.id)
        else:
            holder = Domain("request_id.lead_id", "=", question["lead"]._origin.id)
        used = decisions.search_fetch(
            holder
            & Domain([
                ("company_id", "=", question["company"].id),
                ("quota_year", "=", year),
                ("quota_key", "=like", f"%/{self.type_id.id or 0}"),
                ("quota_number", ">", 0),
                ("state", "=", "approved"),
            ]),
            ["quota_number"],
        )
        return used.mapped("quota_number")

    @api.model
    def _count_unsold(self, question: FeeQuestion, partner, today) -> int:
        """Return how many samples of the last 24 months led to no confirmed order."""
        if partner:
            holder = ("commercial_partner_id", "=", partner.id)
        else:
            holder = ("lead_id", "=", question["lead"]._origin.id)
        requests = self.env["sale.sample.request"].sudo()  # sudo: of all salespeople
        return requests.search_count([
            holder,
            ("company_id", "=", question["company"].id),
            ("id", "!=", question["request"]._origin.id or 0),
            ("state", "in", ("accepted", "approved", "rejected")),
            ("submitted_at", ">=", today - relativedelta(months=RECORD_MONTHS)),
            ("order_line_ids", "not any", [("state", "=", "sale")]),
        ])

    @api.model
    def _get_budget_line(self, question: FeeQuestion, today):
        """Return the budget line that would pay the company's part, empty when none does."""
        decisions = self.env["sale.sample.fee.decision"]
        values = {
            "company": question["company"],
            "date": today,
            "purpose": question["purpose"],
            "team": question["team"],
            "user": question["user"],
            "partner": question["partner"],
            "estimate": question["cost"],
        }
        return decisions._budget_lines_in({0: values}, "approved")[0]
