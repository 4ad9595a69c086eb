from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.customer_grade.tools.metric import GradingWindow, Metric


class CustomerGradeMetric(models.AbstractModel):
    """The fit to the prospect profile as a metric of schemes that grade prospects."""

    _inherit = "customer.grade.metric"

    @api.model
    def _get_metrics(self):
        return super()._get_metrics() | {
            "profile_fit": Metric(
                "profile_fit",
                self.env._("Fit to the Prospect Profile"),
                "percent",
                "_source_fit",
                kinds=frozenset({"prospect"}),
                help=self.env._("Weight of the traits met over the weight of all traits of the profile in force"),
            )
        }

    @api.model
    def _source_fit(self, window: GradingWindow) -> SQL:
        """Fit to the profile in force, in per cent.

        :raise UserError: the company has no profile in force
        """
        company = self.env["res.company"].browse(window.company_id)
        profile = self.env["crm.prospect.profile"]._get_active_traits(company).profile_id
        if not profile:
            raise UserError(
                self.env._(
                    "%s has no prospect profile in force: activate one, or grade without the fit to it.", company.name
                )
            )
        return profile._query_fit()
