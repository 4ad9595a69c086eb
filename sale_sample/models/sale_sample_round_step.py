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
