from collections.abc import Mapping
from typing import ClassVar

from odoo import models
from odoo.tools import SQL


class SalesDepartmentReportMixin(models.AbstractModel):
    """Reports on SQL whose figures are right under each group-by.

    Percentiles are computed by the database over the rows of each group: the web client asks for the mean of a
    column, and gets the percentile where the report says so. A mean of medians would be neither::

        class SaleSampleCycle(models.Model):
            _name = "sale.sample.cycle"
            _inherit = ["sales.department.report.mixin"]
            _auto = False
            _percentiles = {"days_median": 0.5, "days_p90": 0.9}

            days_median = fields.Float("Days, Median", readonly=True, aggregator="avg")
            days_p90 = fields.Float("Days, P90", readonly=True, aggregator="avg")

    A share is stored in each row as 100, 0 or nothing, so that its mean is the share of any group. What is printed
    stands within the template ``sales_department_base.report_page``.
    """

    _name = "sales.department.report.mixin"
    _description = "Report of the Sales Department"

    #: Column → the percentile it stands for, from 0 to 1.
    _percentiles: ClassVar[Mapping[str, float]] = {}

    def _read_group_select(self, aggregate_spec, query):
        name, _colon, function = aggregate_spec.partition(":")
        if function == "avg" and name in self._percentiles:
            return SQL(
                "percentile_cont(%s) WITHIN GROUP (ORDER BY %s)",
                self._percentiles[name],
                self._field_to_sql(self._table, name, query),
            )
        return super()._read_group_select(aggregate_spec, query)

    def _places_sql(self) -> SQL:
        """Return a table ``place (company_id, zone, hours_per_day)`` of the companies the reader works for.

        The day of a moment is ``(moment AT TIME ZONE 'UTC' AT TIME ZONE place.zone)::date``, working days are
        working hours by ``hours_per_day``. A company without a calendar counts every hour, so its day has 24.
        """
        rows = []
        for company in self.env.companies:
            calendar = company.sudo().resource_calendar_id  # sudo: portal of working time, same for every reader
            hours = (calendar.hours_per_day or 8.0) if calendar else 24.0
            rows.append(SQL("(%s, %s, %s::double precision)", company.id, company._sales_timezone(), hours))
        return SQL("(VALUES %s) AS place (company_id, zone, hours_per_day)", SQL(", ").join(rows))
