from odoo import api, fields, models


class SaleSampleStep(models.Model):
    """What a request went through, and how long each step took.

    Rows are added by the transitions; access rights give reading only.
    """

    _name = "sale.sample.step"
    _description = "Step of a Sample Request"
    _order = "request_id, entered_at, id"
    _rec_name = "step"

    request_id = fields.Many2one("sale.sample.request", required=True, readonly=True, index=True, ondelete="cascade")
    round_id = fields.Many2one("sale.sample.round", readonly=True, index="btree_not_null", ondelete="set null")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    type_id = fields.Many2one(related="request_id.type_id", store=True, index=True)
    salesperson_id = fields.Many2one(
        related="request_id.user_id", store=True, string="Salesperson", index="btree_not_null"
    )
    step = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "Waiting for R&D"),
            ("returned", "Waiting for Sales"),
            ("accepted", "Accepted"),
            ("planned", "Round Planned"),
            ("making", "Being Made"),
            ("made", "Made"),
            ("sent", "With the Customer"),
            ("answered", "Answered"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    entered_at = fields.Datetime("From", required=True, readonly=True)
    left_at = fields.Datetime("Until", readonly=True)
    user_id = fields.Many2one("res.users", "By", required=True, readonly=True)
    working_hours = fields.Float(
        readonly=True, aggregator="avg", help="Working hours of the company's calendar between the two moments"
    )

    _one_open = models.UniqueIndex("(request_id) WHERE left_at IS NULL", "A request is in one step at a time.")
    _in_order = models.Constraint("CHECK(left_at >= entered_at)", "A step cannot end before it began.")

    @api.model
    def _hours_between(self, spans: list[tuple]) -> list[float]:
        """Return the working hours within each span, each in the calendar of its company.

        The number of queries grows with the companies, not with the spans. A company without
        a working calendar counts every hour.

        :param spans: ``(company, start, stop)``, the moments in naive UTC
        """
        hours = [0.0] * len(spans)
        places: dict = {}
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
