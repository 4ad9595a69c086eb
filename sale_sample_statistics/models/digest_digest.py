from odoo import fields, models
from odoo.exceptions import AccessError

#: Figure of the digest → event that it counts.
KPIS = {"kpi_sample_requested": "requested", "kpi_sample_made": "made", "kpi_sample_approved": "approved"}


class DigestDigest(models.Model):
    """Figures of samples in Odoo's digest mails."""

    _inherit = "digest.digest"

    kpi_sample_requested = fields.Boolean("Samples Requested")
    kpi_sample_requested_value = fields.Integer(compute="_compute_kpi_sample_requested_value")
    kpi_sample_made = fields.Boolean("Samples Made")
    kpi_sample_made_value = fields.Integer(compute="_compute_kpi_sample_made_value")
    kpi_sample_approved = fields.Boolean("Samples Approved")
    kpi_sample_approved_value = fields.Integer(compute="_compute_kpi_sample_approved_value")

    def _compute_kpi_sample_requested_value(self):
        self._compute_sample_kpi("kpi_sample_requested")

    def _compute_kpi_sample_made_value(self):
        self._compute_sample_kpi("kpi_sample_made")

    def _compute_kpi_sample_approved_value(self):
        self._compute_sample_kpi("kpi_sample_approved")

    def _compute_sample_kpi(self, name: str) -> None:
        """Count the events of samples within the span of the digest.

        :raises AccessError: the reader may not see samples; the digest then leaves the figure out
        """
        if not self.env["sale.sample.statistics"].has_access("read"):
            raise AccessError(self.env._("Samples are not shown to this user."))
        start, end, companies = self._get_kpi_compute_parameters()
        moments = [fields.Datetime.to_datetime(moment) for moment in (start, end)]
        statistics = self.env["sale.sample.statistics"].with_context(allowed_company_ids=companies.ids)
        found = {}
        for company in companies:
            local = self.with_context(tz=company._sales_timezone())
            first, last = (fields.Datetime.context_timestamp(local, moment).date() for moment in moments)
            found[company] = statistics.search_count([
                ("company_id", "=", company.id),
                ("event", "=", KPIS[name]),
                ("date", ">=", first),
                ("date", "<", last),
            ])
        for digest in self:
            digest[f"{name}_value"] = found.get(digest.company_id or self.env.company, 0)

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("sale_sample.sale_sample_menu").id
        return actions | dict.fromkeys(KPIS, f"sale_sample_statistics.sale_sample_statistics_action?menu_id={menu}")
