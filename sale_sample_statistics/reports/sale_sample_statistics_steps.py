from odoo import models
from odoo.tools import SQL


class SaleSampleStatistics(models.Model):
    """What happened to requests and rounds until the answer, from the step log."""

    _inherit = "sale.sample.statistics"

    def _get_facts(self):
        return [*super()._get_facts(), self._select_handover(), self._select_rounds(), self._select_given_up()]

    def _get_spending(self):
        return [*super()._get_spending(), SQL("SELECT request_id, cost AS amount FROM sale_sample_round")]

    def _select_handover(self) -> SQL:
        """Requests handed over for the first time, and accepted by R&D."""
        return self._fact(
            0,
            SQL(
                """
                sale_sample_step step
                 WHERE step.step IN ('submitted', 'accepted') AND step.round_id IS NULL AND NOT EXISTS (
                           SELECT 1 FROM sale_sample_step earlier
                            WHERE earlier.request_id = step.request_id AND earlier.step = step.step
                              AND earlier.id < step.id)
                """
            ),
            row_id="step.id",
            event="CASE step.step WHEN 'submitted' THEN 'requested' ELSE 'accepted' END",
            request="step.request_id",
            moment="step.entered_at",
            requested="(step.step = 'submitted')::integer",
        )

    def _select_rounds(self) -> SQL:
        """Rounds made, sent and answered, on the days that people entered."""
        return self._fact(
            1,
            SQL(
                """
                sale_sample_step step
                  JOIN sale_sample_round round ON round.id = step.round_id
                  JOIN sale_sample_request asked ON asked.id = step.request_id
                 WHERE step.step IN ('made', 'sent', 'answered')
                """
            ),
            row_id="step.id",
            event="step.step",
            request="step.request_id",
            round_="step.round_id",
            moment="step.entered_at",
            day="""
                CASE step.step WHEN 'made' THEN round.made_on WHEN 'sent' THEN round.sent_on ELSE round.answered_on END
            """,
            made="(step.step = 'made')::integer",
            pairs_made="CASE WHEN step.step = 'made' THEN round.quantity ELSE 0 END",
            sent="(step.step = 'sent')::integer",
            cost="CASE WHEN step.step = 'made' THEN COALESCE(round.cost, 0) ELSE 0 END",
            on_time_needed="""
                CASE WHEN step.step = 'sent' AND NOT EXISTS (
                              SELECT 1 FROM sale_sample_step earlier
                               WHERE earlier.request_id = step.request_id AND earlier.step = 'sent'
                                 AND earlier.id < step.id)
                     THEN (round.sent_on <= asked.needed_by)::integer::double precision END
            """,
            on_time_promised="""
                CASE WHEN step.step = 'sent' THEN (round.sent_on <= round.first_promised_on)::integer::double precision END
            """,
            first_round="""
                CASE WHEN step.step = 'answered' AND round.number = 1
                     THEN (round.verdict = 'approved')::integer::double precision END
            """,
        )

    def _select_given_up(self) -> SQL:
        """What rounds cost that were cancelled in the making, on the day they were begun."""
        return self._fact(
            2,
            SQL(
                """
                sale_sample_round round
                 WHERE round.state = 'cancelled' AND round.made_on IS NULL AND round.started_on IS NOT NULL
                   AND round.cost > 0
                """
            ),
            row_id="round.id",
            event="'given_up'",
            request="round.request_id",
            round_="round.id",
            day="round.started_on",
            cost="round.cost",
        )
