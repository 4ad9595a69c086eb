from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.sale_sample.constants import RND_GROUPS

from ..constants import COST_GROUPS

#: States of a round in which its cost has been spent.
SPENT_STATES = ("made", "sent", "answered", "cancelled")


class SaleSampleRound(models.Model):
    """What making a round cost is spent from the budget of its request, once; who has to pay first gets nothing before."""

    _inherit = "sale.sample.round"

    currency_id = fields.Many2one(related="company_id.currency_id")
    _closed_fields = frozenset({"budget_booked_amount"})
    _closed_except_groups = {"cost": RND_GROUPS}

    cost = fields.Monetary(string="Making Cost", copy=False, tracking=True, groups=COST_GROUPS)
    budget_booked_amount = fields.Monetary(
        "Booked in the Budget",
        readonly=True,
        copy=False,
        groups=COST_GROUPS,
        help="Part of the cost that the budget knows",
    )

    _cost_positive = models.Constraint("CHECK(cost >= 0)", "The making cost cannot be negative.")

    def write(self, vals):
        if "cost" in vals:
            self._check_figures_open()
        result = super().write(vals)
        if "cost" in vals:
            self._book_cost(tell=True)
        return result

    # ------------------------------------------------------------------
    # Budget
    # ------------------------------------------------------------------

    def _after_change_state(self, target):
        result = super()._after_change_state(target)
        self._book_cost(tell=target == "made")
        return result

    def _book_cost(self, tell: bool) -> None:
        """Make the budget ledger say what rounds that have been made cost today.

        What has been spent is recorded, whatever the budget has left, and whether it is closed; its owner is told. A cost
        that was corrected downwards takes back the difference, as a row of its own.

        :param tell: say in the chatter where no budget covers the cost
        """
        for sample_round in self.filtered(lambda sample_round: sample_round.state in SPENT_STATES):
            request = sample_round.request_id
            missing = sample_round.currency_id.round(sample_round.cost - sample_round.budget_booked_amount)
            if missing < 0:  # what was booked as known beforehand is in no ledger
                missing = max(missing, -sum(request._budget_entered_by_hand(sample_round).values()))
            elif not missing or not (tell or request._budget_find_fact_line(request._get_budget_values())):
                continue
            if not missing or request._budget_record(missing, source=sample_round, note=sample_round.display_name):
                sample_round.sudo().budget_booked_amount = sample_round.cost  # sudo: the field is closed to users

    # ------------------------------------------------------------------
    # Payment before shipping
    # ------------------------------------------------------------------

    def _check_ready_to_send(self):
        result = super()._check_ready_to_send()
        for record in self:
            refusal = record._shipping_refusal()
            if refusal:
                raise UserError(refusal)
        return result

    def _shipping_refusal(self) -> str | None:
        """Return why this one round must not be sent, None when it may. Extension point."""
        self.ensure_one()
        request = self.request_id.sudo()  # sudo: R&D, who sends, does not see fees
        decision = request.fee_decision_id
        if not request.needs_fee_decision or not decision:
            return None
        if decision.state != "approved":
            return self.env._(
                "%(round)s cannot be sent yet: sales has not decided on the fee. Ask %(salesperson)s.",
                round=self.display_name,
                salesperson=request.user_id.name,
            )
        if decision.pay_before_shipping and decision.payment_state not in ("none", "paid"):
            return self.env._(
                "%(round)s cannot be sent before the customer has paid. Ask %(salesperson)s.",
                round=self.display_name,
                salesperson=request.user_id.name,
            )
        return None
