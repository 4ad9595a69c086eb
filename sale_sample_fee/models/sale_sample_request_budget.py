from odoo import api, fields, models


class SaleSampleRequest(models.Model):
    """R&D's estimate is reserved in the budget for samples, or for moulds; rounds spend it; the end releases the rest.

    A request that no budget covers goes on, and says so.
    """

    _name = "sale.sample.request"
    _inherit = ["sale.sample.request", "sale.budget.commitment.mixin"]

    # The customer on the portal has no business with our budgets.
    budget_currency_id = fields.Many2one(groups="base.group_user")
    budget_line_id = fields.Many2one(groups="base.group_user")
    budget_committed_amount = fields.Monetary(groups="base.group_user")
    budget_actual_amount = fields.Monetary(groups="base.group_user")
    budget_expected_line_id = fields.Many2one(groups="base.group_user")
    budget_available_amount = fields.Monetary(groups="base.group_user")
    budget_shortfall_amount = fields.Monetary(groups="base.group_user")

    def _get_budget_values(self):
        values = {}
        for request in self:
            company = request.company_id or self.env.company
            values[request.id] = {
                "company": company,
                "date": company._sales_today(),
                "purpose": request._get_budget_purpose(),
                "team": request.team_id,
                "user": request.user_id,
                "partner": request.partner_id,
                "estimate": request.estimated_cost,
            }
        return values

    def _get_budget_purpose(self) -> "models.Model":
        """Return what the money of one request is spent on. Extension point."""
        name = "mould" if self.type_id.needs_mould else "sample"
        purpose = self.env.ref(f"sale_budget.purpose_{name}", raise_if_not_found=False)
        return purpose or self.env["sale.budget.purpose"]

    def _reserve_budget(self, overspend_reason: str | None = None) -> None:
        """Reserve R&D's estimates where a budget covers them.

        :param overspend_reason: why to go over the budget; it needs the right to do so
        :raises UserError: the budget that would pay is closed, or does not suffice
        """
        values = self.filtered(lambda request: request.estimated_cost > 0)._get_budget_values()
        lines = self._budget_find_line(values)
        covered = self.filtered(lambda request: lines.get(request.id))
        rest = self.filtered(lambda request: request.id in values and not lines[request.id])
        closed = self._budget_lines_in({request.id: values[request.id] for request in rest}, "closed")
        for line in closed.values():
            line._check_open()
        if rest:
            note = self.env._("No approved budget covers this sample: nothing was reserved.")
            rest._message_log_batch({request.id: note for request in rest})
        covered._budget_commit(reason=(overspend_reason or "").strip() or None)

    def _after_change_state(self, target):
        result = super()._after_change_state(target)
        if target in ("approved", "rejected", "cancelled"):
            self._budget_release()
        return result

    @api.model
    def _get_booked_round_states(self) -> tuple[str, ...]:
        """Return the states of a round in which its cost has been spent."""
        return ("made", "sent", "answered", "cancelled")
