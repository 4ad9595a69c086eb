from datetime import date, datetime, timedelta

from odoo import api, models


class SaleSampleRound(models.Model):
    """What happens to a round is a step of its request."""

    _inherit = "sale.sample.round"

    @api.model_create_multi
    def create(self, vals_list):
        rounds = super().create(vals_list)
        rounds.request_id.filtered(lambda request: request.state == "accepted")._enter_step("planned", rounds)
        return rounds

    def _after_change_state(self, target):
        result = super()._after_change_state(target)
        requests = self.request_id.filtered(lambda request: request.state == "accepted")
        # without a round the request waits for R&D to open another
        requests._enter_step("accepted" if target == "cancelled" else target, self)
        return result

    def _get_step_day(self, step: str) -> date | bool:
        """Return the day that people entered for a step of one round, False where there is none. Extension point."""
        self.ensure_one()
        return {"sent": self.sent_on, "answered": self.answered_on}.get(step, False)

    def _get_step_moment(self, step: str) -> datetime | None:
        """Return the last second of the day entered for a step, in naive UTC; None when it is not before today."""
        day = self._get_step_day(step)
        if not day or day >= self._get_today():
            return None
        _start, stop = self.company_id._sales_utc_bounds(day, day + timedelta(days=1))
        return stop - timedelta(seconds=1)
