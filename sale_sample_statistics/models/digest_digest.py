from odoo import fields, models
from odoo.exceptions import AccessError

#: Figure of the digest → figure of the statistics, which counts events of the same name.
KPIS = {"kpi_sample_requested": "requested", "kpi_sample_made": "made", "kpi_sample_approved": "approved"}


class DigestDigest(models.Model):
    """Figures of samples in Odoo's digest mails."""

    _inherit = "digest.digest"

    kpi_sample_requested = fields.Boolean("Samples Requested")
    kpi_sample_requested_value = fields.Integer(compute="_compute_sample_kpis")
    kpi_sample_made = fields.Boolean("Samples Made")
    kpi_sample_made_value = fields.Integer(compute="_compute_sample_kpis")
    kpi_sample_approved = fields.Boolean("Samples Approved")
    kpi_sample_approved_value = fields.Integer(compute="_compute_sample_kpis")

    def _compute_sample_kpis(self):
        """Count the events of samples within the span of the digest.

        :raises AccessError: the reader may not see samples; the digest then leaves the figures out
        """
        statistics, keys = self.env["sale.sample.statistics"], list(KPIS.values())
        if not statistics.has_access("read"):
            raise AccessError(self.env._("Samples are not shown to this user."))
        start, end, companies = self._get_kpi_compute_parameters()
        moments = [fields.Datetime.to_datetime(moment) for moment in (start, end)]
        found = {}
        for company in companies:
            local = self.with_context(tz=company._sales_timezone())
            days = (fields.Datetime.context_timestamp(local, moment).date() for moment in moments)
            [found[company]] = statistics._get_figures(company, *days, keys=keys, events=keys)
        for digest in self:
            counts = found.get(digest.company_id or self.env.company, {})
            for name, key in KPIS.items():
                digest[f"{name}_value"] = counts.get(key) or 0

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("sale_sample.sale_sample_menu").id
        return actions | dict.fromkeys(KPIS, f"sale_sample_statistics.sale_sample_statistics_action?menu_id={menu}")
