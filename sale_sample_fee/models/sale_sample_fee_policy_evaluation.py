from dataclasses import asdict
from itertools import count
from typing import Any, TypedDict

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain

from ..tools.fee_policy import Case, Facts, Outcome, decide

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
    """What the policy says to one case, with every figure it looked at."""

    _inherit = "sale.sample.fee.policy"

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
