from odoo import api, models
from odoo.fields import Command


class CustomerGradingScheme(models.Model):
    """Schemes that grade prospects may ask for the fit to the prospect profile."""

    _inherit = "customer.grading.scheme"

    @api.model
    def _get_prospect_criteria(self):
        bands = self._prepare_starter_bands((None, 0), (20, 25), (40, 50), (60, 75), (80, 100))
        fit = {"sequence": 10, "metric": "profile_fit", "weight": 50, "method": "bands", "band_ids": bands}
        return [Command.create(fit), *super()._get_prospect_criteria()]

    def _readiness_problem(self):
        problem = super()._readiness_problem()
        used = {*self.criterion_ids.mapped("metric"), *self.veto_ids.mapped("metric")}
        profiles = self.env["crm.prospect.profile"]
        if problem or "profile_fit" not in used or profiles._get_active_traits(self.company_id):
            return problem
        return self.env._(
            "Scheme “%(scheme)s” asks for the fit to the prospect profile, but %(company)s has none in force. Activate a "
            "profile first, or remove the criterion.",
            scheme=self.display_name,
            company=self.company_id.name,
        )
