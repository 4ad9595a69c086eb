from collections.abc import Sequence
from datetime import date, datetime

import pytz

from odoo import api, fields, models

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

    @api.model
    def _sales_hours_between(self, spans: Sequence[tuple[models.Model, datetime, datetime]]) -> list[float]:
        """Return the working hours within each of many spans, each in the calendar of its company.

        The number of queries grows with the companies, not with the spans. A company without
        a working calendar counts every hour.

        :param spans: ``(company, start, stop)``, the moments in naive UTC
        :return: hours in the order given; negative where stop precedes start
        """
        hours = [0.0] * len(spans)
        places: dict[models.Model, list[int]] = {}
        for place, (company, _start, _stop) in enumerate(spans):
            places.setdefault(company, []).append(place)
        for company, mine in places.items():
            calendar = company.sudo().resource_calendar_id  # sudo: it counts for whoever acts, portal users too
            intervals = [spans[place][1:] for place in mine]
            if calendar:
                found = calendar._working_hours_between(intervals)
            else:
                found = [(stop - start).total_seconds() / 3600 for start, stop in intervals]
            for place, value in zip(mine, found, strict=True):
                hours[place] = value
        return hours
