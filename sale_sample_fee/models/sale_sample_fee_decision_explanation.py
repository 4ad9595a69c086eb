from odoo import models
from odoo.tools import format_amount


class SaleSampleFeeDecision(models.Model):
    """The figures of a decision, in the words of whoever reads it."""

    _inherit = "sale.sample.fee.decision"

    def _explain(self) -> list[str]:
        """Return sentences on why this one sample is charged as it is."""
        self.ensure_one()
        lines = self._explain_evidence(self.evidence or {}, self.company_id.currency_id)
        if self.is_exception:
            lines.append(
                self.env._(
                    "Exception: the customer pays %(fee)s instead of %(proposed)s. %(reason)s",
                    fee=format_amount(self.env, self.fee_amount, self.currency_id),
                    proposed=format_amount(self.env, self.proposed_fee, self.currency_id),
                    reason=self.exception_reason or "",
                )
            )
        return lines

    def _explain_evidence(self, evidence: dict, currency) -> list[str]:
        """Return the evidence of a decision in words.

        :param evidence: as frozen by `sale.sample.fee.policy._apply`
        """
        if not evidence:
            return []
        money = lambda amount: format_amount(self.env, amount, currency)  # noqa: E731
        return [
            *self._explain_who(evidence),
            *self._explain_quota(evidence),
            *self._explain_budget(evidence, money),
            self._explain_result(evidence, money),
        ]

    def _explain_who(self, evidence: dict) -> list[str]:
        kinds = dict(self._fields["customer_kind"]._description_selection(self.env))
        who = kinds[evidence["kind"]]
        if evidence["grade"]:
            who = self.env._("%(kind)s of grade %(grade)s", kind=who, grade=evidence["grade"])
        return [self.env._("%(who)s: rule “%(rule)s”.", who=who, rule=evidence["rule"])]

    def _explain_quota(self, evidence: dict) -> list[str]:
        lines = []
        if evidence["rule_free_quota"]:
            lines.append(
                self.env._(
                    "%(used)d of %(total)d free samples of %(year)d used.",
                    used=evidence["quota_used"],
                    total=evidence["rule_free_quota"],
                    year=evidence["year"],
                )
            )
        if "record" in evidence["reasons"]:
            lines.append(
                self.env._(
                    "Samples of the last 24 months without an order: %(unsold)d. From %(limit)d on, none is free.",
                    unsold=evidence["unsold"],
                    limit=evidence["rule_record_limit"],
                )
            )
        elif evidence["unsold"]:
            lines.append(self.env._("Samples of the last 24 months without an order: %d.", evidence["unsold"]))
        return lines

    def _explain_budget(self, evidence: dict, money) -> list[str]:
        if evidence["available"] is None:
            return [self.env._("No approved budget pays for it.")]
        line = self.env._(
            "%(left)s of %(planned)s left in %(budget)s.",
            left=money(evidence["available"]),
            planned=money(evidence["planned"]),
            budget=evidence["budget"],
        )
        return [line]

    def _explain_result(self, evidence: dict, money) -> str:
        values = {"cost": money(evidence["cost"]), "fee": money(evidence["fee"])}
        short = {"budget_short", "no_budget"} & set(evidence["reasons"])
        if evidence["charge"] == "free":
            return self.env._("Free: the company pays %(cost)s.", **values)
        if evidence["charge"] == "full" and short and evidence["rule_charge"] != "full":
            return self.env._(
                "The budget does not cover the company's part: the customer pays %(fee)s in full.", **values
            )
        if evidence["charge"] == "full":
            return self.env._("In full: the customer pays %(fee)s.", **values)
        if evidence["rule_cap"] is not None:
            return self.env._("Shared: the customer pays up to %(fee)s of %(cost)s.", **values)
        return self.env._(
            "Shared: the customer pays %(percent)g %%, %(fee)s of %(cost)s.", percent=evidence["rule_percent"], **values
        )
