from datetime import date, datetime

import pytz

from odoo import fields, models

from ..tools.periods import utc_bounds


class ResCompany(models.Model):
    _inherit = "res.company"

    def _sales_timezone(self) -> str:
        """Return the name of the time zone in which the company counts its days.

        It is that of the working calendar, else that of the company's contact,
        else "UTC". The user's own time zone plays no part: two users who ask for
        one month must get the same month.
        """
        self.ensure_one()
        company = self.sudo()  # sudo: portal users may not read working calendars
        return company.resource_calendar_id.tz or company.partner_id.tz or "UTC"

    def _sales_today(self) -> date:
        """Return today's date in the company's time zone."""
        now = pytz.utc.localize(fields.Datetime.now())
        return now.astimezone(pytz.timezone(self._sales_timezone())).date()

    def _sales_utc_bounds(self, start: date, stop: date) -> tuple[datetime, datetime]:
        """Return the naive UTC moments at which two of the company's days begin.

        :param start: first day
        :param stop: first day that is no longer meant
        """
        return utc_bounds(start, stop, self._sales_timezone())
