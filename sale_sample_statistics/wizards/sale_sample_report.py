from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sales_department_base.tools.periods import PERIODS, Period

#: Longest period of one report, in days.
LONGEST = 3 * 366
#: Years that a report may be about.
FIRST_YEAR, LAST_YEAR = 1970, 2148


class SaleSampleReport(models.TransientModel):
    """Asks which period the sample report is about."""

    _name = "sale.sample.report"
    _description = "Sample Report"
    _inherit = ["sales.department.dialog.mixin"]

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    period_kind = fields.Selection([*PERIODS, ("days", "Any Days")], "Period", required=True, default="month")
    date_from = fields.Date(
        "From", required=True, default=lambda self: Period.of("month", self.env.company._sales_today()).previous().start
    )
    date_to = fields.Date("To", compute="_compute_date_to", store=True, readonly=False, required=True, precompute=True)

    @api.depends("period_kind", "date_from")
    def _compute_date_to(self):
        for report in self:
            if report._is_known_day(report.date_from) and report.period_kind != "days":
                report.date_to = Period.of(report.period_kind, report.date_from).last_day
            elif not report.date_to or (report.date_from and report.date_to < report.date_from):
                report.date_to = report.date_from

    @api.onchange("period_kind")
    def _onchange_period_kind(self):
        if self._is_known_day(self.date_from) and self.period_kind != "days":
            self.date_from = Period.of(self.period_kind, self.date_from).start

    @api.model
    def _is_known_day(self, day: date | bool) -> bool:
        """Tell whether a report may be about this day."""
        return bool(day) and FIRST_YEAR <= day.year <= LAST_YEAR

    @api.depends("period_kind", "date_from", "date_to")
    def _compute_display_name(self):
        for report in self:
            report.display_name = self.env._("Sample Report %s", report._get_period_name())

    def _get_period(self) -> tuple[date, date, date]:
        """Return the first day, the first day after the period, and the first day of the period before.

        :raises UserError: the period is upside down or too long, or in years that nobody reports on
        """
        self.ensure_one()
        if not self._is_known_day(self.date_from) or not self._is_known_day(self.date_to):
            raise UserError(
                self.env._("Choose days from %(first)s to %(last)s.", first=str(FIRST_YEAR), last=str(LAST_YEAR))
            )
        if self.period_kind != "days":
            period = Period.of(self.period_kind, self.date_from)
            return period.start, period.stop, period.previous().start
        length = (self.date_to - self.date_from).days + 1
        if not 0 < length <= LONGEST:
            raise UserError(self.env._("Choose a last day that follows the first, at most three years later."))
        return self.date_from, self.date_to + timedelta(days=1), self.date_from - timedelta(days=length)

    def _get_period_name(self) -> str:
        """Return the period in figures that every language reads."""
        self.ensure_one()
        start, stop, _before = self._get_period()
        last = stop - timedelta(days=1)
        names = {
            "month": f"{start:%Y-%m}",
            "quarter": f"{start.year} Q{(start.month + 2) // 3}",
            "half_year": f"{start.year} H{1 if start.month < 7 else 2}",
            "year": f"{start.year}",
        }
        return names.get(self.period_kind, f"{start} – {last}")

    def action_print(self) -> dict:
        """Print the report as PDF."""
        self._get_period()
        return self.env.ref("sale_sample_statistics.action_report_sample").report_action(self)
