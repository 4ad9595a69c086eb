from collections.abc import Iterable, Sequence
from datetime import date

from odoo import models
from odoo.fields import Domain
from odoo.tools import format_amount, formatLang

from ..tools.report_sentences import COSTS, SHARES, Sentence, sentences
from .sale_sample_cycle import WHOLE

#: Key of a figure → column it comes from. In the order in which the report tells them.
FIGURES = {
    "requested": "requested",
    "made": "made",
    "sent": "sent",
    "approved": "approved",
    "rejected": "rejected",
    "cancelled": "cancelled",
    "rounds": "rounds",
    "cycle": "cycle_working_days_median",
    "cycle_p90": "cycle_working_days_p90",
    "on_time_needed": "on_time_needed",
    "on_time_promised": "on_time_promised",
    "first_round": "first_round",
    "cost": "cost",
    "mould_cost": "mould_cost",
    "charged": "charged",
    "collected": "collected",
    "refunded": "refunded",
    "ordered": "ordered",
    "hit_rate": "hit_rate",
    "revenue": "revenue",
}


class SaleSampleStatistics(models.Model):
    """The figures of a period, and in words what changed against the one before."""

    _inherit = "sale.sample.statistics"

    def _get_figures(
        self,
        company,
        start: date,
        stop: date,
        groupby: str | None = None,
        keys: Iterable[str] | None = None,
        events: Sequence[str] = (),
    ) -> dict:
        """Return the figures of a period that the reader may see, by the reader's record rules.

        :param start: first day
        :param stop: first day no longer meant
        :param groupby: give the figures of each group
        :param keys: of :data:`FIGURES`, all of them when not given; those closed to the reader are left out
        :param events: those the figures come from, where they are few: then little is computed
        :return: key → figure, shares from 0 to 1, None where there was nothing to measure; by group when grouped
        """
        return self._get_figures_by(company, start, stop, [groupby], keys, events)[0]

    def _get_figures_by(
        self,
        company,
        start: date,
        stop: date,
        groupbys: Sequence[str | None],
        keys: Iterable[str] | None = None,
        events: Sequence[str] = (),
    ) -> list[dict]:
        """Return the figures of a period by each of several dimensions, None for the whole; in one query.

        See :meth:`_get_figures`.
        """
        report = self.with_context(allowed_company_ids=company.ids)
        asked = FIGURES if keys is None else keys
        keys = [key for key in asked if report._has_field_access(self._fields[FIGURES[key]], "read")]
        aggregates = [f"{FIGURES[key]}:{self._fields[FIGURES[key]].aggregator}" for key in keys]
        domain = Domain("company_id", "=", company.id) & Domain("date", ">=", start) & Domain("date", "<", stop)
        if events:
            domain &= Domain("event", "in", events)
        sets = [[groupby] if groupby else [] for groupby in groupbys]

        def figures(values) -> dict:
            # the database knows no mean of nothing: Odoo returns False
            found = {key: None if value is False else value for key, value in zip(keys, values, strict=True)}
            return {key: value / 100 if value and key in SHARES else value for key, value in found.items()}

        return [
            {row[0]: figures(row[1:]) for row in rows} if groupby else figures(rows[0] if rows else [False] * len(keys))
            for groupby, rows in zip(groupbys, report._read_grouping_sets(domain, sets, aggregates), strict=True)
        ]

    def _get_stage_figures(self, company, start: date, stop: date) -> dict[str, dict[str, float]]:
        """Return median and P90 in working days of each stage that ended in a period: stage → figures."""
        cycle = self.env["sale.sample.cycle"].with_context(allowed_company_ids=company.ids)
        domain = Domain("company_id", "=", company.id) & Domain("date", ">=", start) & Domain("date", "<", stop)
        rows = cycle._read_group(domain, ["stage"], ["working_days_median:avg", "working_days_p90:avg", "__count"])
        return {stage: {"median": median, "p90": p90, "count": count} for stage, median, p90, count in rows}

    def _get_changes(self, company, now: dict, before: dict, stages: dict, stages_before: dict) -> list[str]:
        """Return in the reader's language what changed between two periods.

        :param now: figures of the period, as :meth:`_get_figures` returns them; `before` those of the other
        :param stages: figures of its stages, as :meth:`_get_stage_figures` returns them
        """

        def medians(found: dict) -> dict[str, float]:
            return {stage: figures["median"] for stage, figures in found.items() if stage != WHOLE}

        said = sentences(now, before, medians(stages), medians(stages_before))
        return [self._say(sentence, company.currency_id) for sentence in said]

    def _say(self, sentence: Sentence, currency) -> str:
        """Return one sentence in words."""
        words = self._get_words()[sentence.code]
        name = sentence.code.rpartition("_")[0]
        stages = dict(self.env["sale.sample.cycle"]._fields["stage"]._description_selection(self.env))

        def number(value: float | None) -> str:
            if value is None:
                return ""
            if name in COSTS:
                return format_amount(self.env, value, currency)
            if name in SHARES:
                return formatLang(self.env, value * 100, digits=0)
            return formatLang(self.env, value, digits=1 if name == "cycle" else 0)

        text = words % {
            "now": number(sentence.now),
            "before": number(sentence.before),
            "change": number(sentence.change),
        }
        if sentence.detail:
            text += " " + self.env._("It comes most from: %s.", stages[sentence.detail])
        return text

    def _get_words(self) -> dict[str, str]:
        """Return the words of each code that :func:`sentences` may return."""
        return {
            "nothing": self.env._(
                "No samples were requested, made or decided in this period (requested in the period before: %(before)s)."
            ),
            "requested_up": self.env._("Samples requested: %(now)s, %(change)s more than in the period before."),
            "requested_down": self.env._("Samples requested: %(now)s, %(change)s fewer than in the period before."),
            "requested_same": self.env._("Samples requested: %(now)s, as many as in the period before."),
            "made_up": self.env._("Samples made: %(now)s, %(change)s more than in the period before."),
            "made_down": self.env._("Samples made: %(now)s, %(change)s fewer than in the period before."),
            "made_same": self.env._("Samples made: %(now)s, as many as in the period before."),
            "approved_up": self.env._(
                "Samples approved by customers: %(now)s, %(change)s more than in the period before."
            ),
            "approved_down": self.env._(
                "Samples approved by customers: %(now)s, %(change)s fewer than in the period before."
            ),
            "approved_same": self.env._("Samples approved by customers: %(now)s, as many as in the period before."),
            "rejected_up": self.env._(
                "Samples rejected by customers: %(now)s, %(change)s more than in the period before."
            ),
            "rejected_down": self.env._(
                "Samples rejected by customers: %(now)s, %(change)s fewer than in the period before."
            ),
            "rejected_same": self.env._("Samples rejected by customers: %(now)s, as many as in the period before."),
            "cycle_up": self.env._(
                "From the request to the approval it took %(now)s working days (median), %(change)s longer than before."
            ),
            "cycle_down": self.env._(
                "From the request to the approval it took %(now)s working days (median), %(change)s shorter "
                "than before."
            ),
            "cycle_same": self.env._(
                "From the request to the approval it took %(now)s working days (median), about as long as before."
            ),
            "cycle_new": self.env._("From the request to the approval it took %(now)s working days (median)."),
            "on_time_needed_up": self.env._(
                "%(now)s %% of first samples were sent by the day the customer needs them, %(change)s points "
                "more than before."
            ),
            "on_time_needed_down": self.env._(
                "%(now)s %% of first samples were sent by the day the customer needs them, %(change)s points "
                "fewer than before."
            ),
            "on_time_needed_new": self.env._(
                "%(now)s %% of first samples were sent by the day the customer needs them."
            ),
            "on_time_promised_up": self.env._(
                "R&D kept %(now)s %% of its promised dates, %(change)s points more than before."
            ),
            "on_time_promised_down": self.env._(
                "R&D kept %(now)s %% of its promised dates, %(change)s points fewer than before."
            ),
            "on_time_promised_new": self.env._("R&D kept %(now)s %% of its promised dates."),
            "first_round_up": self.env._(
                "%(now)s %% of samples were approved in the first round, %(change)s points more than before."
            ),
            "first_round_down": self.env._(
                "%(now)s %% of samples were approved in the first round, %(change)s points fewer than before."
            ),
            "first_round_new": self.env._("%(now)s %% of samples were approved in the first round."),
            "cost_up": self.env._("Making samples cost %(now)s, %(change)s more than in the period before."),
            "cost_down": self.env._("Making samples cost %(now)s, %(change)s less than in the period before."),
            "cost_new": self.env._("Making samples cost %(now)s."),
            "mould_cost_up": self.env._("Moulds opened cost %(now)s, %(change)s more than in the period before."),
            "mould_cost_down": self.env._("Moulds opened cost %(now)s, %(change)s less than in the period before."),
            "mould_cost_new": self.env._("Moulds opened cost %(now)s."),
        }
