from odoo import models

from ..tools.staging import company_cost


class SaleSampleFeeDecision(models.Model):
    """The company's part in the budget: reserved with the approval, spent as moulds are opened, else given back."""

    _inherit = "sale.sample.fee.decision"

    def _get_budget_values(self):
        values = {}
        for decision in self:
            company = decision.company_id or self.env.company
            request = decision.request_id
            values[decision.id] = {
                "company": company,
                "date": company._sales_today(),
                "purpose": request._get_fee_purpose(),
                "team": decision.team_id,
                "user": decision.user_id,
                "partner": decision.partner_id,
                "estimate": decision.company_amount,
            }
        return values

    def _after_approve(self):
        result = super()._after_approve()
        self._settle_budget()
        return result

    def _reserve_company_part(self, user) -> None:
        """Reserve the company's part of this one decision.

        An exception may go over the budget when its approver has that right; its reason
        is kept. Where the rule needs no budget, only what is there is reserved. What R&D has estimated for a
        sample without a mould is reserved by the request itself.

        :param user: who decides
        :raises UserError: the budget does not suffice, or there is none
        """
        self.ensure_one()
        if self.currency_id.compare_amounts(self.company_amount, 0) <= 0 or self._is_paid_by_request():
            return
        if not self._has_money_for(self.company_amount):
            self._message_log(body=self.env._("The rule needs no budget: nothing was reserved."))
            return
        may_overspend = self.is_exception and user.has_group("sale_budget.group_overspend")
        self._budget_commit(reason=self.exception_reason if may_overspend else None)

    def _has_money_for(self, amount: float) -> bool:
        """Tell whether to turn to the budget at all: where the rule needs none, only if one has the money.

        :param amount: in company currency
        """
        self.ensure_one()
        if self.needs_budget:
            return True
        line = self._budget_find_line()[self.id]
        return bool(line) and self.currency_id.compare_amounts(line.available_amount, amount) >= 0

    def _is_paid_by_request(self) -> bool:
        """Tell whether the request of one decision has reserved what the sample costs, as R&D estimates it."""
        self.ensure_one()
        request = self.request_id
        return not request.type_id.needs_mould and request.state == "accepted" and bool(request.budget_line_id)

    def _get_company_share(self, amount: float) -> float:
        """Return the company's share of what a mould maker bills, by the split that was decided.

        :param amount: of a bill line in company currency; negative for a credit note
        """
        self.ensure_one()
        return self.currency_id.round(amount * self.company_amount / self.cost) if self.cost else amount

    def _settle_budget(self, owed: bool = True) -> None:
        """Spend what the opened moulds of decisions cost the company, and give back what is not needed any more.

        Nothing happens while a mould is on its way: quoted, opened or on trial. Sizes that wait for orders are not
        reserved: what waiting saves is free for other things, and opening them later asks the budget again.

        :param owed: the cost has arisen already, so it is booked over the budget, too, rather than refused
        :raises UserError: it is not owed yet, and the budget does not cover it
        """
        for decision in self.filtered(lambda decision: decision.state == "approved"):
            moulds = decision.request_id.mould_ids.filtered(lambda mould: mould.state != "cancelled")
            if any(not mould.released_on and mould.state != "scrapped" for mould in moulds):
                continue
            if not moulds and decision.request_id.state in ("submitted", "returned", "accepted"):
                continue  # moulds may still be registered, or the sample has none
            opened = sum(moulds.mapped("opened_cost"))
            part = company_cost(opened, decision.cost, decision.company_amount) if moulds else 0.0
            more = decision.currency_id.round(part - decision.budget_actual_amount)
            if more > 0:
                decision._spend_company_part(more, owed)
            if decision.budget_committed_amount > 0:
                decision._budget_release()

    def _spend_company_part(self, amount: float, owed: bool) -> None:
        """Spend from the budget of one decision: what was reserved first, then what is available.

        Later cost is paid by the budget of the day.

        :param amount: in company currency
        :param owed: see :meth:`_settle_budget`
        :raises UserError: it is not owed yet, and the budget does not cover it
        """
        self.ensure_one()
        if self.budget_committed_amount <= 0:
            line = self._budget_find_line()[self.id]
            lacking = self.currency_id.compare_amounts(line.available_amount, amount) < 0
            if (not line and owed) or (lacking and not self.needs_budget):
                self._message_log(
                    body=self.env._(
                        "%s for opened moulds: no approved budget pays for it, nothing was booked.",
                        self._budget_format(amount),
                    )
                )
                return
            self.budget_line_id = line
        reason = self.env._("The moulds are made, so the cost has arisen.") if owed else None
        self._budget_spend(amount, reason=reason)
        self.invalidate_recordset(self._budget_figures)
