from typing import ClassVar

from odoo import fields, models
from odoo.tools import SQL


class SaleSampleReportMixin(models.AbstractModel):
    """What the reports on samples share: their dimensions, and figures that are right under each group-by.

    A share is stored in each row as 100, 0 or nothing, so that its mean is the share of any group. Percentiles are
    computed by the database over the rows of each group: the web client asks for the mean of a column, and
    gets the percentile where the column is one of `_percentiles`.
    """

    _name = "sale.sample.report.mixin"
    _description = "Report on Samples"

    #: Column → the percentile it stands for, from 0 to 1.
    _percentiles: ClassVar[dict[str, float]] = {}

    date = fields.Date(readonly=True, help="Day of the event, by the company's clock")
    request_id = fields.Many2one("sale.sample.request", readonly=True)
    round_id = fields.Many2one("sale.sample.round", readonly=True)
    type_id = fields.Many2one("sale.sample.type", "Sample Type", readonly=True)
    grade_id = fields.Many2one("customer.grade", "Customer Grade", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    rnd_user_id = fields.Many2one("res.users", "R&D Engineer", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    product_family_id = fields.Many2one("product.category", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)

    def _read_group_select(self, aggregate_spec, query):
        name, _colon, function = aggregate_spec.partition(":")
        if function == "avg" and name in self._percentiles:
            return SQL(
                "percentile_cont(%s) WITHIN GROUP (ORDER BY %s)",
                self._percentiles[name],
                self._field_to_sql(self._table, name, query),
            )
        return super()._read_group_select(aggregate_spec, query)

    def action_open_request(self) -> dict:
        """Open the sample request of a row."""
        self.ensure_one()
        return self.request_id._get_records_action()

    # ------------------------------------------------------------------
    # Pieces of SQL
    # ------------------------------------------------------------------

    def _dimensions_sql(self) -> SQL:
        """Return the columns that all rows take from their request, known as ``request``."""
        return SQL(
            """
            request.type_id, request.grade_id, request.user_id, request.rnd_user_id, request.team_id,
            request.commercial_partner_id AS partner_id, request.product_family_id, request.company_id
            """
        )

    def _places_sql(self) -> SQL:
        """Return a table ``place``: time zone and hours a day of the companies the reader works for.

        A company without a calendar counts every hour, so its day has 24.
        """
        rows = []
        for company in self.env.companies:
            calendar = company.sudo().resource_calendar_id  # sudo: portal of working time, same for every reader
            hours = (calendar.hours_per_day or 8.0) if calendar else 24.0
            rows.append(SQL("(%s, %s, %s::double precision)", company.id, company._sales_timezone(), hours))
        return SQL("(VALUES %s) AS place (company_id, zone, hours_per_day)", SQL(", ").join(rows))
