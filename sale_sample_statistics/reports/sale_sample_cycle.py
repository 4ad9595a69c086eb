from typing import ClassVar

from odoo import fields, models
from odoo.tools import SQL

STAGES = [
    ("1_acceptance", "Requested to Accepted"),
    ("2_making", "Accepted to Made"),
    ("3_sending", "Made to Sent"),
    ("4_answering", "Sent to Answered"),
    ("5_whole", "Requested to Approved"),
]
"""Stages of the cycle, with whoever has the sample: R&D's desk, the workshop, shipping, the customer; and the whole.

The figure puts them in order: a pivot sorts groups by their key.
"""
WHOLE = "5_whole"


class SaleSampleCycle(models.Model):
    """How long each stage of samples took: a row for each stage that ended, on the day it ended.

    Making, sending and answering are told for each round. Working days come from the step log:
    the working hours of the steps, by the hours a day of the company's calendar. Durations are shown for one stage
    at a time.
    """

    _name = "sale.sample.cycle"
    _description = "Cycle of Samples"
    _inherit = ["sale.sample.report.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "request_id"
    _percentiles: ClassVar = {"days_median": 0.5, "days_p90": 0.9, "working_days_median": 0.5, "working_days_p90": 0.9}
    _depends = {
        "sale.sample.request": [
            "commercial_partner_id",
            "company_id",
            "grade_id",
            "product_family_id",
            "rnd_user_id",
            "team_id",
            "type_id",
            "user_id",
        ],
        "sale.sample.step": ["entered_at", "left_at", "request_id", "round_id", "step", "working_hours"],
    }

    stage = fields.Selection(STAGES, readonly=True)
    days = fields.Float("Days, Mean", readonly=True, aggregator="avg", help="Calendar days")
    days_median = fields.Float("Days, Median", readonly=True, aggregator="avg", help="Calendar days")
    days_p90 = fields.Float("Days, P90", readonly=True, aggregator="avg", help="Nine of ten took no longer")
    working_days = fields.Float("Working Days, Mean", readonly=True, aggregator="avg")
    working_days_median = fields.Float("Working Days, Median", readonly=True, aggregator="avg")
    working_days_p90 = fields.Float(
        "Working Days, P90", readonly=True, aggregator="avg", help="Nine of ten took no longer"
    )

    def action_open_request(self) -> dict:
        """Open the sample request of a row."""
        return self._open_request()

    def _read_group_select(self, aggregate_spec, query):
        found = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec.partition(":")[0] not in ("days", "working_days", *self._percentiles):
            return found
        # the mean of different stages would mean nothing: a group of several shows nothing
        stage = self._field_to_sql(self._table, "stage", query)
        return SQL("CASE WHEN MIN(%s) = MAX(%s) THEN %s END", stage, stage, found)

    @property
    def _table_query(self) -> SQL:
        days = SQL("(EXTRACT(EPOCH FROM span.stop - span.start) / 86400.0)::double precision")
        working = SQL("(span.hours / place.hours_per_day)::double precision")
        return SQL(
            """
            SELECT span.id, (span.stop AT TIME ZONE 'UTC' AT TIME ZONE place.zone)::date AS date, span.stage,
                   span.request_id, span.round_id, request.type_id, request.grade_id, request.user_id,
                   request.rnd_user_id, request.team_id, request.commercial_partner_id AS partner_id,
                   request.product_family_id, request.company_id,
                   %(days)s AS days, %(days)s AS days_median, %(days)s AS days_p90,
                   %(working)s AS working_days, %(working)s AS working_days_median, %(working)s AS working_days_p90
              FROM (%(spans)s) AS span
              JOIN sale_sample_request request ON request.id = span.request_id
              JOIN %(places)s ON place.company_id = request.company_id
            """,
            days=days,
            working=working,
            places=self._places_sql(),
            spans=SQL(" UNION ALL ").join(self._get_spans()),
        )

    def _get_spans(self) -> list[SQL]:
        """Return one SELECT (id, stage, request, round, start, stop, working hours) for each kind of stage."""
        return [self._select_request_spans(), self._select_round_spans()]

    def _select_request_spans(self) -> SQL:
        """From the first hand-over until R&D accepted, and until the customer approved.

        The hours are those of all steps in between: also of the time in which sales answered questions.
        """
        return SQL(
            """
            SELECT reached.id::bigint * 2 AS id,
                   CASE reached.step WHEN 'accepted' THEN '1_acceptance' ELSE '5_whole' END AS stage,
                   reached.request_id, NULL::integer AS round_id, log.start, reached.entered_at AS stop, log.hours
              FROM sale_sample_step reached
              JOIN LATERAL (
                       SELECT MIN(step.entered_at) AS start, SUM(COALESCE(step.working_hours, 0)) AS hours
                         FROM sale_sample_step step
                        WHERE step.request_id = reached.request_id
                          AND step.step <> 'draft'
                          AND step.id < reached.id
                   ) AS log ON log.start IS NOT NULL
             WHERE reached.step = 'approved' OR (reached.step = 'accepted' AND reached.round_id IS NULL)
            """
        )

    def _select_round_spans(self) -> SQL:
        """Of each round: from its plan until made, from made until sent, from sent until answered."""
        return SQL(
            """
            SELECT reached.id::bigint * 2 + 1, stage.name, reached.request_id, reached.round_id, log.start,
                   reached.entered_at, log.hours
              FROM sale_sample_step reached
              JOIN (VALUES ('made', '2_making'), ('sent', '3_sending'), ('answered', '4_answering'))
                   AS stage (step, name)
                ON stage.step = reached.step
              JOIN LATERAL (
                       SELECT MIN(step.entered_at) AS start, SUM(COALESCE(step.working_hours, 0)) AS hours
                         FROM sale_sample_step step
                        WHERE step.round_id = reached.round_id
                          AND step.id < reached.id
                          AND step.step = ANY (CASE reached.step WHEN 'made' THEN ARRAY['planned', 'making']
                                                                 WHEN 'sent' THEN ARRAY['made']
                                                                 ELSE ARRAY['sent'] END)
                   ) AS log ON log.start IS NOT NULL
             WHERE reached.round_id IS NOT NULL
            """
        )
