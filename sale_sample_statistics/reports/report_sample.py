from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import LazyTranslate, format_amount, formatLang

from odoo.addons.sales_department_base.constants import (
    FINANCE_GROUP,
    POLICY_GROUP,
    QUALITY_GROUP,
    RND_GROUP,
    SALES_ALL_GROUP,
)
from odoo.addons.sales_department_base.tools.periods import Period, months_before
from odoo.addons.sales_department_base.tools.report_sentences import Sentence
from odoo.addons.sales_department_base.tools.svg_charts import Pair, columns_svg, rows_svg

from ..tools.report_sentences import COSTS, SETTLED_SHARES, SHARES, sentences
from .sale_sample_cycle import WHOLE
from .sale_sample_statistics import StageFigures

_lt = LazyTranslate(__name__)

MONEY = ("cost", "mould_cost", "charged", "collected", "refunded", "revenue")
DAYS = ("cycle", "cycle_p90", "rounds")
#: Figures of which less is better; of the others but counts, more is.
LESS_IS_BETTER = ("cycle", "cycle_p90", "rounds", "rejected")
#: Figures whose change is good or bad. Not the hit rate: the period before had more time to win orders.
JUDGED = (*SETTLED_SHARES, *LESS_IS_BETTER)
TABLE = ("requested", "made", "approved", "rejected", "rounds", "cycle", "on_time_needed", "first_round")
TOP = 10
"""Rows of a table; the rest is not printed."""
WIDTH = 846.0
"""Width of the charts in pixels: as wide as the page."""
SEES_ALL = f"{SALES_ALL_GROUP},{RND_GROUP},{QUALITY_GROUP},{FINANCE_GROUP},{POLICY_GROUP}"
"""Groups whose record rule shows all samples; rules of several groups add up."""

#: What is said of each code that :func:`sentences` may return.
WORDS = {
    "nothing": _lt(
        "No samples were requested, made or decided in this period (requested in the period before: %(before)s)."
    ),
    "requested_up": _lt("Samples requested: %(now)s, %(change)s more than in the period before."),
    "requested_down": _lt("Samples requested: %(now)s, %(change)s fewer than in the period before."),
    "requested_same": _lt("Samples requested: %(now)s, as many as in the period before."),
    "made_up": _lt("Samples made: %(now)s, %(change)s more than in the period before."),
    "made_down": _lt("Samples made: %(now)s, %(change)s fewer than in the period before."),
    "made_same": _lt("Samples made: %(now)s, as many as in the period before."),
    "approved_up": _lt("Samples approved by customers: %(now)s, %(change)s more than in the period before."),
    "approved_down": _lt("Samples approved by customers: %(now)s, %(change)s fewer than in the period before."),
    "approved_same": _lt("Samples approved by customers: %(now)s, as many as in the period before."),
    "rejected_up": _lt("Samples rejected by customers: %(now)s, %(change)s more than in the period before."),
    "rejected_down": _lt("Samples rejected by customers: %(now)s, %(change)s fewer than in the period before."),
    "rejected_same": _lt("Samples rejected by customers: %(now)s, as many as in the period before."),
    "cycle_up": _lt(
        "From the request to the approval it took %(now)s working days (median), %(change)s longer than before."
    ),
    "cycle_down": _lt(
        "From the request to the approval it took %(now)s working days (median), %(change)s shorter than before."
    ),
    "cycle_same": _lt(
        "From the request to the approval it took %(now)s working days (median), about as long as before."
    ),
    "cycle_new": _lt("From the request to the approval it took %(now)s working days (median)."),
    "on_time_needed_up": _lt(
        "%(now)s %% of first samples were sent by the day the customer needs them, %(change)s points more than before."
    ),
    "on_time_needed_down": _lt(
        "%(now)s %% of first samples were sent by the day the customer needs them, %(change)s points fewer than before."
    ),
    "on_time_needed_new": _lt("%(now)s %% of first samples were sent by the day the customer needs them."),
    "on_time_promised_up": _lt("R&D kept %(now)s %% of its promised dates, %(change)s points more than before."),
    "on_time_promised_down": _lt("R&D kept %(now)s %% of its promised dates, %(change)s points fewer than before."),
    "on_time_promised_new": _lt("R&D kept %(now)s %% of its promised dates."),
    "first_round_up": _lt(
        "%(now)s %% of samples were approved in the first round, %(change)s points more than before."
    ),
    "first_round_down": _lt(
        "%(now)s %% of samples were approved in the first round, %(change)s points fewer than before."
    ),
    "first_round_new": _lt("%(now)s %% of samples were approved in the first round."),
    "cost_up": _lt("Making samples cost %(now)s, %(change)s more than in the period before."),
    "cost_down": _lt("Making samples cost %(now)s, %(change)s less than in the period before."),
    "cost_new": _lt("Making samples cost %(now)s."),
    "mould_cost_up": _lt("Moulds opened cost %(now)s, %(change)s more than in the period before."),
    "mould_cost_down": _lt("Moulds opened cost %(now)s, %(change)s less than in the period before."),
    "mould_cost_new": _lt("Moulds opened cost %(now)s."),
}


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure in words: of the period, of the one before, the change, and the style that judges it."""

    label: str
    now: str
    before: str
    change: str
    style: str


@dataclass(frozen=True, slots=True)
class FigureTable:
    """Names and their figures in words, such as the figures by one dimension."""

    title: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class SampleDocument:
    """What the report of one wizard says. A type of its own: no client can hand one over."""

    company: models.Model
    title: str
    subtitle: str
    scope: str
    said: Sequence[str]
    figures: Sequence[FigureRow]
    months: Markup
    stages: Markup
    tables: Sequence[FigureTable]


class ReportSample(models.AbstractModel):
    """The printed sample report of one period: what changed, figures, charts, and who and what they come from.

    Every figure is what the reader may see: a salesperson prints the report of the own samples.
    """

    _name = "report.sale_sample_statistics.report_sample"
    _description = "Printed Sample Report"

    @api.model
    def _get_report_values(self, docids: list[int], data: dict | None = None) -> dict[str, Any]:
        """Return the values of the template: one document for each wizard.

        :param data: may hold as `documents` what :meth:`_get_document` returned before
        :raises UserError: a period is upside down
        """
        given = (data or {}).get("documents")
        wizards = self.env["sale.sample.report"].browse(docids)
        wizards.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": "sale.sample.report",
            "docs": wizards,
            "documents": given
            if isinstance(given, list) and given and all(isinstance(document, SampleDocument) for document in given)
            else [self._get_document(wizard) for wizard in wizards],
        }

    def _get_document(self, wizard) -> SampleDocument:
        """Return what the report of one period says. Each figure is read once."""
        company = wizard.company_id
        start, stop, before = wizard._get_period()
        statistics = self.env["sale.sample.statistics"]
        dimensions = self._get_dimensions()
        now, *groups = statistics._get_figures(company, start, stop, [None, *dimensions])
        [earlier] = statistics._get_figures(company, before, start)
        stages = statistics._get_stage_figures(company, start, stop)
        stages_before = statistics._get_stage_figures(company, before, start)
        return SampleDocument(
            company=company,
            title=self.env._("Sample Report"),
            subtitle=wizard._get_period_name(),
            scope=self._get_scope(),
            said=self._get_changes(company, now, earlier, stages, stages_before),
            figures=[self._get_figure(key, now, earlier, company.currency_id) for key in now],
            months=Markup(self._get_months_chart(company, stop)),
            stages=Markup(self._get_stages_chart(stages)),
            tables=[
                *(
                    self._get_table(title, found, company)
                    for title, found in zip(dimensions.values(), groups, strict=True)
                ),
                self._get_refunds(company),
            ],
        )

    def _get_dimensions(self) -> dict[str, str]:
        """Return the columns by which the figures are told in tables: column → title."""
        return {
            "type_id": self.env._("By Sample Type"),
            "user_id": self.env._("By Salesperson"),
            "grade_id": self.env._("By Customer Grade"),
            "partner_id": self.env._("By Customer"),
        }

    def _get_scope(self) -> str:
        """Say whose samples the reader sees, by the record rules of the statistics."""
        if self.env.user.has_groups(SEES_ALL):
            return self.env._("All samples of the company")
        return self.env._("Samples of %s and the own team, and those without a salesperson", self.env.user.name)

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def _get_labels(self) -> dict[str, str]:
        return {
            "requested": self.env._("Requested"),
            "made": self.env._("Samples made"),
            "sent": self.env._("Samples sent"),
            "approved": self.env._("Approved"),
            "rejected": self.env._("Rejected"),
            "cancelled": self.env._("Cancelled"),
            "rounds": self.env._("Rounds per request"),
            "cycle": self.env._("Cycle, working days (median)"),
            "cycle_p90": self.env._("Cycle, working days (P90)"),
            "on_time_needed": self.env._("On time for the customer"),
            "on_time_promised": self.env._("On time as promised"),
            "first_round": self.env._("Approved in the first round"),
            "cost": self.env._("Making cost"),
            "mould_cost": self.env._("Mould cost"),
            "charged": self.env._("Fees charged"),
            "collected": self.env._("Fees collected"),
            "refunded": self.env._("Fees refunded"),
            "ordered": self.env._("Orders won"),
            "hit_rate": self.env._("Hit rate of ended samples"),
            "revenue": self.env._("Revenue within 12 months"),
        }

    def _format(self, key: str, value: float | None, currency) -> str:
        """Return a figure as the reader writes it; a dash where there was nothing to measure."""
        if value is None:
            return "–"
        if key in SHARES:
            return f"{formatLang(self.env, value * 100, digits=0)} %"
        if key in MONEY:
            return format_amount(self.env, round(value), currency, trailing_zeroes=False)
        return formatLang(self.env, value, digits=1 if key in DAYS else 0)

    def _get_figure(self, key: str, now: dict, earlier: dict, currency) -> FigureRow:
        """Return one row of the figures: the period, the one before, the change and whether it is good."""
        value, before = now[key], earlier[key]
        change = value - before if value is not None and before is not None else None
        judged = ""
        if change and key in JUDGED:
            judged = "o_sample_better" if (change > 0) != (key in LESS_IS_BETTER) else "o_sample_worse"
        shown = self._format(key, change, currency)
        if change is not None and key in SHARES:
            shown = self.env._("%s points", formatLang(self.env, change * 100, digits=0))
        return FigureRow(
            label=self._get_labels()[key],
            now=self._format(key, value, currency),
            before=self._format(key, before, currency),
            change=f"+{shown}" if change and change > 0 else shown,
            style=judged,
        )

    def _get_table(self, title: str, groups: dict, company) -> FigureTable:
        """Return the figures of the period by one dimension, the busiest first."""
        labels = self._get_labels()

        def activity(item) -> tuple[int, int]:
            figures = item[1]
            return (figures["requested"] or 0) + (figures["made"] or 0), figures["approved"] or 0

        busy = sorted(groups.items(), key=activity, reverse=True)
        rows = [
            (
                group.sudo().display_name or self.env._("None"),  # sudo: names of colleagues
                [self._format(key, figures[key], company.currency_id) for key in TABLE],
            )
            for group, figures in busy[:TOP]
            if any(figures[key] for key in ("requested", "made", "approved", "rejected"))
        ]
        return FigureTable(title, [labels[key] for key in TABLE], rows)

    # ------------------------------------------------------------------
    # Sentences
    # ------------------------------------------------------------------

    def _get_changes(
        self, company, now: dict, before: dict, stages: dict[str, StageFigures], stages_before: dict[str, StageFigures]
    ) -> list[str]:
        """Return in the reader's language what changed between two periods.

        :param now: figures of the period, as `_get_figures` of the statistics returns them; `before` those of the other
        :param stages: figures of its stages, as `_get_stage_figures` returns them
        """

        def medians(found: dict[str, StageFigures]) -> dict[str, float]:
            return {stage: figures.median for stage, figures in found.items() if stage != WHOLE}

        said = sentences(now, before, medians(stages), medians(stages_before))
        return [self._say(sentence, company.currency_id) for sentence in said]

    def _say(self, sentence: Sentence, currency) -> str:
        """Return one sentence in words."""
        name = sentence.code.rpartition("_")[0]

        def number(value: float | None) -> str:
            if value is None:
                return ""
            if name in COSTS:
                return format_amount(self.env, value, currency)
            if name in SHARES:
                return formatLang(self.env, value * 100, digits=0)
            return formatLang(self.env, value, digits=1 if name == "cycle" else 0)

        numbers = {key: number(getattr(sentence, key)) for key in ("now", "before", "change")}
        text = str(WORDS[sentence.code]) % numbers
        if sentence.detail:
            stages = dict(self.env["sale.sample.cycle"]._fields["stage"]._description_selection(self.env))
            text += " " + self.env._("It comes most from: %s.", stages[sentence.detail])
        return text

    # ------------------------------------------------------------------
    # Charts
    # ------------------------------------------------------------------

    def _get_months_chart(self, company, stop: date) -> str:
        """Draw the twelve months that end with the period: requested and approved."""
        last = Period.of("month", months_before(stop, 1) if stop.day == 1 else stop)
        first = last.previous(11)
        told = ("requested", "approved")
        [found] = self.env["sale.sample.statistics"]._get_figures(
            company, first.start, last.stop, ["date:month"], told, told
        )
        pairs = []
        for number in range(12):
            month = first.next(number)
            figures = found.get(month.start, {})
            label = f"{month.start:%Y-%m}" if number == 0 or month.start.month == 1 else f"{month.start.month}"
            pairs.append(Pair(label, figures.get("requested"), figures.get("approved")))
        labels = self._get_labels()
        return columns_svg(pairs, (labels["requested"], labels["approved"]), width=WIDTH)

    def _get_stages_chart(self, found: dict[str, StageFigures]) -> str:
        """Draw median and P90 of each stage that ended in the period."""
        stages = self.env["sale.sample.cycle"]._fields["stage"]._description_selection(self.env)
        pairs = [
            Pair(f"{label} ({found[key].count})", found[key].median, found[key].p90)
            for key, label in stages
            if key in found
        ]
        return rows_svg(pairs, (self.env._("Median"), self.env._("P90")), width=WIDTH, label_width=260)

    # ------------------------------------------------------------------
    # Refunds
    # ------------------------------------------------------------------

    def _get_refunds(self, company) -> FigureTable:
        """Return the mould agreements that run today and are near a threshold or a deadline, for those who see fees."""
        agreements = self.env["sale.sample.mould.agreement"]
        soon = company._sales_today() + timedelta(days=company.sample_refund_notice_days)
        near = Domain("standing", "in", ("near", "reached")) | Domain("next_deadline", "<=", soon)
        if agreements.has_access("read"):
            agreements = agreements.search(
                Domain("company_id", "=", company.id) & Domain("state", "=", "running") & near,
                order="next_deadline, progress desc",
                limit=TOP,
            )
        rows = [
            (
                f"{agreement.name} · {agreement.partner_id.display_name}",
                [
                    format_amount(self.env, agreement.fee_amount, agreement.currency_id),
                    f"{formatLang(self.env, agreement.net_pairs, digits=0)} / {agreement.threshold_pairs:,}",
                    f"{agreement.progress:.0f} %",
                    str(agreement.next_deadline or "–"),
                ],
            )
            for agreement in agreements
        ]
        columns = [self.env._("Fee"), self.env._("Pairs"), self.env._("Progress"), self.env._("Deadline")]
        return FigureTable(
            self.env._("Mould Fees to Refund (as of Today)"), columns, rows, heading=self.env._("Agreement")
        )
